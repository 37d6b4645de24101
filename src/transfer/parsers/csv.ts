// Parses CSV: a row is a movie, a show or an episode of the show above it. Empty cells are omitted fields. Detects the
// delimiter and the encoding.
import { parse } from 'csv-parse'
import type { FieldError } from '../../errors.js'
import { COLUMN_NAMES, findColumn, InvalidCellError, parseText, type Column } from './csv-columns.js'
import { decodeCsv, type CsvText } from './csv-text.js'
import { MAX_LINE_BYTES } from './lines.js'
import { UnreadableSourceError, type SourceItem, type SourceItems, type SourceWarning } from './source-items.js'

interface Row {
  readonly cells: readonly string[]
  /** Last line of the row. */
  readonly line: number
  /** Characters of all cells. */
  readonly characters: number
  /** False if a line of the row has another encoding than the file. */
  readonly isReadable: boolean
}
type Fields = Record<string, unknown>

interface Show {
  readonly line: number
  readonly body: Fields
  /** Characters of its row and those of its episodes. */
  characters: number
  /** Episodes by season number. */
  readonly seasons: Map<number, Fields[]>
}

/** A row with more cells is rejected with the rest of the file: no catalogue has as many columns. */
const MAX_CELLS = 1_000
const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' } as const
type Delimiter = keyof typeof DELIMITERS
/** How exports write that a cell has no value. */
const NOTHING = /^\s*(?:\\N|[-–—]|null|n\/?a|none)\s*$/i
/** Characters of a name that an error message shows. */
const MAX_SHOWN_CHARACTERS = 60
/** First line of a file for Excel, which states the delimiter. */
const DELIMITER_LINE = /^"?sep ?= ?([,;\t])"?[,;\t ]*[\r\n]/i

/** How a file separates cells and rows. */
interface Dialect {
  readonly delimiter: Delimiter
  readonly recordDelimiters: readonly string[]
  /** True if the first line states the delimiter. */
  readonly hasDelimiterLine: boolean
}

/**
 * Yields records in file order, a show after the last of its episodes, and what it assumed about the file.
 * @param charset see `decodeCsv`
 * @throws UnreadableSourceError for an unknown column or a syntax error
 */
export async function* parseCsv (input: AsyncIterable<Buffer>, charset: string | null = null): SourceItems {
  const text = decodeCsv(input, charset)
  const { dialect, all } = await detectDialect(text.blocks)
  const { delimiter } = dialect
  let columns: ReadonlyArray<Column | null> | null = null
  let show: Show | null = null
  for await (const { cells, line, characters, isReadable } of readRows(all, text, dialect)) {
    if (!isReadable) {
      yield { line, errors: [{ pointer: '', message: `is not ${text.encoding()}` }] }
      continue
    }
    if (columns === null) {
      columns = parseHeader(cells)
      continue
    }
    const row = parseRow(line, cells, columns, delimiter !== ',')
    if ('errors' in row) yield row
    else if (row.fields['kind'] === 'episode') {
      const errors = addEpisode(show, row.fields, characters)
      if (errors.length > 0) yield { line, errors }
    } else if (Object.keys(row.fields).length > 0) {
      if (show !== null) yield toShowItem(show)
      show = null
      const body = { kind: 'movie', ...row.fields }
      if (body.kind === 'show') show = { line, body, characters, seasons: new Map() }
      else yield { line, body, bytes: characters }
    }
  }
  if (show !== null) yield toShowItem(show)
  yield* listAssumptions(text.encoding(), delimiter)
}

function* listAssumptions (encoding: string, delimiter: Delimiter): Generator<SourceWarning> {
  const warn = (message: string): SourceWarning => ({ line: 1, warnings: [{ pointer: '', message }] })
  if (encoding === 'windows-1252') yield warn('The file is not UTF-8: it was read as windows-1252.')
  if (encoding === 'UTF-16') yield warn('The file was read as UTF-16.')
  if (delimiter !== ',') yield warn(`The columns were read as separated by ${DELIMITERS[delimiter]}.`)
}

