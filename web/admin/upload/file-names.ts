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
/** With a script or a region, which the library leaves out: `Movie.es-419`, `Movie.zh-Hant-TW`. */
const LANGUAGE_TAG = /[ .]([a-z]{2,3}[-_](?:[a-z]{4}(?:[-_](?:[a-z]{2}|\d{3}))?|[a-z]{2}|\d{3}))$/i
const ENGLISH_NAMES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

export function recogniseFileName (fileName: string): RecognisedName {
  const name = fileName.replace(/\.[^.]{2,4}$/, '')
  const { title = '', year, seasons = [], episodes = [], languages = [], editions = [], unrated } = parseTorrentTitle(
    name,
  )
  const [stated = ''] = languages.length === 1 ? languages.map(toLanguage) : []
  const code = LANGUAGE_CODE.exec(name)?.[1]?.toLowerCase() ?? ''
  const tag = toLanguage(LANGUAGE_TAG.exec(name)?.[1] ?? '')
  return {
    title: title.trim(),
    year: year === undefined ? null : Number(year),
    season: seasons[0] ?? null,
    episode: episodes[0] ?? null,
    language: [tag, stated, code].find((one) => one !== '') ?? '',
    edition: editions.length > 0 ? editions.join(', ') : unrated === true ? 'Unrated' : '',
  }
}

/** Returns the canonical tag; empty for words that are no language, such as `multi audio` and `art-deco`. */
function toLanguage (text: string): string {
  try {
    const [tag = ''] = Intl.getCanonicalLocales(text.replaceAll('_', '-'))
    return ENGLISH_NAMES.of(tag) === undefined || (/\d$/.test(text) && !/\d$/.test(tag)) ? '' : tag
  } catch {
    return ''
  }
}
