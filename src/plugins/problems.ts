// Maps every error to a problem document (RFC 9457). Internal errors reveal nothing but their request ID.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import mongoose from 'mongoose'
import { isDuplicateKey } from '../../models/upsert.js'
import {
  conflict,
  DomainError,
  isStorageFull,
  notFound,
  storageFull,
  unavailable,
  validationFailed,
} from '../errors.js'
import { toFieldError } from '../http/validator.js'

/** Problem types are identifiers, not links; docs/api.md lists their codes. */
const TYPE_BASE = 'https://normflix.example/problems/'

type ProblemTexts = readonly [code: string, title: string, detail: string]

const MALFORMED_REQUEST: ProblemTexts = ['malformed-request', 'Invalid request', 'The request cannot be parsed.']
const REQUEST_TIMEOUT: ProblemTexts = ['request-timeout', 'Request timeout', 'The request took too long to arrive.']

const PROBLEMS_BY_STATUS: Readonly<Record<number, ProblemTexts>> = {
  400: MALFORMED_REQUEST,
  405: ['method-not-allowed', 'Method not allowed', 'The resource does not support this method.'],
  406: ['not-acceptable', 'Not acceptable', 'The resource has no representation that the client accepts.'],
  408: REQUEST_TIMEOUT,
  413: ['body-too-large', 'Body too large', 'The body exceeds the size limit of this operation.'],
  414: ['url-too-long', 'URL too long', 'A part of the URL exceeds its length limit.'],
  415: ['unsupported-media-type', 'Unsupported media type', 'The operation does not accept bodies of this type.'],
  429: ['rate-limited', 'Too many requests', 'Retry after the time in Retry-After.'],
}

/** Errors of the HTTP parser by their Node.js code. */
const PROBLEMS_BY_PARSER_ERROR: Readonly<Record<string, readonly [status: number, ...ProblemTexts]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'Headers too large', 'URL and headers exceed their size limit.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, ...REQUEST_TIMEOUT],
}

const internalError = (): DomainError =>
  new DomainError(
    500,
    'internal-error',
    'Internal error',
    'An unexpected error occurred. Include the requestId when you report it.',
  )

const routeNotFound = (): DomainError =>
  new DomainError(404, 'not-found', 'Not found', 'There is no resource at this URL.')

/** Maps any error to the domain error that clients receive. */
export function toDomainError (error: unknown): DomainError {
  if (error instanceof DomainError) return error
  if (error instanceof mongoose.Error.ValidationError) return fromMongooseValidation(error)
  if (error instanceof mongoose.Error.CastError) return notFound('resource')
  if (error instanceof mongoose.Error.VersionError) {
    return conflict(
      'edit-conflict',
      'Edit conflict',
      'The resource was changed at the same time. Read it again and repeat the change.',
    )
  }
  if (isDuplicateKey(error)) {
    return conflict('already-exists', 'Already exists', 'A resource with the same unique value exists.')
  }
  if (isDatabaseUnavailable(error)) {
    return unavailable('database-unavailable', 'The database is unavailable. Retry in a moment.', 2)
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
  // @fastify/static rejects paths that lead out of its folder with 403.
  if (status === 404 || status === 403) return routeNotFound()
  const problem = PROBLEMS_BY_STATUS[status]
  return problem === undefined ? internalError() : new DomainError(status, ...problem)
}

/** A schema hook that throws a domain error arrives as the reason of a validation error. */
function fromMongooseValidation (error: mongoose.Error.ValidationError): DomainError {
  const causes = Object.values(error.errors)
  const reasons = causes.map((cause) => 'reason' in cause ? cause.reason : null)
  const domainError = reasons.find((reason) => reason instanceof DomainError)
  if (domainError instanceof DomainError) return domainError
  return validationFailed(
    causes.map((cause) => ({ pointer: `/${cause.path.replaceAll('.', '/')}`, message: 'is not valid' })),
  )
}

function isDatabaseUnavailable (error: unknown): boolean {
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
    // Remains when the stream of a compressed response fails before its first byte.
    .removeHeader('content-encoding')
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

/** Responds to a URL that the router cannot parse. Hooks have not run yet. */
export function handleFrameworkError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(toDomainError(error), request, reply.header('x-request-id', request.id))
}

/** Responds to bytes that are not an HTTP request. There is no request object yet. */
export function handleClientError (error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, code, title, detail] = PROBLEMS_BY_PARSER_ERROR[error.code ?? ''] ?? [400, ...MALFORMED_REQUEST]
  const body = JSON.stringify({ type: TYPE_BASE + code, title, status, detail, code, requestId: randomUUID() })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

export default fp(async function problems (app) {
  app.setErrorHandler((error, request, reply) => {
    const problem = toDomainError(error)
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
    // The rest of an unread body must not be parsed as the next request.
    if (problem.status === 413) void reply.header('connection', 'close')
    return sendProblem(problem, request, reply)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(routeNotFound(), request, reply))
}, { name: 'problems' })
