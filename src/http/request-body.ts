// Bodies that are read as they arrive, and may be refused before their end.
import type { Readable } from 'node:stream'
import type { DomainError } from '../errors.js'

/** How long a refused body is read on, in ms. */
const LINGER_MS = 2_000

/** Leaves the body open when its reader stops: destroying a request takes the connection, and the refusal, with it. */
export async function* chunksOf (body: Readable, refusal: () => DomainError): AsyncGenerator<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  } catch {
    throw refusal()
  }
}

/** A client that is still sending sees the refusal only if its bytes are taken for a while (RFC 9112 §9.6). */
export function drainBody (source: Readable): void {
  if (source.destroyed || source.readableEnded) return
  const timer = setTimeout(() => {
    source.destroy()
  }, LINGER_MS).unref()
  source.once('close', () => {
    clearTimeout(timer)
  }).resume()
}
