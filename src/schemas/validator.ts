// How requests are validated: bodies as they are, paths and queries (which are text) with their numbers read.
import addFormatsModule from 'ajv-formats'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'

// The package is CommonJS with a default export of its own.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default

interface RouteSchema { readonly schema: AnySchema, readonly httpPart?: string }

/** Unknown members are refused, never removed; defaults are filled in. */
export function buildValidator (sharedSchemas: Readonly<Record<string, AnySchema>>): (route: RouteSchema) => ValidateFunction {
  const forBodies = createAjv(false, sharedSchemas)
  const forText = createAjv(true, sharedSchemas)
  return ({ schema, httpPart }) => (httpPart === 'body' ? forBodies : forText).compile(schema)
}

function createAjv (coerceTypes: boolean, sharedSchemas: Readonly<Record<string, AnySchema>>): Ajv {
  const ajv = new Ajv({ coerceTypes, useDefaults: true, removeAdditional: false, strict: false })
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
