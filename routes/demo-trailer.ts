// The trailer of the demo titles. Registered with the demo only, and not a part of the API.
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'
import { DEMO_TRAILER_FILE, DEMO_TRAILER_FOLDER, DEMO_TRAILER_URL } from '../src/http/demo-trailer.js'

const demoTrailer: FastifyPluginAsync = async (app) => {
  await app.register(fastifyStatic, { root: DEMO_TRAILER_FOLDER, serve: false })
  app.get(DEMO_TRAILER_URL, { config: { access: 'public' } }, async (_request, reply) => {
    return await reply.sendFile(DEMO_TRAILER_FILE, { maxAge: '1h' })
  })
}

export default demoTrailer
