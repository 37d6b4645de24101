// Splits the text of a CSV file into rows of cells: detects the delimiter and the ends of rows.
import { parse } from 'csv-parse'
import type { CsvText } from './csv-text.js'
import { MAX_LINE_BYTES } from './lines.js'
import { UnreadableSourceError } from './source-items.js'

export interface Row {
  readonly cells: readonly string[]
  /** Last line of the row. */
  readonly line: number
  /** Characters of all cells. */
  readonly characters: number
  /** False if a line of the row has another encoding than the file. */
  readonly isReadable: boolean
}

/** A row with more cells is rejected with the rest of the file: no catalogue has as many columns. */
const MAX_CELLS = 1_000
/** A quoted list keeps its `|` where that also separates the columns. */
export const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' } as const
export type Delimiter = keyof typeof DELIMITERS
/** First line of a file for Excel, which states the delimiter. */
const DELIMITER_LINE = /^"?sep ?= ?([,;\t|])"?[,;\t| ]*[\r\n]/i

/** How a file separates cells and rows. */
export interface Dialect {
  readonly delimiter: Delimiter
  readonly recordDelimiters: readonly string[]
  /** True if the first line states the delimiter. */
  readonly hasDelimiterLine: boolean
}

/** Chooses the delimiter that is most frequent in the first line, outside of quotation marks. */
export async function detectDialect (
  blocks: AsyncIterable<string>,
): Promise<{ dialect: Dialect, all: AsyncIterable<string> }> {
  const iterator = blocks[Symbol.asyncIterator]()
  let head = ''
  while (!head.includes('\n') && head.length < MAX_LINE_BYTES) {
    const { done, value } = await iterator.next()
    if (done === true) break
    head += value
  }
  async function* replay (): AsyncGenerator<string> {
    if (head !== '') yield head
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  const recordDelimiters = head.includes('\n') || !head.includes('\r') ? ['\r\n', '\n'] : ['\r']
  const stated = DELIMITER_LINE.exec(head)?.[1] as Delimiter | undefined
  const [firstLine = ''] = head.split(/[\r\n]/, 1)
  const names = firstLine.replace(/"[^"]*"/g, '')
  const countOf = (delimiter: string): number => names.split(delimiter).length
  const [mostFrequent = ','] = (Object.keys(DELIMITERS) as Delimiter[]).sort((a, b) => countOf(b) - countOf(a))
  const dialect = { delimiter: stated ?? mostFrequent, recordDelimiters, hasDelimiterLine: stated !== undefined }
  return { dialect, all: replay() }
}

/**
 * Yields every row before a syntax error; the streaming interface of csv-parse would drop the rows in its buffer.
 * @throws UnreadableSourceError
 */
export async function* readRows (
  input: AsyncIterable<string>,
  text: CsvText,
  { delimiter, recordDelimiters, hasDelimiterLine }: Dialect,
): AsyncGenerator<Row> {
  const rows: Row[] = []
  let lastLine = 0
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: [...recordDelimiters],
    from_line: hasDelimiterLine ? 2 : 1,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
    on_record (cells: string[], { lines }) {
      const isReadable = !text.hasUnreadableLine(lastLine + 1, lines)
      if (cells.length > MAX_CELLS) throw new Error(`A row has more than ${MAX_CELLS} cells`)
      lastLine = lines
      rows.push({ cells: cells.map(withoutQuotes), line: lines, characters: countCharacters(cells), isReadable })
      return null
    },
  })
  // Errors arrive in the callbacks of `write` and `end`.
  parser.on('error', () => undefined)
  const errorOf = async (run: (done: (error?: Error | null) => void) => void): Promise<Error | null> =>
    await new Promise((resolve) => {
      run((error) => {
        resolve(error ?? null)
      })
    })
  async function* takeRows (failure: Error | null): AsyncGenerator<Row> {
    yield* rows.splice(0)
    if (failure !== null) {
      const message = `The CSV cannot be read after line ${lastLine}: ${failure.message}.`
      throw new UnreadableSourceError(lastLine + 1, message)
    }
  }
  for await (const chunk of input) {
    yield* takeRows(
      await errorOf((done) => {
        parser.write(chunk, done)
      }),
    )
  }
  yield* takeRows(
    await errorOf((done) => {
      parser.end(done)
    }),
  )
}

/** A space between a quotation mark and the delimiter makes the mark part of the cell. */
function withoutQuotes (cell: string): string {
  return /^"[^"]*"\s+$/.test(cell) ? cell.trimEnd().slice(1, -1) : cell
}

function countCharacters (cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.length, 0)
}
