// The one place where errors become replies: problem+json (RFC 9457), with nothing inside that is not meant for clients.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import mongoose from 'mongoose'
import { isDuplicateKey } from '../../models/upsert.js'
import { conflict, DomainError, validationFailed, notFound, unavailable } from '../errors.js'
import { toFieldError } from '../http/validator.js'

/** Problem types are identified, not fetched; docs/api.md lists them by code. */
const TYPE_BASE = 'https://normflix.example/problems/'

const CODES_BY_STATUS: Readonly<Record<number, readonly [code: string, title: string, detail: string]>> = {
  400: ['malformed-request', 'Invalid request', 'The request could not be read.'],
  405: ['method-not-allowed', 'Method not allowed', 'This address does not know the method.'],
  406: ['not-acceptable', 'Not acceptable', 'The answer cannot be given in an accepted form.'],
  408: ['request-timeout', 'Request timeout', 'The request took too long to arrive.'],
  413: ['body-too-large', 'Body too large', 'The body is larger than this address takes.'],
  414: ['url-too-long', 'URL too long', 'A part of the address is longer than this service takes.'],
  415: ['unsupported-media-type', 'Unsupported media type', 'This address does not take bodies of this type.'],
  429: ['rate-limited', 'Too many requests', 'Slow down, and try again after the time in Retry-After.'],
}

const internalError = (): DomainError =>
  new DomainError(
    500,
    'internal-error',
    'Internal error',
    'Something went wrong on our side. Quote the requestId when you report it.',
  )

const nothingHere = (): DomainError =>
  new DomainError(404, 'not-found', 'Not found', 'There is nothing at this address.')

/** Maps any error to what a client is told. */
export function toDomainError (error: unknown): DomainError {
  if (error instanceof DomainError) return error
  if (error instanceof mongoose.Error.ValidationError) return fromMongooseValidation(error)
  if (error instanceof mongoose.Error.CastError) return notFound('resource')
  if (error instanceof mongoose.Error.VersionError) {
    return conflict(
      'edit-conflict',
      'Changed meanwhile',
      'Somebody else changed it at the same time. Read it again and repeat.',
    )
  }
  if (isDuplicateKey(error)) {
    return conflict('already-exists', 'Already exists', 'Something with the same unique value exists.')
  }
  if (isDatabaseAway(error)) {
    return unavailable('database-unavailable', 'The database cannot be reached. Try again in a moment.', 2)
  }
  if (isFastifyError(error)) return fromFastify(error)
  return internalError()
}

function isFastifyError (error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}

function fromFastify (error: FastifyError): DomainError {
  if (error.validation !== undefined) {
    if (error.validationContext === 'params') return notFound('resource')
    const { validation, validationContext: context = 'body' } = error
    return validationFailed(validation.map((one) => toFieldError(one, context === 'body' ? '' : `/${context}`)))
  }
  const status = error.statusCode ?? 500
  // The file server of the API's page answers 403 to an address that leads out of its folder.
  if (status === 404 || status === 403) return nothingHere()
  const known = CODES_BY_STATUS[status]
  if (known === undefined || status >= 500) return internalError()
  return new DomainError(status, ...known)
}

function fromMongooseValidation (error: mongoose.Error.ValidationError): DomainError {
  const causes = Object.values(error.errors)
  const domain = causes.map((cause) => 'reason' in cause ? cause.reason : null).find((reason) =>
    reason instanceof DomainError
  )
  if (domain instanceof DomainError) return domain
  return validationFailed(causes.map((cause) => ({ pointer: `/${cause.path.replaceAll('.', '/')}`, message: 'is not valid' })))
}

function isDatabaseAway (error: unknown): boolean {
  const { mongo } = mongoose
  return error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoNotConnectedError || error instanceof mongo.MongoTopologyClosedError ||
    (error instanceof mongo.MongoError &&
      ['MongoPoolClearedError', 'MongoWaitQueueTimeoutError'].includes(error.name)) ||
    (error instanceof mongo.MongoServerError && error.hasErrorLabel('RetryableWriteError')) ||
    (error instanceof mongoose.Error && error.name === 'MongooseServerSelectionError') ||
    (error instanceof mongoose.Error && error.message.includes('bufferCommands = false'))
}

function sendProblem (problem: DomainError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({
      type: TYPE_BASE + problem.code,
      title: problem.title,
      status: problem.status,
      detail: problem.detail,
      code: problem.code,
      requestId: request.id,
      ...problem.extensions,
    })
}

/** Answers an address that the router cannot read, before any hook has run. */
export function handleFrameworkError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(toDomainError(error), request, reply.header('x-request-id', request.id))
}

const UNREADABLE: Readonly<Record<string, readonly [status: number, code: string, title: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'headers-too-large',
    'Headers too large',
    'Address and headers together are larger than this service takes.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request-timeout', 'Request timeout', 'The request took too long to arrive.'],
}

/** Answers what is no HTTP request, before there is a request to speak of. */
export function handleClientError (error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, code, title, detail] = UNREADABLE[error.code ?? ''] ??
    [400, 'malformed-request', 'Invalid request', 'The request could not be read.']
  const body = JSON.stringify({ type: TYPE_BASE + code, title, status, detail, code, requestId: randomUUID() })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/problem+json\r\nContent-Length: ${
      Buffer.byteLength(body)
    }\r\nConnection: close\r\n\r\n${body}`,
  )
}

export default fp(async function problems (app) {
  app.setErrorHandler((error, request, reply) => {
    const problem = toDomainError(error)
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
    // A body that was not read to its end must not be taken for the next request.
    if (problem.status === 413) void reply.header('connection', 'close')
    return sendProblem(problem, request, reply)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(nothingHere(), request, reply))
}, { name: 'problems' })
