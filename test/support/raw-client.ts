// An HTTP client that sends exactly the given bytes, and never closes its side of a connection.
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface RawConnection {
  readonly socket: Socket
  /** The received bytes so far. */
  received(): string
  /** Resolves with the received bytes when the server has destroyed the socket; writing must fail then. */
  readonly closed: Promise<string>
}

/** Connects with a half-open socket: the end of the server's side does not end this side. */
export function openRawConnection (t: Test, port: number, text = ''): RawConnection {
  const chunks: Buffer[] = []
  const received = (): string => Buffer.concat(chunks).toString()
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.write(text)
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined)
  t.teardown(() => {
    socket.destroy()
  })
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => {
      resolve(received())
    })
    // The server destroys its socket: bytes that arrive later cause a reset.
    socket.once('end', () => {
      const timer = setInterval(() => {
        socket.write('x')
      }, 20).unref()
      socket.once('close', () => {
        clearInterval(timer)
      })
    })
  })
  return { socket, received, closed }
}

/** Sends a request, and returns all bytes that the server sends until it closes the connection. */
export async function sendRaw (t: Test, port: number, text: string): Promise<string> {
  return await openRawConnection(t, port, text).closed
}

/** The JSON body of a raw response. */
export function bodyOfRaw (response: string): any {
  return JSON.parse(response.slice(response.indexOf('\r\n\r\n') + 4))
}
