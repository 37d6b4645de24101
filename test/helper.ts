// What tests are written with: an app on a database of its own, and people who use it over HTTP.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import mongoose from 'mongoose'
import type { Test } from 'tap'
import { Account } from '../models/account.js'
import { buildApp } from '../src/app.js'
import { buildContainer, type Container } from '../src/container.js'
import { createLog } from '../src/security/log.js'
import type { Writable } from 'node:stream'
import { readDatabaseRecord } from './shared-database.js'
import { loadConfig, type Config } from '../src/config.js'
import { createIndexes } from '../src/database/indexes.js'
import { resolveDatabaseServer } from '../src/database/resolve-server.js'
import { connectDatabase, disconnectDatabase } from '../src/database/connection.js'

/** A fresh database on the run's server; a file that runs alone starts a server for itself. */
export async function freshDatabase (t: Test): Promise<string> {
  const given = process.env['NORMFLIX_TEST_MONGODB_URI'] ?? readDatabaseRecord()?.uri
  const server = await resolveDatabaseServer({ uri: given ?? null, dataDir: null, report: () => undefined })
  t.teardown(async () => {
    await server.stop()
  })
  return server.uri.replace('/normflix', `/test-${randomUUID().slice(0, 13)}`)
}

/** A clock that tests set. */
export interface TestClock {
  now(): Date
  advance(ms: number): void
}

/** A clock that stands still until it is set, so that a test knows every moment. */
export function createStillClock (): TestClock {
  let now = Date.now()
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms
    },
  }
}

export function createClock (): TestClock {
  let offset = 0
  return {
    now: () => new Date(Date.now() + offset),
    advance: (ms) => {
      offset += ms
    },
  }
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly config: Config
  readonly databaseUri: string
}

/** An app as it runs, without the sweeper: tests sweep when they say. Rate limits are off unless asked for. */
export async function startApp (
  t: Test,
  variables: Record<string, string> = {},
  databaseUri?: string,
  clock = createClock(),
): Promise<TestApp> {
  const uri = databaseUri ?? await freshDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-test-'))
  const config = loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    RATE_LIMITS: 'off',
    DATA_DIR: dataDir,
    ...variables,
  })
  if (databaseUri === undefined) {
    await connectDatabase(uri)
    await createIndexes()
    await disconnectDatabase()
  }
  const app = await openApp(config, uri, { now: clock.now })
  t.teardown(async () => {
    if (databaseUri === undefined) await mongoose.connection.dropDatabase()
    await app.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { app, clock, config, databaseUri: uri }
}

/** Opens an app on a database, without jobs: tests run them themselves. */
export async function openApp (
  config: Config,
  databaseUri: string,
  { now, logTo }: { readonly now?: () => Date, readonly logTo?: Writable } = {},
): Promise<FastifyInstance> {
  const log = createLog(config, logTo)
  const container = await buildContainer({ ...config, mongodbUri: databaseUri }, {
    log,
    isEager: false,
    ...(now === undefined ? {} : { now }),
  })
  await container.open()
  const app = await buildApp(container)
  containers.set(app, container)
  return app
}

const containers = new WeakMap<FastifyInstance, Container>()

/** The container of an app of this file. */
export function containerOf (app: FastifyInstance): Container {
  const container = containers.get(app)
  if (container === undefined) throw new Error('this app was not opened by a test helper')
  return container
}

export interface Answer<T = any> {
  readonly status: number
  readonly body: T
  readonly headers: LightMyRequestResponse['headers']
  readonly bytes: Buffer
}
type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export async function call<T = any> (
  app: FastifyInstance,
  method: Method,
  url: string,
  options: { token?: string, body?: unknown, headers?: Record<string, string> } = {},
): Promise<Answer<T>> {
  const response = await app.inject({
    method,
    url,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { payload: options.body as object }),
  })
  const isJson = /[/+]json\b/.test(String(response.headers['content-type'] ?? ''))
  return {
    status: response.statusCode,
    body: (isJson && method !== 'HEAD' ? response.json() : null) as T,
    headers: response.headers,
    bytes: response.rawPayload,
  }
}

export const PASSWORD = 'three blind mice ran'

