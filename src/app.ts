// The app: everything that a NormFlix API process serves, in the order it is put together. The process is in server.ts.
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import { randomUUID } from 'node:crypto'
import type { Writable } from 'node:stream'
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
import taste from '../routes/ratings.js'
import thumbnails from '../routes/thumbnails.js'
import titles from '../routes/titles.js'
import uploads from '../routes/uploads.js'
import watch from '../routes/watch.js'
import wishlist from '../routes/wishlist.js'
import { createAccountAccess } from './accounts/access.js'
import { createAuditLog } from './audit/audit-log.js'
import { openCatalogue } from './catalogue/store/snapshot.js'
import { createChangeFeedBroadcaster } from './changes/change-feed-broadcaster.js'
import { createBackgroundTasks } from './jobs/background-tasks.js'
import type { Config } from './config.js'
import { usePlans } from './domain/plans.js'
import { createTrends } from './home/trends.js'
import { createLeaseCheck } from './media/delivery/lease-check.js'
import { createPackageIndexes } from './media/packaging/package-index.js'
import { createMediaPackager } from './media/packaging/packager.js'
import { createPackaging } from './media/packaging/packaging.js'
import { createMailer } from './mail/mailer.js'
import { createResumableUploads } from './media/upload/resumable-uploads.js'
import auditPlugin from './plugins/audit.js'
import authPlugin from './plugins/auth.js'
import databasePlugin from './database/connection.js'
import openapiPlugin from './plugins/openapi.js'
import repeatablePlugin from './plugins/idempotency.js'
import problemsPlugin, { handleClientError, handleFrameworkError } from './plugins/problems.js'
import securityPlugin from './plugins/security.js'
import stoppingPlugin from './plugins/graceful-shutdown.js'
import sweeperPlugin from './jobs/scheduled-jobs.js'
import { describePlanName } from './schemas/account.js'
import { sharedSchemas } from './schemas/shared.js'
import { createCompilers } from './http/schema-compilers.js'
import { openTitleSearch } from './search/title-search.js'
import { createCursorCodec } from './security/cursors.js'
import { createKeyRing } from './security/key-ring.js'
import { REDACTED_PATHS, stripUrlTokens } from './security/log-redaction.js'
import { createPasswordHasher } from './security/password-hashing.js'
import type { Services } from './services.js'
import { openStorage } from './storage/open-storage.js'
import { VERSION } from './version.js'

declare module 'fastify' {
  interface FastifyInstance {
    services: Services
  }
}

export interface AppOptions {
  readonly config: Config
  readonly databaseUri: string
  /** The clock; the system's when left out. */
  readonly now?: () => Date
  /** False leaves what runs by itself to somebody else: sweeping streams, packaging media, counting what is popular. */
  readonly sweep?: boolean
  /** Where log lines go; standard output when left out. */
  readonly logTo?: Writable
}

const BODY_BYTES = 64 * 1024

/** Builds the app with everything it needs open; `close()` closes all of it. */
export async function buildApp (
  { config, databaseUri, now = () => new Date(), sweep = true, logTo }: AppOptions,
): Promise<FastifyInstance> {
  const app = createFastify(config, logTo)
  await app.register(databasePlugin, { uri: databaseUri })
  const services = await openServices(app, config, now, sweep)
  if (sweep) await app.register(sweeperPlugin, { services })
  await assemble(app, services)
  await app.ready()
  return app
}

