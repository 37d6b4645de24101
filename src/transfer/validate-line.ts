// What a line of an import has to be, and everything that is wrong with it otherwise.
import type { FieldError } from '../errors.js'
import { createLineValidators, LINE_KINDS, type ImportLine, type LineKind } from '../schemas/import-line.js'
import { toFieldError } from '../schemas/validator.js'
import type { SourceItem } from './source.js'

/** A report is to be read. */
const MAX_ERRORS = 10

export type ValidatedLine = { readonly line: number, readonly body: ImportLine } | { readonly line: number, readonly errors: readonly FieldError[] }

export function createLineValidation (): (item: SourceItem) => ValidatedLine {
  const validators = createLineValidators()
  return (item) => {
    if ('errors' in item) return item
    const { line, body } = item
    const refuse = (errors: readonly FieldError[]): ValidatedLine => ({ line, errors: errors.slice(0, MAX_ERRORS) })
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return refuse([{ pointer: '', message: 'is no object' }])
    const { kind } = body as { kind?: unknown }
    if (!isKind(kind)) return refuse([{ pointer: '/kind', message: kind === undefined ? 'is required' : `must be one of ${LINE_KINDS.join(', ')}` }])
    const validate = validators[kind]
    if (!validate(body)) return refuse((validate.errors ?? []).map((error) => toFieldError(error)))
    return { line, body: body as ImportLine }
  }
}

function isKind (kind: unknown): kind is LineKind {
  return LINE_KINDS.some((known) => known === kind)
}
