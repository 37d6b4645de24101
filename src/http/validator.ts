// How requests are validated: bodies as they are, paths and queries (which are text) with their numbers read.
import addFormatsModule from 'ajv-formats'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FieldError } from '../errors.js'

// The package is CommonJS with a default export of its own.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default

interface RouteSchema {
  readonly schema: AnySchema
  readonly httpPart?: string
}

/** Unknown members are refused, never removed; defaults are filled in. */
export function buildValidator (
  sharedSchemas: Readonly<Record<string, AnySchema>>,
): (route: RouteSchema) => ValidateFunction {
  const forBodies = createAjv(false, sharedSchemas)
  const forText = createAjv(true, sharedSchemas)
  return ({ schema, httpPart }) => (httpPart === 'body' ? forBodies : forText).compile(schema)
}

/** Validates what comes in a file: a report tells everything that is wrong with a record, not only the first. */
export function buildRecordValidator (
  schema: AnySchema,
  sharedSchemas: Readonly<Record<string, AnySchema>>,
): ValidateFunction {
  return createAjv(false, sharedSchemas, true).compile(schema)
}

/** @param base the JSON Pointer of what was validated */
export function toFieldError (
  { instancePath, params, message }: Pick<ErrorObject, 'instancePath' | 'params' | 'message'>,
  base = '',
): FieldError {
  const pointer = `${base}${instancePath}`
  const { missingProperty, additionalProperty } = params as { missingProperty?: string, additionalProperty?: string }
  if (missingProperty !== undefined) return { pointer: `${pointer}/${missingProperty}`, message: 'is required' }
  if (additionalProperty !== undefined) {
    return { pointer: `${pointer}/${additionalProperty}`, message: 'is not known here' }
  }
  return { pointer, message: message ?? 'is not valid' }
}

function createAjv (coerceTypes: boolean, sharedSchemas: Readonly<Record<string, AnySchema>>, allErrors = false): Ajv {
  const ajv = new Ajv({ coerceTypes, allErrors, useDefaults: true, removeAdditional: false, strict: false })
  addFormats(ajv)
  ajv.addFormat('date-time', isMoment)
  for (const schema of Object.values(sharedSchemas)) ajv.addSchema(schema)
  return ajv
}

const { validate: isDateTime } = fullFormats['date-time'] as { validate: (text: string) => boolean }

/** A moment that JavaScript knows too, which leaves out leap seconds; not before 1970. */
function isMoment (text: string): boolean {
  return isDateTime(text) && Date.parse(text) >= 0
}
