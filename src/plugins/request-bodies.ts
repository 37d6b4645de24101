// Request bodies: a time limit, a bounded end of rejected ones, no content codings, JSON, and empty ones of any type.
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify'
import fp from 'fastify-plugin'
import { isUtf8 } from 'node:buffer'
import { isWellFormed } from '../domain/text.js'
import { badRequest, DomainError } from '../errors.js'
import { drainBody, listContentCodings, unsupportedContentCoding, unsupportedMediaType } from '../http/request-body.js'
import { REQUEST_TIMEOUT } from '../http/problem-document.js'
import type { HttpTimeouts } from '../http/timeouts.js'

type BodyDone = (error: Error | null, body?: unknown) => void

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Disables the time limit of the request body. It still applies to the rest of a rejected body. */
    slowBody?: boolean
  }
}

export default fp<{ readonly timeouts: HttpTimeouts }>(async function requestBodies (app, { timeouts }) {
  limitBodyTime(app, timeouts)
  app.addHook('preParsing', rejectContentCodings)
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // RFC 8259 §8.1: JSON is UTF-8, and a charset parameter has no meaning.
    if (body.length === 0) done(null, undefined)
    else if (!isUtf8(body)) done(badRequest('malformed-request', 'The JSON body is not UTF-8.'))
    else void parseJson(request, body.toString('utf8'), rejectLoneSurrogates(body, done))
  })
  app.addContentTypeParser('*', rejectUnlessEmpty)
}, { name: 'request-bodies' })

/** An escape of a surrogate, half of a character above U+FFFF. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

/** Rejects strings that UTF-8 cannot express: they would be stored as other characters. Most bodies have no escapes. */
function rejectLoneSurrogates (bytes: Buffer, done: BodyDone): BodyDone {
  if (!SURROGATE_ESCAPE.test(bytes.toString('latin1'))) return done
  return (error, body) => {
    if (error !== null || areStringsWellFormed(body)) done(error, body)
    else done(badRequest('malformed-request', 'The JSON body contains half of a surrogate pair, such as "\\ud83d".'))
  }
}

/** Without recursion: a hostile body is deep. */
function areStringsWellFormed (body: unknown): boolean {
  const pending = [body]
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value === 'string' && !isWellFormed(value)) return false
    if (typeof value === 'object' && value !== null) { for (const child of Object.values(value)) pending.push(child) }
  }
  return true
}

/**
 * A body that arrives too slowly gets a response and then loses its connection. The request timeout of Node.js has no
 * exception for uploads.
 */
function limitBodyTime (app: FastifyInstance, { bodyMs, drainMs }: HttpTimeouts): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.slowBody !== true && !request.raw.complete && hasBody(request)) {
      const timer = setTimeout(() => {
        if (!request.raw.complete) rejectSlowBody(request, reply)
      }, bodyMs).unref()
      request.raw.once('close', () => {
        clearTimeout(timer)
      })
    }
    done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    if (!request.raw.complete) drainBody(request.raw, drainMs)
    done()
  })
}

/** After authentication, and before any parser, also of uploads: it would take coded bytes for the content. */
function rejectContentCodings (
  request: FastifyRequest,
  _reply: FastifyReply,
  _body: RequestPayload,
  done: (error?: Error | null) => void,
): void {
  const codings = listContentCodings(request)
  const isRejected = codings.length > 0 && hasBody(request) && request.headers['content-length'] !== '0'
  done(isRejected ? unsupportedContentCoding(codings) : null)
}

/** RFC 9112 §6.3: without these headers, a request has no body. */
function hasBody ({ headers }: FastifyRequest): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function rejectSlowBody (request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent) request.raw.destroy()
  else reply.header('connection', 'close').send(new DomainError(408, ...REQUEST_TIMEOUT))
}

/** Clients send a type without a body, mostly with DELETE and PUT. Bytes of an unknown type are rejected. */
function rejectUnlessEmpty (request: FastifyRequest, body: FastifyRequest['raw'], done: BodyDone): void {
  let isSettled = false
  const settle = (error: Error | null): void => {
    if (isSettled) return
    isSettled = true
    body.off('data', onData).off('end', onEnd).off('error', settle)
    done(error)
  }
  const onEnd = (): void => {
    settle(null)
  }
  const onData = (): void => {
    settle(unsupportedMediaType(request))
  }
  body.on('data', onData).once('end', onEnd).once('error', settle)
}
