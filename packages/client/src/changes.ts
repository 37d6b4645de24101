// Follows the change feed of a profile: reconnects with the ID of the last event, so that no change is lost.
import { sleep } from './environment.js'
import { createEventParser } from './event-stream.js'
import { ApiProblem, canRetry, isProblem, unwrap } from './problems.js'
import type { ApiClient, Change, Schemas } from './types.js'

/** Changes of the profile and of the catalogue that it can see. */
export interface ChangeEvent {
  readonly items: readonly Change[]
  /** Whether changes are missing: reload everything. */
  readonly reset: boolean
  /** Continues after this event. */
  readonly cursor: string
}

export interface FollowOptions {
  /** Cursor of the last event that was handled; the feed starts now without one. */
  readonly since?: string
  /** Ends the iteration. */
  readonly signal?: AbortSignal
  /** The first delay before a reconnection, ms; the one of the service by default. It doubles with each failure. */
  readonly reconnectMs?: number
}

const DEFAULT_RECONNECT_MS = 2_000
const MAX_RECONNECT_MS = 60_000
/** The service sends a comment every 2 s. A connection that is silent for this long is broken. */
const SILENCE_MS = 15_000

/**
 * Yields changes until the signal aborts. The first event has no changes: it states that the feed is open. It is a
 * reset after a cursor that the service does not accept any more.
 * @throws ApiProblem 401 after the end of the session, 403, 404; a failed connection is repeated
 */
export async function* followChanges (
  client: ApiClient,
  profileId: string,
  { since, signal, reconnectMs }: FollowOptions = {},
): AsyncGenerator<ChangeEvent, void, undefined> {
  let cursor = since
  let failures = 0
  let serviceMs: number | null = null
  let isCursorLost = false
  const isAborted = (): boolean => signal?.aborted === true
  while (!isAborted()) {
    let retryAfterMs = 0
    try {
      for await (const { retryMs, event } of openFeed(client, profileId, cursor, signal)) {
        serviceMs = retryMs
        failures = 0
        if (event === null) continue
        cursor = event.cursor
        yield isCursorLost ? { ...event, reset: true } : event
        isCursorLost = false
      }
    } catch (error) {
      if (isAborted()) return
      if (cursor !== undefined && isProblem(error, 'invalid-cursor')) {
        // A stored cursor, and the service has other keys now.
        cursor = undefined
        isCursorLost = true
        continue
      }
      if (!canRetry(error)) throw error
      retryAfterMs = error instanceof ApiProblem ? error.retryAfterMs ?? 0 : 0
    }
    const baseMs = reconnectMs ?? serviceMs ?? DEFAULT_RECONNECT_MS
    const delayMs = Math.min(MAX_RECONNECT_MS, baseMs * 2 ** failures++) * (0.5 + Math.random() / 2)
    await sleep(Math.max(retryAfterMs, delayMs), signal, true)
  }
}

interface ReadResult {
  readonly retryMs: number | null
  /** Null: a comment, which only shows that the connection works. */
  readonly event: ChangeEvent | null
}

/** Reads one connection until it ends. */
async function* openFeed (
  client: ApiClient,
  profileId: string,
  cursor: string | undefined,
  signal?: AbortSignal,
): AsyncGenerator<ReadResult, void, undefined> {
  const connection = new AbortController()
  const end = (): void => connection.abort()
  signal?.addEventListener('abort', end, { once: true })
  let silence = setTimeout(end, SILENCE_MS)
  try {
    const body = await unwrap(client.GET('/v1/profiles/{profileId}/changes', {
      params: { path: { profileId }, header: cursor === undefined ? {} : { 'last-event-id': cursor } },
      headers: { accept: 'text/event-stream' },
      cache: 'no-store',
      parseAs: 'stream',
      signal: connection.signal,
    }))
    const parser = createEventParser()
    const decoder = new TextDecoder()
    for await (const bytes of readBody(body)) {
      clearTimeout(silence)
      silence = setTimeout(end, SILENCE_MS)
      const events = parser.parse(decoder.decode(bytes, { stream: true }))
      const { retryMs } = parser
      if (events.length === 0) yield { retryMs, event: null }
      for (const { event, data, id } of events) {
        if (event !== 'changes' || id === null) continue
        const { items, reset } = JSON.parse(data) as Pick<Schemas['Changes'], 'items' | 'reset'>
        yield { retryMs, event: { items, reset, cursor: id } }
      }
    }
  } finally {
    clearTimeout(silence)
    signal?.removeEventListener('abort', end)
    connection.abort()
  }
}

/** Some browsers cannot iterate over a body. */
async function* readBody (body: ReadableStream<Uint8Array> | null | undefined): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  if (reader === undefined) return
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
