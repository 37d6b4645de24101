// The OpenAPI 3.1 document, generated from the schemas of the routes, and Swagger UI for it.
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { REFRESH_COOKIE } from '../http/session-cookie.js'
import { describeSecurity } from './auth.js'
import { completeDocument } from './openapi-document.js'
import { TAGS } from './openapi-tags.js'
import { SWAGGER_UI_OPTIONS } from './swagger-ui.js'

const DESCRIPTION = [
  'Backend of a subscription video service: accounts with a plan, profiles, a catalogue of movies and shows, adaptive',
  'streaming, and continue watching at the exact position.',
  '',
  'The [Reference](/reference) is for reading. [Swagger UI](/docs) sends requests: run **logIn**, then',
  '**selectProfile**, and the page sends their tokens with the next requests. Or click **Authorize** and paste an',
  '`accessToken`. The [guides](/guides) follow each kind of client from its first request to its last.',
  '',
  'Errors are `application/problem+json` with a stable `code`. Times are RFC 3339 in UTC. Positions and durations are',
  'integers, in milliseconds.',
].join('\n')

export default fp<{ readonly version: string }>(async function openapi (app, { version }) {
  app.addHook('onRoute', describeSecurity)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'NormFlix', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/', description: 'This service' }],
      tags: [...TAGS],
      externalDocs: { url: '/guides', description: 'Quickstart, guides and concepts' },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          apiToken: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'nfx_…',
            description:
              'API token for scripts, created by `createApiToken`. Operations name the scope that they need, also as ' +
              '`x-required-scope`; the others return 403 `token-not-accepted`',
          },
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
  await app.register(swaggerUi, SWAGGER_UI_OPTIONS)
}, { name: 'openapi' })
