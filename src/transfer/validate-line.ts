// Validates a record of a source against the import format and lists all its errors.
import type { ValidateFunction } from 'ajv'
import { isWellFormed } from '../domain/text.js'
import type { FieldError } from '../errors.js'
import { buildRecordValidator, toFieldError } from '../http/validator.js'
import { importLineParts, importLines, LINE_KINDS, type ImportLine, type LineKind } from '../schemas/import-line.js'
import { normaliseRating } from './normalise-rating.js'
import type { SourceItem, SourceItems, SourceWarning } from './parsers/source-items.js'

/** Number of errors that are reported for one line. */
const MAX_ERRORS = 10

/** Characters of a pointer or message: a field of a broken file may have a name of any length. */
const MAX_ERROR_CHARACTERS = 500
const MAX_VALUE_CHARACTERS = 60
/** Deeper records are rejected; the deepest field of the import format has 6 levels. */
const MAX_DEPTH = 20
/** Fields and elements of a record: more than any valid show has. */
const MAX_VALUES = 500_000

/** A valid record, a record with errors, or a warning that belongs to no record. */
export type ValidatedLine =
  | { readonly line: number, readonly body: ImportLine, readonly bytes?: number }
  | { readonly line: number, readonly errors: readonly FieldError[] }
  | SourceWarning

/** Compiled at the first use: compiling takes longer than a small import. */
let validators: Readonly<Record<LineKind, ValidateFunction>> | null = null

/** Validates the records of a source. @param skip leading records that the import skips: they are not validated */
export async function* validateItems (source: SourceItems, skip = 0): AsyncGenerator<ValidatedLine> {
  let itemsRead = 0
  for await (const item of source) {
    const isSkipped = !('warnings' in item) && ++itemsRead <= skip
    if (isSkipped) yield { line: item.line, errors: [] }
    else {
      const { item: normalised, warnings } = normaliseRating(item)
      yield validateLine(normalised)
      if (warnings.length > 0) yield { line: item.line, warnings }
    }
  }
}

export function validateLine (item: SourceItem): ValidatedLine {
  if (!('body' in item)) return item
  const { line, body, bytes } = item
  const reject = (errors: readonly FieldError[]): ValidatedLine => ({
    line,
    errors: errors.slice(0, MAX_ERRORS).map(({ pointer, message }) => ({
      pointer: pointer.slice(0, MAX_ERROR_CHARACTERS),
      message: message.slice(0, MAX_ERROR_CHARACTERS),
      ...describeValue(body, pointer),
    })),
  })
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return reject([{ pointer: '', message: 'must be an object' }])
  }
  const { kind } = body as { kind?: unknown }
  if (!isLineKind(kind)) {
    const message = kind === undefined ? 'is required' : `must be one of ${LINE_KINDS.join(', ')}`
    return reject([{ pointer: '/kind', message }])
  }
  const generalError = findGeneralError(body)
  if (generalError !== null) return reject([{ pointer: '', message: generalError }])
  validators ??= createLineValidators()
  const validate = validators[kind]
  if (!validate(body)) {
    return reject(selectFirstErrors((validate.errors ?? []).map((error) => toFieldError(error))))
  }
  return { line, body: body as ImportLine, ...(bytes === undefined ? {} : { bytes }) }
}

/** The text, number or truth value at a pointer, shortened; nothing for other values. */
function describeValue (body: unknown, pointer: string): { value?: string } {
  let value = body
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return {}
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  if (!['string', 'number', 'boolean'].includes(typeof value)) return {}
  const text = JSON.stringify(value)
  if (text.length <= MAX_VALUE_CHARACTERS) return { value: text }
  // A cut may leave half of a surrogate pair.
  return { value: `${text.slice(0, MAX_VALUE_CHARACTERS).replace(/[\ud800-\udbff]$/, '')}…` }
}

/** Checks size and characters of a record before the validation, which lists an error for each value. */
function findGeneralError (record: object): string | null {
  let level: object[] = [record]
  let values = 0
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`
    const next: object[] = []
    for (const object of level) {
      const children = Object.values(object) as unknown[]
      values += children.length
      if (values > MAX_VALUES) return `has more than ${MAX_VALUES} values`
      for (const child of children) {
        if (typeof child === 'string' && !isWellFormed(child)) return 'contains half of a surrogate pair'
        if (typeof child === 'object' && child !== null) next.push(child)
      }
    }
    level = next
  }
  return null
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
