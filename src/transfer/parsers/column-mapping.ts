// The column mapping of a CSV import, for files whose columns have other names: the field that each column fills.
import { COLUMN_NAMES, findColumn, type Column } from './csv-columns.js'
import { UnreadableSourceError } from './source-items.js'

/** In a mapping, instead of a field: the import skips the column. */
export const IGNORED_FIELD = 'ignore'

/** By the folded name of the column. */
export type ColumnMapping = ReadonlyMap<string, Column | 'ignored'>

export const NO_MAPPING: ColumnMapping = new Map()

export type MappingProblem =
  | 'unknown-import-field'
  | 'unknown-import-column'
  | 'duplicate-import-field'
  | 'missing-import-field'

/** The mapping does not fit the format or the file: nothing was read. */
export class ColumnMappingError extends UnreadableSourceError {
  constructor (readonly code: MappingProblem, message: string) {
    super(1, message)
    this.name = 'ColumnMappingError'
  }
}

export const foldColumnName = (name: string): string => name.trim().toLowerCase()

/**
 * Reads the entries of a mapping, such as `Film:title` or `Notes:ignore`.
 * @throws ColumnMappingError `unknown-import-field`; `duplicate-import-field` if two entries name a column or a field
 */
export function parseColumnMapping (entries: readonly string[]): ColumnMapping {
  const mapping = new Map<string, Column | 'ignored'>()
  const columnsByField = new Map<string, string>()
  for (const entry of entries) {
    const colon = entry.lastIndexOf(':')
    const [name, fieldName] = [entry.slice(0, Math.max(colon, 0)), entry.slice(colon + 1)]
    const column = fieldName === IGNORED_FIELD ? 'ignored' : findColumn(fieldName)
    if (colon === -1 || column === null) throw unknownField(fieldName)
    const key = foldColumnName(name)
    const other = column === 'ignored' ? undefined : columnsByField.get(column.field)
    if (other !== undefined || mapping.has(key)) throw duplicateField(name, other ?? name, fieldName)
    mapping.set(key, column)
    if (column !== 'ignored') columnsByField.set(column.field, name)
  }
  return mapping
}

function unknownField (name: string): ColumnMappingError {
  const fields = [...COLUMN_NAMES, IGNORED_FIELD].join(', ')
  return new ColumnMappingError('unknown-import-field', `${name} is not a field. Fields: ${fields}.`)
}

function duplicateField (name: string, other: string, field: string): ColumnMappingError {
  const message = name === other
    ? `The column ${name} is mapped twice. Map it once.`
    : `The columns ${other} and ${name} both fill ${field}. Ignore one of them.`
  return new ColumnMappingError('duplicate-import-field', message)
}
