// Server-sent events (the HTML standard's text/event-stream) on one connection.
import { PassThrough, type Readable } from 'node:stream'

/** A client that does not read is let go; it comes back with its last event's id. */
const MAX_WAITING_BYTES = 256 * 1024
const RETRY_MS = 2_000

export interface EventStream {
  readonly body: Readable
  send(event: string, id: string, data: unknown): void
  /** Says nothing, so that both sides notice when the connection is gone. */
  comment(): void
  end(): void
}

/** @param onClose called once, whichever side ends it */
export function openEventStream (onClose: () => void): EventStream {
  const body = new PassThrough()
  body.once('close', onClose)
  body.on('error', () => {
    body.destroy()
  })
  function write (text: string): void {
    if (body.writableEnded || body.destroyed) return
    body.write(text)
    if (body.writableLength > MAX_WAITING_BYTES) body.destroy()
  }
  write(`retry: ${RETRY_MS}\n\n`)
  return {
    body,
    send (event, id, data) {
      write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    comment () {
      write(':\n\n')
    },
    end () {
      body.end()
    },
  }
}
