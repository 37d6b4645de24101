// Metadata that an uploader declares, reconciled with the metadata in the file. Pure functions.
import { isSameLanguage } from '../../domain/language-choice.js'
import { DomainError } from '../../errors.js'
import type { UploadQuery } from '../../schemas/uploads.js'

/** What the uploader declares about a file. The number of audio tracks in the file takes precedence. */
export interface DeclaredMetadata {
  /** Audio languages, BCP 47. */
  readonly languages: readonly string[]
  readonly subtitleLanguages: readonly string[]
  readonly edition: string | null
}

/** Splits the comma-separated language lists of an upload request. */
export function toDeclaredMetadata ({ language, subtitles, edition }: UploadQuery): DeclaredMetadata {
  const splitTags = (text: string | undefined): string[] => text === undefined ? [] : text.split(',')
  return { languages: splitTags(language), subtitleLanguages: splitTags(subtitles), edition: edition ?? null }
}

interface AudioLanguage {
  readonly language: string | null
}

/**
 * Assigns a language to each audio track.
 * The language of a single track is often a default of the encoder, so the declared language replaces it. Several
 * tagged tracks are trusted: a declared language that none of them has is an error, unless there are tracks without a
 * language, which receive the remaining declared languages in their order.
 * @throws DomainError 422 `claim-mismatch`
 */
export function assignLanguages<T extends AudioLanguage> (tracks: readonly T[], declared: readonly string[]): T[] {
  const [only, ...others] = declared
  if (declared.length > tracks.length) throw languageMismatch(tracks, declared)
  if (only !== undefined && others.length === 0 && tracks.length === 1) {
    return tracks.map((track) => ({ ...track, language: only }))
  }
  const unmatched = declared.filter((language) =>
    !tracks.some((track) => track.language !== null && isSameLanguage(track.language, language))
  )
  if (unmatched.length > tracks.filter(({ language }) => language === null).length) {
    throw languageMismatch(tracks, declared)
  }
  return tracks.map((track) => {
    const { language } = track
    if (language === null) return { ...track, language: unmatched.shift() ?? null }
    // The declared tag may be more specific (`pt-BR`) than the tag in the file (`pt`).
    const matching = declared.filter((tag) => isSameLanguage(tag, language))
    return { ...track, language: matching.length === 1 ? matching[0] ?? language : language }
  })
}

/** The distinct known languages of tracks. */
export function distinctLanguages (tracks: readonly AudioLanguage[]): string[] {
  return [...new Set(tracks.flatMap(({ language }) => language ?? []))]
}

function languageMismatch (tracks: readonly AudioLanguage[], declared: readonly string[]): DomainError {
  const found = tracks.map(({ language }) => language)
  return new DomainError(
    422,
    'claim-mismatch',
    'Metadata mismatch',
    `The upload declares audio in ${declared.join(', ')}, but the file has ${describeTracks(found)}. ` +
      'Nothing was stored.',
    { claimed: { audioLanguages: declared }, found: { audioTracks: found } },
  )
}

function describeTracks (languages: ReadonlyArray<string | null>): string {
  const list = languages.map((language) => language ?? 'unknown language').join(', ')
  if (languages.length === 0) return 'no audio track'
  return languages.length === 1 ? `one audio track (${list})` : `${languages.length} audio tracks (${list})`
}
