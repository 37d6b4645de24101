// Machine-readable descriptions: the OpenAPI document, and the JSON Schema of the import format.
import type { FastifyPluginAsync } from 'fastify'
import { importLineSchema } from '../src/transfer/import-line-schema.js'

const openapiDocument: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { config: { access: 'public' } }, async () => app.swagger())

  const importLine = JSON.stringify(importLineSchema())
  app.get(
    '/import-line.schema.json',
    { config: { access: 'public' } },
    async (_request, reply) =>
      await reply.type('application/schema+json').serializer((text: string) => text).send(importLine),
  )
}

export default openapiDocument
