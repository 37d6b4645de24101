// Reads the dataset files of IMDb (developer.imdb.com/non-commercial-datasets): tab-separated values with a header,
// without quoting, and with \N for null.
import { openFileBytes, type FileBytes } from './file-bytes.js'
import { readLines } from './lines.js'
import { UnreadableSourceError } from './source-items.js'

export const IMDB_HEADERS = {
  basics: 'tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres',
  episodes: 'tconst\tparentTconst\tseasonNumber\tepisodeNumber',
  ratings: 'tconst\taverageRating\tnumVotes',
} as const
export type ImdbDataset = keyof typeof IMDB_HEADERS

const DATASETS = Object.keys(IMDB_HEADERS) as ImdbDataset[]
const MAX_HEADER_CHARACTERS = 1_000

export interface ImdbRow {
  readonly line: number
  /** Null if the row does not have one cell per column. */
  readonly cells: readonly string[] | null
}

/** Detects the dataset of a file by its header. @returns null for any other file */
export async function detectImdbDataset (file: string): Promise<ImdbDataset | null> {
  const { stream } = await openFileBytes(file)
  let text = ''
  for await (const chunk of stream) {
    text += (chunk as Buffer).toString('latin1')
    if (text.includes('\n') || text.length > MAX_HEADER_CHARACTERS) break
  }
  const [firstLine = ''] = text.split(/\r?\n/)
  return DATASETS.find((dataset) => IMDB_HEADERS[dataset] === firstLine) ?? null
}

/**
 * Yields the rows of a file without its header.
 * @param onOpen receives the opened file, to observe the progress
 * @throws UnreadableSourceError when the header is not that of the dataset
 */
export async function* readImdbRows (
  file: string,
  dataset: ImdbDataset,
  onOpen: (bytes: FileBytes) => void,
): AsyncGenerator<ImdbRow> {
  const bytes = await openFileBytes(file)
  onOpen(bytes)
  const header = IMDB_HEADERS[dataset]
  const columnCount = header.split('\t').length
  for await (const { number, bytes: lineBytes } of readLines(bytes.stream)) {
    const line = lineBytes?.toString('utf8').replace(/\r$/, '') ?? ''
    if (number === 1) {
      if (line !== header) {
        const expected = header.replaceAll('\t', ' ')
        throw new UnreadableSourceError(1, `${file} is not the IMDb dataset ${dataset}: its header is not ${expected}.`)
      }
      continue
    }
    if (line === '') continue
    const cells = line.split('\t')
    yield { line: number, cells: cells.length === columnCount ? cells : null }
  }
}

/** Returns the number in an ID such as `tt0133093`, or 0 for any other text. */
export function parseImdbId (id: string): number {
  return /^tt\d{1,9}$/.test(id) ? Number(id.slice(2)) : 0
}

/** Returns the integer in a cell, or null for \N and anything else. */
export function parseIntegerCell (cell: string): number | null {
  return /^\d{1,9}$/.test(cell) ? Number(cell) : null
}

/** Returns the text of a cell, or null for \N and blank text. */
export function parseTextCell (cell: string): string | null {
  return cell === '\\N' || cell.trim() === '' ? null : cell
}
