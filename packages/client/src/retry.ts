// Repeats requests that failed for a moment, if a repetition cannot apply them twice.
import type { Middleware } from 'openapi-fetch'
import { isOnline, sleep } from './environment.js'
import { IDEMPOTENT_OPERATIONS } from './generated/operations.js'
import { readRetryAfter } from './problems.js'
import type { SendRequest } from './types.js'

export interface RetryOptions {
  /** Attempts in total; 1 sends each request once. 3 by default. */
  readonly maxAttempts?: number
  /** Limit of the delay after the first attempt, ms; it doubles with each attempt. 500 by default. */
  readonly baseDelayMs?: number
  /** The longest delay, ms. A response whose `Retry-After` is longer is returned. 10 000 by default. */
  readonly maxDelayMs?: number
}

const KEY_HEADER = 'idempotency-key'
const IDEMPOTENT_METHODS = ['GET', 'HEAD', 'PUT', 'DELETE']
const TRANSIENT_STATUSES = [429, 502, 503, 504]
/** The service returns the same tokens again for some seconds, so that a lost response does not end the session. */
const REFRESH_PATH = '/v1/auth/refresh'

/** Adds an idempotency key to requests that create something, so that they can be repeated. */
export const addIdempotencyKey: Middleware = {
  onRequest ({ request, schemaPath }) {
    if (!IDEMPOTENT_OPERATIONS.has(`${request.method} ${schemaPath}`) || request.headers.has(KEY_HEADER)) return
    // randomUUID exists only in secure contexts.
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    request.headers.set(KEY_HEADER, [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
  },
}

function canRepeat ({ method, headers, url }: Request): boolean {
  return IDEMPOTENT_METHODS.includes(method) || headers.has(KEY_HEADER) || new URL(url).pathname.endsWith(REFRESH_PATH)
}

/** A request with an idempotency key is 409 while its first attempt still runs; then it has a `Retry-After`. */
function isTransient ({ status }: Response, retryAfterMs: number | null): boolean {
  return TRANSIENT_STATUSES.includes(status) || status === 409 && retryAfterMs !== null
}

/** Sends requests with `send`, and repeats those that can be repeated. Delays are random, or those of `Retry-After`. */
export function repeatRequests (
  send: SendRequest,
  { maxAttempts = 3, baseDelayMs = 500, maxDelayMs = 10_000 }: RetryOptions = {},
): SendRequest {
  return async (request) => {
    if (!canRepeat(request)) return await send(request)
    for (let attempt = 1;; attempt++) {
      const isLast = attempt >= maxAttempts
      let retryAfterMs = null
      try {
        const response = await send(isLast ? request : request.clone())
        retryAfterMs = readRetryAfter(response)
        if (isLast || !isTransient(response, retryAfterMs) || (retryAfterMs ?? 0) > maxDelayMs) return response
        await response.body?.cancel()
      } catch (error) {
        if (isLast || request.signal.aborted || !isOnline()) throw error
      }
      // Clients that failed together do not return together.
      const backOffMs = Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1))
      await sleep((retryAfterMs ?? 0) + backOffMs, request.signal)
      request.signal.throwIfAborted()
    }
  }
}
