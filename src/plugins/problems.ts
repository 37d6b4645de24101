// Maps every error to a problem document (RFC 9457). Internal errors reveal nothing but their request ID.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import mongoose from 'mongoose'
import { channel } from 'node:diagnostics_channel'
import { isDuplicateKey } from '../../models/upsert.js'
import {
  conflict,
  databaseUnavailable,
  DomainError,
  isStorageFull,
  notFound,
  routeNotFound,
  storageFull,
  validationFailed,
} from '../errors.js'
import { hasFormBody, toOAuthError } from '../http/oauth-body.js'
import {
  MALFORMED_REQUEST,
  REQUEST_TIMEOUT,
  toProblemDocument,
  type ProblemTexts,
} from '../http/problem-document.js'
import { toFieldError } from '../http/validator.js'
import { unsupportedMediaType } from '../http/request-body.js'
import { publishMeasurement } from '../measurements.js'

const UNSUPPORTED_MEDIA_TYPE: ProblemTexts = [
  'unsupported-media-type',
  'Unsupported media type',
  'The operation does not accept bodies of this type.',
]

const PROBLEMS_BY_STATUS: Readonly<Record<number, ProblemTexts>> = {
  400: MALFORMED_REQUEST,
  405: ['method-not-allowed', 'Method not allowed', 'The resource does not support this method.'],
  // The form parser: the request has another type.
  406: UNSUPPORTED_MEDIA_TYPE,
  408: REQUEST_TIMEOUT,
  413: ['body-too-large', 'Body too large', 'The body exceeds the size limit of this operation.'],
  414: ['url-too-long', 'URL too long', 'A part of the URL exceeds its length limit.'],
  415: UNSUPPORTED_MEDIA_TYPE,
  429: ['rate-limited', 'Too many requests', 'Retry after the time in Retry-After.'],
}

const internalError = (): DomainError =>
  new DomainError(
    500,
    'internal-error',
    'Internal error',
    'An unexpected error occurred. Include the requestId when you report it.',
  )

/** Maps any error to the domain error that clients receive. */
export function toDomainError (error: unknown): DomainError {
  if (error instanceof DomainError) return error
  if (error instanceof mongoose.Error.ValidationError) return fromMongooseValidation(error)
  if (error instanceof mongoose.Error.CastError || error instanceof mongoose.mongo.BSON.BSONError) {
    return notFound('resource')
  }
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
  if (isDatabaseUnavailable(error)) return databaseUnavailable()
  if (isStorageFull(error)) return storageFull()
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

function missingBody (): DomainError {
  return validationFailed(
    [{ pointer: '', code: 'required', message: 'is required' }],
    'The request needs a body, for example JSON.',
  )
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

/** A problem that an operation sent. The tests compare it with the API description. */
export interface SentProblem {
  readonly operationId: string
  readonly status: number
  readonly code: string
}

const sentProblems = channel('normflix:problem')

function publishProblem ({ status, code }: DomainError, { routeOptions }: FastifyRequest): void {
  if (!sentProblems.hasSubscribers) return
  const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string }
  if (operationId !== undefined) sentProblems.publish({ operationId, status, code } satisfies SentProblem)
}

function sendProblem (problem: DomainError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, code, title, detail, extensions, headers } = problem
  publishProblem(problem, request)
  if (status >= 500) publishMeasurement('request-failed', { code })
  const isOAuth = request.routeOptions.config.oauthErrors === true
  const oauthFields = isOAuth ? { error: toOAuthError(code, status), error_description: detail } : {}
  return reply
    // Remains when the stream of a compressed response fails before its first byte.
    .removeHeader('content-encoding')
    .code(status)
    .headers(headers)
    .type(isOAuth && hasFormBody(request) ? 'application/json' : 'application/problem+json')
    .serializer(JSON.stringify)
    .send(toProblemDocument(status, [code, title, detail], request.id, { ...extensions, ...oauthFields }))
}

/** Creates the handler of URLs that the router cannot parse. Hooks have not run then. */
export function createFrameworkErrorHandler (
  prepare: (request: FastifyRequest, reply: FastifyReply) => void,
): (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    prepare(request, reply)
    sendProblem(toDomainError(error), request, reply)
  }
}

/** Fastify validates a missing body as null. */
function isMissingBody (error: unknown, { body }: FastifyRequest): boolean {
  return isFastifyError(error) && error.validationContext === 'body' && (body === undefined || body === null)
}

/** Maps any error to the problem of a request: some depend on the operation. */
function toRequestError (error: unknown, request: FastifyRequest): DomainError {
  if (isMissingBody(error, request)) return missingBody()
  const problem = toDomainError(error)
  return problem.code === UNSUPPORTED_MEDIA_TYPE[0] && problem !== error ? unsupportedMediaType(request) : problem
}

/** A rejection that the service decides, such as overload, is not a defect: it needs no stack. */
function logFailure ({ log }: FastifyRequest, error: unknown): void {
  if (error instanceof DomainError && error.cause === undefined) {
    log.warn({ code: error.code }, 'request rejected')
  } else {
    log.error({ err: error }, 'request failed')
  }
}

export default fp(async function problems (app) {
  app.setErrorHandler((error, request, reply) => {
    const problem = toRequestError(error, request)
    if (problem.status >= 500) logFailure(request, error)
    // Fastify closes the connection of a rejected body at once, and the client could lose the response. The rest of
    // the body is drained instead.
    const isTimeout = problem.status === 408
    if (!request.raw.complete && !isTimeout && !app.isShuttingDown()) reply.removeHeader('connection')
    return sendProblem(problem, request, reply)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(routeNotFound(), request, reply))
}, { name: 'problems', dependencies: ['graceful-shutdown'] })