/** The bare server: limits, ids and validation. */
export function createFastify (config: Config, logTo?: Writable): FastifyInstance {
  const app = Fastify({
    logger: loggerOptions(config, logTo),
    bodyLimit: BODY_BYTES,
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
  // Nothing here takes plain text: it is a 415, not a body that does not fit.
  app.removeContentTypeParser('text/plain')
  return app
}

/** Puts plugins and routes on a server, in their order: the table of contents of the service. */
export async function assemble (app: FastifyInstance, services: Services): Promise<void> {
  usePlans(services.config.plans)
  app.decorate('services', services)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  await app.register(problemsPlugin)
  // Before the wait for what is in flight: a feed would never end by itself.
  app.addHook('preClose', async () => {
    services.hub.close()
  })
  await app.register(stoppingPlugin)
  await app.register(securityPlugin, { config: services.config })
  for (const schema of [describePlanName(), ...sharedSchemas]) app.addSchema(schema)
  // Before auth: the UI's own routes cannot declare an access, and are for everybody.
  await app.register(openapiPlugin, { version: VERSION })
  await app.register(auditPlugin, { audit: services.audit })
  await app.register(authPlugin, { services })
  await app.register(repeatablePlugin, { services })

  await app.register(health)
  await app.register(metrics)
  await app.register(openapiDocument)
  await app.register(watch)
  if (services.config.env !== 'production') await app.register(developerMails)
  await app.register(async (v1) => {
    await v1.register(plans)
    await v1.register(auth)
    await v1.register(account)
    await v1.register(profiles)
    await v1.register(titles)
    await v1.register(people)
    await v1.register(collections)
    await v1.register(search)
    await v1.register(home)
    await v1.register(playback)
    await v1.register(media)
    await v1.register(hls)
    await v1.register(subtitles)
    await v1.register(thumbnails)
    await v1.register(images)
    await v1.register(progress)
    await v1.register(history)
    await v1.register(historyTransfer)
    await v1.register(continueWatching)
    await v1.register(changes)
    await v1.register(wishlist)
    await v1.register(taste)
    await v1.register(adminAccounts)
    await v1.register(adminAudit)
    await v1.register(adminTitles)
    await v1.register(adminCollections)
    await v1.register(adminTransfer)
    await v1.register(adminMedia)
    await v1.register(uploads)
    await v1.register(resumableUploads)
  }, { prefix: '/v1' })
}

/** Structured logs with request ids, without secrets or personal data; readable on a developer's terminal. */
function loggerOptions (config: Config, logTo?: Writable): FastifyServerOptions['logger'] {
  return {
    level: config.logLevel,
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    serializers: {
      req: (request: FastifyRequest) => ({ method: request.method, url: stripUrlTokens(request.url) }),
    },
    ...(logTo === undefined ? {} : { stream: logTo }),
    ...(config.env === 'development' && process.stdout.isTTY
      ? { transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } } }
      : {}),
  }
}

async function openServices (app: FastifyInstance, config: Config, now: () => Date, sweep: boolean): Promise<Services> {
  const keys = createKeyRing(config.signingKeys)
  const hasher = createPasswordHasher({ pepper: config.passwordPepper, cost: config.bcryptCost })
  const mailer = createMailer(config, app.log, { now })
  const background = createBackgroundTasks(app.log)
  const storage = await openStorage(config)
  const catalogue = await openCatalogue(app.log)
  const packaging = createPackaging({ catalogue, storage, log: app.log, now }, createMediaPackager(), sweep)
  const uploads = createResumableUploads({ catalogue, storage, packaging, config, log: app.log, now })
  const search = openTitleSearch(catalogue, app.log)
  app.addHook('onClose', async () => {
    await uploads.close()
    await packaging.close()
    await background.onIdle()
    await mailer.close()
    await search.close()
    await catalogue.close()
    await hasher.close()
  })
  const access = createAccountAccess(now)
  return {
    config,
    log: app.log,
    keys,
    cursors: createCursorCodec(keys),
    hasher,
    mailer,
    background,
    audit: createAuditLog({ log: app.log, background, keepDays: config.auditDays, now }),
    storage,
    packaging,
    packages: createPackageIndexes(storage),
    uploads,
    catalogue,
    search,
    access,
    hub: createChangeFeedBroadcaster({ access, log: app.log, now }),
    leases: createLeaseCheck(now),
    watching: {
      catalogue,
      now,
      warn: (error, message) => {
        app.log.warn({ err: error }, message)
      },
    },
    trends: createTrends(),
    now,
  }
}