/** Chooses the delimiter that is most frequent in the first line, outside of quotation marks. */
async function detectDialect (
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

function toShowItem ({ line, body, characters, seasons }: Show): SourceItem {
  if (seasons.size === 0) return { line, body, bytes: characters }
  const fields = { ...body, seasons: [...seasons].map(([number, episodes]) => ({ number, episodes })) }
  return { line, body: fields, bytes: characters }
}

/**
 * Yields every row before a syntax error; the streaming interface of csv-parse would drop the rows in its buffer.
 * @throws UnreadableSourceError
 */
async function* readRows (
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

/**
 * Columns without a name, as spreadsheets append them, are null.
 * @throws UnreadableSourceError for an unknown column
 */
function parseHeader (names: readonly string[]): Array<Column | null> {
  const unknown = names.filter((name) => name.trim() !== '' && findColumn(name) === null)
  if (unknown.length > 0) {
    throw new UnreadableSourceError(
      1,
      `The header contains unknown columns: ${unknown.map(shorten).join(', ')}. Known columns: ${
        COLUMN_NAMES.join(', ')
      }.`,
    )
  }
  const columns = names.map((name) => findColumn(name))
  return columns.slice(0, columns.findLastIndex((column) => column !== null) + 1)
}

const shorten = (name: string): string =>
  name.length > MAX_SHOWN_CHARACTERS
    ? `${name.slice(0, MAX_SHOWN_CHARACTERS)}…`
    : name

function parseRow (
  line: number,
  cells: readonly string[],
  columns: ReadonlyArray<Column | null>,
  hasDecimalComma: boolean,
): { fields: Fields } | { line: number, errors: FieldError[] } {
  // A NUL or Ctrl-Z may end a file.
  if (cells.length === 1 && /^\p{Cc}+$/u.test(cells[0] ?? '')) return { fields: {} }
  const surplus = cells.slice(columns.length)
  if (cells.length < columns.length || surplus.some((cell) => cell.trim() !== '')) {
    const message = `has ${cells.length} cells, but the header has ${columns.length} columns`
    return { line, errors: [{ pointer: '', message }] }
  }
  const errors: FieldError[] = []
  const fields: Fields = {}
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell === '' || (column !== null && column.parseCell !== parseText && NOTHING.test(cell))) continue
    if (column === null) {
      errors.push({ pointer: '', message: `has a value in column ${index + 1}, which has no name` })
      continue
    }
    try {
      setField(fields, column.field, column.parseCell(cell, hasDecimalComma))
    } catch (error) {
      if (!(error instanceof InvalidCellError)) throw error
      errors.push({ pointer: `/${column.field}`, message: error.message })
    }
  }
  return errors.length > 0 ? { line, errors } : { fields }
}

/** @param path a field, or a field and a nested field separated by a slash */
function setField (fields: Fields, path: string, value: unknown): void {
  const [name = '', nested] = path.split('/')
  fields[name] = nested === undefined ? value : { ...fields[name] as Fields | undefined, [nested]: value }
}

function addEpisode (
  show: Show | null,
  { kind: _, season, episode, ...fields }: Fields,
  characters: number,
): FieldError[] {
  if (show === null) return [{ pointer: '/kind', message: 'is episode, but there is no show above it' }]
  if (typeof season !== 'number') return [{ pointer: '/season', message: 'is required' }]
  if (typeof episode !== 'number') return [{ pointer: '/episode', message: 'is required' }]
  show.characters += characters
  if (show.characters > MAX_LINE_BYTES) {
    return [{ pointer: '', message: `makes the show longer than ${MAX_LINE_BYTES} characters` }]
  }
  const episodes = show.seasons.get(season)
  if (episodes === undefined) show.seasons.set(season, [{ number: episode, ...fields }])
  else episodes.push({ number: episode, ...fields })
  return []
}
