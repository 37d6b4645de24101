// Responds with 503 to requests that wait too long for an unavailable database. Each database operation fails within
// 3 s; a request that starts several, or continues after a failed one, would take longer.
import fp from 'fastify-plugin'
import { databaseUnavailable } from '../errors.js'

export interface DatabaseDeadlineOptions {
  readonly timeoutMs: number
  isDatabaseAvailable(): boolean
}

export default fp<DatabaseDeadlineOptions>(async function databaseDeadline (app, { timeoutMs, isDatabaseAvailable }) {
  app.addHook('onRequest', async (request, reply) => {
    const timer = setTimeout(() => {
      if (reply.sent || isDatabaseAvailable()) return
      // The handler continues, and its result is discarded: clients repeat the request as after a lost response.
      request.log.error('the database did not respond in time')
      void reply.send(databaseUnavailable())
    }, timeoutMs).unref()
    reply.raw.once('close', () => {
      clearTimeout(timer)
    })
  })
}, { name: 'database-deadline' })
