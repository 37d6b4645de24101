// Parses the titles of Netflix's viewing activity. A title text alone does not tell a show from a movie with a colon,
// so the result is a list of interpretations.
import { foldText } from '../../domain/text.js'
import type { ParsedTitle } from './match-title.js'
import { isLimitedSeries, isSpecials, parseMarker, type Marker } from './title-marker.js'

const YEAR_SUFFIX = /\s*\((?<year>(?:19|20)\d{2})\)$/u
/** `(Episode 2)` at the end of a name. */
const BRACKETS_SUFFIX = /\s*[(（]([^()（）]{1,40})[)）]$/u
/** `第1話 名前`, `1화 이름`, `Episode 2 – Name`. */
const NUMBER_BEFORE_NAME = new RegExp(
  '^(?<marker>第?\\s?[\\p{Nd}一二三四五六七八九十]{1,5}\\s?(?:話|话|集|回|章|화|회)|[^-–—|]{1,30}(?=\\s[-–—|]\\s))' +
    '(?:\\s[-–—|]\\s|[\\s、.．]+)(?<name>.+)$',
  'u',
)
/** `Show S1E2`, `Show - S01E02 - Name`, `Show: T1:E2 Name`, `Show 1x02`: the forms of other programs. */
const COMPACT = new RegExp(
  '^(?<title>.{1,200}?)(?:\\s?[:：]\\s?|\\s[-–—]\\s|\\s)' +
    '(?:[ST](?<season>\\d{1,4})\\s?[.:,]?\\s?E(?<episode>\\d{1,4})|(?<seasonX>\\d{1,2})x(?<episodeX>\\d{2,3}))' +
    '(?:(?:\\s?[:：]\\s?|\\s[-–—]\\s|\\s)(?<name>.+))?$',
  'iu',
)
/** Marks of the writing direction and byte order marks. */
const INVISIBLE = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu
/** Bounds of a title text, so that hostile input stays cheap. */
const MAX_SEGMENTS = 12
const MAX_NAME_CHARS = 500

/**
 * Parses a title text into interpretations, the most likely first: `Breaking Bad: Season 1: Pilot (Episode 1)`,
 * `Show: Limited Series: Name (Episode 3)`, `Show: Name`, or a movie, whose name may contain colons too.
 */
export function parseNetflixTitle (text: string): ParsedTitle[] {
  const name = text.slice(0, MAX_NAME_CHARS).replace(INVISIBLE, '').trim().replace(/\s+/gu, ' ')
  const compact = parseCompact(name)
  if (compact !== null) return [...parseMovie(name), compact]
  const segments = splitSegments(name, /\s?:\s|\s?：\s?/u)
  const bySeason = parseAtSeasons(segments)
  if (bySeason.some(({ isSeasonCertain }) => isSeasonCertain)) return [...parseMovie(name), ...bySeason]
  // `Book II` may also belong to the name of an episode.
  if (bySeason.length > 0) return [...parseMovie(name), ...bySeason, ...parseWithoutSeason(segments)]
  // Some files have no space after a colon, which then also separates the digits of a time.
  const tightSegments = splitSegments(name, /\s?[:：]\s?/u)
  return [...parseMovie(name), ...parseAtSeasons(tightSegments), ...parseWithoutSeason(segments)]
}

function parseCompact (text: string): ParsedTitle | null {
  const { title = '', season, episode, seasonX, episodeX, name } = COMPACT.exec(text)?.groups ?? {}
  if (title === '') return null
  return {
    kind: 'show',
    titleName: title,
    year: null,
    season: Number(season ?? seasonX),
    episode: Number(episode ?? episodeX),
    episodeNames: name === undefined ? [] : [name],
    isSeasonCertain: true,
  }
}

function splitSegments (name: string, separator: RegExp): string[] {
  return name.split(separator).map((segment) => segment.trim()).filter((segment) => segment !== '')
    .slice(0, MAX_SEGMENTS)
}

function parseMovie (name: string): ParsedTitle[] {
  const movie: ParsedTitle = {
    kind: 'movie',
    titleName: name,
    year: null,
    season: null,
    episode: null,
    episodeNames: [],
    isSeasonCertain: false,
  }
  const year = YEAR_SUFFIX.exec(name)?.groups?.['year']
  return year === undefined
    ? [movie]
    : [movie, { ...movie, titleName: name.replace(YEAR_SUFFIX, ''), year: Number(year) }]
}

function parseAtSeasons (segments: readonly string[]): ParsedTitle[] {
  return segments.flatMap((segment, index) => index === 0 ? [] : parseAtSeason(segments, segment, index))
}

function parseAtSeason (segments: readonly string[], segment: string, index: number): ParsedTitle[] {
  const titleName = segments.slice(0, index).join(': ')
  const isLimited = isLimitedSeries(segment)
  const marker = isLimited ? null : parseMarker(segment) ?? parseNumberedTitle(titleName, segment)
  const isSpecial = marker === null && isSpecials(segment)
  if (!isLimited && !isSpecial && (marker === null || marker.kind === 'episode')) return []
  const inside = marker?.episode === undefined ? {} : { episode: marker.episode }
  return [{
    kind: 'show',
    titleName,
    year: null,
    season: isSpecial ? 0 : marker?.number ?? 1,
    ...parseEpisode(segments.slice(index + 1)),
    ...inside,
    isSeasonCertain: marker?.kind === 'season',
  }]
}

/** A season that repeats the name of its show: `Stranger Things: Stranger Things 4`. */
function parseNumberedTitle (titleName: string, segment: string): Marker | null {
  const number = /\s(\p{Nd}{1,2})$/u.exec(segment)?.[1]
  if (number === undefined || foldText(segment.slice(0, -number.length)) !== foldText(titleName)) return null
  return { kind: 'part', number: Number(number) }
}

/** Each colon may separate the show from its episode; the longest name of a show comes first. */
function parseWithoutSeason (segments: readonly string[]): ParsedTitle[] {
  return segments.slice(1).map((_, i) => {
    const index = segments.length - 1 - i
    return {
      kind: 'show',
      titleName: segments.slice(0, index).join(': '),
      year: null,
      season: null,
      ...parseEpisode(segments.slice(index)),
      isSeasonCertain: false,
    }
  })
}

/** The name of a season may precede the name of the episode: `Coven: Bitchcraft`. */
function parseEpisode (segments: readonly string[]): Pick<ParsedTitle, 'episode' | 'episodeNames'> {
  const text = segments.join(': ')
  const suffix = parseMarker(BRACKETS_SUFFIX.exec(text)?.[1] ?? '')
  const names = (suffix?.kind === 'episode' ? text.replace(BRACKETS_SUFFIX, '') : text).split(': ')
  const [first = ''] = names
  const { marker, name } = NUMBER_BEFORE_NAME.exec(first)?.groups ?? {}
  const episodeNames = names.map((_, i) => names.slice(i).join(': ')).filter((one) => one !== '')
  const alone = parseMarker(names.at(-1) ?? '')
  const leading = parseMarker(marker ?? first)
  const number = [
    suffix?.kind === 'episode' ? suffix : null,
    // `Part 2` is the episode of a limited series only if nothing else names it.
    alone?.kind === 'episode' || names.length === 1 ? alone : null,
    leading?.kind === 'episode' ? leading : null,
  ].find((one) => one !== null)?.number ?? null
  return { episode: number, episodeNames: name === undefined ? episodeNames : [...episodeNames, name] }
}
