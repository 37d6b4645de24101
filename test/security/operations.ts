// Every operation of the OpenAPI document with a valid request. New routes are covered automatically. A new path
// parameter needs a line in PARAMETERS; a body or query that its schema does not determine needs one in VALUES.
import type { FastifyInstance } from 'fastify'
import { readFileSync } from 'node:fs'
import type { TestApp } from '../support/app.js'
import { addMovie, addShow, type TestShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { call, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly examples?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly minProperties?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly format?: string
  readonly pattern?: string
  readonly default?: unknown
}
interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly example?: unknown
  readonly schema: Schema
}
interface OperationObject {
  readonly operationId: string
  readonly security?: object[]
  readonly 'x-required-scope'?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> }
}

export interface Operation {
  readonly name: string
  readonly method: Method
  readonly path: string
  readonly isPublic: boolean
  /** Scope of API tokens; null: the operation accepts none. */
  readonly requiredScope: string | null
  readonly parameters: readonly Parameter[]
  /** Names of the parameters in the path. */
  readonly pathParameters: readonly string[]
  /** Schema of the JSON body; null without one. */
  readonly bodySchema: Schema | null
}

const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, OperationObject>>,
  components: { schemas: Record<string, Schema> },
}

/** No requirement, or an empty one, allows requests without credentials. */
const isPublic = ({ security }: OperationObject): boolean =>
  security !== undefined && (security.length === 0 || security.some((scheme) => Object.keys(scheme).length === 0))

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase() as Method,
    path,
    isPublic: isPublic(operation),
    requiredScope: operation['x-required-scope'] ?? null,
    parameters: operation.parameters ?? [],
    pathParameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    bodySchema: operation.requestBody?.content['application/json']?.schema ?? null,
  }))
)

/** The data of a walk over all operations: an owner with one of everything. */
export interface World {
  readonly app: FastifyInstance
  readonly admin: TestUser
  readonly owner: TestUser
  readonly movie: string
  readonly show: TestShow
  readonly stream: any
  readonly sessionId: string
  readonly playId: string
  readonly collectionId: string
  readonly personId: string
  readonly webhookId: string
  readonly deliveryId: string
}

export async function createWorld ({ app, clock }: TestApp): Promise<World> {
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { cast: [{ name: 'Keanu Reeves', role: 'Neo' }] })
  const collectionId = (await admin.post('/v1/admin/collections', { title: 'Screens', titleIds: [movie] })).body.id
  const personId = (await admin.get('/v1/people?q=keanu')).body.items[0].id
  const show = await addShow(app, admin)
  const owner = await signUp(app)
  await watch(owner, clock, movie, 20_000)
  const stream = (await play(owner, movie)).body
  const playId = (await owner.get(`/v1/profiles/${owner.profileId}/history`)).body.items[0].id
  const sessionId = (await owner.get('/v1/auth/sessions')).body.items[0].id
  const webhook = { url: 'https://hooks.example.com/', eventTypes: ['account.created'] }
  const webhookId = (await admin.post('/v1/admin/webhooks', webhook)).body.id
  await signUp(app)
  const deliveryId = (await admin.get(`/v1/admin/webhooks/${webhookId}/deliveries`)).body.items[0].id
  return {
    app,
    admin,
    owner,
    movie,
    show,
    stream,
    sessionId,
    playId,
    collectionId,
    personId,
    webhookId,
    deliveryId,
  }
}

/**
 * - `owned`: accessible for its account only
 * - `title`: not found for a profile whose maturity limits it exceeds
 * - `other`: protected by the role or a signature, or public
 */
type Kind = 'owned' | 'title' | 'other'
type ParameterRule = readonly [kind: Kind, value: (world: World) => string | Promise<string>]

const UNKNOWN_ID = '665f1c2e9b1e8a0012ab34cd'
/** Values for a string with a pattern and without an example. */
const SAMPLE_STRINGS = ['x', 'en', UNKNOWN_ID, '2026-01-01']

/** Kind and value of each path parameter. */
const PARAMETERS: Readonly<Record<string, ParameterRule>> = {
  profileId: ['owned', ({ owner }) => owner.profileId],
  streamId: ['owned', ({ stream }) => stream.streamId],
  sessionId: ['owned', ({ sessionId }) => sessionId],
  playId: ['owned', ({ playId }) => playId],
  undoId: ['owned', () => UNKNOWN_ID],
  movieId: ['title', ({ movie }) => movie],
  showId: ['title', ({ show }) => show.id],
  itemId: ['title', ({ movie }) => movie],
  titleId: ['title', ({ movie }) => movie],
  id: ['title', ({ movie }) => movie],
  collectionId: ['title', ({ collectionId }) => collectionId],
  personId: ['title', ({ personId }) => personId],
  accountId: ['other', ({ owner }) => owner.accountId],
  season: ['other', () => '1'],
  episode: ['other', () => '1'],
  rowId: ['other', () => 'popular'],
  mediaFileId: ['other', ({ stream }) => stream.mediaFile.id],
  renditionId: ['other', ({ stream }) => stream.mediaFile.id],
  segment: ['other', () => 'init'],
  subtitleId: ['other', () => UNKNOWN_ID],
  imageId: ['other', () => UNKNOWN_ID],
  uploadId: ['other', () => UNKNOWN_ID],
  webhookId: ['other', ({ webhookId }) => webhookId],
  deliveryId: ['other', ({ deliveryId }) => deliveryId],
  encodingJobId: ['other', () => UNKNOWN_ID],
  stepKind: ['other', () => 'thumbnails'],
  tokenId: ['other', () => UNKNOWN_ID],
  serviceAccountId: ['other', () => UNKNOWN_ID],
}

