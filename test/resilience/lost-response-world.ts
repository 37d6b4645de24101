// Loses the response to a write, repeats the write and compares the stored documents before and after the repetition.
import type { FastifyInstance } from 'fastify'
import mongoose from 'mongoose'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow, type TestShow } from '../support/catalogue.js'
import { createManualClock, type TestClock } from '../support/clock.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { LOCAL_WEBHOOKS } from '../webhooks/receiver.js'

export interface Write {
  readonly operation: string
  readonly url: string
  readonly as?: TestUser
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** Status of the response to the repetition; without it any 2xx. */
  readonly repeated?: number
  /** Collections that the repetition may change, each with the reason why the write still counts once. */
  readonly mayChange?: Readonly<Record<string, string>>
}

/** What the tests of one part of the API need. */
export interface LostResponseWorld {
  readonly t: Test
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly admin: TestUser
  readonly kim: TestUser
  /** Path of the profile of `kim`. */
  readonly base: string
  readonly movie: string
  /** A second movie. */
  readonly spare: string
  readonly show: TestShow
  /** Sends a write whose response is lost, sends it again and returns the body of the second response. */
  retry(write: Write): Promise<any>
}

export interface LostResponses {
  /** Returns the world with assertions on `t`. */
  forTest(t: Test): LostResponseWorld
  /** Returns the writing operations of the API that no test has retried. */
  findUntestedOperations(): string[]
  countTestedOperations(): number
}

/** Collections that record requests or changes; they contain no state. */
const NO_STATE = ['idempotencyrecords', 'throttles', 'changelogs', 'audit']

/** Starts an app with a movie, a show and a user, behind a proxy that can lose responses. */
export async function startLostResponses (t: Test): Promise<LostResponses> {
  const clock = createManualClock()
  const { app } = await startApp(t, { ACCOUNT_GRACE_DAYS: '14', ...LOCAL_WEBHOOKS }, undefined, clock)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const proxy = await startFaultProxy(t, { host: '127.0.0.1', port: (app.server.address() as AddressInfo).port })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const spare = await addMovie(app, admin, { title: 'The Lives of Others' })
  const show = await addShow(app, admin)
  const kim = await signUp(app)
  const operations = readWritingOperations()
  const tested = new Set<string>()

  async function retry (t: Test, write: Write): Promise<any> {
    const { operation, repeated, mayChange = {} } = write
    const known = operations.get(operation)
    if (known === undefined) throw new Error(`There is no operation ${operation}.`)
    const headers = known.acceptsIdempotencyKey
      ? { ...write.headers, 'idempotency-key': randomUUID() }
      : write.headers ?? {}
    const send = async (): Promise<WriteResponse> => await sendWrite(proxy.port, { ...write, headers }, known.method)
    proxy.fault = 'lose-responses'
    const lostBefore = proxy.lostResponses
    const lost = await send().catch(() => null)
    t.equal(lost, null, `${operation}: the response was lost`)
    t.equal(proxy.lostResponses, lostBefore + 1)
    proxy.fault = null
    await waitForBackgroundWork(app)
    const before = await readAllDocuments()
    const { status, body } = await send()
    await waitForBackgroundWork(app)
    const after = await readAllDocuments()
    const changed = Object.keys({ ...before, ...after }).filter((name) =>
      before[name] !== after[name] && mayChange[name] === undefined
    )
    t.strictSame(changed, [], `${operation}: the repetition changes nothing`)
    const message = `${operation}: the repetition returns ${status} ${body?.code ?? ''}`
    if (repeated === undefined) t.ok(status >= 200 && status < 300, message)
    else t.equal(status, repeated, message)
    tested.add(operation)
    return body
  }

  const world = { app, clock, admin, kim, base: `/v1/profiles/${kim.profileId}`, movie, spare, show }
  return {
    forTest: (t) => ({ ...world, t, retry: async (write) => await retry(t, write) }),
    findUntestedOperations: () => [...operations.keys()].filter((operation) => !tested.has(operation)),
    countTestedOperations: () => tested.size,
  }
}

interface WriteResponse {
  readonly status: number
  /** Parsed JSON, or text. */
  readonly body: any
}

/** Sends a request on a new connection. */
async function sendWrite (
  port: number,
  { url, as, body, headers = {} }: Write,
  method: string,
): Promise<WriteResponse> {
  const isRaw = Buffer.isBuffer(body) || body instanceof FormData || body === undefined
  const response = await fetch(`http://127.0.0.1:${port}${url}`, {
    method,
    headers: {
      connection: 'close',
      ...(as === undefined ? {} : { authorization: `Bearer ${as.token}` }),
      ...(isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? body as Buffer<ArrayBuffer> | FormData : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

interface WritingOperation {
  readonly method: string
  readonly acceptsIdempotencyKey: boolean
}

/** Reads the operations with a writing method from the API description, by operation ID. */
function readWritingOperations (): Map<string, WritingOperation> {
  const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string, parameters?: Array<{ name: string }> }>>,
  }
  const operations = Object.values(document.paths).flatMap((methods) => Object.entries(methods))
  return new Map(
    operations.filter(([method]) => !['get', 'head', 'options'].includes(method))
      .map(([method, { operationId, parameters = [] }]) => [operationId, {
        method: method.toUpperCase(),
        acceptsIdempotencyKey: parameters.some(({ name }) => name === 'idempotency-key'),
      }]),
  )
}

/** Reads all documents with state as JSON, by collection. */
async function readAllDocuments (): Promise<Record<string, string>> {
  const { db } = mongoose.connection
  const collections = (await db!.listCollections().toArray()).map(({ name }) => name)
    .filter((name) => !NO_STATE.includes(name)).sort()
  return Object.fromEntries(
    await Promise.all(collections.map(async (name) => {
      const documents = await db!.collection(name).find().sort({ _id: 1 }).toArray()
      return [name, JSON.stringify(documents, WITH_ENTRIES.includes(name) ? withoutRevisions : undefined, 1)] as const
    })),
  )
}

/** Collections with watch history entries. */
const WITH_ENTRIES = ['accounts', 'watcharchive']

/** The revision of an entry counts writes; it contains no state. */
const withoutRevisions = (name: string, value: unknown): unknown => name === 'revision' ? undefined : value

async function waitForBackgroundWork (app: FastifyInstance): Promise<void> {
  await containerOf(app).background.onIdle()
  await containerOf(app).uploads.onIdle()
}
