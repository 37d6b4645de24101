// Is it alive, is it ready, how is it doing.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { pingDatabase } from '../src/database/connection.js'
import { responses } from '../src/schemas/common.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'

const Health = Type.Object({ status: Type.String({ examples: ['ok'] }) })

export interface HealthRouteOptions {
  readonly catalogue: Catalogue
}

const health: FastifyPluginAsyncTypebox<HealthRouteOptions> = async (app, deps) => {
  app.get('/health/live', {
    config: { access: 'public', rateLimit: false },
    schema: {
      tags: ['service'],
      summary: 'The process runs',
      operationId: 'getLiveness',
      response: responses({ 200: Health }),
    },
  }, async () => ({ status: 'ok' }))

  app.get('/health/ready', {
    config: { access: 'public', rateLimit: false },
    schema: {
      tags: ['service'],
      summary: 'Requests are served: the database answers, the catalogue is loaded',
      operationId: 'getReadiness',
      response: { 200: Health, 503: Health },
    },
  }, async (_request, reply) => {
    const isReady = !app.isShuttingDown() && deps.catalogue.isReady() && await pingDatabase()
    return isReady
      ? { status: 'ok' }
      : await reply.code(503).header('retry-after', 2).send({ status: app.isShuttingDown() ? 'stopping' : 'not ready' })
  })
}

export default health
