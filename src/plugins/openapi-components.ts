// Components of the OpenAPI document. Generators name types after components; inline schemas get invented names.
// - A schema with a `title` becomes a component of that name, wherever it is.
// - The JSON body of a request or response becomes `<Item>Page`, `<Item>List`, `<Operation>Body` or
//   `<Operation>Result`: clients of oapi-codegen have their own `<Operation>Response`.
// - A union of components becomes a tagged union if one field of each has a single value.
import { FORM_MEDIA_TYPE } from '../http/oauth-body.js'

export type JsonObject = Record<string, unknown>
type Components = Record<string, JsonObject>

interface TitledSchema {
  readonly definition: JsonObject
  readonly examples: unknown
  /** References to the component, with the description of their place. */
  readonly references: JsonObject[]
}

interface Media {
  schema?: JsonObject
  example?: unknown
  examples?: JsonObject
}
export interface ResponseObject {
  description?: string
  headers?: JsonObject
  content?: Record<string, Media>
}
export interface OperationObject {
  operationId?: string
  tags?: string[]
  deprecated?: boolean
  parameters?: Array<{ name?: string, in?: string, required?: boolean, example?: unknown }>
  security?: ReadonlyArray<Readonly<Record<string, unknown>>>
  requestBody?: { content?: Record<string, Media> }
  responses?: Record<string, ResponseObject>
}
export interface Document {
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Components, headers?: JsonObject, examples?: JsonObject }
}

/** Description that the generator gives to a response without one. */
const UNDESCRIBED = 'Default Response'
const REFERENCE_PREFIX = '#/components/schemas/'
/** Keywords whose values are data, not schemas. */
const DATA_KEYWORDS = new Set(['example', 'examples', 'default', 'enum', 'const', 'required', 'mapping'])

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const refTo = (name: string): JsonObject => ({ $ref: `${REFERENCE_PREFIX}${name}` })

export function nameSchemas (document: Document): void {
  const { components: { schemas }, paths } = document
  moveTitledSchemas(schemas, [...Object.values(schemas), paths])
  for (const operation of operationsOf(document)) nameBodies(schemas, operation)
  tagUnions(schemas, schemas)
  document.components.schemas = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => a < b ? -1 : 1))
}

export const operationsOf = ({ paths }: Pick<Document, 'paths'>): OperationObject[] =>
  Object.values(paths).flatMap((methods) => Object.values(methods))

function moveTitledSchemas (components: Components, roots: readonly JsonObject[]): void {
  const titled = new Map<string, TitledSchema>()
  for (const root of roots) replaceTitled(root, titled)
  for (const [name, { definition, examples, references }] of titled) {
    const description = mostFrequent(references.map((reference) => reference['description'] as string | undefined))
    addComponent(components, name, {
      ...definition,
      ...(description === undefined ? {} : { description }),
      ...(examples === undefined ? {} : { examples }),
    })
    for (const reference of references) {
      if (reference['description'] === description && reference['$ref'] !== undefined) delete reference['description']
    }
  }
}

/** Replaces the titled schemas inside a node, innermost first, by references. */
function replaceTitled (node: unknown, titled: Map<string, TitledSchema>): void {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if (DATA_KEYWORDS.has(key)) continue
    replaceTitled(value, titled)
    if (isObject(value) && typeof value['title'] === 'string') {
      ;(node as JsonObject)[key] = referTo(value['title'], value, titled)
    }
  }
}

function referTo (name: string, schema: JsonObject, titled: Map<string, TitledSchema>): JsonObject {
  const { title: _, description, examples, default: defaultValue, ...rest } = schema
  delete rest['example']
  const types = [rest['type']].flat()
  const isNullable = types.includes('null')
  if (isNullable) {
    rest['type'] = types.find((type) => type !== 'null')
    if (Array.isArray(rest['enum'])) rest['enum'] = rest['enum'].filter((value) => value !== null)
  }
  const known = titled.get(name)
  if (known !== undefined && !isSame(known.definition, rest)) {
    throw new Error(`different schemas have the title ${name}`)
  }
  const reference: JsonObject = isNullable ? { oneOf: [refTo(name), { type: 'null' }] } : refTo(name)
  if (description !== undefined) reference['description'] = description
  if (defaultValue !== undefined) reference['default'] = defaultValue
  if (known === undefined) titled.set(name, { definition: rest, examples, references: [reference] })
  else known.references.push(reference)
  return reference
}

