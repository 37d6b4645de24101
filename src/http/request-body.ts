// Request bodies that are read as streams and may be rejected before their end.
import type { Readable } from 'node:stream'
import { badRequest, type DomainError } from '../errors.js'
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

/** Maps errors of the form parser, which have no status code if the headers of a form are malformed. */
export function toFormError (error: unknown): unknown {
  if (!(error instanceof Error) || 'statusCode' in error) return error
  return badRequest(
    'malformed-request',
    'The form is malformed: its Content-Type needs a boundary, and its parts need names.',
  )
}
