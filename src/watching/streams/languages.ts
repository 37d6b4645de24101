// The languages that a profile chose for a title: remembered for its next episode and every other device.
import {
  ProfileTitlePreferences,
  derivePreferencesId,
  upsertTitlePreferences,
  type StoredProfileTitlePreferences,
} from '../../../models/profile-title-preferences.js'
import type { LanguagePreferences } from '../../domain/language-choice.js'
import { findPlay } from '../history/plays.js'
import { findLease } from './stream-leases.js'
import type { ProfileRef } from '../watching.js'

/** What a stored taste says about languages. */
export function storedLanguages (
  taste: Pick<StoredProfileTitlePreferences, 'audio' | 'subtitles'> | null,
): LanguagePreferences {
  const { audio = null, subtitles = null } = taste ?? {}
  return {
    ...(audio === null ? {} : { audio: { language: audio.language, kind: audio.kind } }),
    ...(subtitles === null
      ? {}
      : { subtitles: subtitles.language === null ? null : { language: subtitles.language, kind: subtitles.kind } }),
  }
}

/** Remembers what was said; what was left open stays as it is. */
export async function saveLanguages (
  watcher: ProfileRef,
  titleId: string,
  { audio, subtitles }: LanguagePreferences,
  now: Date,
): Promise<void> {
  const changes = {
    ...(audio === undefined ? {} : { audio: { $literal: audio } }),
    ...(subtitles === undefined ? {} : { subtitles: { $literal: subtitles ?? { language: null, kind: 'full' } } }),
  }
  if (Object.keys(changes).length > 0) await upsertTitlePreferences(watcher, titleId, changes, now)
}

/**
 * Remembers what was said during a stream, with an event of the client's time `at`; a private stream leaves no trace, and
 * an event that was overtaken by a newer one says nothing any more. Without a word it costs nothing.
 */
export async function saveStreamLanguages (
  watcher: ProfileRef,
  streamId: string,
  spoken: LanguagePreferences,
  at: number,
  now: Date,
): Promise<void> {
  if (spoken.audio === undefined && spoken.subtitles === undefined) return
  const slot = await findLease(watcher, streamId)
  if (slot?.private === true || (slot?.at ?? new Date(0)).getTime() > at) return
  const title = (slot ?? await findPlay(watcher, streamId))?.title
  if (title !== undefined) await saveLanguages(watcher, title.toString(), spoken, now)
}

/** Forgets the languages of a title; its rating stays. */
export async function clearLanguages (watcher: ProfileRef, titleId: string, now: Date): Promise<void> {
  await ProfileTitlePreferences.updateOne({ _id: derivePreferencesId(watcher.profile, titleId) }, {
    $set: { audio: null, subtitles: null, updatedAt: now },
  })
}
