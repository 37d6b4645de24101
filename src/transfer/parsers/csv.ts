// Parses CSV: a row is a movie, a show or an episode of the show above it. Empty cells are omitted fields. Detects the
// delimiter and the encoding.
import type { FieldError } from '../../errors.js'
import { NO_MAPPING, type ColumnMapping } from './column-mapping.js'
import { isColumn, parseCells, parseHeader, type FileColumn } from './csv-cells.js'
import { DELIMITERS, detectDialect, readRows, type Delimiter } from './csv-rows.js'
import { decodeCsv } from './csv-text.js'
import { MAX_LINE_BYTES } from './lines.js'
import type { SourceItem, SourceItems, SourceWarning } from './source-items.js'

type Fields = Record<string, unknown>

interface Show {
  readonly line: number
  readonly body: Fields
  /** Characters of its row and those of its episodes. */
  characters: number
  /** Episodes by season number. */
  readonly seasons: Map<number, Fields[]>
}

/**
 * Yields records in file order, a show after the last of its episodes, and what it assumed about the file.
 * @param charset see `decodeCsv`
 * @throws UnreadableSourceError for an unknown column or a syntax error
 * @throws ColumnMappingError if the mapping does not fit the columns of the file
 */
export async function* parseCsv (
  input: AsyncIterable<Buffer>,
  charset: string | null = null,
  mapping: ColumnMapping = NO_MAPPING,
): SourceItems {
  const text = decodeCsv(input, charset)
  const { dialect, all } = await detectDialect(text.blocks)
  const { delimiter } = dialect
  let columns: readonly FileColumn[] | null = null
  let show: Show | null = null
  for await (const { cells, line, characters, isReadable } of readRows(all, text, dialect)) {
    if (!isReadable) {
      yield { line, errors: [{ pointer: '', message: `is not ${text.encoding()}` }] }
      continue
    }
    if (columns === null) {
      columns = parseHeader(cells, mapping)
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

function toShowItem ({ line, body, characters, seasons }: Show): SourceItem {
  if (seasons.size === 0) return { line, body, bytes: characters }
  const fields = { ...body, seasons: [...seasons].map(([number, episodes]) => ({ number, episodes })) }
  return { line, body: fields, bytes: characters }
}

function parseRow (
  line: number,
  cells: readonly string[],
  columns: readonly FileColumn[],
  hasDecimalComma: boolean,
): { fields: Fields } | { line: number, errors: readonly FieldError[] } {
  const { values, errors } = parseCells(cells, columns, hasDecimalComma)
  if (errors.length > 0) return { line, errors }
  const fields: Fields = {}
  for (const [index, column] of columns.entries()) {
    if (isColumn(column) && values[index] !== undefined) setField(fields, column.field, values[index])
  }
  return { fields }
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
