// Sends one request to an endpoint: within 10 s, to allowed addresses only, without following redirects. The addresses
// are checked when the connection is made, so that a name that changes its address between two look-ups gains nothing.
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Agent, request } from 'undici'
import { isAllowedAddress, unbracketed, type AddressRules } from './addresses.js'
import type { WebhookAttemptError } from '../domain/webhook-states.js'

export const WEBHOOK_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 5_000
/** More of a response is not read. */
const MAX_RESPONSE_BYTES = 1_024
const MAX_RESPONSE_HEADER_BYTES = 16_384
const CONNECTIONS_PER_ORIGIN = 4

type LookupCallback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void

/** Resolves a name to all its addresses. */
export type ResolveName = (name: string, options: LookupOptions & { all: true }, callback: LookupCallback) => void

export interface WebhookResult {
  /** Null when the request succeeded. `aborted`: the process stops. */
  readonly error: WebhookAttemptError | 'aborted' | null
  readonly statusCode: number | null
  /** Beginning of the response body. */
  readonly responseText: string | null
  /** The `Retry-After` header. */
  readonly retryAfter: string | null
}

export interface WebhookClient {
  /** Sends a POST request. Failures are results, not errors. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookResult>
  /** Aborts requests in progress. */
  close(): Promise<void>
}

class BlockedAddressError extends Error {
  readonly code = 'ERR_BLOCKED_ADDRESS'
}

/** @param resolve for tests; the resolver of the operating system by default */
export function createWebhookClient (rules: AddressRules, resolve: ResolveName = dnsLookup): WebhookClient {
  const shutdown = new AbortController()
  let loading: Promise<HttpClient> | null = null

  return {
    async post (url, headers, body) {
      const timeout = AbortSignal.timeout(WEBHOOK_TIMEOUT_MS)
      const signal = AbortSignal.any([timeout, shutdown.signal])
      try {
        loading ??= loadHttpClient(createCheckedLookup(rules, resolve), rules)
        const { agent, request } = await loading
        const response = await request(url, {
          method: 'POST',
          headers: { ...headers },
          body,
          dispatcher: agent,
          signal,
        })
        const { statusCode } = response
        const retryAfter = response.headers['retry-after']
        return {
          error: statusCode >= 300 && statusCode < 400 ? 'redirect' : isSuccess(statusCode) ? null : 'status',
          statusCode,
          responseText: await readStart(response.body),
          retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
        }
      } catch (error) {
        const failure = shutdown.signal.aborted ? 'aborted' : timeout.aborted ? 'timeout' : describeError(error)
        return { error: failure, statusCode: null, responseText: null, retryAfter: null }
      }
    },
    async close () {
      shutdown.abort()
      await (await loading)?.agent.destroy()
    },
  }
}

interface HttpClient {
  readonly agent: Agent
  readonly request: typeof request
}

/** Loads undici for the first request: in a process without webhooks, it would take some megabytes. */
async function loadHttpClient (lookup: LookupFunction, rules: AddressRules): Promise<HttpClient> {
  const { Agent, buildConnector, request } = await import('undici')
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup, autoSelectFamily: true })
  const agent = new Agent({
    connect (options, callback) {
      // Sockets do not look literal addresses up.
      const host = unbracketed(options.hostname)
      if (isIP(host) !== 0 && !isAllowedAddress(host, rules)) callback(new BlockedAddressError(), null)
      else connect(options, callback)
    },
    connections: CONNECTIONS_PER_ORIGIN,
    maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
  })
  return { agent, request }
}

const isSuccess = (statusCode: number): boolean => statusCode >= 200 && statusCode < 300

async function readStart (body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop early closes the connection.
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MAX_RESPONSE_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString('utf8')
}

/** A look-up that returns allowed addresses only. */
function createCheckedLookup (rules: AddressRules, resolve: ResolveName): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      const allowed = error === null ? addresses.filter(({ address }) => isAllowedAddress(address, rules)) : []
      const [first] = allowed
      if (error !== null) callback(error, [])
      else if (first === undefined) callback(new BlockedAddressError(), [])
      else if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

function describeError (error: unknown): WebhookAttemptError {
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  if (code === 'ERR_BLOCKED_ADDRESS') return 'blocked-address'
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout'
  if (/^(ENOTFOUND|EAI_AGAIN|ENODATA)$/.test(code)) return 'unknown-host'
  // Codes of OpenSSL, such as DEPTH_ZERO_SELF_SIGNED_CERT.
  if (/CERT|SSL|TLS|UNABLE_TO_|SELF_SIGNED|EPROTO/.test(code)) return 'tls'
  return 'connection'
}
