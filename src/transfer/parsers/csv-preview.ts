// Reads the columns and the first rows of a CSV file, to choose a column mapping before an import.
import type { FieldError } from '../../errors.js'
import type { ColumnMapping } from './column-mapping.js'
import { isColumn, parseCells, resolveColumns, type FileColumn } from './csv-cells.js'
import { detectDialect, readRows, type Delimiter } from './csv-rows.js'
import { decodeCsv } from './csv-text.js'
import { UnreadableSourceError } from './source-items.js'

export interface PreviewColumn {
  readonly name: string
  /** Column of the format that it fills; null if the import ignores it or needs a mapping for it. */
  readonly field: string | null
  /** True if neither the format nor the mapping knows it: an import needs an entry for it. */
  readonly needsMapping: boolean
  /** The first values, shortened. */
  readonly samples: string[]
}

export interface PreviewRow {
  readonly line: number
  /** By column, as the import reads them, shortened; null without a value. */
  readonly values: Array<string | null>
  readonly errors: FieldError[]
}

export interface CsvPreview {
  readonly encoding: string
  readonly delimiter: Delimiter
  readonly columns: PreviewColumn[]
  readonly rows: PreviewRow[]
}

export const PREVIEW_ROWS = 10
const MAX_SAMPLES = 3
const MAX_SHOWN_CHARACTERS = 200

/**
 * Reads the first rows of a file, or of its beginning.
 * @throws UnreadableSourceError for a syntax error, or without a header
 * @throws ColumnMappingError if the mapping does not fit the columns of the file
 */
export async function previewCsv (
  input: AsyncIterable<Buffer>,
  charset: string | null,
  mapping: ColumnMapping,
): Promise<CsvPreview> {
  const text = decodeCsv(input, charset)
  const { dialect, all } = await detectDialect(text.blocks)
  let header: { readonly names: readonly string[], readonly columns: readonly FileColumn[] } | null = null
  const rows: PreviewRow[] = []
  const samples = new Map<number, string[]>()
  for await (const { cells, line, isReadable } of readRows(all, text, dialect)) {
    if (!isReadable) {
      rows.push({ line, values: [], errors: [{ pointer: '', message: `is not ${text.encoding()}` }] })
    } else if (header === null) {
      header = { names: cells, columns: resolveColumns(cells, mapping) }
    } else if (cells.some((cell) => cell.trim() !== '')) {
      const { columns } = header
      const { values, errors } = parseCells(cells, columns, dialect.delimiter !== ',')
      collectSamples(samples, cells)
      const shown = columns.map((column, at) => describeValue(column, values[at]))
      rows.push({ line, values: shown, errors: [...errors] })
    }
    if (rows.length >= PREVIEW_ROWS) break
  }
  if (header === null) throw new UnreadableSourceError(1, 'The file has no header with the names of the columns.')
  const { names, columns } = header
  return {
    encoding: text.encoding(),
    delimiter: dialect.delimiter,
    columns: columns.map((column, at) => ({
      name: (names[at] ?? '').trim(),
      field: isColumn(column) ? column.name : null,
      needsMapping: column === 'unknown',
      samples: samples.get(at) ?? [],
    })),
    rows,
  }
}

function collectSamples (samples: Map<number, string[]>, cells: readonly string[]): void {
  for (const [at, cell] of cells.entries()) {
    const text = shorten(cell.trim())
    const known = samples.get(at) ?? []
    if (text !== '' && known.length < MAX_SAMPLES && !known.includes(text)) samples.set(at, [...known, text])
  }
}

function describeValue (column: FileColumn, value: unknown): string | null {
  if (!isColumn(column) || value === undefined) return null
  if (Array.isArray(value)) return shorten(value.map(describeEntry).join(', '))
  return shorten(column.field === 'runtimeMs' ? `${String(value)} ms` : String(value))
}

function describeEntry (entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry)
  const { name, role } = entry as { name: string, role?: string }
  return role === undefined ? name : `${name} (${role})`
}

const shorten = (text: string): string =>
  text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text
