// Stopping without cutting anybody off: readiness says no, requests in flight finish, streams get a few seconds.
import fp from 'fastify-plugin'
import type { FastifyReply } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance { isStopping (): boolean }
}

/** How long bytes that are being sent may go on. */
const STREAMS_GET_MS = 8_000
const POLL_MS = 50

export default fp(async function stopping (app) {
  let isStopping = false
  const open = new Set<FastifyReply>()
  app.decorate('isStopping', () => isStopping)
  app.addHook('onRequest', async (_request, reply) => {
    open.add(reply)
    reply.raw.once('close', () => { open.delete(reply) })
  })
  app.addHook('onSend', async (_request, reply) => {
    // The connection is of no more use to the client.
    if (isStopping) reply.header('connection', 'close')
  })
  app.addHook('preClose', async () => {
    isStopping = true
    const deadline = Date.now() + STREAMS_GET_MS
    while (open.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    for (const reply of open) reply.raw.destroy()
  })
}, { name: 'stopping' })
