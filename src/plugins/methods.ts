// Requests that match no route: 404 for unknown paths, 405 with `Allow` for known ones, and `OPTIONS`. Length of HEAD.
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import createRouter from 'find-my-way'
import { DomainError, routeNotFound } from '../errors.js'
import { MAX_PARAM_LENGTH } from '../http/timeouts.js'
import { isPreflight } from './security.js'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
/** The path of the route that @fastify/cors adds for preflight requests. */
const CATCH_ALL = '*'

/** Registers a lookup of the methods of a path. The router of Fastify finds routes by method and path only. */
export default fp(async function methods (app) {
  const router = createRouter({ maxParamLength: MAX_PARAM_LENGTH })
  app.addHook('onRoute', (route) => {
    const { method, url } = route
    // Fastify adds the route for HEAD, with a hook that states the length.
    if (method === 'HEAD') route.onSend = [route.onSend ?? []].flat().concat(removeLengthOfNoContent)
    for (const one of METHODS.filter((known) => [method].flat().includes(known))) {
      if (url !== CATCH_ALL && !router.hasRoute(one, url)) router.on(one, url, () => undefined)
    }
  })

  function allowedMethods ({ url }: FastifyRequest): string {
    const found = url === CATCH_ALL ? METHODS : METHODS.filter((method) => router.find(method, url) !== null)
    return found.length === 0 ? '' : [...found, 'OPTIONS'].join(', ')
  }

  app.addHook('onRequest', (request, reply, done) => {
    const isOptions = request.method === 'OPTIONS'
    if (!request.is404 && !isOptions) {
      done()
      return
    }
    const allow = allowedMethods(request)
    if (isPreflight(request)) reply.code(204).send()
    else if (allow === '') done(routeNotFound())
    else if (!isOptions) done(methodNotAllowed(request.method, allow))
    else {
      reply.header('allow', allow)
      // Resumable uploads have a route of their own for OPTIONS.
      if (request.routeOptions.url === CATCH_ALL) reply.code(204).send()
      else done()
    }
  })
}, { name: 'methods' })

/** A 204 has no `Content-Length` (RFC 9110 §8.6). */
async function removeLengthOfNoContent (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (reply.statusCode === 204) reply.removeHeader('content-length')
}

function methodNotAllowed (method: string, allow: string): DomainError {
  return new DomainError(
    405,
    'method-not-allowed',
    'Method not allowed',
    `The resource does not support ${method}. It supports ${allow}.`,
    {},
    { allow },
  )
}
