// Converts request bodies to the types of the domain.
import type { LanguagePreferences, SubtitleMode } from '../domain/language-choice.js'
import { clampToNow, limitPlayingTime, type ProgressEvent } from '../domain/progress.js'
import type { LanguagesBody } from '../schemas/languages.js'
import type { StopBody } from '../schemas/playback.js'
import { findStreamStart } from './streams/stream-id.js'

/**
 * Converts a reported event; a time in the future becomes `now`, and the playing time is limited.
 * @param playId of the event, from the client; null for the play of a day
 */
export function toProgressEvent (body: StopBody, playId: string | null, now: Date): ProgressEvent {
  const event = {
    positionMs: body.positionMs,
    at: clampToNow(new Date(body.at), now),
    watchedMs: body.watchedMs ?? null,
    eventId: body.eventId ?? '',
  }
  return limitPlayingTime(event, findStreamStart(playId))
}

/** The languages that a request states; omitted kinds become `main` and `full`. */
export function requestedLanguages (
  { audio, subtitles, subtitleMode }: LanguagesBody & { subtitleMode?: SubtitleMode },
): LanguagePreferences {
  return {
    ...(subtitleMode === undefined ? {} : { subtitleMode }),
    ...(audio === undefined ? {} : { audio: { language: audio.language, kind: audio.kind ?? 'main' } }),
    ...(subtitles === undefined
      ? {}
      : { subtitles: subtitles === null ? null : { language: subtitles.language, kind: subtitles.kind ?? 'full' } }),
  }
}
