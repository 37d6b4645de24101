// The dataset files that IMDb publishes (developer.imdb.com/non-commercial-datasets): tab-separated, no quoting, \N for what
// is not known, one line of names first.
import { openBytes, type FileBytes } from './open-bytes.js'
import { readLines } from './read-lines.js'
import { UnreadableSourceError } from './source.js'

export const IMDB_HEADERS = {
  basics: 'tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres',
  episodes: 'tconst\tparentTconst\tseasonNumber\tepisodeNumber',
  ratings: 'tconst\taverageRating\tnumVotes',
} as const
export type ImdbKind = keyof typeof IMDB_HEADERS

const KINDS = Object.keys(IMDB_HEADERS) as ImdbKind[]
const LONGEST_HEADER = 1_000

export interface ImdbRow {
  readonly line: number
  /** Null for a row that has not as many as the header. */
  readonly cells: readonly string[] | null
}

/** Which of the files it is, by its first line; null for another. */
export async function imdbKindOf (file: string): Promise<ImdbKind | null> {
  const { stream } = await openBytes(file)
  let text = ''
  for await (const chunk of stream) {
    text += (chunk as Buffer).toString('latin1')
    if (text.includes('\n') || text.length > LONGEST_HEADER) break
  }
  const [first = ''] = text.split(/\r?\n/)
  return KINDS.find((kind) => IMDB_HEADERS[kind] === first) ?? null
}

/** @param onOpen is given the file's bytes, to tell how far it is */
export async function* readImdbRows (
  file: string,
  kind: ImdbKind,
  onOpen: (bytes: FileBytes) => void,
): AsyncGenerator<ImdbRow> {
  const bytes = await openBytes(file)
  onOpen(bytes)
  const columns = IMDB_HEADERS[kind].split('\t').length
  for await (const { number, bytes: text } of readLines(bytes.stream)) {
    const line = text?.toString('utf8').replace(/\r$/, '') ?? ''
    if (number === 1) {
      if (line !== IMDB_HEADERS[kind]) {
        throw new UnreadableSourceError(
          1,
          `${file} is not IMDb's file of ${kind}: its first line should be ${
            IMDB_HEADERS[kind].replaceAll('\t', ' ')
          }.`,
        )
      }
      continue
    }
    if (line === '') continue
    const cells = line.split('\t')
    yield { line: number, cells: cells.length === columns ? cells : null }
  }
}

/** The number in `tt0133093`; 0 for what is no such id. */
export function numberOfId (id: string): number {
  return /^tt\d{1,9}$/.test(id) ? Number(id.slice(2)) : 0
}

/** A whole number, or null for \N and nonsense. */
export function wholeOrNull (cell: string): number | null {
  return /^\d{1,9}$/.test(cell) ? Number(cell) : null
}

export function textOrNull (cell: string): string | null {
  return cell === '\\N' || cell.trim() === '' ? null : cell
}
