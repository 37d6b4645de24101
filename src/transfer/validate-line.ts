// Validates a record of a source against the import format and lists all its errors.
import type { ValidateFunction } from 'ajv'
import type { FieldError } from '../errors.js'
import { buildRecordValidator, toFieldError } from '../http/validator.js'
import { importLineParts, importLines, LINE_KINDS, type ImportLine, type LineKind } from '../schemas/import-line.js'
import type { SourceItem } from './parsers/source-items.js'

/** Number of errors that are reported for one line. */
const MAX_ERRORS = 10

export type ValidatedLine = { readonly line: number, readonly body: ImportLine } | {
  readonly line: number,
  readonly errors: readonly FieldError[],
}

/** Compiled at the first use: compiling takes longer than a small import. */
let validators: Readonly<Record<LineKind, ValidateFunction>> | null = null

export function validateLine (item: SourceItem): ValidatedLine {
  if ('errors' in item) return item
  const { line, body } = item
  const reject = (errors: readonly FieldError[]): ValidatedLine => ({ line, errors: errors.slice(0, MAX_ERRORS) })
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return reject([{ pointer: '', message: 'must be an object' }])
  }
  const { kind } = body as { kind?: unknown }
  if (!isLineKind(kind)) {
    const message = kind === undefined ? 'is required' : `must be one of ${LINE_KINDS.join(', ')}`
    return reject([{ pointer: '/kind', message }])
  }
  validators ??= createLineValidators()
  const validate = validators[kind]
  if (!validate(body)) {
    return reject(selectFirstErrors((validate.errors ?? []).map((error) => toFieldError(error))))
  }
  return { line, body: body as ImportLine }
}

/** Selects the first error of each field: a value that matches no branch of a union has one error per branch. */
function selectFirstErrors (errors: readonly FieldError[]): FieldError[] {
  return [...new Map([...errors].reverse().map((error) => [error.pointer, error])).values()].reverse()
}

function isLineKind (kind: unknown): kind is LineKind {
  return LINE_KINDS.some((known) => known === kind)
}

function createLineValidators (): Readonly<Record<LineKind, ValidateFunction>> {
  const build = (kind: LineKind): ValidateFunction => buildRecordValidator(importLines[kind], importLineParts)
  return { movie: build('movie'), show: build('show'), collection: build('collection') }
}
