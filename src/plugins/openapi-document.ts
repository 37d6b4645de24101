// Completes the generated OpenAPI document for client generators and Swagger UI.
import { toDocumented } from '../schemas/common.js'
import { RESPONSE_HEADERS, type ResponseHeader } from '../schemas/response-headers.js'
import { describeProblems, UNLIMITED_PATHS } from './openapi-problems.js'
import { addExamples } from './openapi-examples.js'
import { describeWebhooks } from './openapi-webhooks.js'
import {
  nameSchemas,
  operationsOf,
  type Document,
  type JsonObject,
  type OperationObject,
} from './openapi-components.js'

interface Parameter {
  in?: string
  required?: boolean
  example?: unknown
  schema?: { default?: unknown }
}

interface RequestBody {
  required?: boolean
  content?: Record<string, { schema?: JsonObject }>
}

const DEPRECATION_HEADERS = ['Deprecation', 'Sunset', 'Link'] as const
const RATE_LIMIT_HEADERS = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'] as const

/** Completes a document in place, and returns it. */
export function completeDocument<T extends object> (document: T): T {
  completeNode(document as JsonObject)
  nameHeadOperations(document as T & Document)
  nameSchemas(document as T & Document)
  describeParameters(document as T & Document)
  describeProblems(document as T & Document)
  addExamples(document as T & Document)
  describeHeaders(document as T & Document)
  describeWebhooks(document as T & Document)
  return document
}

function completeNode (node: JsonObject): void {
  // TypeBox writes enumerations without a type.
  const [firstValue] = Array.isArray(node['enum']) ? node['enum'] as unknown[] : []
  if (typeof firstValue === 'string' && node['type'] === undefined) node['type'] = 'string'
  Object.assign(node, toDocumented(node))
  delete node['x-documented']
  // A keyword of Ajv, which is not part of OpenAPI.
  delete node['formatMinimum']
  if (node['requestBody'] !== undefined) completeRequestBody(node['requestBody'] as RequestBody)
  if (Array.isArray(node['parameters'])) node['parameters'].forEach(completeParameter)
  for (const value of Object.values(node)) {
    if (typeof value === 'object' && value !== null) completeNode(value as JsonObject)
  }
}

/** The generator declares every body as required. */
function completeRequestBody (body: RequestBody): void {
  for (const { schema } of Object.values(body.content ?? {})) {
    if (schema?.['x-optional'] === undefined) continue
    body.required = false
    delete schema['x-optional']
  }
}

function completeParameter (parameter: Parameter): void {
  if (parameter.in !== 'query') return
  // A parameter with a default is optional.
  if (parameter.schema?.default !== undefined) parameter.required = false
  // Swagger UI would send the examples of optional filters.
  if (parameter.required !== true) delete parameter.example
}

/** The generator adds a suffix to the IDs of HEAD operations, also where no GET has the same ID. */
function nameHeadOperations (document: Document): void {
  for (const { head } of Object.values(document.paths)) {
    if (head?.operationId !== undefined) head.operationId = head.operationId.replace(/-head$/, '')
  }
}

/** A parameter whose schema is a component has the description of the component. */
function describeParameters (document: Document): void {
  const { components: { schemas } } = document
  for (const parameter of operationsOf(document).flatMap(({ parameters = [] }) => parameters)) {
    const { schema } = parameter as { schema?: { $ref?: string } }
    const description = schemas[schema?.$ref?.split('/').at(-1) ?? '']?.['description']
    if (description !== undefined) Object.assign(parameter, { description, ...parameter })
  }
}

/** Makes the headers of responses components, and adds those that the service sends with every response. */
function describeHeaders (document: Document): void {
  for (const [path, methods] of Object.entries(document.paths)) {
    const general: ResponseHeader[] = ['X-Request-Id', ...(UNLIMITED_PATHS.test(path) ? [] : RATE_LIMIT_HEADERS)]
    if (methods['get'] !== undefined) addNotModified(methods['get'])
    for (const operation of Object.values(methods)) describeOperationHeaders(operation, general)
  }
  const used = new Set(
    operationsOf(document).flatMap(({ responses = {} }) =>
      Object.values(responses).flatMap(({ headers = {} }) => Object.keys(headers))
    ),
  )
  document.components.headers = Object.fromEntries(
    Object.entries(RESPONSE_HEADERS).filter(([name]) => used.has(name))
      .map(([name, { description, ...schema }]) => [name, { description, schema }]),
  )
}

function describeOperationHeaders (
  { parameters = [], responses = {}, deprecated = false }: OperationObject,
  general: readonly ResponseHeader[],
): void {
  const hasParameter = (header: string): boolean => parameters.some(({ name }) => name === header)
  const replayHeaders = hasParameter('idempotency-key') ? ['Idempotent-Replayed'] : []
  const rejectionHeaders = [
    ...(responses['206'] === undefined ? [] : ['Content-Range']),
    ...(hasParameter('tus-resumable') ? ['Tus-Version', 'Tus-Resumable'] : []),
  ]
  for (const [status, response] of Object.entries(responses)) {
    const isSuccess = status.startsWith('2')
    const names = [
      ...Object.keys(response.headers ?? {}),
      ...(isSuccess ? replayHeaders : []),
      ...(status.startsWith('4') ? rejectionHeaders : []),
      ...(status === '415' ? ['Accept', 'Accept-Encoding'] : []),
      ...(isSuccess || status.startsWith('3') ? [] : ['Retry-After']),
      ...(deprecated ? DEPRECATION_HEADERS : []),
      ...general,
    ]
    response.headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
  }
}

/** A GET with an entity tag is conditional. */
function addNotModified ({ responses = {} }: OperationObject): void {
  const { ETag, 'Content-Language': _, ...others } = responses['200']?.headers ?? {}
  if (ETag === undefined || responses['304'] !== undefined) return
  responses['304'] = { description: 'Not modified', headers: { ETag, ...others } }
}
