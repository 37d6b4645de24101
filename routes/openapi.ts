// What programs read to know the service: the OpenAPI document, and the format of imports.
import type { FastifyPluginAsync } from 'fastify'
import { describeImportLine } from '../src/schemas/import-line.js'

const openapiDocument: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { config: { access: 'public' } }, async () => app.swagger())
  const importLine = JSON.stringify(describeImportLine())
  app.get(
    '/import-line.schema.json',
    { config: { access: 'public' } },
    async (_request, reply) =>
      await reply.type('application/schema+json').serializer((text: string) => text).send(importLine),
  )
}

export default openapiDocument