/** Bodies and queries that the schemas do not determine. */
const VALUES: Readonly<Record<string, { readonly body?: unknown, readonly query?: string }>> = {
  'PATCH /v1/profiles/{profileId}': { body: { name: 'Another name' } },
  'POST /v1/admin/movies/{movieId}/subtitles': { query: '?language=en' },
  'POST /v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}/subtitles': { query: '?language=en' },
  'GET /v1/search': { query: '?q=matrix' },
  'GET /v1/search/suggestions': { query: '?q=matrix' },
}

export function kindOf (parameter: string): Kind {
  return parameterRule(parameter)[0]
}

function parameterRule (parameter: string): ParameterRule {
  return PARAMETERS[parameter] ??
    fail(`Unknown path parameter "${parameter}": add a line to PARAMETERS in test/security/operations.ts.`)
}

function fail (message: string): never {
  throw new Error(message)
}

/** The URL of an operation for the data of a world. @param instead other values of path parameters */
export async function urlOf (
  world: World,
  operation: Operation,
  instead: Readonly<Record<string, string>> = {},
): Promise<string> {
  let { path } = operation
  for (const name of operation.pathParameters) {
    path = path.replace(`{${name}}`, instead[name] ?? await parameterRule(name)[1](world))
  }
  return path + (VALUES[operation.name]?.query ?? queryOf(operation))
}

function queryOf ({ name, parameters }: Operation): string {
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true)
  return required.length === 0
    ? ''
    : `?${required.map((one) => `${one.name}=${encodeURIComponent(String(sample(name, one.schema)))}`).join('&')}`
}

/** The required headers of an operation. */
export function headersOf ({ name, parameters }: Operation): Record<string, string> {
  return Object.fromEntries(
    parameters.filter((parameter) => parameter.in === 'header' && parameter.required === true)
      .map((one) => [one.name, String(one.example ?? sample(name, one.schema))]),
  )
}

/** The smallest valid body of an operation; undefined without one. */
export function bodyOf (operation: Operation): unknown {
  const fixedBody = VALUES[operation.name]?.body
  if (fixedBody !== undefined) return fixedBody
  return operation.bodySchema === null ? undefined : sample(operation.name, operation.bodySchema)
}

export function resolve (schema: Schema): Schema {
  return schema.$ref === undefined
    ? schema
    : document.components.schemas[schema.$ref.replace('#/components/schemas/', '')] ??
      fail(`${schema.$ref} is not in the document`)
}

/** A valid value of a schema: its constant, its example, or one of its type. */
export function sample (operation: string, given: Schema): unknown {
  const schema = resolve(given)
  if (schema.const !== undefined) return schema.const
  if (schema.examples?.[0] !== undefined) return schema.examples[0]
  if (schema.enum !== undefined) return schema.enum[0]
  const [variant] = schema.anyOf ?? schema.oneOf ?? []
  if (variant !== undefined) return sample(operation, variant)
  if (Array.isArray(schema.type)) return sample(operation, { ...schema, type: schema.type[0] as string })
  if (schema.type === 'object') {
    const names = schema.required ??
      (schema.minProperties === undefined ? [] : Object.keys(schema.properties ?? {}).slice(0, schema.minProperties))
    return Object.fromEntries(
      names.map((
        name,
      ) => [
        name,
        sample(operation, schema.properties?.[name] ?? fail(`${operation}: the required "${name}" is not operation`)),
      ]),
    )
  }
  if (schema.type === 'array') {
    return Array.from({ length: schema.minItems ?? 0 }, () => sample(operation, schema.items ?? {}))
  }
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'boolean') return true
  if (schema.type === 'null') return null
  const word = SAMPLE_STRINGS.find((one) =>
    schema.pattern === undefined ? schema.format !== 'date-time' : new RegExp(schema.pattern).test(one)
  )
  if (schema.type === 'string' && (word !== undefined || schema.format === 'date-time')) {
    return word ?? '2026-01-01T00:00:00Z'
  }
  return fail(
    `No sample for ${operation}: add an example to its schema, or a line to VALUES in test/security/operations.ts.`,
  )
}

/** Sends a valid request. */
export async function send (
  world: World,
  operation: Operation,
  token?: string,
  instead: Readonly<Record<string, string>> = {},
): Promise<TestResponse> {
  const body = bodyOf(operation)
  return await call(world.app, operation.method, await urlOf(world, operation, instead), {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { body }),
  })
}
