// Recognises the title, season, episode and language in names of media files.
import { parseTorrentTitle } from '@viren070/parse-torrent-title'

export interface RecognisedName {
  /** Name of the movie or show; empty: not recognised. */
  readonly title: string
  readonly year: number | null
  readonly season: number | null
  readonly episode: number | null
  /** Language tag of the audio; empty: not stated. */
  readonly language: string
  /** Edition, such as Director's Cut; empty: none. */
  readonly edition: string
}

/** The library does not recognise every language code at the end: `Show.S01E02.de`. */
const LANGUAGE_CODE = /[ ._-](en|de|es|fr|it|ja|pt|nl|sv|da|no|fi|pl|ru|zh|ko)$/i

export function recogniseFileName (fileName: string): RecognisedName {
  const name = fileName.replace(/\.[^.]{2,4}$/, '')
  const { title = '', year, seasons = [], episodes = [], languages = [], editions = [], unrated } = parseTorrentTitle(
    name,
  )
  const [stated = ''] = languages.length === 1 ? languages.filter((language) => /^[a-z]{2}$/.test(language)) : []
  const code = LANGUAGE_CODE.exec(name)?.[1]?.toLowerCase() ?? ''
  return {
    title: title.trim(),
    year: year === undefined ? null : Number(year),
    season: seasons[0] ?? null,
    episode: episodes[0] ?? null,
    language: stated === '' ? code : stated,
    edition: editions.length > 0 ? editions.join(', ') : unrated === true ? 'Unrated' : '',
  }
}
