// The OpenAPI 3.1 document, generated from the schemas of the routes, and Swagger UI for it.
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { REFRESH_COOKIE } from '../http/session-cookie.js'
import { completeDocument } from './openapi-document.js'

const DESCRIPTION = [
  'Backend of a subscription video service: accounts with a plan, profiles, a catalogue of movies and shows, adaptive',
  'streaming, and continue watching at the exact position.',
  '',
  'Sign up or log in, click **Authorize** and paste the `accessToken`. Errors are `application/problem+json` with a',
  'stable `code`. Times are RFC 3339 in UTC. Positions and durations are integers, in milliseconds.',
].join('\n')

const TAGS = [
  { name: 'auth', description: 'Sign-up, log-in, log-out and sessions' },
  { name: 'account', description: 'The account, its plan and its live streams' },
  { name: 'profiles', description: 'Profiles of the account' },
  { name: 'catalogue', description: 'Movies and shows, within the maturity limits of the token' },
  { name: 'playback', description: 'Streams, heartbeats and media files' },
  { name: 'watching', description: 'Progress, history and continue watching' },
  { name: 'wishlist', description: 'Titles that a profile wants to watch' },
  { name: 'ratings', description: 'Ratings, and the languages chosen for a title' },
  { name: 'admin', description: 'Administration of the catalogue and of accounts' },
  { name: 'service', description: 'Health and metrics' },
]

/** Swagger UI sets inline styles; scripts and requests are limited to this service. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export default fp<{ readonly version: string }>(async function openapi (app, { version }) {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'NormFlix', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/', description: 'This service' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          refreshCookie: {
            type: 'apiKey',
            in: 'cookie',
            name: REFRESH_COOKIE,
            description:
              'Refresh token of a browser session: HttpOnly, SameSite=Strict, and Secure over HTTPS. The request ' +
              'also needs the header `X-NormFlix-Session: cookie` and the origin of the service',
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => typeof json.$id === 'string' ? json.$id : `schema-${i}`,
    },
    transformObject: (document) =>
      completeDocument('openapiObject' in document ? document.openapiObject : document.swaggerObject) as never,
    // Routes without a tag are not part of the API.
    hideUntagged: true,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY_POLICY,
    theme: { title: 'NormFlix API' },
    uiConfig: {
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      docExpansion: 'none',
      deepLinking: true,
    },
  })
}, { name: 'openapi' })
