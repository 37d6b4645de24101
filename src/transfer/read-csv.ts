// CSV: a row is a movie or a show, with the fields as columns; rows of episodes follow their show. An empty cell says nothing.
import { parse } from 'csv-parse'
import type { FieldError } from '../errors.js'
import { MAX_LINE_BYTES } from './read-lines.js'
import { UnreadableSourceError, type SourceItem, type SourceItems } from './source.js'

type Read = (text: string) => unknown

/** What cannot be read as what the column holds. */
class CellError extends Error {}

const MS_PER_MINUTE = 60_000
const asText: Read = (text) => text
const asNumber: Read = (text) => {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new CellError('is no number')
  return value
}
const asMinutes: Read = (text) => (asNumber(text) as number) * MS_PER_MINUTE
const asYesNo: Read = (text) => {
  const word = text.trim().toLowerCase()
  if (['true', 'yes', '1'].includes(word)) return true
  if (['false', 'no', '0'].includes(word)) return false
  throw new CellError('is neither yes nor no')
}
/** Separated by `|`; a backslash before one makes it part of the text. */
const asList = (text: string): string[] =>
  text.split(/(?<!\\)\|/).map((part) => part.replaceAll('\\|', '|').trim()).filter((part) => part !== '')
const asPeople: Read = (text) =>
  asList(text).map((one) => {
    const [, name = one, role] = /^(.*?)\s*\(([^()]*)\)$/.exec(one) ?? []
    return role === undefined ? { name } : { name, role }
  })

interface Column {
  /** JSON Pointer of the field it fills. */
  readonly field: string
  readonly read: Read
}

const column = (field: string, read: Read = asText): Column => ({ field, read })

/** Columns by their names in lower case. */
const COLUMNS: ReadonlyMap<string, Column> = new Map([
  ...[
    'kind',
    'id',
    'title',
    'originalTitle',
    'synopsis',
    'releaseDate',
    'maturityRating',
    'originalLanguage',
    'posterUrl',
    'backdropUrl',
    'availableFrom',
    'availableUntil',
    'addedAt',
    'airDate',
  ].map((name) => [name, column(name)] as const),
  ...['year', 'runtimeMs', 'popularity', 'season', 'episode'].map((name) => [name, column(name, asNumber)] as const),
  ...['genres', 'alternativeTitles'].map((name) => [name, column(name, asList)] as const),
  ...['cast', 'crew'].map((name) => [name, column(name, asPeople)] as const),
  ...['imdb', 'tmdb', 'wikidata'].map((name) => [name, column(`externalIds/${name}`)] as const),
  ['runtimeMinutes', column('runtimeMs', asMinutes)] as const,
  ['published', column('published', asYesNo)] as const,
].map(([name, one]) => [name.toLowerCase(), one]))

const NAMES =
  'kind, id, title, originalTitle, alternativeTitles, synopsis, year, releaseDate, genres, maturityRating, runtimeMs, runtimeMinutes, originalLanguage, posterUrl, backdropUrl, availableFrom, availableUntil, published, popularity, addedAt, imdb, tmdb, wikidata, cast, crew, season, episode, airDate'

interface Row {
  readonly cells: readonly string[]
  readonly line: number
}
type Fields = Record<string, unknown>

export async function* readCsv (input: AsyncIterable<Buffer>): SourceItems {
  let columns: readonly Column[] | null = null
  /** It is told when all of its episodes are. */
  let show: { line: number, body: Fields, seasons: Map<number, Fields[]> } | null = null
  const finished = (one: NonNullable<typeof show>): SourceItem => ({
    line: one.line,
    body: one.seasons.size === 0
      ? one.body
      : { ...one.body, seasons: [...one.seasons].map(([number, episodes]) => ({ number, episodes })) },
  })
  for await (const { cells, line } of readRows(input)) {
    if (columns === null) {
      columns = readHeader(cells)
      continue
    }
    const row = readRow(line, cells, columns)
    if ('errors' in row) yield row
    else if (row.fields['kind'] === 'episode') {
      const errors = addEpisode(show?.seasons ?? null, row.fields)
      if (errors.length > 0) yield { line, errors }
    } else {
      if (show !== null) yield finished(show)
      show = null
      const body = { kind: 'movie', ...row.fields }
      if (body.kind === 'show') show = { line, body, seasons: new Map() }
      else yield { line, body }
    }
  }
  if (show !== null) yield finished(show)
}

/** Every row before a place that cannot be read; a stream of rows would lose those that it holds. @throws UnreadableSourceError */
async function* readRows (input: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  const rows: Row[] = []
  let line = 0
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
    on_record (cells: string[], { lines }) {
      line = lines
      rows.push({ cells, line })
      return null
    },
  })
  // What went wrong is told to whoever wrote.
  parser.on('error', () => undefined)
  const told = async (write: (done: (error?: Error | null) => void) => void): Promise<Error | null> =>
    await new Promise((resolve) => {
      write((error) => {
        resolve(error ?? null)
      })
    })
  async function* after (failure: Error | null): AsyncGenerator<Row> {
    yield* rows.splice(0)
    if (failure !== null) {
      throw new UnreadableSourceError(line + 1, `The CSV cannot be read after line ${line}: ${failure.message}.`)
    }
  }
  for await (const chunk of input) {
    yield* after(
      await told((done) => {
        parser.write(chunk, done)
      }),
    )
  }
  yield* after(
    await told((done) => {
      parser.end(done)
    }),
  )
}

/** @throws UnreadableSourceError */
function readHeader (names: readonly string[]): Column[] {
  const found = names.map((name) => COLUMNS.get(name.trim().toLowerCase()))
  const unknown = names.filter((_, index) => found[index] === undefined)
  if (unknown.length > 0) {
    throw new UnreadableSourceError(
      1,
      `The first line names columns that are not known: ${unknown.join(', ')}. There are: ${NAMES}.`,
    )
  }
  return found as Column[]
}

function readRow (
  line: number,
  cells: readonly string[],
  columns: readonly Column[],
): { fields: Fields } | { line: number, errors: FieldError[] } {
  if (cells.length !== columns.length) {
    return {
      line,
      errors: [{ pointer: '', message: `has ${cells.length} cells; the first line names ${columns.length} columns` }],
    }
  }
  const errors: FieldError[] = []
  const fields: Fields = {}
  for (const [index, { field, read }] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell === '') continue
    try {
      put(fields, field, read(cell))
    } catch (error) {
      if (!(error instanceof CellError)) throw error
      errors.push({ pointer: `/${field}`, message: error.message })
    }
  }
  return errors.length > 0 ? { line, errors } : { fields }
}

function put (fields: Fields, field: string, value: unknown): void {
  const [name = '', inner] = field.split('/')
  fields[name] = inner === undefined ? value : { ...fields[name] as Fields | undefined, [inner]: value }
}

function addEpisode (
  seasons: Map<number, Fields[]> | null,
  { kind: _, season, episode, ...fields }: Fields,
): FieldError[] {
  if (seasons === null) return [{ pointer: '/kind', message: 'is episode, but there is no show above it' }]
  if (typeof season !== 'number') return [{ pointer: '/season', message: 'is required' }]
  if (typeof episode !== 'number') return [{ pointer: '/episode', message: 'is required' }]
  seasons.set(season, [...seasons.get(season) ?? [], { number: episode, ...fields }])
  return []
}
