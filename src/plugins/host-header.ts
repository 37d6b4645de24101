// The Host header (RFC 9112 §3.2): exactly one in HTTP/1.1, and a valid one. Proxies and the service could otherwise
// disagree about the host of a request.
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { badRequest } from '../errors.js'

/** Name or IP address, and a port. Reverse proxies may send an empty header. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d{0,5})?$/i

export default fp(async function hostHeader (app) {
  app.addHook('onRequest', async (request) => {
    const hosts = hostsOf(request)
    const isMissing = hosts.length === 0 && request.raw.httpVersion === '1.1'
    if (isMissing || hosts.length > 1 || hosts.some((host) => !HOST.test(host))) {
      throw badRequest('malformed-request', 'The request needs exactly one valid Host header.')
    }
  })
}, { name: 'host-header' })

/** Node.js drops repeated Host headers from the parsed headers. */
function hostsOf ({ raw: { rawHeaders } }: FastifyRequest): string[] {
  return rawHeaders.filter((_value, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host')
}
