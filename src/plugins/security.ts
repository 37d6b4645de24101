// Security headers, CORS and rate limits of every route.
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import helmet from 'helmet'
import { DomainError } from '../errors.js'
import type { Config } from '../config.js'
import { ipAddressKey } from '../security/ip-address.js'

/** Per IP address; a busy TV app sends a few dozen. */
const MAX_REQUESTS_PER_MINUTE = 6_000
/** Rate limit per IP address of sign-up, log-in and similar routes. */
export const AUTH_RATE_LIMIT = { max: 300, timeWindow: 60_000 } as const

/** Response headers that scripts of other origins may read. The last ones are those of resumable uploads. */
const EXPOSED_HEADERS = [
  'ETag',
  'Location',
  'Retry-After',
  'Content-Range',
  'Accept-Ranges',
  'Content-Disposition',
  'Allow',
  'X-Request-Id',
  'Idempotent-Replayed',
  'Deprecation',
  'Sunset',
  'Link',
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Upload-Offset',
  'Upload-Length',
  'Upload-Defer-Length',
  'Upload-Concat',
  'Upload-Metadata',
  'Upload-Expires',
].join(', ')

/** Whether a browser asks for the permission to send a request of another origin. */
export function isPreflight (request: FastifyRequest): boolean {
  const { origin, 'access-control-request-method': method } = request.headers
  return request.method === 'OPTIONS' && origin !== undefined && method !== undefined
}

/** Adds CORS headers to the response to a URL that cannot be parsed: hooks do not run. */
export function setCorsHeaders (request: FastifyRequest, reply: FastifyReply, allowedOrigins: readonly string[]): void {
  const { origin = '' } = request.headers
  reply.header('vary', 'Origin')
  if (!allowedOrigins.includes(origin)) return
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', EXPOSED_HEADERS)
}

/** Headers that browsers read of documents only. JSON, media and images go without them. */
const DOCUMENT_HEADERS = new Set([
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
])

interface SecurityHeaders {
  readonly ofAll: Readonly<Record<string, string>>
  readonly ofDocuments: Readonly<Record<string, string>>
}

/** The headers that Helmet sets. They are equal for all responses, so Helmet runs once. */
function securityHeaders ({ env }: Config): SecurityHeaders {
  const headers: Record<string, string> = {}
  const response = {
    setHeader (name: string, value: string) {
      headers[name.toLowerCase()] = value
    },
    removeHeader: () => undefined,
  }
  const setHeaders = helmet({
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], upgradeInsecureRequests: null },
    },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    hsts: env === 'production',
  })
  setHeaders({} as never, response as never, (error) => {
    if (error instanceof Error) throw error
  })
  const entries = Object.entries(headers)
  return {
    ofAll: Object.fromEntries(entries.filter(([name]) => !DOCUMENT_HEADERS.has(name))),
    ofDocuments: Object.fromEntries(entries.filter(([name]) => DOCUMENT_HEADERS.has(name))),
  }
}

export default fp<{ config: Config }>(async function security (app, { config }) {
  const { ofAll, ofDocuments } = securityHeaders(config)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(ofAll)
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    const type = reply.getHeader('content-type')
    if (typeof type === 'string' && type.startsWith('text/html')) reply.headers(ofDocuments)
    done(null, payload)
  })
  await app.register(cors, {
    origin: (origin, callback) => {
      // Requests of the same origin and of programs need no CORS headers.
      callback(null, origin === undefined ? false : [...config.corsOrigins])
    },
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
    strictPreflight: false,
    // The `methods` plugin responds to all OPTIONS requests; some ask for the methods of a resource.
    preflightContinue: true,
  })
  if (!config.rateLimits) return
  await app.register(rateLimit, {
    max: MAX_REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => ipAddressKey(request.ip),
    errorResponseBuilder: (_request, context) =>
      new DomainError(
        429,
        'rate-limited',
        'Too many requests',
        'Retry after the time in Retry-After.',
        {},
        { 'retry-after': String(Math.ceil(context.ttl / 1_000)) },
      ),
  })
}, { name: 'security' })
