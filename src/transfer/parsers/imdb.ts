// Parses the IMDb datasets: movies in file order, then shows with their seasons and episodes, which are spread over two
// files of ten million rows. Lookups use maps of integers; the rows of shows and episodes are spilled to disk.
import { parseImdbId, parseIntegerCell, parseTextCell, readImdbRows } from './imdb-rows.js'
import { toMovie, toShowItems, UNKNOWN_NUMBER, type Cells, type Episode, type Show } from './imdb-titles.js'
import { IntMap } from './int-map.js'
import type { FileBytes } from './file-bytes.js'
import { SpillPartitions } from './spill-partitions.js'
import type { SourceItem, SourceItems } from './source-items.js'

export interface ImdbFiles {
  readonly basics: string
  /** Without this file, shows have no seasons. */
  readonly episodes?: string
  /** Without this file, all titles have the popularity 0. */
  readonly ratings?: string
}

export interface ImdbOptions {
  /** Skips titles with fewer votes. */
  readonly minVotes?: number
  readonly includeAdult?: boolean
  onOpen?(bytes: FileBytes): void
}

const MOVIE_TYPES = new Set(['movie', 'tvMovie', 'tvSpecial', 'video', 'short', 'tvShort'])
const SHOW_TYPES = new Set(['tvSeries', 'tvMiniSeries'])
const EPISODE_TYPE = 'tvEpisode'
/** A broken file may have any number of types. */
const MAX_LISTED_TYPES = 20

/** Columns of the map from an episode to its show, season number and episode number. */
const [SHOW, SEASON, NUMBER] = [0, 1, 2]

/**
 * Yields items whose `line` refers to title.basics. The order of shows is the same in each run. A warning counts the
 * rows of other types, such as video games.
 */
export async function* parseImdb (
  files: ImdbFiles,
  { minVotes = 0, includeAdult = false, onOpen = () => undefined }: ImdbOptions = {},
): SourceItems {
  const votes = await readVotes(files.ratings, onOpen)
  const episodeKeys = await readEpisodeKeys(files.episodes, onOpen)
  const votesOf = (id: string): number => votes.get(parseImdbId(id)) ?? 0
  const partitions = new SpillPartitions()
  /** Episodes that title.basics contains. */
  const knownEpisodes = new IntMap(1)
  const omittedCounts = new Map<string, number>()
  try {
    for await (const { line, cells } of readImdbRows(files.basics, 'basics', onOpen)) {
      if (cells === null) {
        yield { line, errors: [{ pointer: '', message: 'does not have one cell per column of the header' }] }
        continue
      }
      const [id = '', type = '', title = '', , isAdult] = cells
      const number = parseImdbId(id)
      const show = episodeKeys.get(number, SHOW)
      if (type === EPISODE_TYPE && show !== undefined) {
        knownEpisodes.set(number, 1)
        partitions.add(show, `E\t${number}\t${cells[7] ?? ''}\t${title}`)
      }
      if ((isAdult === '1' && !includeAdult) || votesOf(id) < minVotes) continue
      if (MOVIE_TYPES.has(type)) yield { line, body: toMovie(cells, votesOf(id)) }
      else if (SHOW_TYPES.has(type)) partitions.add(number, `S\t${line}\t${cells.join('\t')}`)
      else if (type !== EPISODE_TYPE) omittedCounts.set(type, (omittedCounts.get(type) ?? 0) + 1)
    }
    if (omittedCounts.size > 0) {
      yield { line: 0, warnings: [{ pointer: '/titleType', message: describe(omittedCounts) }] }
    }
    for (const id of episodeKeys.keys()) {
      if (knownEpisodes.get(id) === undefined) partitions.add(episodeKeys.get(id, SHOW) ?? 0, `E\t${id}\t\\N\t\\N`)
    }
    for (const lines of partitions.readPartitions()) yield* joinShows(lines, episodeKeys, votesOf)
  } finally {
    partitions.remove()
  }
}

function describe (omittedCounts: ReadonlyMap<string, number>): string {
  const types = [...omittedCounts].sort(([a], [b]) => a < b ? -1 : 1).slice(0, MAX_LISTED_TYPES)
  return `leaves out ${types.map(([type, count]) => `${count.toLocaleString('en-US')} of type ${type}`).join(', ')}`
}

/** Reads the number of votes of each title. */
async function readVotes (file: string | undefined, onOpen: (bytes: FileBytes) => void): Promise<IntMap> {
  const votes = new IntMap(1)
  if (file === undefined) return votes
  for await (const { cells } of readImdbRows(file, 'ratings', onOpen)) {
    votes.set(parseImdbId(cells?.[0] ?? ''), parseIntegerCell(cells?.[2] ?? '') ?? 0)
  }
  return votes
}

/** Reads the show, season number and episode number of each episode. */
async function readEpisodeKeys (file: string | undefined, onOpen: (bytes: FileBytes) => void): Promise<IntMap> {
  const keys = new IntMap(3)
  if (file === undefined) return keys
  for await (const { cells } of readImdbRows(file, 'episodes', onOpen)) {
    const [id, show] = [parseImdbId(cells?.[0] ?? ''), parseImdbId(cells?.[1] ?? '')]
    if (id === 0 || show === 0) continue
    const season = parseIntegerCell(cells?.[2] ?? '') ?? UNKNOWN_NUMBER
    const number = parseIntegerCell(cells?.[3] ?? '') ?? UNKNOWN_NUMBER
    keys.set(id, show, season, number)
  }
  return keys
}

/** Joins the shows of one partition with their episodes. */
function* joinShows (
  lines: readonly string[],
  episodeKeys: IntMap,
  votesOf: (id: string) => number,
): Generator<SourceItem> {
  const shows: Show[] = []
  const episodes = new Map<number, Episode[]>()
  for (const text of lines) {
    const [type, ...cells] = text.split('\t')
    if (type === 'S') shows.push({ line: Number(cells[0]), cells: cells.slice(1) })
    else {
      const id = Number(cells[0])
      const show = episodeKeys.get(id, SHOW) ?? 0
      const episode = toEpisode(id, episodeKeys, cells)
      const showEpisodes = episodes.get(show)
      if (showEpisodes === undefined) episodes.set(show, [episode])
      else showEpisodes.push(episode)
    }
  }
  for (const show of shows) {
    const id = show.cells[0] ?? ''
    yield* toShowItems(show, episodes.get(parseImdbId(id)) ?? [], votesOf(id))
  }
}

function toEpisode (id: number, episodeKeys: IntMap, [, minutes = '', title = '']: Cells): Episode {
  return {
    id,
    season: episodeKeys.get(id, SEASON) ?? UNKNOWN_NUMBER,
    number: episodeKeys.get(id, NUMBER) ?? UNKNOWN_NUMBER,
    title: parseTextCell(title),
    minutes,
  }
}
