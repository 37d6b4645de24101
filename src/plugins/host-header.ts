// The Host header (RFC 9112 §3.2): exactly one in HTTP/1.1, and a valid one. Proxies and the service could otherwise
// disagree about the host of a request.
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { badRequest } from '../errors.js'

/** Name or IP address, and a port. Reverse proxies may send an empty header. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d{0,5})?$/i

const HOST_NAME = 'host'

export default fp(async function hostHeader (app) {
  app.addHook('onRequest', (request, _reply, done) => {
    const hosts = hostsOf(request)
    const isMissing = hosts.length === 0 && request.raw.httpVersion === '1.1'
    const isInvalid = isMissing || hosts.length > 1 || hosts.some((host) => !HOST.test(host))
    done(isInvalid ? badRequest('malformed-request', 'The request needs exactly one valid Host header.') : undefined)
  })
}, { name: 'host-header' })

/** Node.js drops repeated Host headers from the parsed headers. */
function hostsOf ({ raw: { rawHeaders } }: FastifyRequest): string[] {
  const hosts: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (name.length === HOST_NAME.length && name.toLowerCase() === HOST_NAME) hosts.push(rawHeaders[i + 1] ?? '')
  }
  return hosts
}
