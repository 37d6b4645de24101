// Converts request bodies to the types of the domain.
import type { LanguagePreferences, SubtitleMode } from '../domain/language-choice.js'
import type { ProgressEvent } from '../domain/progress.js'
import type { LanguagesBody } from '../schemas/languages.js'
import type { StopBody } from '../schemas/playback.js'
import { clampToNow } from './history/record-progress.js'

/** Converts a reported event; a time in the future becomes `now`. */
export function toProgressEvent (body: StopBody, now: Date): ProgressEvent {
  return {
    positionMs: body.positionMs,
    at: clampToNow(new Date(body.at), now),
    watchedMs: body.watchedMs ?? null,
    eventId: body.eventId ?? '',
  }
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
