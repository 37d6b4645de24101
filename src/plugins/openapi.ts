// The OpenAPI 3.1 document, generated from the schemas of the routes, and Swagger UI for it.
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { REFRESH_COOKIE } from '../http/session-cookie.js'
import { describeSecurity } from './auth.js'
import { completeDocument } from './openapi-document.js'
import { SWAGGER_UI_OPTIONS } from './swagger-ui.js'

const DESCRIPTION = [
  'Backend of a subscription video service: accounts with a plan, profiles, a catalogue of movies and shows, adaptive',
  'streaming, and continue watching at the exact position.',
  '',
  'The [Reference](/reference) is for reading. [Swagger UI](/docs) sends requests: run **logIn**, then',
  '**selectProfile**, and the page sends their tokens with the next requests. Or click **Authorize** and paste an',
  '`accessToken`.',
  '',
  'Errors are `application/problem+json` with a stable `code`. Times are RFC 3339 in UTC. Positions and durations are',
  'integers, in milliseconds.',
].join('\n')

const TAGS = [
  { name: 'Authentication', description: 'Sign-up, log-in, log-out, sessions and links in emails' },
  { name: 'Device log-in', description: 'Log-in of TVs by a code that the user approves (RFC 8628)' },
  { name: 'Account', description: 'The account, its plan and its live streams' },
  { name: 'Profiles', description: 'Profiles of the account: select one to get a profile token' },
  { name: 'Search and home', description: 'Search, suggestions and the rows of the home page' },
  { name: 'Titles', description: 'Movies and shows, within the maturity limits of the token' },
  { name: 'People and collections', description: 'Cast and crew, series of movies and editorial lists' },
  { name: 'Playback', description: 'Streams: start, heartbeat every 10 s, stop' },
  { name: 'Media', description: 'Files, HLS, subtitles and images. Playback signs the URLs' },
  { name: 'Continue watching', description: 'The continue button, hidden and dropped titles, rewatches' },
  { name: 'Progress', description: 'Exact positions without a stream, and watched marks' },
  { name: 'History', description: 'Plays of a profile: list, delete, undo, import and export' },
  { name: 'Wishlist', description: 'Titles that a profile wants to watch' },
  { name: 'Ratings and languages', description: 'Ratings, and the languages chosen for a title' },
  { name: 'Change feed', description: 'Changes of a profile on other devices, as pages or server-sent events' },
  { name: 'Admin: titles', description: 'Create, change, publish and delete movies and shows' },
  { name: 'Admin: seasons and episodes', description: 'Change one season or episode of a show' },
  { name: 'Admin: collections', description: 'Series of movies and editorial lists' },
  { name: 'Admin: import and export', description: 'The whole catalogue as JSON lines' },
  { name: 'Admin: uploads', description: 'Media files in one request, or resumable by tus' },
  { name: 'Admin: media', description: 'Media files and their packages for HLS' },
  { name: 'Admin: artwork and subtitles', description: 'Posters, subtitles and seek thumbnails' },
  { name: 'Admin: accounts', description: 'Accounts, roles and the audit log' },
  { name: 'Admin: tokens', description: 'API tokens for scripts, and service accounts' },
  { name: 'Admin: statistics', description: 'Streams, plays and accounts in numbers' },
  { name: 'Admin: webhooks', description: 'Endpoints of other systems that receive events, and their deliveries' },
  { name: 'Service', description: 'Health and metrics' },
]

export default fp<{ readonly version: string }>(async function openapi (app, { version }) {
  app.addHook('onRoute', describeSecurity)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'NormFlix', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/', description: 'This service' }],
      tags: TAGS,
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
