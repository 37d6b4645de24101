// Recognises the title, season, episode and language in names of media files.

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

/** S01E02, s1.e2, 1x02, Season 1 Episode 2, T1E2. */
const EPISODE_PATTERNS = [
  /\b[st](\d{1,2})[ ._-]*e[p]?(\d{1,3})\b/i,
  /\b(\d{1,2})x(\d{2,3})\b/i,
  /\bseason[ ._-]*(\d{1,2})[ ._-]*episode[ ._-]*(\d{1,3})\b/i,
]
/** An episode number without a season, after the name: "Show - 03". */
const NUMBER_PATTERN = /(?:^|[ ._-])(?:e|ep|episode)?[ ._-]*(\d{1,3})$/i
const YEAR = /\b(19\d\d|20\d\d)\b/
/** What follows the name: resolution, source, codec. */
const TECHNICAL = matchWords([
  String.raw`\d{3,4}p|4k|uhd|hdr`,
  'web[ -]?dl|web[ -]?rip|blu[ -]?ray|bdrip|dvdrip|hdtv|remux',
  'x26[45]|h ?26[45]|hevc|av1|aac|ac3|dts',
  'proper|repack',
])
const EDITION = matchWords([
  "director'?s[ -]cut|final[ -]cut",
  'extended(?:[ -](?:cut|edition))?|theatrical(?:[ -]cut)?',
  'unrated|remastered',
])
const LANGUAGES: Readonly<Record<string, string>> = {
  english: 'en',
  german: 'de',
  deutsch: 'de',
  spanish: 'es',
  espanol: 'es',
  castellano: 'es',
  french: 'fr',
  italian: 'it',
  japanese: 'ja',
  portuguese: 'pt',
}
const LANGUAGE_CODES = ['en', 'de', 'es', 'fr', 'it', 'ja', 'pt', 'nl', 'sv', 'da', 'no', 'fi', 'pl', 'ru', 'zh', 'ko']

export function recogniseFileName (fileName: string): RecognisedName {
  const name = fileName.replace(/\.[^.]{2,4}$/, '')
  const text = name.replace(/[._]+/g, ' ')
  const match = EPISODE_PATTERNS.map((pattern) => pattern.exec(text)).find((found) => found !== null)
  const year = YEAR.exec(text)
  const edition = EDITION.exec(text)
  const technical = TECHNICAL.exec(text)
  const language = findLanguage(text)
  // The name ends where the first of the other parts starts.
  const ends = [match, year !== null && year.index > 0 ? year : null, edition, technical].flatMap((found) =>
    found === null || found === undefined ? [] : [found.index]
  )
  const head = cleanTitle(text.slice(0, Math.min(text.length, ...ends, language.index)))
  const number = match === undefined && year === null ? NUMBER_PATTERN.exec(head) : null
  return {
    title: number === null ? head : cleanTitle(head.slice(0, number.index)),
    year: year === null || year.index === 0 ? null : Number(year[1]),
    season: match === undefined ? null : Number(match[1]),
    episode: match === undefined ? number === null ? null : Number(number[1]) : Number(match[2]),
    language: language.tag,
    edition: edition?.[1]?.replace(/[._-]/g, ' ') ?? '',
  }
}

function cleanTitle (text: string): string {
  return text.replace(/[[({\s-]+$/, '').replace(/\s+-\s+/g, ' - ').trim()
}

/** Finds a language by its name, or by a code at the end: `.de`, `-es`. */
function findLanguage (text: string): { readonly tag: string, readonly index: number } {
  for (const [name, tag] of Object.entries(LANGUAGES)) {
    const index = text.search(new RegExp(`\\b${name}\\b`, 'i'))
    if (index > 0) return { tag, index }
  }
  const [, code = ''] = /[ -]([a-z]{2})$/i.exec(text) ?? []
  const tag = LANGUAGE_CODES.find((one) => one === code.toLowerCase())
  return tag === undefined ? { tag: '', index: text.length } : { tag, index: text.length - code.length - 1 }
}

function matchWords (alternatives: readonly string[]): RegExp {
  return new RegExp(String.raw`\b(${alternatives.join('|')})\b`, 'i')
}
