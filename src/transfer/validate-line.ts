// What a line of an import has to be, and everything that is wrong with it otherwise.
import type { FieldError } from '../errors.js'
import { createLineValidators, LINE_KINDS, type ImportLine, type LineKind } from '../schemas/import-line.js'
import { toFieldError } from '../http/validator.js'
import type { SourceItem } from './source.js'

/** A report is to be read. */
const MAX_ERRORS = 10

export type ValidatedLine = { readonly line: number, readonly body: ImportLine } | {
  readonly line: number,
  readonly errors: readonly FieldError[],
}

/** Compiled when they are needed: that takes longer than a small import. */
let validators: ReturnType<typeof createLineValidators> | null = null

export function validateLine (item: SourceItem): ValidatedLine {
  if ('errors' in item) return item
  const { line, body } = item
  const refuse = (errors: readonly FieldError[]): ValidatedLine => ({ line, errors: errors.slice(0, MAX_ERRORS) })
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse([{ pointer: '', message: 'is no object' }])
  }
  const { kind } = body as { kind?: unknown }
  if (!isKind(kind)) {
    return refuse([{
      pointer: '/kind',
      message: kind === undefined ? 'is required' : `must be one of ${LINE_KINDS.join(', ')}`,
    }])
  }
  validators ??= createLineValidators()
  const validate = validators[kind]
  if (!validate(body)) return refuse(firstOfEach((validate.errors ?? []).map((error) => toFieldError(error))))
  return { line, body: body as ImportLine }
}

/** A value that is none of several things fails once for each of them: the first says enough. */
function firstOfEach (errors: readonly FieldError[]): FieldError[] {
  return [...new Map([...errors].reverse().map((error) => [error.pointer, error])).values()].reverse()
}

function isKind (kind: unknown): kind is LineKind {
  return LINE_KINDS.some((known) => known === kind)
}
