// The languages that a profile last chose for a title. They apply to its other episodes and on other devices.
import {
  ProfileTitlePreferences,
  derivePreferencesId,
  upsertTitlePreferences,
  type StoredProfileTitlePreferences,
} from '../../../models/profile-title-preferences.js'
import type { LanguagePreferences } from '../../domain/language-choice.js'
import type { ProfileRef } from '../deps.js'
import { findPlay } from '../history/plays.js'
import { findLease } from './stream-leases.js'

/** Maps stored preferences to language preferences. */
export function storedLanguages (
  preferences: Pick<StoredProfileTitlePreferences, 'audio' | 'subtitles'> | null,
): LanguagePreferences {
  const { audio = null, subtitles = null } = preferences ?? {}
  return {
    ...(audio === null ? {} : { audio: { language: audio.language, kind: audio.kind } }),
    ...(subtitles === null
      ? {}
      : { subtitles: subtitles.language === null ? null : { language: subtitles.language, kind: subtitles.kind } }),
  }
}

/** Stores the given languages; a missing field stays unchanged. */
export async function saveLanguages (
  ref: ProfileRef,
  titleId: string,
  { audio, subtitles }: LanguagePreferences,
  now: Date,
): Promise<void> {
  const changes = {
    ...(audio === undefined ? {} : { audio: { $literal: audio } }),
    ...(subtitles === undefined ? {} : { subtitles: { $literal: subtitles ?? { language: null, kind: 'full' } } }),
  }
  if (Object.keys(changes).length > 0) await upsertTitlePreferences(ref, titleId, changes, now)
}

/**
 * Stores the languages that an event of a stream chooses. Ignores private streams, and events that are older than the
 * newest one of the stream. Makes no database call without a choice.
 * @param at the client's time of the event, ms since the epoch
 */
export async function saveStreamLanguages (
  ref: ProfileRef,
  streamId: string,
  languages: LanguagePreferences,
  at: number,
  now: Date,
): Promise<void> {
  if (languages.audio === undefined && languages.subtitles === undefined) return
  const lease = await findLease(ref, streamId)
  if (lease?.private === true || (lease?.at ?? new Date(0)).getTime() > at) return
  const title = (lease ?? await findPlay(ref, streamId))?.title
  if (title !== undefined) await saveLanguages(ref, title.toString(), languages, now)
}

/** Clears the languages of a title; its rating remains. */
export async function clearLanguages (ref: ProfileRef, titleId: string, now: Date): Promise<void> {
  await ProfileTitlePreferences.updateOne({ _id: derivePreferencesId(ref.profile, titleId) }, {
    $set: { audio: null, subtitles: null, updatedAt: now },
  })
}
