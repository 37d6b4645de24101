// Sends the examples of the OpenAPI document: what Swagger UI sends when nothing is filled in.
import { describeApi } from '../../src/cli/describe-api.js'

export type Node = Record<string, any>

/** GET operations that need an ID or a signed URL of an earlier response, or what an earlier request started. */
export const NEEDS_EARLIER_RESPONSE = [
  'getCollection',
  'getStoredCollection',
  'listCollectionTitlesForAdmin',
  'getAccountDetail',
  'listAccountAudit',
  'getEncodingJob',
  'getMarkerDetection',
  'getWebhook',
  'listWebhookDeliveries',
  'getHomeRow',
  'getDashManifest',
  'getHlsBytes',
  'getHlsMaster',
  'getHlsPlaylist',
  'getHlsSegment',
  'getHlsSubtitle',
  'getImage',
  'getMedia',
  'getSubtitle',
  'getThumbnailImage',
  'getThumbnailIndex',
  'getUpload',
  'openChangeFeed',
  'viewProfile',
]

const JSON_TYPE = 'application/json'

/** The document of this build, not the stored one. */
export const document: Node = await describeApi()

export interface ExampleOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly definition: Node
}

export const operations: readonly ExampleOperation[] = Object.entries<Node>(document['paths']).flatMap((
  [path, methods],
) =>
  Object.entries<Node>(methods).map(([method, definition]) => ({
    id: definition['operationId'] as string,
    method: method.toUpperCase(),
    path,
    definition,
  }))
)

export interface ExampleTokens {
  readonly account: string
  readonly profile: string
  readonly admin: string
}

/** What a request has instead of the examples of the document. */
export interface ExampleRequest {
  readonly token?: string
  /** Values in the path. */
  readonly params?: Readonly<Record<string, string>>
  /** With its question mark; the examples of required parameters otherwise. */
  readonly query?: string
  /** Sent as JSON, unless it is text, bytes or a form. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface ExampleResponse {
  readonly status: number
  /** Parsed JSON, or the text. */
  readonly body: any
  readonly headers: Headers
}

export function operationOf (id: string): ExampleOperation {
  const found = operations.find((one) => one.id === id)
  if (found === undefined) throw new Error(`there is no operation ${id}`)
  return found
}

function exampleUrl ({ path, definition: { parameters = [] } }: ExampleOperation, request: ExampleRequest): string {
  const examples = parameters.filter(({ required }: Node) => required === true)
  const { params = {} } = request
  const url = examples.filter((one: Node) => one['in'] === 'path').reduce(
    (text: string, { name, example }: Node) =>
      text.replace(`{${name}}`, encodeURIComponent(params[name as string] ?? example)),
    path,
  )
  const query = examples.filter((one: Node) => one['in'] === 'query')
    .map(({ name, example }: Node) => `${name}=${encodeURIComponent(example)}`)
  return url + (request.query ?? (query.length === 0 ? '' : `?${query.join('&')}`))
}

/** Sends the example of an operation to a service. */
export async function sendExample (
  origin: string,
  id: string,
  request: ExampleRequest = {},
): Promise<ExampleResponse> {
  const operation = operationOf(id)
  const body = request.body ?? operation.definition['requestBody']?.content[JSON_TYPE]?.example
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData
  const response = await fetch(origin + exampleUrl(operation, request), {
    method: operation.method,
    headers: {
      ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
      ...(body === undefined || isRaw ? {} : { 'content-type': JSON_TYPE }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
}

/** Logs in to the accounts of the demo, and selects a profile. */
export async function logInToDemo (origin: string): Promise<ExampleTokens> {
  const account = (await sendExample(origin, 'logIn')).body.accessToken
  const profile = (await sendExample(origin, 'selectProfile', { token: account })).body.accessToken
  const admin = await sendExample(origin, 'logIn', {
    body: { email: 'admin@normflix.test', password: 'normflix-admin' },
  })
  return { account, profile, admin: admin.body.accessToken }
}

/** The token that an operation takes: routes of the account take no profile token. */
export function tokenFor ({ path }: ExampleOperation, { account, profile, admin }: ExampleTokens): string {
  if (path.startsWith('/v1/admin')) return admin
  return /^\/v1\/(?:account|auth|profiles)(?:\/(?!{)|$)/.test(path) ? account : profile
}
