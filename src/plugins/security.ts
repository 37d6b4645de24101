// Security headers, CORS and rate limits of every route.
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
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
] as const

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
  reply.header('access-control-allow-origin', origin).header(
    'access-control-expose-headers',
    EXPOSED_HEADERS.join(', '),
  )
}

export default fp<{ config: Config }>(async function security (app, { config }) {
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], upgradeInsecureRequests: null },
    },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    hsts: config.env === 'production',
  })
  const corsOptions = {
    origin: [...config.corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [...EXPOSED_HEADERS],
    maxAge: 600,
    strictPreflight: false,
  }
  await app.register(cors, {
    // Other OPTIONS requests ask for the methods of a resource.
    delegator: (request, callback) => {
      callback(null, { ...corsOptions, preflight: isPreflight(request) })
    },
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
