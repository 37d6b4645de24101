// Rejections of request bodies by their headers, and bodies that are read as streams and may be rejected before their
// end.
import type { FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { badRequest, DomainError } from '../errors.js'
import { HTTP_TIMEOUTS } from './timeouts.js'

/**
 * Reads a body in chunks. The body stays open when the reader stops: destroying it would close the connection before
 * the error response is sent.
 * @param createError error to throw if the body breaks off
 */
export async function* readChunks (body: Readable, createError: () => DomainError): AsyncGenerator<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  } catch {
    throw createError()
  }
}

/**
 * Reads the first chunks of a body, until they exceed a size.
 * @returns whether the body has ended, and the same chunks again, with the error or the chunks that follow
 */
export async function readAhead (
  chunks: AsyncGenerator<Buffer>,
  maxBytes: number,
): Promise<{ isWhole: boolean, chunks: AsyncGenerator<Buffer> }> {
  const first: Buffer[] = []
  let rest: AsyncGenerator<Buffer> = chunks
  let isWhole = false
  try {
    for (let size = 0; size <= maxBytes && !isWhole;) {
      const { value, done } = await chunks.next()
      if (done === true) isWhole = true
      else {
        first.push(value)
        size += value.length
      }
    }
  } catch (error) {
    isWhole = true
    rest = failingChunks(error)
  }
  async function* readAgain (): AsyncGenerator<Buffer> {
    yield* first
    yield* rest
  }
  return { isWhole, chunks: readAgain() }
}

async function* failingChunks (error: unknown): AsyncGenerator<Buffer> {
  throw error
}

/**
 * Reads and discards the rest of a rejected body, and closes the connection if it does not end soon. A client that is
 * still sending could not read the response if the connection closed at once (RFC 9112 §9.6).
 */
export function drainBody (body: Readable, timeoutMs = HTTP_TIMEOUTS.drainMs): void {
  if (body.destroyed || body.readableEnded) return
  const timer = setTimeout(() => {
    body.destroy()
  }, timeoutMs).unref()
  const stop = (): void => {
    clearTimeout(timer)
  }
  body.once('end', stop).once('close', stop).resume()
}

/** Content codings of a body other than `identity`, in lower case (RFC 9110 §8.4). */
export function listContentCodings ({ headers }: FastifyRequest): string[] {
  const header = headers['content-encoding']
  if (header === undefined) return []
  return header.split(',').map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
}

/** Problem of a body with content codings. The service decodes none: a small body could decode to a very large one. */
export function unsupportedContentCoding (codings: readonly string[]): DomainError {
  const listed = codings.map((coding) => JSON.stringify(coding)).join(', ')
  return unsupportedBody(
    `The operation does not accept bodies with the Content-Encoding ${listed}. Send the body without a coding.`,
    { 'accept-encoding': 'identity' },
  )
}

/** Problem of a body whose type the operation does not accept; names the accepted types. */
export function unsupportedMediaType ({ routeOptions: { schema = {} } }: FastifyRequest): DomainError {
  const { consumes, body } = schema as { readonly consumes?: readonly string[], readonly body?: unknown }
  const types = consumes ?? (body === undefined ? [] : ['application/json'])
  if (types.length === 0) {
    return unsupportedBody('The operation does not accept a body. Send the request without one.', {})
  }
  const listed = types.length === 1 ? String(types[0]) : `one of the types ${types.join(', ')}`
  return unsupportedBody(`The operation does not accept bodies of this type. Send the body as ${listed}.`, {
    accept: types.join(', '),
  })
}

/** @param headers what the operation accepts instead (RFC 9110 §15.5.16) */
export function unsupportedBody (detail: string, headers: Readonly<Record<string, string>>): DomainError {
  return new DomainError(415, 'unsupported-media-type', 'Unsupported media type', detail, {}, headers)
}

/**
 * Maps errors of the form parser, which have no status code if the headers of a form are malformed, and 406 if a field
 * is declared as JSON and is not.
 */
export function toFormError (error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if ('code' in error && error.code === 'FST_INVALID_JSON_FIELD_ERROR') {
    return badRequest('malformed-request', 'The form is malformed: a field with the type application/json is not JSON.')
  }
  if ('statusCode' in error) return error
  return badRequest(
    'malformed-request',
    'The form is malformed: its Content-Type needs a boundary, and its parts need names.',
  )
}
