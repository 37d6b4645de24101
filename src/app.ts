// The app of an API process: its plugins and routes, in the order of their registration.
import Fastify, { type FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import account from '../routes/account.js'
import adminAccounts from '../routes/admin-accounts.js'
import adminAudit from '../routes/admin-audit.js'
import adminCollections from '../routes/admin-collections.js'
import adminMedia from '../routes/admin-media.js'
import adminTitles from '../routes/admin-titles.js'
import adminTransfer from '../routes/admin-transfer.js'
import auth from '../routes/auth.js'
import changes from '../routes/changes.js'
import collections from '../routes/collections.js'
import continueWatching from '../routes/continue-watching.js'
import health from '../routes/health.js'
import hls from '../routes/hls.js'
import home from '../routes/home.js'
import history from '../routes/history.js'
import historyTransfer from '../routes/history-transfer.js'
import images from '../routes/images.js'
import developerMails from '../routes/developer-mails.js'
import media from '../routes/media.js'
import metrics from '../routes/metrics.js'
import openapiDocument from '../routes/openapi.js'
import people from '../routes/people.js'
import plans from '../routes/plans.js'
import playback from '../routes/playback.js'
import profiles from '../routes/profiles.js'
import progress from '../routes/progress.js'
import resumableUploads from '../routes/resumable-uploads.js'
import subtitles from '../routes/subtitles.js'
import search from '../routes/search.js'
import ratings from '../routes/ratings.js'
import thumbnails from '../routes/thumbnails.js'
import titles from '../routes/titles.js'
import mediaUploads from '../routes/uploads.js'
import watch from '../routes/watch.js'
import wishlist from '../routes/wishlist.js'
import type { Container } from './container.js'
import { VERSION } from './config.js'
import { createCompilers } from './http/schema-compilers.js'
import auditPlugin from './plugins/audit.js'
import authPlugin from './plugins/auth.js'
import gracefulShutdownPlugin from './plugins/graceful-shutdown.js'
import idempotencyPlugin from './plugins/idempotency.js'
import openapiPlugin from './plugins/openapi.js'
import problemsPlugin, { handleClientError, handleFrameworkError } from './plugins/problems.js'
import securityPlugin from './plugins/security.js'
import { describePlanName } from './schemas/account.js'
import { sharedSchemas } from './schemas/shared.js'

const MAX_BODY_BYTES = 64 * 1024

/** Builds the app over an open container. Closing the app closes the container. */
export async function buildApp (container: Container): Promise<FastifyInstance> {
  const app = createFastify(container)
  app.addHook('onClose', async () => {
    await container.close()
  })
  await registerPlugins(app, container)
  await registerRoutes(app, container)
  await app.ready()
  return app
}

/** The server without plugins and routes: limits, request IDs and validation. */
function createFastify ({ config, log }: Container): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: log,
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: 72_000,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: 100 },
    return503OnClosing: false,
    clientErrorHandler: handleClientError,
    frameworkErrors: handleFrameworkError,
    schemaController: { compilersFactory: createCompilers() },
  })
  app.server.headersTimeout = 15_000
  // No route accepts plain text: it is a 415, not an invalid body.
  app.removeContentTypeParser('text/plain')
  return app
}

async function registerPlugins (app: FastifyInstance, container: Container): Promise<void> {
  const { config, keys, access, audit, changeFeeds, now } = container
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  await app.register(problemsPlugin)
  // Before requests in flight are awaited: an open feed never ends by itself.
  app.addHook('preClose', async () => {
    changeFeeds.close()
  })
  await app.register(gracefulShutdownPlugin)
  await app.register(securityPlugin, { config })
  for (const schema of [describePlanName(), ...sharedSchemas]) app.addSchema(schema)
  // Before auth: the routes of Swagger UI cannot declare an access. They are public.
  await app.register(openapiPlugin, { version: VERSION })
  await app.register(auditPlugin, { audit })
  await app.register(authPlugin, { keys, access })
  await app.register(idempotencyPlugin, { now })
}

async function registerRoutes (app: FastifyInstance, container: Container): Promise<void> {
  const { config, log, now, keys, cursors, access, audit, leases } = container
  const { catalogue, titleDetails, counts, responseCache, findSimilar, homePage } = container
  const { storage, packages, packaging, prober, uploads, watching, flushSchedule } = container
  const { hasher, mailer, background, changeReader, changeFeeds } = container
  const accounts = { config, log, keys, hasher, mailer, background, audit, access, leases, now }
  const mediaDeps = { catalogue, storage, log, now }
  const mediaFileDeps = { ...mediaDeps, config, packaging, prober }

  await app.register(health, { catalogue })
  await app.register(metrics, { catalogue, search: container.search })
  await app.register(openapiDocument)
  await app.register(watch)
  if (config.env !== 'production') await app.register(developerMails, { mailer })
  await app.register(async (v1) => {
    await v1.register(plans)
    await v1.register(auth, accounts)
    await v1.register(account, { ...accounts, watching })
    await v1.register(profiles, accounts)
    await v1.register(titles, {
      access,
      catalogue,
      titleDetails,
      counts,
      responseCache,
      findSimilar,
      cursors,
      watching,
      config,
      now,
    })
    await v1.register(people, { access, catalogue, cursors, config, now })
    await v1.register(collections, { access, catalogue, cursors, config, now })
    await v1.register(search, { access, catalogue, search: container.search, config, now })
    await v1.register(home, { access, catalogue, homePage, cursors, config })
    await v1.register(playback, { access, catalogue, watching, flushSchedule, keys, leases, config, now })
    await v1.register(media, { catalogue, storage, keys, leases, config, now })
    await v1.register(hls, { catalogue, storage, packages, keys, leases, config, now })
    await v1.register(subtitles, { ...mediaDeps, keys, leases })
    await v1.register(thumbnails, { ...mediaDeps, keys, leases })
    await v1.register(images, mediaDeps)
    await v1.register(progress, { access, catalogue, watching, log, now })
    await v1.register(history, { watching, cursors })
    await v1.register(historyTransfer, { watching, now })
    await v1.register(continueWatching, { access, catalogue, watching, config, now })
    await v1.register(changes, { access, changeReader, changeFeeds, cursors, config })
    await v1.register(wishlist, { catalogue, cursors, config, now })
    await v1.register(ratings, { catalogue, cursors, config, now })
    await v1.register(adminAccounts, { ...accounts, cursors, watching })
    await v1.register(adminAudit, { audit, cursors })
    await v1.register(adminTitles, { ...mediaDeps, config })
    await v1.register(adminCollections, { catalogue })
    await v1.register(adminTransfer, { ...mediaDeps, config })
    await v1.register(adminMedia, mediaFileDeps)
    await v1.register(mediaUploads, mediaFileDeps)
    await v1.register(resumableUploads, { uploads, config })
  }, { prefix: '/v1' })
}