function nameBodies (components: Components, { operationId = '', requestBody, responses = {} }: OperationObject): void {
  const operation = operationId.charAt(0).toUpperCase() + operationId.slice(1)
  const nameBody = (media: Media | undefined, fallbackName: string, role: string): void => {
    const schema = media?.schema
    if (media === undefined || schema === undefined || schema['$ref'] !== undefined) return
    const name = listName(schema) ?? fallbackName
    addComponent(components, name, { ...schema, description: schema['description'] ?? role })
    media.schema = refTo(name)
  }
  for (const type of ['application/json', FORM_MEDIA_TYPE]) {
    nameBody(requestBody?.content?.[type], `${operation}Body`, `Body of ${operationId}`)
  }
  for (const response of Object.values(responses)) {
    const media = response.content?.['application/json']
    nameBody(media, `${operation}Result`, isList(media?.schema) ? 'List' : `Response of ${operationId}`)
    if (response.description === UNDESCRIBED) {
      response.description = String(components[nameIn(media?.schema?.['$ref']) ?? '']?.['description'] ?? 'Success')
    }
  }
}

const isList = (schema: JsonObject = {}): boolean => listName(schema) !== null

/** The name of a body that is a list of one component. */
function listName ({ properties }: JsonObject): string | null {
  const { items: list, nextCursor, ...others } = (properties ?? {}) as Record<string, JsonObject | undefined>
  const reference = (list?.['items'] as JsonObject | undefined)?.['$ref']
  if (typeof reference !== 'string' || Object.keys(others).length > 0) return null
  return `${reference.slice(REFERENCE_PREFIX.length)}${nextCursor === undefined ? 'List' : 'Page'}`
}

function tagUnions (node: unknown, components: Components): void {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if (!DATA_KEYWORDS.has(key)) tagUnions(value, components)
  }
  const union = node as JsonObject
  const variants = union['anyOf'] ?? union['oneOf']
  const names = Array.isArray(variants) ? variants.map(({ $ref }: JsonObject) => nameIn($ref)) : []
  if (names.length < 2 || names.some((name) => name === null)) return
  const tag = findTag((names as string[]).map((name) => components[name] ?? {}))
  if (tag === null) return
  delete union['anyOf']
  union['oneOf'] = variants
  union['discriminator'] = {
    propertyName: tag.field,
    mapping: Object.fromEntries(tag.values.map((value, i) => [value, `${REFERENCE_PREFIX}${names[i] ?? ''}`])),
  }
}

const nameIn = (reference: unknown): string | null =>
  typeof reference === 'string' ? reference.slice(REFERENCE_PREFIX.length) : null

/** The field whose single value differs in all variants. */
function findTag (variants: readonly JsonObject[]): { field: string, values: string[] } | null {
  const fieldsOf = (variant: JsonObject = {}): Components => (variant['properties'] ?? {}) as Components
  for (const field of Object.keys(fieldsOf(variants[0]))) {
    const values = variants.flatMap((variant) => {
      const allowed = fieldsOf(variant)[field]?.['enum']
      return Array.isArray(allowed) && allowed.length === 1 ? [String(allowed[0])] : []
    })
    if (new Set(values).size === variants.length) return { field, values }
  }
  return null
}

function addComponent (components: Components, name: string, schema: JsonObject): void {
  const existing = components[name]
  if (existing !== undefined && !isSame(existing, schema)) throw new Error(`different schemas have the name ${name}`)
  components[name] = schema
}

const isSame = (a: JsonObject, b: JsonObject): boolean => JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b))

const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sortKeys(value[key])]))
}

function mostFrequent<T> (values: readonly T[]): T | undefined {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
