// The OpenAPI 3.1 document, generated from the routes' own schemas, and Swagger UI over it.
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { completeDocument } from './openapi-document.js'

const DESCRIPTION =
  `Accounts on a plan, profiles, movies and shows that are really streamed, and a continue button that takes
each profile back to the very moment.

Sign up or log in, press **Authorize** and paste the \`accessToken\`. Errors are \`application/problem+json\` with a stable
\`code\`. Times are RFC 3339 in UTC; positions and durations are integer milliseconds.`

const TAGS = [
  { name: 'auth', description: 'Signing up, in and out' },
  { name: 'account', description: 'The account, its plan and who is watching' },
  { name: 'profiles', description: 'The people in an account' },
  { name: 'catalogue', description: "Movies and shows, seen through the token's profile" },
  { name: 'playback', description: 'Stream slots, heartbeats and bytes' },
  { name: 'watching', description: 'Progress, history and continue watching' },
  { name: 'wishlist', description: 'What a profile wants to watch' },
  { name: 'taste', description: 'Ratings, and the languages chosen for a title' },
  { name: 'admin', description: 'Running the catalogue, looking after accounts' },
  { name: 'service', description: 'Health and metrics' },
]

export default fp<{ version: string }>(async function openapi (app, { version }) {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'NormFlix', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/', description: 'this service' }],
      tags: TAGS,
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => typeof json.$id === 'string' ? json.$id : `schema-${i}`,
    },
    transformObject: (document) =>
      completeDocument('openapiObject' in document ? document.openapiObject : document.swaggerObject) as never,
    // Routes and statuses that no client calls by name stay out of the document.
    hideUntagged: true,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // The UI styles elements by attribute; scripts and addresses are its own only.
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
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
