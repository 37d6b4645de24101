// The OpenAPI document as it is served.
import type { FastifyPluginAsync } from 'fastify'

const openapiDocument: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { config: { access: 'public' } }, async () => app.swagger())
}

export default openapiDocument
