// Machine-readable descriptions: the OpenAPI document, and the JSON Schema of the import format.
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { importLineSchema } from '../src/transfer/import-line-schema.js'

const openapiDocument: FastifyPluginAsync = async (app) => {
  const sendText = async (reply: FastifyReply, type: string, text: string): Promise<FastifyReply> =>
    await reply.type(type).serializer((payload: string) => payload).send(text)

  // Serialised once, at the first request, when all routes are registered.
  let document: string | null = null
  app.get('/openapi.json', { config: { access: 'public' } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger())
    return await sendText(reply, 'application/json; charset=utf-8', document)
  })

  const importLine = JSON.stringify(importLineSchema())
  app.get(
    '/import-line.schema.json',
    { config: { access: 'public' } },
    async (_request, reply) => await sendText(reply, 'application/schema+json', importLine),
  )
}

export default openapiDocument
