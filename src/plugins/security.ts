// Security headers, CORS, rate limits and the timeout for request bodies of every route.
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import { DomainError } from '../errors.js'
import type { Config } from '../config.js'
import { ipAddressKey } from '../security/ip-address.js'

/** Per IP address; a busy TV app sends a few dozen. */
const MAX_REQUESTS_PER_MINUTE = 6_000
/** Rate limit per IP address of sign-up, log-in and similar routes. */
export const AUTH_RATE_LIMIT = { max: 300, timeWindow: 60_000 } as const

/** Response headers that a browser needs to resume an upload. */
const TUS_HEADERS = [
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Upload-Offset',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Expires',
]

const BODY_TIMEOUT_MS = 30_000

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Disables the timeout for the request body. */
    slowBody?: boolean
  }
}

export default fp<{ config: Config }>(async function security (app, { config }) {
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], upgradeInsecureRequests: null },
    },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    hsts: config.env === 'production',
  })
  await app.register(cors, {
    origin: [...config.corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'ETag',
      'Location',
      'Retry-After',
      'Content-Range',
      'Accept-Ranges',
      'X-Request-Id',
      'Idempotent-Replayed',
      ...TUS_HEADERS,
    ],
    maxAge: 600,
  })
  // The request timeout of Node.js has no exception for uploads.
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.slowBody === true || request.raw.complete) return
    const timer = setTimeout(() => {
      if (!request.raw.complete) request.raw.destroy()
    }, BODY_TIMEOUT_MS)
    timer.unref()
    request.raw.once('close', () => {
      clearTimeout(timer)
    })
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
