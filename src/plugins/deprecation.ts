// Deprecated routes: `config: { deprecated: { since, sunset, link } }` sends `Deprecation` (RFC 9745) and `Sunset`
// (RFC 8594) with every response of the route, and marks the operation in the OpenAPI document.
import type { FastifySchema } from 'fastify'
import fp from 'fastify-plugin'

export interface RouteDeprecation {
  /** Date since which clients should use something else, RFC 3339 full-date. */
  readonly since: string
  /** Date from which the route may be gone, RFC 3339 full-date; at least `MIN_NOTICE_DAYS` later. */
  readonly sunset: string
  /** URL or path of the page that says what to use instead. */
  readonly link: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    deprecated?: RouteDeprecation
  }
}

/** Of docs/versioning.md. */
export const MIN_NOTICE_DAYS = 180
const DAY_MS = 86_400_000

/** @throws Error if a date is invalid, or the notice is too short */
export function deprecationHeaders ({ since, sunset, link }: RouteDeprecation): Record<string, string> {
  const [sinceMs, sunsetMs] = [Date.parse(since), Date.parse(sunset)]
  if (!(sunsetMs - sinceMs >= MIN_NOTICE_DAYS * DAY_MS)) {
    throw new Error(`a deprecated route needs ${MIN_NOTICE_DAYS} days from ${since} to its sunset, not ${sunset}`)
  }
  return {
    // A date of structured fields: seconds since 1970.
    deprecation: `@${sinceMs / 1_000}`,
    sunset: new Date(sunsetMs).toUTCString(),
    link: `<${link}>; rel="deprecation"`,
  }
}

export default fp(async function deprecation (app) {
  app.addHook('onRoute', (route) => {
    const deprecated = route.config?.deprecated
    if (deprecated === undefined) return
    const headers = deprecationHeaders(deprecated)
    const { description = '' } = route.schema ?? {} as FastifySchema
    route.schema = {
      ...route.schema,
      deprecated: true,
      description: `**Deprecated since ${deprecated.since}; may be gone from ${deprecated.sunset} on.** See ` +
        `[what to use instead](${deprecated.link}).\n\n${description}`,
    }
    // First of all hooks of the route, so that rejections have the headers too.
    route.onRequest = [
      async (_request, reply) => {
        reply.headers(headers)
      },
      ...[route.onRequest ?? []].flat(),
    ]
  })
}, { name: 'deprecation' })
