// Logs one line for each request when its response has ended.
import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'
import { redactUrl } from '../security/log-redaction.js'

const asItIs = (value: unknown): unknown => value

export default fp<{ readonly log: FastifyBaseLogger }>(async function requestLog (app, { log }) {
  // The fields are chosen here, so that nothing is left to redact.
  const requests = log.child({}, { redact: [], serializers: { req: asItIs } } as never)
  app.addHook('onResponse', ({ id, method, url }, { statusCode, elapsedTime }, done) => {
    requests.info({
      reqId: id,
      req: { method, url: redactUrl(url) },
      res: { statusCode },
      responseTime: elapsedTime,
    }, 'request completed')
    done()
  })
}, { name: 'request-log' })
