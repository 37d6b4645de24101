// Validates requests: bodies without type coercion; paths and queries, which are text, with coercion of numbers.
import addFormatsModule from 'ajv-formats'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv'
import { parseEmail } from '../domain/email.js'
import type { CodedFieldError, FieldErrorCode } from '../errors.js'

// The package is CommonJS; its default export is a property of the module.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default

interface RouteSchema {
  readonly schema: AnySchema
  readonly httpPart?: string
}

/** Validates a value; `errors` belongs to the last call. */
export interface Validator {
  (value: unknown): boolean
  errors?: ValidateFunction['errors']
}

/**
 * Builds validators of requests. They reject unknown fields and fill in defaults. A schema is compiled at the first
 * request that needs it.
 */
export function buildValidator (
  sharedSchemas: Readonly<Record<string, AnySchema>>,
): (route: RouteSchema) => Validator {
  const bodyAjv = createAjv(false, sharedSchemas)
  const textAjv = createAjv(true, sharedSchemas)
  return ({ schema, httpPart }) => {
    let compiled: ValidateFunction | null = null
    const findNumberError = httpPart === 'body' ? () => null : createNumberCheck(schema)
    const validate: Validator = (value) => {
      const numberError = findNumberError(value)
      if (numberError !== null) {
        validate.errors = [numberError]
        return false
      }
      compiled ??= (httpPart === 'body' ? bodyAjv : textAjv).compile(schema)
      const isValid = compiled(value)
      validate.errors = compiled.errors
      return isValid
    }
    return validate
  }
}

const DECIMAL_NUMBER = /^-?\d+(\.\d+)?$/
const NUMBER_TYPES: ReadonlyArray<string | undefined> = ['integer', 'number']

/** Ajv also converts `0x10`, `1e3` and a space to numbers: one resource would have many URLs. */
function createNumberCheck (schema: AnySchema): (value: unknown) => ErrorObject | null {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> }
  const numbers = Object.entries(properties).filter(([, { type }]) => NUMBER_TYPES.includes(type))
  return (value) => {
    const fields = value as Readonly<Record<string, unknown>> | null
    for (const [name, { type = '' }] of numbers) {
      const text = fields?.[name]
      if (typeof text !== 'string' || DECIMAL_NUMBER.test(text)) continue
      const schemaPath = `#/properties/${name}/type`
      return { keyword: 'type', instancePath: `/${name}`, schemaPath, params: { type }, message: `must be ${type}` }
    }
    return null
  }
}

/** Builds a validator of records in an import file, which reports all errors of a record. */
export function buildRecordValidator (
  schema: AnySchema,
  sharedSchemas: Readonly<Record<string, AnySchema>>,
): ValidateFunction {
  return createAjv(false, sharedSchemas, true).compile(schema)
}

/**
 * Converts an error of Ajv.
 * @param base JSON Pointer of the validated value
 */
export function toFieldError (
  { keyword, instancePath, params, message }: Pick<ErrorObject, 'keyword' | 'instancePath' | 'params' | 'message'>,
  base = '',
): CodedFieldError {
  const pointer = `${base}${instancePath}`
  const { missingProperty, additionalProperty } = params as { missingProperty?: string, additionalProperty?: string }
  if (missingProperty !== undefined) {
    return { pointer: `${pointer}/${missingProperty}`, code: 'required', message: 'is required' }
  }
  if (additionalProperty !== undefined) {
    return { pointer: `${pointer}/${additionalProperty}`, code: 'unknown-field', message: 'is not a known field' }
  }
  const { limit } = params as { limit?: unknown }
  return {
    pointer,
    code: CODES_BY_KEYWORD[keyword] ?? 'invalid',
    message: message ?? 'is not valid',
    ...typeof limit === 'number' ? { limit } : {},
  }
}

const CODES_BY_KEYWORD: Readonly<Record<string, FieldErrorCode>> = {
  type: 'wrong-type',
  minLength: 'too-short',
  maxLength: 'too-long',
  minimum: 'too-small',
  exclusiveMinimum: 'too-small',
  maximum: 'too-large',
  exclusiveMaximum: 'too-large',
  minItems: 'too-few',
  minProperties: 'too-few',
  maxItems: 'too-many',
  maxProperties: 'too-many',
  uniqueItems: 'duplicate',
  format: 'invalid-format',
  pattern: 'invalid-format',
  enum: 'unknown-value',
  const: 'unknown-value',
}

function createAjv (coerceTypes: boolean, sharedSchemas: Readonly<Record<string, AnySchema>>, allErrors = false): Ajv {
  const ajv = new Ajv({ coerceTypes, allErrors, useDefaults: true, removeAdditional: false, strict: false })
  addFormats(ajv)
  ajv.addFormat('date-time', isSupportedDateTime)
  ajv.addFormat('idn-email', (text: string) => parseEmail(text) !== null)
  for (const schema of Object.values(sharedSchemas)) ajv.addSchema(schema)
  return ajv
}

const { validate: isDateTime } = fullFormats['date-time'] as { validate: (text: string) => boolean }

/** RFC 3339 date and time since 1970. JavaScript does not support leap seconds. */
function isSupportedDateTime (text: string): boolean {
  return isDateTime(text) && Date.parse(text) >= 0
}
