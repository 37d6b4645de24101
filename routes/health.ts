// Liveness and readiness of the process.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { pingDatabase } from '../src/database/connection.js'
import { responses } from '../src/schemas/common.js'

const Health = Type.Object({ status: Type.String({ description: '`ok`, or the reason', examples: ['ok'] }) })

export interface HealthRouteOptions {
  readonly catalogue: Catalogue
}

const health: FastifyPluginAsyncTypebox<HealthRouteOptions> = async (app, { catalogue }) => {
  app.get('/health/live', {
    config: { access: 'public', rateLimit: false },
    schema: {
      tags: ['service'],
      summary: 'Check that the process runs',
      operationId: 'getLiveness',
      response: responses({ 200: Health }),
    },
  }, async () => ({ status: 'ok' }))

  app.get('/health/ready', {
    config: { access: 'public', rateLimit: false },
    schema: {
      tags: ['service'],
      summary: 'Check that the process can serve requests',
      description: 'Ready when the database responds and the catalogue is loaded, until the process shuts down.',
      operationId: 'getReadiness',
      response: { 200: Health, 503: Health },
    },
  }, async (_request, reply) => {
    const isReady = !app.isShuttingDown() && catalogue.isReady() && await pingDatabase()
    if (isReady) return { status: 'ok' }
    const status = app.isShuttingDown() ? 'stopping' : 'not ready'
    return await reply.code(503).header('retry-after', 2).send({ status })
  })
}

export default health
