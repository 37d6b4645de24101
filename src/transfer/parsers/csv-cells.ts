// Parses the header and the cells of a CSV import: which field each column fills, and the value of each cell.
import type { FieldError } from '../../errors.js'
import { ColumnMappingError, foldColumnName, type ColumnMapping } from './column-mapping.js'
import { COLUMN_NAMES, findColumn, InvalidCellError, parseText, REQUIRED_COLUMN, type Column } from './csv-columns.js'
import { UnreadableSourceError } from './source-items.js'

/** A column of a file: the column of the format, `ignored` by the mapping, `unknown`, or null without a name. */
export type FileColumn = Column | 'ignored' | 'unknown' | null

export interface ParsedCells {
  /** Values by column; undefined for empty cells, ignored columns and invalid cells. */
  readonly values: readonly unknown[]
  readonly errors: readonly FieldError[]
}

/** How exports write that a cell has no value. */
const NOTHING = /^\s*(?:\\N|[-–—]|null|n\/?a|none)\s*$/i
/** Characters of a name that an error message shows. */
const MAX_SHOWN_CHARACTERS = 60

/**
 * Finds the columns of a file. Those without a name at the end are left out, as spreadsheets append them.
 * @throws ColumnMappingError for a mapped column that the file lacks, and for a field that two columns fill
 */
export function resolveColumns (names: readonly string[], mapping: ColumnMapping): FileColumn[] {
  const columns = names.map((name): FileColumn => {
    if (name.trim() === '') return null
    return mapping.get(foldColumnName(name)) ?? findColumn(name) ?? 'unknown'
  })
  if (mapping.size > 0) {
    assertColumnsExist(names, mapping)
    assertFieldsDiffer(names, columns)
  }
  return columns.slice(0, columns.findLastIndex((column) => column !== null) + 1)
}

/**
 * Finds the columns of a file that is imported.
 * @throws UnreadableSourceError for an unknown column
 * @throws ColumnMappingError see `resolveColumns`; also if a mapping leaves the required field without a column
 */
export function parseHeader (names: readonly string[], mapping: ColumnMapping): FileColumn[] {
  const columns = resolveColumns(names, mapping)
  const unknown = names.filter((_, index) => columns[index] === 'unknown')
  if (unknown.length > 0) {
    throw new UnreadableSourceError(
      1,
      `The header contains unknown columns: ${unknown.map(shortenName).join(', ')}. Known columns: ${
        COLUMN_NAMES.join(', ')
      }.`,
    )
  }
  if (mapping.size > 0 && !columns.some((column) => isColumn(column) && column.name === REQUIRED_COLUMN)) {
    throw new ColumnMappingError(
      'missing-import-field',
      `No column fills ${REQUIRED_COLUMN}, which each title needs. Map a column to it.`,
    )
  }
  return columns
}

function assertColumnsExist (names: readonly string[], mapping: ColumnMapping): void {
  const folded = new Set(names.map(foldColumnName))
  const missing = [...mapping.keys()].filter((name) => !folded.has(name))
  if (missing.length === 0) return
  throw new ColumnMappingError(
    'unknown-import-column',
    `The file has no column ${missing.map(shortenName).join(', ')}. Its columns: ${
      names.filter((name) => name.trim() !== '').map(shortenName).join(', ')
    }.`,
  )
}

function assertFieldsDiffer (names: readonly string[], columns: readonly FileColumn[]): void {
  const namesByField = new Map<string, string>()
  for (const [index, column] of columns.entries()) {
    if (!isColumn(column)) continue
    const name = names[index] ?? ''
    const other = namesByField.get(column.field)
    if (other !== undefined) {
      throw new ColumnMappingError(
        'duplicate-import-field',
        `The columns ${shortenName(other)} and ${shortenName(name)} both fill ${column.name}. Ignore one of them.`,
      )
    }
    namesByField.set(column.field, name)
  }
}

export const isColumn = (column: FileColumn | undefined): column is Column =>
  typeof column === 'object' && column !== null

const shortenName = (name: string): string =>
  name.length > MAX_SHOWN_CHARACTERS ? `${name.slice(0, MAX_SHOWN_CHARACTERS)}…` : name

/** Parses the cells of a row. A row without values has no errors. */
export function parseCells (
  cells: readonly string[],
  columns: readonly FileColumn[],
  hasDecimalComma: boolean,
): ParsedCells {
  // A NUL or Ctrl-Z may end a file.
  if (cells.length === 1 && /^\p{Cc}+$/u.test(cells[0] ?? '')) return { values: [], errors: [] }
  const surplus = cells.slice(columns.length)
  if (cells.length < columns.length || surplus.some((cell) => cell.trim() !== '')) {
    const message = `has ${cells.length} cells, but the header has ${columns.length} columns`
    return { values: [], errors: [{ pointer: '', message }] }
  }
  const errors: FieldError[] = []
  const values = columns.map((column, index) => {
    const cell = cells[index] ?? ''
    if (cell === '' || column === 'ignored' || column === 'unknown') return undefined
    if (column === null) {
      errors.push({ pointer: '', message: `has a value in column ${index + 1}, which has no name` })
      return undefined
    }
    if (column.parseCell !== parseText && NOTHING.test(cell)) return undefined
    try {
      return column.parseCell(cell, hasDecimalComma)
    } catch (error) {
      if (!(error instanceof InvalidCellError)) throw error
      errors.push({ pointer: `/${column.field}`, message: error.message })
      return undefined
    }
  })
  return { values, errors }
}
