// Graceful shutdown: readiness fails, no new connection is accepted, requests in flight finish, and media streams get a
// few seconds. This applies to every address on which the service listens.
import fp from 'fastify-plugin'
import type { FastifyReply } from 'fastify'
import { once } from 'node:events'
import { createServer, Server, type AddressInfo, type Socket } from 'node:net'

declare module 'fastify' {
  interface FastifyInstance {
    isShuttingDown(): boolean
    /**
     * Listens on all addresses; port 0 selects a free one. Addresses that the machine lacks are left out, except the
     * first. Fastify would create another HTTP server per address, of which plugins know nothing.
     * @returns URL of the first address
     */
    listenOn(hosts: readonly string[], port: number): Promise<string>
    /** Replies to the requests in progress, the oldest first. */
    openReplies(): Iterable<FastifyReply>
  }
}

/** How long the connections that wait to be accepted may take; clients that keep connecting are cut off after it. */
const ACCEPT_TIMEOUT_MS = 1_000
/** More time between two checks would allow another connection. */
const MAX_QUIET_CHECK_MS = 0.5
/** Responses that are still being sent after this time are cut off. */
const DRAIN_TIMEOUT_MS = 8_000
/** Connections count as idle after this number of checks in a row without a request. */
const IDLE_CHECKS = 25
const CHECK_INTERVAL_MS = 20

/**
 * Resolves in the check phase of the event loop. Between two check phases the loop reads what clients have sent, and
 * accepts at most one connection.
 */
const nextCheck = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve))
}

/** The machine lacks the address, or its IP version. */
const MISSING_ADDRESS = new Set<unknown>(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

const ignoreError = (): void => undefined

export default fp(async function gracefulShutdown (app) {
  let isShuttingDown = false
  /** Counts new connections and requests. */
  let arrivals = 0
  const connections = new Set<Socket>()
  const openReplies = new Set<FastifyReply>()
  const otherListeners: Server[] = []
  app.decorate('isShuttingDown', () => isShuttingDown)
  app.decorate('openReplies', () => openReplies)
  app.server.on('connection', (socket: Socket) => {
    arrivals++
    connections.add(socket)
    socket.once('close', () => {
      connections.delete(socket)
    })
  })
  app.addHook('onRequest', (_request, reply, done) => {
    arrivals++
    openReplies.add(reply)
    reply.raw.once('close', () => {
      openReplies.delete(reply)
    })
    done()
  })

  app.decorate('listenOn', async ([first, ...others]: readonly string[], port: number) => {
    const url = await app.listen({ ...(first === undefined ? {} : { host: first }), port })
    const { port: usedPort } = app.server.address() as AddressInfo
    for (const host of others) {
      const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        app.server.emit('connection', socket)
      })
      try {
        await once(listener.listen(usedPort, host), 'listening')
        otherListeners.push(listener)
      } catch (error) {
        if (!MISSING_ADDRESS.has((error as NodeJS.ErrnoException).code)) throw error
      }
    }
    return url
  })

  /** Whether nothing arrives until the next check, which must follow at once. */
  async function isQuiet (): Promise<boolean> {
    const previous = arrivals
    const startedAt = performance.now()
    await nextCheck()
    return arrivals === previous && performance.now() - startedAt < MAX_QUIET_CHECK_MS
  }

  /**
   * The system resets connections that wait to be accepted when the server closes: it closes when none waits. Requests
   * of new connections are handled afterwards, so that their clients do not connect again in the meantime.
   */
  async function stopAccepting (): Promise<void> {
    const { server } = app
    const handlers = server.listeners('connection') as Array<(socket: Socket) => void>
    const accepted: Socket[] = []
    server.removeAllListeners('connection').on('connection', (socket: Socket) => {
      arrivals++
      accepted.push(socket.on('error', ignoreError))
    })
    const deadline = Date.now() + ACCEPT_TIMEOUT_MS
    await nextCheck()
    while (Date.now() < deadline && !await isQuiet());
    // The close method of the HTTP server would also cut connections on which a client is sending its next request.
    // While the app closes, every response has "Connection: close", so clients disconnect on their own.
    Server.prototype.close.call(server)
    for (const listener of otherListeners) listener.close()
    server.removeAllListeners('connection')
    for (const handler of handlers) server.on('connection', handler)
    for (const socket of accepted) server.emit('connection', socket.off('error', ignoreError))
  }

  /** Counts checks, not time: a process that got no processor time has not read the requests that arrived. */
  async function awaitRequests (): Promise<void> {
    const deadline = Date.now() + DRAIN_TIMEOUT_MS
    let idleChecks = 0
    while (idleChecks < IDLE_CHECKS && connections.size > 0 && Date.now() < deadline) {
      const previous = arrivals
      await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL_MS))
      await nextCheck()
      idleChecks = openReplies.size > 0 || arrivals > previous ? 0 : idleChecks + 1
    }
  }

  app.addHook('preClose', async () => {
    isShuttingDown = true
    if (app.server.listening) await stopAccepting()
    await awaitRequests()
    for (const reply of openReplies) reply.raw.destroy()
    // The server does not count a connection as idle before its first request, so closing would wait for it.
    app.server.closeAllConnections()
  })
}, { name: 'graceful-shutdown' })
