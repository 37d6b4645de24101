// Sends load to a target: connections that never pause, or requests at fixed times. Every response must succeed.
import autocannon from 'autocannon'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { Agent, getGlobalDispatcher, type Dispatcher } from 'undici'
import { clientAddress } from './targets.js'

const CONNECTIONS = 32
/** A backlog of this process opens no further ones. */
const OPEN_LOOP_CONNECTIONS = 64
/** One body in this many is parsed and checked. */
const CHECK_INTERVAL = 20
/** Time in which a target finishes the requests that the end of a measurement interrupted. */
const SETTLE_MS = 200

export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

export interface Load {
  /** Creates the n-th request. */
  request(n: number): LoadRequest
  /** Whether a body is the expected one. */
  isExpected(body: never): boolean
}

export interface LoadResult {
  readonly responses: number
  /** From the first request to the last response, ms. */
  readonly durationMs: number
  readonly latenciesMs: readonly number[]
  /** How late this process sent each request that was due at a fixed time, ms. */
  readonly delaysMs?: readonly number[]
  readonly bytes: number
}

interface WireRequest {
  readonly method: LoadRequest['method']
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string
}

function toWireRequest ({ method, path, token, headers, body }: LoadRequest, n: number): WireRequest {
  return {
    method,
    path,
    headers: {
      'X-Forwarded-For': clientAddress(n),
      ...headers,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
}

/** Throws for a body that is not the expected one. */
function checkBody ({ isExpected }: Load, description: string, body: string): void {
  if (!isExpected(JSON.parse(body) as never)) throw new Error(`${description}: unexpected body ${body.slice(0, 500)}`)
}

interface ClosedLoopOptions {
  readonly durationMs: number
  readonly connections?: number
}

/**
 * Sends requests on connections that never pause.
 * @throws Error for a status other than 2xx, an unexpected body or a broken connection, and without any response
 */
export async function runClosedLoop (
  origin: string,
  description: string,
  load: Load,
  options: ClosedLoopOptions,
): Promise<LoadResult> {
  const result = await tryClosedLoop(origin, description, load, options)
  if (result.responses > 0) return result
  // A busy machine may pause this process for the whole time.
  const second = await tryClosedLoop(origin, description, load, options)
  if (second.responses === 0) throw new Error(`${description}: no response within ${options.durationMs} ms`)
  return second
}

async function tryClosedLoop (
  origin: string,
  description: string,
  load: Load,
  { durationMs, connections = CONNECTIONS }: ClosedLoopOptions,
): Promise<LoadResult> {
  const latenciesMs: number[] = []
  let sent = 0
  let bytes = 0
  let lastAt = performance.now()
  const failures: Error[] = []
  const startedAt = performance.now()
  const options = {
    url: origin,
    connections,
    duration: durationMs / 1_000,
    sampleInt: 100,
    timeout: 30,
    requests: [{
      setupRequest: (request: object) => ({ ...request, ...toWireRequest(load.request(sent), sent++) }),
      onResponse: (status: number, body: string) => {
        if (status < 200 || status > 299) {
          failures.push(new Error(`${description}: status ${status}: ${body}`))
        } else if (latenciesMs.length % CHECK_INTERVAL === 0) {
          try {
            checkBody(load, description, body)
          } catch (error) {
            failures.push(error as Error)
          }
        }
      },
    }],
  }
  await new Promise<void>((resolve, reject) => {
    const instance = autocannon(options as never, (error: Error | null) => {
      if (error === null) resolve()
      else reject(error)
    })
    instance.on('response', (_client, _status, resBytes, responseTime) => {
      latenciesMs.push(responseTime)
      bytes += resBytes
      lastAt = performance.now()
    })
    instance.on('reqError', (error) => {
      failures.push(new Error(`${description}: ${String(error)}`))
    })
  })
  const [failure] = failures
  if (failure !== undefined) throw failure
  await sleep(SETTLE_MS)
  return { responses: latenciesMs.length, durationMs: lastAt - startedAt, latenciesMs, bytes }
}

interface OpenLoopOptions {
  readonly durationMs: number
  /** Number of requests, at equal intervals of the duration. */
  readonly count: number
  /** Sends no further requests after an abort. */
  readonly signal?: AbortSignal
}

/**
 * Sends requests at fixed times, whether earlier ones have been answered or not. Latencies start when this process has
 * sent the request: it shares the processors with the target, and its delays are in the result.
 * @throws Error for a status other than 2xx, an unexpected body or a broken connection
 */
export async function runOpenLoop (
  origin: string,
  description: string,
  load: Load,
  { durationMs, count, signal }: OpenLoopOptions,
): Promise<LoadResult> {
  const agent = new Agent({ connections: OPEN_LOOP_CONNECTIONS })
  const latenciesMs: number[] = []
  const delaysMs: number[] = []
  let bytes = 0
  const running = new Set<Promise<void>>()
  const failures: Error[] = []
  const startedAt = performance.now()
  const send = async (n: number): Promise<void> => {
    const sentAt = performance.now()
    const { status, body } = await sendWireRequest(agent, origin, toWireRequest(load.request(n), n))
    latenciesMs.push(performance.now() - sentAt)
    bytes += Buffer.byteLength(body)
    if (status < 200 || status > 299) throw new Error(`${description}: status ${status}: ${body}`)
    if (n % CHECK_INTERVAL === 0) checkBody(load, description, body)
  }
  for (let n = 0; n < count && signal?.aborted !== true && failures.length === 0; n++) {
    const dueAt = startedAt + n * durationMs / count
    const waitMs = dueAt - performance.now()
    // Without the turn, requests that are late are sent in one go, and responses wait until the last one is sent.
    await (waitMs > 0 ? sleep(waitMs) : nextTurn())
    delaysMs.push(Math.max(0, performance.now() - dueAt))
    const one = send(n).catch((error: unknown) => {
      failures.push(error as Error)
    }).finally(() => {
      running.delete(one)
    })
    running.add(one)
  }
  await Promise.all(running)
  await agent.close()
  const [failure] = failures
  if (failure !== undefined) throw failure
  return { responses: latenciesMs.length, durationMs: performance.now() - startedAt, latenciesMs, delaysMs, bytes }
}

async function sendWireRequest (
  dispatcher: Dispatcher,
  origin: string,
  { method, path, headers, body }: WireRequest,
): Promise<{ readonly status: number, readonly body: string }> {
  const { statusCode, body: response } = await dispatcher.request({
    origin,
    method,
    path,
    headers,
    ...(body === undefined ? {} : { body }),
  })
  return { status: statusCode, body: await response.text() }
}

/** Sends one request and parses the body. @throws Error for a status other than 2xx */
export async function sendOnce<T> (
  origin: string,
  request: LoadRequest,
  n: number,
  dispatcher: Dispatcher = getGlobalDispatcher(),
): Promise<T> {
  const { status, body } = await sendWireRequest(dispatcher, origin, toWireRequest(request, n))
  if (status < 200 || status > 299) throw new Error(`${request.path}: status ${status}: ${body}`)
  return JSON.parse(body) as T
}
