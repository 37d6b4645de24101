// Liveness and readiness of the process.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { pingDatabase } from '../src/database/connection.js'
import type { Mailer } from '../src/mail/mailer.js'
import { responses } from '../src/schemas/common.js'

const Health = Type.Object({ status: Type.String({ description: '`ok`, or the reason', examples: ['ok'] }) }, {
  title: 'Liveness',
  description: 'Whether the process runs',
})

const Readiness = Type.Object({
  ...Health.properties,
  mail: Type.Enum(['ok', 'unavailable', 'unknown', 'none'], {
    title: 'MailState',
    description: 'Last connection to the mail server; emails wait while it is unavailable. `none`: not configured',
  }),
}, { title: 'Readiness', description: 'Whether the process can serve requests' })

export interface HealthRouteOptions {
  readonly mailer: Pick<Mailer, 'serverState'>
  readonly catalogue: Catalogue
}

const health: FastifyPluginAsyncTypebox<HealthRouteOptions> = async (app, { catalogue, mailer }) => {
  app.get('/health/live', {
    config: { access: 'public', rateLimit: false },
    schema: {
      tags: ['Service'],
      summary: 'Check that the process runs',
      description: '200 while the process runs, also when the database is unavailable. For restarts by an ' +
        'orchestrator.',
      operationId: 'getLiveness',
      response: responses({ 200: Health }),
    },
  }, async () => ({ status: 'ok' }))

  app.get('/health/ready', {
    config: { access: 'public', rateLimit: false },
    schema: {
      tags: ['Service'],
      summary: 'Check that the process can serve requests',
      description:
        'Ready when the database responds and the catalogue is loaded, until the process shuts down. The mail server ' +
        'does not matter for it.',
      operationId: 'getReadiness',
      response: responses({ 200: Readiness, 503: Readiness }),
    },
  }, async (_request, reply) => {
    const isReady = !app.isShuttingDown() && catalogue.isReady() && await pingDatabase()
    const mail = mailer.serverState()
    if (isReady) return { status: 'ok', mail }
    const status = app.isShuttingDown() ? 'stopping' : 'not ready'
    return await reply.code(503).header('retry-after', 2).send({ status, mail })
  })
}

export default health
