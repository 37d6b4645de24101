// What an uploader says of a file against what the file says of itself: certain facts win, notes give way. Pure.
import { isSameLanguage } from '../../domain/language-choice.js'
import { DomainError } from '../../errors.js'

interface Spoken {
  readonly language: string | null
}

/**
 * Gives each audio track its language.
 * How many tracks there are is certain. A language inside a file is a note by whoever made it, often a default: of a single
 * track the uploader knows better. Several tagged tracks were tagged with care, and a language that none of them has is a
 * mistake; languages that are claimed beside them belong to the tracks without one, in their order.
 * @throws DomainError 422 `claim-mismatch`
 */
export function assignLanguages<T extends Spoken> (tracks: readonly T[], claimed: readonly string[]): T[] {
  const [only, ...others] = claimed
  if (claimed.length > tracks.length) throw mismatch(tracks, claimed)
  if (only !== undefined && others.length === 0 && tracks.length === 1) {
    return tracks.map((track) => ({ ...track, language: only }))
  }
  const unmatched = claimed.filter((language) =>
    !tracks.some((track) => track.language !== null && isSameLanguage(track.language, language))
  )
  if (unmatched.length > tracks.filter(({ language }) => language === null).length) throw mismatch(tracks, claimed)
  return tracks.map((track) => {
    // Of a language that the file knows roughly (`pt`), the claim may say more (`pt-BR`).
    const { language } = track
    if (language === null) return { ...track, language: unmatched.shift() ?? null }
    const closer = claimed.filter((one) => isSameLanguage(one, language))
    return { ...track, language: closer.length === 1 ? closer[0] ?? language : language }
  })
}

/** The languages of a file's tracks, each once. */
export function spokenLanguages (tracks: readonly Spoken[]): string[] {
  return [...new Set(tracks.flatMap(({ language }) => language ?? []))]
}

function mismatch (tracks: readonly Spoken[], claimed: readonly string[]): DomainError {
  const found = tracks.map(({ language }) => language)
  const names = found.map((language) => language ?? 'one that does not say').join(', ')
  const sounds = tracks.length === 0
    ? 'no audio track'
    : tracks.length === 1
    ? `one audio track (${names})`
    : `${tracks.length} audio tracks (${names})`
  return new DomainError(
    422,
    'claim-mismatch',
    'The file says otherwise',
    `The upload claims audio in ${claimed.join(', ')}, but the file has ${sounds}. Nothing was kept.`,
    { claimed: { audioLanguages: claimed }, found: { audioTracks: found } },
  )
}
