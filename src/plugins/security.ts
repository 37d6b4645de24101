// Headers, origins and request rates: what guards every route alike.
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import { DomainError } from '../errors.js'
import type { Config } from '../config.js'
import { ipAddressKey } from '../security/ip-address.js'

/** Requests a minute from one address; a TV at its busiest makes a few dozen. */
const REQUESTS_PER_MINUTE = 6_000
/** Sign-up, log-in and the like from one address. */
export const AUTH_RATE_LIMIT = { max: 300, timeWindow: 60_000 } as const

/** What a browser needs to read to resume an upload. */
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

/** A body of usual size has this long to arrive. */
const BODY_WITHIN_MS = 30_000

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Bodies of this route may take as long as they need. */
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
  // Node's own limit on the time of a request would cut long uploads too.
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.slowBody === true || request.raw.complete) return
    const timer = setTimeout(() => {
      if (!request.raw.complete) request.raw.destroy()
    }, BODY_WITHIN_MS)
    timer.unref()
    request.raw.once('close', () => {
      clearTimeout(timer)
    })
  })
  if (!config.rateLimits) return
  await app.register(rateLimit, {
    max: REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => ipAddressKey(request.ip),
    errorResponseBuilder: (_request, context) =>
      new DomainError(
        429,
        'rate-limited',
        'Too many requests',
        'Slow down, and try again after the time in Retry-After.',
        {},
        { 'retry-after': String(Math.ceil(context.ttl / 1_000)) },
      ),
  })
}, { name: 'security' })
