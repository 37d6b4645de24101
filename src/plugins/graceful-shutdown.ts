// Graceful shutdown: readiness fails, no new connection is accepted, requests in flight finish, and media streams get a
// few seconds.
import fp from 'fastify-plugin'
import type { FastifyReply } from 'fastify'
import { Server } from 'node:net'

declare module 'fastify' {
  interface FastifyInstance {
    isShuttingDown(): boolean
  }
}

/** Responses that are still being sent after this time are cut off. */
const DRAIN_TIMEOUT_MS = 8_000
/** Connections count as idle after this time without a request in flight. */
const IDLE_TIMEOUT_MS = 500
const POLL_INTERVAL_MS = 20

const countConnections = async (server: Server): Promise<number> =>
  await new Promise((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count)
    })
  })

export default fp(async function gracefulShutdown (app) {
  let isShuttingDown = false
  const openReplies = new Set<FastifyReply>()
  app.decorate('isShuttingDown', () => isShuttingDown)
  app.addHook('onRequest', async (_request, reply) => {
    openReplies.add(reply)
    reply.raw.once('close', () => {
      openReplies.delete(reply)
    })
  })
  app.addHook('preClose', async () => {
    isShuttingDown = true
    // The close method of the HTTP server would also cut connections on which a client is sending its next request.
    // While the app closes, every response has "Connection: close", so clients disconnect on their own.
    if (app.server.listening) Server.prototype.close.call(app.server)
    const deadline = Date.now() + DRAIN_TIMEOUT_MS
    let idleSince = Date.now()
    while (Date.now() < deadline && Date.now() - idleSince < IDLE_TIMEOUT_MS) {
      if (openReplies.size > 0) idleSince = Date.now()
      else if (await countConnections(app.server) === 0) break
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))
    }
    for (const reply of openReplies) reply.raw.destroy()
    // The server does not count a connection as idle before its first request, so closing would wait for it.
    app.server.closeAllConnections()
  })
}, { name: 'graceful-shutdown' })
