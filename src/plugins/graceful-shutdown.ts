// Stopping without cutting anybody off: readiness says no, nobody new comes in, requests in flight finish, streams get a
// few seconds.
import fp from 'fastify-plugin'
import type { FastifyReply } from 'fastify'
import { Server } from 'node:net'

declare module 'fastify' {
  interface FastifyInstance {
    isShuttingDown(): boolean
  }
}

/** How long bytes that are being sent may go on. */
const STREAMS_GET_MS = 8_000
/** Nothing was in flight for this long: what is still connected is idle. */
const QUIET_MS = 200
const POLL_MS = 20

export default fp(async function stopping (app) {
  let isStopping = false
  const open = new Set<FastifyReply>()
  app.decorate('isStopping', () => isStopping)
  app.addHook('onRequest', async (_request, reply) => {
    open.add(reply)
    reply.raw.once('close', () => {
      open.delete(reply)
    })
  })
  app.addHook('preClose', async () => {
    isStopping = true
    // The HTTP server's own close would also cut connections on which a client is just sending its next request. While
    // the app is closing, every answer says "Connection: close", so that clients leave by themselves.
    if (app.server.listening) Server.prototype.close.call(app.server)
    const deadline = Date.now() + STREAMS_GET_MS
    let quietSince = Date.now()
    while (Date.now() < deadline && Date.now() - quietSince < QUIET_MS) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      if (open.size > 0) quietSince = Date.now()
    }
    for (const reply of open) reply.raw.destroy()
    // Also those that were opened ahead and never asked for anything: to the server they are not idle, and would be waited for.
    app.server.closeAllConnections()
  })
}, { name: 'stopping' })
