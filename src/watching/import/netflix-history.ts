// What Netflix writes into its viewing activity, understood: titles, dates and lengths of time. Pure.
// A title alone does not say what is a show and what a movie with a colon, so it is read in several ways.
import type { ParsedTitle } from './match-title.js'

/** What a season is called, in the languages that Netflix writes its files in. */
const SEASON_WORDS = 'season|series|staffel|saison|temporada|stagione|seizoen|sezon|säsong|sæson|sesong|kausi|évad'
/** What stands in the place of a season, but is not always counted like one. */
const PART_WORDS = 'part|parte|partie|teil|deel|volume|volumen|vol\\.?|book|buch|collection'
const EPISODE_WORDS = 'episode|ep\\.?|épisode|episodio|episódio|folge|aflevering|odcinek|avsnitt|afsnit|jakso'
const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

const SEASON = new RegExp(
  `^(?:(?<season>${SEASON_WORDS})|(?:${PART_WORDS}))\\s+(?<number>\\d{1,4}|${NUMBERS.join('|')})(?:\\s*\\([^)]*\\))?$`,
  'iu',
)
const LIMITED_SERIES =
  /^(limited[ -]series|mini-?series?|miniserie|mini-?série|série limitée|serie limitada|minissérie)$/iu
const EPISODE_SUFFIX = new RegExp(`\\s*\\((?:${EPISODE_WORDS})\\s+(?<number>\\d{1,5})\\)$`, 'iu')
const EPISODE_ALONE = new RegExp(`^(?:${EPISODE_WORDS})\\s+(?<number>\\d{1,5})$`, 'iu')
const YEAR_SUFFIX = /\s*\((?<year>(?:19|20)\d{2})\)$/u
/** Longer names are nobody's, and would take long to read in every way. */
const MAX_SEGMENTS = 12
const MAX_NAME = 500

/**
 * The ways to understand a title, the likeliest first: `Breaking Bad: Season 1: Pilot (Episode 1)`,
 * `Show: Limited Series: Name (Episode 3)`, `Show: Name`, or a movie, whose name may hold colons too.
 */
export function readNetflixTitle (text: string): ParsedTitle[] {
  const name = text.slice(0, MAX_NAME).trim().replace(/\s+/gu, ' ')
  const segments = name.split(/\s*:\s+|\s*：\s*/u).filter((segment) => segment !== '').slice(0, MAX_SEGMENTS)
  const bySeason = segments.flatMap((segment, at) => at === 0 ? [] : readSeason(segments, segment, at))
  return [...readMovie(name), ...bySeason, ...(bySeason.length > 0 ? [] : readWithoutSeason(segments))]
}

function readMovie (name: string): ParsedTitle[] {
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

function readSeason (segments: readonly string[], segment: string, at: number): ParsedTitle[] {
  const groups = SEASON.exec(segment)?.groups
  const isLimited = LIMITED_SERIES.test(segment)
  if (groups === undefined && !isLimited) return []
  return [{
    kind: 'show',
    titleName: segments.slice(0, at).join(': '),
    year: null,
    season: isLimited ? 1 : numberOf(groups?.['number'] ?? ''),
    ...readEpisode(segments.slice(at + 1)),
    isSeasonCertain: groups?.['season'] !== undefined,
  }]
}

/** Any colon may be the one between the show and its episode: the longest name of a show first. */
function readWithoutSeason (segments: readonly string[]): ParsedTitle[] {
  return segments.slice(1).map((_, i) => {
    const at = segments.length - 1 - i
    return {
      kind: 'show',
      titleName: segments.slice(0, at).join(': '),
      year: null,
      season: null,
      ...readEpisode(segments.slice(at)),
      isSeasonCertain: false,
    }
  })
}

/** The name of a season may come before the name of the episode: `Coven: Bitchcraft`. */
function readEpisode (segments: readonly string[]): Pick<ParsedTitle, 'episode' | 'episodeNames'> {
  const text = segments.join(': ')
  const number = EPISODE_SUFFIX.exec(text)?.groups?.['number']
  const names = text.replace(EPISODE_SUFFIX, '').split(': ')
  const episodeNames = names.map((_, i) => names.slice(i).join(': ')).filter((name) => name !== '')
  const alone = EPISODE_ALONE.exec(episodeNames.at(-1) ?? '')?.groups?.['number']
  return { episode: number === undefined && alone === undefined ? null : Number(number ?? alone), episodeNames }
}

function numberOf (text: string): number {
  const word = NUMBERS.indexOf(text.toLowerCase())
  return word === -1 ? Number(text) : word + 1
}

export type DateOrder = 'month-first' | 'day-first' | 'year-first'

/** Noon UTC is the same date almost everywhere on earth. */
const NOON_MS = 12 * 3_600_000
const DAY_MS = 86_400_000

/** A date of the short file, `1/31/24`, `31.01.2024` or `2024-01-31`, as noon UTC; null when it is no date in that order. */
export function readDate (text: string, order: DateOrder): number | null {
  const parts = /^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\.?$/u.exec(text.trim())?.slice(1).map(Number)
  const [first = 0, second = 0, third = 0] = parts ?? []
  if (order === 'year-first') return first < 1_000 ? null : noonOf(first, second, third)
  return order === 'month-first' ? noonOf(third, first, second) : noonOf(third, second, first)
}

function noonOf (year: number, month: number, day: number): number | null {
  const fullYear = year < 100 ? 2_000 + year : year
  const time = Date.UTC(fullYear, month - 1, day) + NOON_MS
  const date = new Date(time)
  const isReal = fullYear >= 1970 && date.getUTCFullYear() === fullYear && date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day
  return isReal ? time : null
}

export interface DecidedOrder {
  readonly order: DateOrder
  /** Every date could be read in another order too, and nothing told them apart. */
  readonly isGuess: boolean
}

/**
 * One order for the whole file: the only one in which all dates are real and past, else the one in which they run from
 * newest to oldest as Netflix lists them, else the custom of the separator.
 * @returns null when no order fits all
 */
export function decideDateOrder (dates: readonly string[], now: Date): DecidedOrder | null {
  const orders = ['year-first', 'month-first', 'day-first'] as const
  const fitting = orders.map((order) => ({ order, times: dates.map((date) => readDate(date, order)) }))
    .filter((one): one is { order: DateOrder, times: number[] } => one.times.every((time) => time !== null))
  const past = fitting.filter(({ times }) => times.every((time) => time <= now.getTime() + DAY_MS))
  const possible = past.length > 0 ? past : fitting
  const [only] = possible
  if (only === undefined) return null
  if (possible.length === 1) return { order: only.order, isGuess: false }
  const sorted = possible.filter(({ times }) => times.every((time, i) => i === 0 || time <= (times[i - 1] ?? Infinity)))
  const [inOrder] = sorted
  if (inOrder !== undefined && sorted.length === 1) return { order: inOrder.order, isGuess: false }
  const isSlashed = dates.every((date) => date.includes('/'))
  return { order: isSlashed ? 'month-first' : 'day-first', isGuess: dates.length > 0 }
}

/** A start time of the full file, `2024-01-31 20:15:00` in UTC; null when it is none. */
export function readStartTime (text: string): number | null {
  const [, day = '', time = ''] = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/u.exec(text.trim()) ?? []
  const at = Date.parse(`${day}T${time}Z`)
  return Number.isNaN(at) || at < 0 ? null : at
}

/** A length of time, `HH:MM:SS`, in ms; null when it is none. */
export function readLength (text: string): number | null {
  const match = /^(\d{1,4}):([0-5]\d):([0-5]\d)$/u.exec(text.trim())
  if (match === null) return null
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000
}
