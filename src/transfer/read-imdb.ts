// IMDb's datasets as a catalogue: movies as they come, then shows with their seasons and episodes, which lie scattered over
// two files of ten million rows. What is looked up is kept as numbers, what belongs to a show is put aside on disk.
import type { FieldError } from '../errors.js'
import { numberOfId, readImdbRows, textOrNull, wholeOrNull } from './imdb-rows.js'
import { IntMap } from './int-map.js'
import type { FileBytes } from './open-bytes.js'
import { SpillPartitions } from './spill-partitions.js'
import type { SourceItem, SourceItems } from './source.js'

export interface ImdbFiles {
  readonly basics: string
  /** Without it shows have no seasons. */
  readonly episodes?: string
  /** Without it everything is as popular as everything else. */
  readonly ratings?: string
}

export interface ImdbOptions {
  /** Leaves out what fewer people rated. */
  readonly minVotes?: number
  readonly includeAdult?: boolean
  onOpen?(bytes: FileBytes): void
}

const MOVIE_TYPES = new Set(['movie', 'tvMovie'])
const SHOW_TYPES = new Set(['tvSeries', 'tvMiniSeries'])
const EPISODE_TYPE = 'tvEpisode'
const MS_PER_MINUTE = 60_000
/** IMDb's words where the catalogue has others. */
const GENRES: Readonly<Record<string, string>> = { 'Sci-Fi': 'Science Fiction' }
/** Stands for a season or number that IMDb does not know. */
const UNKNOWN = 0xffff_ffff
/** A report is to be read. */
const [MAX_NAMED, MAX_ERRORS] = [5, 20]

type Cells = readonly string[]
interface Episode {
  readonly id: number
  readonly season: number
  readonly number: number
  readonly title: string
  readonly runtimeMs: number | null
}
interface Show {
  readonly line: number
  readonly cells: Cells
}

/** `line` is that of title.basics. Movies come in the file's order, then shows, in an order that is the same each time. */
export async function* readImdb (
  files: ImdbFiles,
  { minVotes = 0, includeAdult = false, onOpen = () => undefined }: ImdbOptions = {},
): SourceItems {
  const votes = new IntMap(1)
  const places = new IntMap(3)
  if (files.ratings !== undefined) {
    for await (const { cells } of readImdbRows(files.ratings, 'ratings', onOpen)) {
      votes.set(numberOfId(cells?.[0] ?? ''), wholeOrNull(cells?.[2] ?? '') ?? 0)
    }
  }
  if (files.episodes !== undefined) {
    for await (const { cells } of readImdbRows(files.episodes, 'episodes', onOpen)) {
      const [id, show] = [numberOfId(cells?.[0] ?? ''), numberOfId(cells?.[1] ?? '')]
      if (id > 0 && show > 0) {
        places.set(id, show, wholeOrNull(cells?.[2] ?? '') ?? UNKNOWN, wholeOrNull(cells?.[3] ?? '') ?? UNKNOWN)
      }
    }
  }
  const votesOf = (id: string): number => votes.get(numberOfId(id)) ?? 0
  const aside = new SpillPartitions()
  /** Episodes that have a row of their own. */
  const named = new IntMap(1)
  try {
    for await (const { line, cells } of readImdbRows(files.basics, 'basics', onOpen)) {
      if (cells === null) {
        yield { line, errors: [{ pointer: '', message: 'has not the columns that the first line names' }] }
        continue
      }
      const [id = '', type = '', title = '', , isAdult] = cells
      const number = numberOfId(id)
      if (type === EPISODE_TYPE && places.get(number) !== undefined) {
        named.set(number, 1)
        aside.add(places.get(number) ?? 0, `E\t${number}\t${cells[7] ?? ''}\t${title}`)
      }
      if ((isAdult === '1' && !includeAdult) || votesOf(id) < minVotes) continue
      if (MOVIE_TYPES.has(type)) yield { line, body: toMovie(cells, votesOf(id)) }
      else if (SHOW_TYPES.has(type)) aside.add(number, `S\t${line}\t${cells.join('\t')}`)
    }
    for (const id of places.keys()) {
      if (named.get(id) === undefined) aside.add(places.get(id) ?? 0, `E\t${id}\t\\N\t\\N`)
    }
    for (const lines of aside.read()) yield* showsOf(lines, places, votesOf)
  } finally {
    aside.remove()
  }
}

