// Responds with 503 to requests that wait too long for an unavailable database. Each database operation fails within
// 3 s; a request that starts several, or continues after a failed one, would take longer.
import fp from 'fastify-plugin'
import type { FastifyReply } from 'fastify'
import { databaseUnavailable } from '../errors.js'

export interface DatabaseDeadlineOptions {
  readonly timeoutMs: number
  isDatabaseAvailable(): boolean
}

/** Requests are checked this many times until they time out. */
const CHECKS_PER_TIMEOUT = 10

export default fp<DatabaseDeadlineOptions>(async function databaseDeadline (app, { timeoutMs, isDatabaseAvailable }) {
  const timer = setInterval(() => {
    if (isDatabaseAvailable()) return
    for (const reply of app.openReplies()) {
      if (reply.elapsedTime < timeoutMs) break
      if (!reply.sent && !reply.raw.headersSent && !reply.raw.destroyed) rejectRequest(reply)
    }
  }, timeoutMs / CHECKS_PER_TIMEOUT).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
  })
}, { name: 'database-deadline', dependencies: ['graceful-shutdown'] })

/** The handler continues, and its result is discarded: clients repeat the request as after a lost response. */
function rejectRequest (reply: FastifyReply): void {
  reply.log.error('the database did not respond in time')
  try {
    void reply.send(databaseUnavailable())
  } catch (error) {
    // The stream of the response has failed at the same time, and Fastify does not accept another response.
    reply.log.error({ err: error }, 'the response failed; closing its connection')
    reply.raw.destroy()
  }
}
