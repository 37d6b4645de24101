// Reads the parameters of import requests, and converts errors of parsers to problems of the API.
import { badRequest, DomainError } from '../errors.js'
import { ColumnMappingError, parseColumnMapping, type ColumnMapping } from './parsers/column-mapping.js'
import type { UnreadableSourceError } from './parsers/source-items.js'

type MappingProblem = readonly [status: number, code: ColumnMappingError['code'], title: string]

const MAPPING_PROBLEMS: readonly MappingProblem[] = [
  [400, 'unknown-import-field', 'Unknown field'],
  [400, 'unknown-import-column', 'Unknown column'],
  [400, 'duplicate-import-field', 'Field mapped twice'],
  [400, 'missing-import-field', 'Required field not mapped'],
]

/** A parameter that is sent once arrives as text: turns `map` of a query into a list, before the validation. */
export function listMapEntries ({ query }: { readonly query: unknown }): void {
  const fields = query as { map?: unknown }
  if (typeof fields.map === 'string') fields.map = [fields.map]
}

/** @throws DomainError 400 `unknown-import-field` or `duplicate-import-field` */
export function readMapping (entries: readonly string[]): ColumnMapping {
  try {
    return parseColumnMapping(entries)
  } catch (error) {
    throw error instanceof ColumnMappingError ? toImportProblem(error) : error
  }
}

/** Reads the encoding that a content type states; null: none. */
export const readCharset = (contentType: string): string | null =>
  /;\s*charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? null

export function toImportProblem (error: UnreadableSourceError): DomainError {
  const { message, line } = error
  if (error instanceof ColumnMappingError) return toMappingProblem(error)
  const advice = `Everything before line ${line} was imported; correct the rest and send it again.`
  return new DomainError(400, 'unreadable-import', 'Unreadable import', `${message} ${advice}`, { line })
}

function toMappingProblem ({ code, message }: ColumnMappingError): DomainError {
  const [status, , title] = MAPPING_PROBLEMS.find((problem) => problem[1] === code) ?? [400, code, 'Invalid mapping']
  return new DomainError(status, code, title, message)
}

/** A preview writes nothing. */
export function toPreviewProblem (error: UnreadableSourceError): DomainError {
  if (error instanceof ColumnMappingError) return toMappingProblem(error)
  const { message, line } = error
  return new DomainError(400, 'unreadable-import', 'Unreadable import', message, { line })
}

export const emptyImport = (types: readonly string[]): DomainError =>
  badRequest('empty-import', `The body is empty. Send the lines as one of ${types.join(', ')}.`)