/** Puts together what belongs to the shows of one partition. */
function* showsOf (
  lines: readonly string[],
  places: IntMap,
  votesOf: (id: string) => number,
): Generator<SourceItem> {
  const shows: Show[] = []
  const episodes = new Map<number, Episode[]>()
  for (const text of lines) {
    const [mark, ...cells] = text.split('\t')
    if (mark === 'S') shows.push({ line: Number(cells[0]), cells: cells.slice(1) })
    else {
      const id = Number(cells[0])
      const show = places.get(id) ?? 0
      const episode = toEpisode(id, places, cells)
      const list = episodes.get(show)
      if (list === undefined) episodes.set(show, [episode])
      else list.push(episode)
    }
  }
  for (const { line, cells } of shows) {
    const id = cells[0] ?? ''
    const { seasons, errors } = toSeasons(episodes.get(numberOfId(id)) ?? [])
    yield { line, body: { ...toTitle('show', cells, votesOf(id)), seasons } }
    if (errors.length > 0) yield { line, errors }
  }
}

function toEpisode (id: number, places: IntMap, [, minutes = '', title = '']: Cells): Episode {
  const number = places.get(id, 2) ?? UNKNOWN
  return {
    id,
    season: places.get(id, 1) ?? UNKNOWN,
    number,
    title: textOrNull(title) ?? (number === UNKNOWN ? 'Episode' : `Episode ${number}`),
    runtimeMs: toRuntime(minutes),
  }
}

/** Episodes of which IMDb knows no place cannot be told from others: they are left out, and said to be. */
function toSeasons (episodes: readonly Episode[]): { seasons: object[], errors: FieldError[] } {
  const errors: FieldError[] = []
  const byPlace = new Map<number, Map<number, Episode>>()
  const sorted = [...episodes].sort((a, b) => a.id - b.id)
  const isPlaced = ({ season, number }: Episode): boolean => season !== UNKNOWN && number !== UNKNOWN
  for (const episode of sorted.filter(isPlaced)) {
    const { season, number } = episode
    const ofSeason = byPlace.get(season) ?? new Map<number, Episode>()
    byPlace.set(season, ofSeason)
    const other = ofSeason.get(number)
    if (other === undefined) ofSeason.set(number, episode)
    else {errors.push({
        pointer: `/seasons/${season}/episodes/${number}`,
        message: `is both ${idOf(other.id)} and ${idOf(episode.id)}: the second was left out`,
      })}
  }
  const unplaced = sorted.filter((one) => !isPlaced(one))
  if (unplaced.length > 0) {
    errors.push({
      pointer: '/seasons',
      message: `have no place for ${unplaced.slice(0, MAX_NAMED).map(({ id }) => idOf(id)).join(', ')}${
        unplaced.length > MAX_NAMED ? ` and ${unplaced.length - MAX_NAMED} more` : ''
      }, of which season and number are not known: left out`,
    })
  }
  const byNumber = <T>(entries: Iterable<[number, T]>): Array<[number, T]> => [...entries].sort(([a], [b]) => a - b)
  const seasons = byNumber(byPlace).map(([number, ofSeason]) => ({
    number,
    episodes: byNumber(ofSeason).map(([episode, { title, runtimeMs }]) => ({
      number: episode,
      title,
      ...(runtimeMs === null ? {} : { runtimeMs }),
    })),
  }))
  return { seasons, errors: errors.slice(0, MAX_ERRORS) }
}

function toMovie (cells: Cells, votes: number): object {
  const runtimeMs = toRuntime(cells[7] ?? '')
  return { ...toTitle('movie', cells, votes), ...(runtimeMs === null ? {} : { runtimeMs }) }
}

function toTitle (
  kind: 'movie' | 'show',
  [id = '', , primary = '', original = '', , startYear = '', , , genres = '']: Cells,
  votes: number,
): object {
  const year = wholeOrNull(startYear)
  const originalTitle = textOrNull(original)
  return {
    kind,
    title: textOrNull(primary) ?? '',
    ...(originalTitle === null || originalTitle === primary ? {} : { originalTitle }),
    ...(year === null ? {} : { year }),
    genres: (textOrNull(genres)?.split(',') ?? []).map((genre) => GENRES[genre] ?? genre),
    externalIds: { imdb: id },
    popularity: votes,
  }
}

function toRuntime (minutes: string): number | null {
  const whole = wholeOrNull(minutes)
  return whole === null || whole === 0 ? null : whole * MS_PER_MINUTE
}

const idOf = (number: number): string => `tt${String(number).padStart(7, '0')}`
