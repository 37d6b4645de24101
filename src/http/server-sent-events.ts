// Server-sent events (text/event-stream of the HTML standard) on one connection.
import { PassThrough, type Readable } from 'node:stream'

/** A client that does not read is disconnected; it reconnects with the ID of its last event. */
const MAX_BUFFERED_BYTES = 256 * 1024
/** Reconnection delay of clients. */
const RETRY_MS = 2_000

export interface EventStream {
  readonly body: Readable
  send(event: string, id: string, data: unknown): void
  /** Sends an empty comment, so that both sides detect a broken connection. */
  sendComment(): void
  end(): void
}

/**
 * Opens a stream of events.
 * @param onClose called once when either side closes the stream
 */
export function openEventStream (onClose: () => void): EventStream {
  const body = new PassThrough()
  body.once('close', onClose)
  body.on('error', () => {
    body.destroy()
  })
  function write (text: string): void {
    if (body.writableEnded || body.destroyed) return
    body.write(text)
    if (body.writableLength > MAX_BUFFERED_BYTES) body.destroy()
  }
  write(`retry: ${RETRY_MS}\n\n`)
  return {
    body,
    send (event, id, data) {
      write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    sendComment () {
      write(':\n\n')
    },
    end () {
      body.end()
    },
  }
}
