// Names of audio tracks and subtitles in the menus of players.
import type { PackagedAudio } from '../../domain/hls-rendition-set.js'
import type { SubtitleTrack } from './open-renditions.js'

/** Tags that name no language: undetermined, uncoded, and private use (ISO 639-2; RFC 5646 §2.2.1). */
const NO_LANGUAGE = /^(?:und|mis|q[a-t][a-z])(?:-|$)/i
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' })

/** @returns null if the tag names no language */
function languageName (language: string): string | null {
  if (NO_LANGUAGE.test(language)) return null
  try {
    return languageNames.of(language) ?? language
  } catch {
    return language
  }
}

/** Without the number of channels, which differs between groups: names of a member must be the same in all of them. */
export function audioName ({ language, kind, name }: PackagedAudio): string {
  const base = (language === null ? null : languageName(language)) ?? name ?? 'Audio'
  if (kind === 'main') return base
  return `${base} (${kind === 'commentary' ? 'commentary' : 'audio description'})`
}

export function subtitleName ({ language, kind, name }: Omit<SubtitleTrack, 'id'>): string {
  const base = languageName(language)
  if (base === null && name !== null) return name
  const remark = kind === 'full' ? '' : kind === 'forced' ? ' (forced)' : ' (SDH)'
  return `${base ?? 'Subtitles'}${remark}`
}

/** Names must be unique within a group (RFC 8216 §4.3.4.1.1). */
export function withUniqueNames<T> (entries: readonly T[], toName: (entry: T) => string): Array<readonly [T, string]> {
  const counts = new Map<string, number>()
  return entries.map((entry) => {
    const name = toName(entry)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return [entry, count === 1 ? name : `${name} ${count}`] as const
  })
}
