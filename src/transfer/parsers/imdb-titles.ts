// Maps rows of the IMDb datasets to lines of the import format.
import type { FieldError } from '../../errors.js'
import { parseIntegerCell, parseTextCell } from './imdb-rows.js'
import type { SourceItem } from './source-items.js'

/** The cells of a row of title.basics. */
export type Cells = readonly string[]

export interface Show {
  readonly line: number
  readonly cells: Cells
}

export interface Episode {
  /** Number of the IMDb ID. */
  readonly id: number
  /** `UNKNOWN_NUMBER` if IMDb does not state it, like `number`. */
  readonly season: number
  readonly number: number
  readonly title: string | null
  /** Runtime in minutes, as in the dataset. */
  readonly minutes: string
}

/** The value of a season or episode number that IMDb does not state. */
export const UNKNOWN_NUMBER = 0xffff_ffff

const MS_PER_MINUTE = 60_000
/** Genres that have other names in the catalogue. */
const GENRES: Readonly<Record<string, string>> = { 'Sci-Fi': 'Science Fiction' }
/** Number of episodes that an error message lists. */
const MAX_LISTED_IDS = 5
/** Number of errors that are reported for one show. */
const MAX_ERRORS = 20

export function toMovie (cells: Cells, votes: number): object {
  return { ...toTitle('movie', cells, votes), ...toRuntime(cells[7] ?? '') }
}

/** Yields the show, and an item with errors if some of its episodes are skipped. */
export function* toShowItems (
  { line, cells }: Show,
  episodes: readonly Episode[],
  votes: number,
): Generator<SourceItem> {
  const { seasons, errors } = toSeasons(episodes)
  yield { line, body: { ...toTitle('show', cells, votes), seasons } }
  if (errors.length > 0) yield { line, errors }
}

/** Skips and reports episodes without a number and second episodes with the same number. */
function toSeasons (episodes: readonly Episode[]): { seasons: object[], errors: FieldError[] } {
  const errors: FieldError[] = []
  const seasons = new Map<number, Map<number, Episode>>()
  const unnumbered: Episode[] = []
  for (const episode of [...episodes].sort((a, b) => a.id - b.id)) {
    const { season: seasonNumber, number } = episode
    if (seasonNumber === UNKNOWN_NUMBER || number === UNKNOWN_NUMBER) {
      unnumbered.push(episode)
      continue
    }
    const season = seasons.get(seasonNumber) ?? new Map<number, Episode>()
    seasons.set(seasonNumber, season)
    const existing = season.get(number)
    if (existing === undefined) season.set(number, episode)
    else {
      errors.push({
        pointer: `/seasons/${seasonNumber}/episodes/${number}`,
        message: `is both ${toImdbId(existing.id)} and ${toImdbId(episode.id)}; the second is skipped`,
      })
    }
  }
  if (unnumbered.length > 0) errors.push({ pointer: '/seasons', message: describeUnnumbered(unnumbered) })
  return {
    seasons: sortByNumber(seasons).map(([number, season]) => ({
      number,
      episodes: sortByNumber(season).map(([, episode]) => toEpisodeFields(episode)),
    })),
    errors: errors.slice(0, MAX_ERRORS),
  }
}

function describeUnnumbered (episodes: readonly Episode[]): string {
  const listed = episodes.slice(0, MAX_LISTED_IDS).map(({ id }) => toImdbId(id)).join(', ')
  const more = episodes.length > MAX_LISTED_IDS ? ` and ${episodes.length - MAX_LISTED_IDS} more` : ''
  return `skip ${listed}${more}: the season or episode number is unknown`
}

const sortByNumber = <T>(entries: Iterable<[number, T]>): Array<[number, T]> => [...entries].sort(([a], [b]) => a - b)

function toEpisodeFields ({ number, title, minutes }: Episode): object {
  return { number, title: title ?? `Episode ${number}`, ...toRuntime(minutes) }
}

function toTitle (
  kind: 'movie' | 'show',
  [id = '', , primary = '', original = '', , startYear = '', , , genres = '']: Cells,
  votes: number,
): object {
  const year = parseIntegerCell(startYear)
  const originalTitle = parseTextCell(original)
  return {
    kind,
    title: parseTextCell(primary) ?? '',
    ...(originalTitle === null || originalTitle === primary ? {} : { originalTitle }),
    ...(year === null ? {} : { year }),
    genres: (parseTextCell(genres)?.split(',') ?? []).map((genre) => GENRES[genre] ?? genre),
    externalIds: { imdb: id },
    popularity: votes,
  }
}

function toRuntime (minutes: string): { runtimeMs?: number } {
  const value = parseIntegerCell(minutes)
  return value === null || value === 0 ? {} : { runtimeMs: value * MS_PER_MINUTE }
}

const toImdbId = (number: number): string => `tt${String(number).padStart(7, '0')}`