/** Somebody with an account, signed in. */
export interface Person {
  readonly accountId: string
  readonly email: string
  readonly token: string
  readonly refreshToken: string
  /** The first profile. */
  readonly profileId: string
  get<T = any>(url: string, headers?: Record<string, string>): Promise<Answer<T>>
  post<T = any>(url: string, body?: unknown): Promise<Answer<T>>
  put<T = any>(url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>
  patch<T = any>(url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>
  delete<T = any>(url: string, headers?: Record<string, string>): Promise<Answer<T>>
  /** The same person with another token. */
  with(token: string): Person
}

interface Tokens {
  account: { id: string, email: string, profiles: Array<{ id: string }> }
  accessToken: string
  refreshToken: string
}

function person (app: FastifyInstance, tokens: Tokens, token = tokens.accessToken): Person {
  return {
    accountId: tokens.account.id,
    email: tokens.account.email,
    token,
    refreshToken: tokens.refreshToken,
    profileId: tokens.account.profiles[0]!.id,
    get: async (url, headers) => await call(app, 'GET', url, { token, ...(headers === undefined ? {} : { headers }) }),
    post: async (url, body) => await call(app, 'POST', url, { token, ...(body === undefined ? {} : { body }) }),
    put: async (url, body, headers) =>
      await call(app, 'PUT', url, {
        token,
        ...(body === undefined ? {} : { body }),
        ...(headers === undefined ? {} : { headers }),
      }),
    patch: async (url, body, headers) =>
      await call(app, 'PATCH', url, { token, body, ...(headers === undefined ? {} : { headers }) }),
    delete: async (url, headers) =>
      await call(app, 'DELETE', url, { token, ...(headers === undefined ? {} : { headers }) }),
    with: (other) => person(app, tokens, other),
  }
}

/** Signs somebody up over HTTP. */
export async function signUp (app: FastifyInstance, options: { plan?: string, email?: string } = {}): Promise<Person> {
  const email = options.email ?? `${randomUUID().slice(0, 8)}@example.com`
  const answer = await call<Tokens>(app, 'POST', '/v1/auth/signup', {
    body: { email, password: PASSWORD, plan: options.plan ?? 'premium' },
  })
  if (answer.status !== 201) throw new Error(`sign-up answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return person(app, answer.body)
}

/** Signs somebody in again, after the clock went on for longer than a session lasts. */
export async function signInAgain (app: FastifyInstance, who: Person): Promise<Person> {
  const { status, body } = await call<Tokens>(app, 'POST', '/v1/auth/login', {
    body: { email: who.email, password: PASSWORD },
  })
  if (status !== 200) throw new Error(`log-in answered ${status}: ${JSON.stringify(body)}`)
  return who.with(body.accessToken)
}

/** Somebody who runs the catalogue. */
export async function signUpAdmin (app: FastifyInstance, options: { plan?: string } = {}): Promise<Person> {
  const admin = await signUp(app, options)
  await Account.updateOne({ _id: admin.accountId }, { $set: { role: 'admin' } })
  const answer = await call<Tokens>(app, 'POST', '/v1/auth/login', { body: { email: admin.email, password: PASSWORD } })
  return person(app, answer.body)
}

/** Checks that an answer is a problem of a kind, with all that a problem document has. */
export function expectProblem (t: Test, answer: Answer, code: string, status?: number): void {
  t.equal(answer.body?.code, code, `answers ${code}`)
  if (status !== undefined) t.equal(answer.status, status, `answers ${status}`)
  t.match(answer.headers['content-type'], /^application\/problem\+json/)
  t.match(answer.body, { type: String, title: String, status: answer.status, detail: String, requestId: String })
}

export type Clip = '480p-en' | '1080p-en' | '1080p-es' | '2160p-en'

export function clipBytes (clip: Clip): Buffer {
  return readFileSync(path.resolve('src', 'demo', 'clips', `clip-${clip}.mp4`))
}

/** Uploads a clip as a media file of a movie or episode; answers the file. */
export async function upload (
  app: FastifyInstance,
  admin: Person,
  itemUrl: string,
  clip: Clip,
  query = '',
): Promise<{ id: string }> {
  const answer = await call(app, 'POST', `/v1/admin/${itemUrl}/media${query}`, {
    token: admin.token,
    body: clipBytes(clip),
    headers: { 'content-type': 'video/mp4' },
  })
  if (answer.status !== 201) throw new Error(`the upload answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** A movie of the catalogue, with clips to play. */
export async function addMovie (
  app: FastifyInstance,
  admin: Person,
  fields: Record<string, unknown> = {},
  clips: readonly Clip[] = ['480p-en'],
): Promise<string> {
  const { body, status } = await admin.post('/v1/admin/movies', {
    title: 'The Matrix',
    releaseDate: '1999-03-31',
    genres: ['Science Fiction'],
    maturityRating: 'R',
    ...fields,
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  for (const clip of clips) await upload(app, admin, `movies/${body.id}`, clip)
  return body.id
}

export interface TestShow {
  readonly id: string
  readonly episodes: string[]
}

/** A show of two seasons with two episodes each, and a special; every regular episode can be played. */
export async function addShow (
  app: FastifyInstance,
  admin: Person,
  fields: Record<string, unknown> = {},
  clips: readonly Clip[] = ['480p-en'],
): Promise<TestShow> {
  const { body, status } = await admin.post('/v1/admin/shows', {
    title: 'Fawlty Towers',
    genres: ['Comedy'],
    maturityRating: 'TV-PG',
    seasons: [
      { number: 0, title: 'Specials', episodes: [{ number: 1, title: 'Fawlty Towers Revisited' }] },
      {
        number: 1,
        episodes: [{ number: 1, title: 'A Touch of Class', airDate: '1975-09-19' }, {
          number: 2,
          title: 'The Builders',
          airDate: '1975-09-26',
        }],
      },
      {
        number: 2,
        episodes: [{ number: 1, title: 'Communication Problems', airDate: '1979-02-19' }, {
          number: 2,
          title: 'The Psychiatrist',
          airDate: '1979-02-26',
        }],
      },
    ],
    ...fields,
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  const episodes: string[] = []
  for (const season of [1, 2]) {
    const answer = await admin.get(`/v1/shows/${body.id}/seasons/${season}`)
    for (const episode of answer.body?.episodes ?? []) {
      episodes.push(episode.id)
      for (const clip of clips) {
        await upload(app, admin, `shows/${body.id}/seasons/${season}/episodes/${episode.number}`, clip)
      }
    }
  }
  return { id: body.id, episodes }
}

/** Starts playing; answers the stream. */
export async function play (viewer: Person, itemId: string, options: Record<string, unknown> = {}): Promise<Answer> {
  return await viewer.post(`/v1/profiles/${viewer.profileId}/playback`, { itemId, ...options })
}

/** Watches an item to a place and stops there; answers the stop. */
export async function watch (
  viewer: Person,
  clock: TestClock,
  itemId: string,
  positionMs: number,
  watchedMs = positionMs,
): Promise<Answer> {
  const { body } = await play(viewer, itemId)
  clock.advance(1_000)
  return await viewer.post(`/v1/profiles/${viewer.profileId}/playback/${body.streamId}/stop`, {
    positionMs,
    watchedMs,
    at: clock.now().toISOString(),
  })
}
