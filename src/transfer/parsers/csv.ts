// Parses CSV: a row is a movie, a show or an episode of the show above it. Empty cells are omitted fields.
import { parse } from 'csv-parse'
import type { FieldError } from '../../errors.js'
import { COLUMN_NAMES, COLUMNS, InvalidCellError, type Column } from './csv-columns.js'
import { MAX_LINE_BYTES } from './lines.js'
import { UnreadableSourceError, type SourceItem, type SourceItems } from './source-items.js'

interface Row {
  readonly cells: readonly string[]
  readonly line: number
}
type Fields = Record<string, unknown>

interface Show {
  readonly line: number
  readonly body: Fields
  /** Episodes by season number. */
  readonly seasons: Map<number, Fields[]>
}

/**
 * Yields records in file order, a show after the last of its episodes.
 * @throws UnreadableSourceError for an unknown column or a syntax error
 */
export async function* parseCsv (input: AsyncIterable<Buffer>): SourceItems {
  let columns: readonly Column[] | null = null
  let show: Show | null = null
  for await (const { cells, line } of readRows(input)) {
    if (columns === null) {
      columns = parseHeader(cells)
      continue
    }
    const row = parseRow(line, cells, columns)
    if ('errors' in row) yield row
    else if (row.fields['kind'] === 'episode') {
      const errors = addEpisode(show, row.fields)
      if (errors.length > 0) yield { line, errors }
    } else {
      if (show !== null) yield toShowItem(show)
      show = null
      const body = { kind: 'movie', ...row.fields }
      if (body.kind === 'show') show = { line, body, seasons: new Map() }
      else yield { line, body }
    }
  }
  if (show !== null) yield toShowItem(show)
}

function toShowItem ({ line, body, seasons }: Show): SourceItem {
  if (seasons.size === 0) return { line, body }
  return { line, body: { ...body, seasons: [...seasons].map(([number, episodes]) => ({ number, episodes })) } }
}

/**
 * Yields every row before a syntax error; the streaming interface of csv-parse would drop the rows in its buffer.
 * @throws UnreadableSourceError
 */
async function* readRows (input: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  const rows: Row[] = []
  let lastLine = 0
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
    on_record (cells: string[], { lines }) {
      lastLine = lines
      rows.push({ cells, line: lines })
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

/** @throws UnreadableSourceError for an unknown column */
function parseHeader (names: readonly string[]): Column[] {
  const columns = names.map((name) => COLUMNS.get(name.trim().toLowerCase()))
  const unknown = names.filter((_, index) => columns[index] === undefined)
  if (unknown.length > 0) {
    throw new UnreadableSourceError(
      1,
      `The header contains unknown columns: ${unknown.join(', ')}. Known columns: ${COLUMN_NAMES.join(', ')}.`,
    )
  }
  return columns as Column[]
}

function parseRow (
  line: number,
  cells: readonly string[],
  columns: readonly Column[],
): { fields: Fields } | { line: number, errors: FieldError[] } {
  if (cells.length !== columns.length) {
    const message = `has ${cells.length} cells, but the header has ${columns.length} columns`
    return { line, errors: [{ pointer: '', message }] }
  }
  const errors: FieldError[] = []
  const fields: Fields = {}
  for (const [index, { field, parseCell }] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell === '') continue
    try {
      setField(fields, field, parseCell(cell))
    } catch (error) {
      if (!(error instanceof InvalidCellError)) throw error
      errors.push({ pointer: `/${field}`, message: error.message })
    }
  }
  return errors.length > 0 ? { line, errors } : { fields }
}

/** @param path a field, or a field and a nested field separated by a slash */
function setField (fields: Fields, path: string, value: unknown): void {
  const [name = '', nested] = path.split('/')
  fields[name] = nested === undefined ? value : { ...fields[name] as Fields | undefined, [nested]: value }
}

function addEpisode (show: Show | null, { kind: _, season, episode, ...fields }: Fields): FieldError[] {
  if (show === null) return [{ pointer: '/kind', message: 'is episode, but there is no show above it' }]
  if (typeof season !== 'number') return [{ pointer: '/season', message: 'is required' }]
  if (typeof episode !== 'number') return [{ pointer: '/episode', message: 'is required' }]
  show.seasons.set(season, [...show.seasons.get(season) ?? [], { number: episode, ...fields }])
  return []
}
