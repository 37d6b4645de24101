// The app: registers schemas and plugins, explicitly and in order, then the routes.
import Fastify, { LogController, type FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { VERSION } from './config.js'
import type { Container } from './container.js'
import { isDatabaseAvailable } from './database/connection.js'
import { createClientErrorHandler, handleExpectation } from './http/client-errors.js'
import { createSchemaCompilers } from './http/schema-compilers.js'
import { HTTP_TIMEOUTS, MAX_PARAM_LENGTH, type HttpTimeouts } from './http/timeouts.js'
import auditPlugin from './plugins/audit.js'
import authPlugin from './plugins/auth.js'
import compressionPlugin from './plugins/compression.js'
import databaseDeadlinePlugin from './plugins/database-deadline.js'
import deprecationPlugin from './plugins/deprecation.js'
import gracefulShutdownPlugin from './plugins/graceful-shutdown.js'
import hostHeaderPlugin from './plugins/host-header.js'
import idempotencyPlugin from './plugins/idempotency.js'
import methodsPlugin from './plugins/methods.js'
import openapiPlugin from './plugins/openapi.js'
import problemsPlugin, { createFrameworkErrorHandler } from './plugins/problems.js'
import requestLogPlugin from './plugins/request-log.js'
import requestBodiesPlugin from './plugins/request-bodies.js'
import securityPlugin, { setCorsHeaders } from './plugins/security.js'
import health from '../routes/health.js'
import { registerRoutes } from './register-routes.js'
import { createProxyTrust } from './security/proxy-trust.js'
import { createRequestLog } from './security/request-log.js'
import { describePlanName } from './schemas/plans.js'
import { sharedSchemas } from './schemas/shared.js'

const MAX_BODY_BYTES = 64 * 1024

/** Builds the app over an open container. Closing the app closes the container. */
export async function buildApp (container: Container, timeouts = HTTP_TIMEOUTS): Promise<FastifyInstance> {
  const app = createFastify(container, timeouts)
  if (container.config.role === 'worker') return await completeWorkerApp(app, container)
  app.addHook('onClose', async () => {
    await container.close()
  })
  addSchemas(app, container)
  await registerPlugins(app, container, timeouts)
  await registerRoutes(app, container)
  await app.ready()
  return app
}

/** A worker has the routes of its health only. */
async function completeWorkerApp (app: FastifyInstance, container: Container): Promise<FastifyInstance> {
  app.addHook('onClose', async () => {
    await container.close()
  })
  addSchemas(app, container)
  await app.register(requestLogPlugin, { log: container.log })
  await app.register(gracefulShutdownPlugin)
  await app.register(problemsPlugin)
  await app.register(health, { catalogue: container.catalogue, mailer: container.mailer })
  await app.ready()
  return app
}

/** Creates the server without plugins and routes: limits, request IDs and validation. */
function createFastify ({ config, log }: Container, timeouts: HttpTimeouts): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: log,
    childLoggerFactory: createRequestLog,
    // The plugin `request-log` writes one line a request instead of two.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: timeouts.keepAliveMs,
    http: {
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: timeouts.headersCheckMs,
      // The response of Node.js to a missing header is not a problem document.
      requireHostHeader: false,
    },
    trustProxy: config.trustedProxies.length > 0 ? createProxyTrust(config.trustedProxies) : false,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    return503OnClosing: false,
    clientErrorHandler: createClientErrorHandler(timeouts.drainMs),
    frameworkErrors: createFrameworkErrorHandler((request, reply) => {
      reply.header('x-request-id', request.id)
      setCorsHeaders(request, reply, config.corsOrigins)
    }),
    schemaController: { compilersFactory: createSchemaCompilers() },
  })
  app.server.on('checkExpectation', handleExpectation)
  return app
}

function addSchemas (app: FastifyInstance, { config }: Container): void {
  app.addSchema(describePlanName(config.plans.ids))
  for (const schema of sharedSchemas) app.addSchema(schema)
}

async function registerPlugins (
  app: FastifyInstance,
  container: Container,
  timeouts: HttpTimeouts,
): Promise<void> {
  const { config, log, keys, access, tokens, audit, changeFeeds, now } = container
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  // Before requests in progress are awaited: an open feed does not end on its own.
  app.addHook('preClose', async () => {
    changeFeeds.closeAll()
  })
  await app.register(requestLogPlugin, { log })
  await app.register(gracefulShutdownPlugin)
  await app.register(problemsPlugin)
  await app.register(requestBodiesPlugin, { timeouts })
  await app.register(databaseDeadlinePlugin, { timeoutMs: timeouts.databaseMs, isDatabaseAvailable })
  await app.register(securityPlugin, { config })
  await app.register(hostHeaderPlugin)
  await app.register(methodsPlugin)
  await app.register(compressionPlugin)
  // Before auth: the routes of Swagger UI cannot declare an access. They are public.
  await app.register(openapiPlugin, { version: VERSION })
  await app.register(deprecationPlugin)
  await app.register(auditPlugin, { audit })
  await app.register(authPlugin, { keys, access, tokens })
  await app.register(idempotencyPlugin, { keys, now })
}
