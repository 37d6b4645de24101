// HTTP clients that request random byte ranges, one after the other, each on its own connection. They check the headers
// and only count the bytes of the body, so that the benchmark measures the server.
import { connect } from 'node:net'

/** Each client reuses one buffer: a buffer per chunk would cost CPU time of the clients. */
const BUFFER_BYTES = 256 * 1024

export interface MovieFile {
  readonly url: string
  readonly sizeBytes: number
}
export interface Load {
  /** Number of parallel clients. */
  readonly clients: number
  readonly rangeBytes: number
  readonly durationMs: number
}
export interface Throughput {
  readonly bytes: number
  readonly requests: number
  readonly durationMs: number
}

/**
 * Runs all clients for a time; each completes its last range.
 * @throws Error for any response other than the requested range
 */
export async function requestRanges (file: MovieFile, { clients, rangeBytes, durationMs }: Load): Promise<Throughput> {
  const started = performance.now()
  const counts = await Promise.all(
    Array.from({ length: clients }, async () => await runClient(file, rangeBytes, started + durationMs)),
  )
  return {
    bytes: counts.reduce((sum, { bytes }) => sum + bytes, 0),
    requests: counts.reduce((sum, { requests }) => sum + requests, 0),
    durationMs: performance.now() - started,
  }
}

async function runClient (
  { url, sizeBytes }: MovieFile,
  rangeBytes: number,
  endAt: number,
): Promise<{ bytes: number, requests: number }> {
  const { hostname, port, host, pathname, search } = new URL(url)
  let bytes = 0
  let requests = 0
  let head = ''
  /** Remaining bytes of the body; null while the head is incomplete. */
  let remaining: number | null = null
  return await new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: { buffer: Buffer.allocUnsafe(BUFFER_BYTES), callback: handleChunk },
    })
    socket.setNoDelay(true)
    socket.once('connect', sendNextRequest)
    socket.once('error', reject)
    socket.once('close', () => {
      reject(new Error('the server closed the connection'))
    })

    function sendNextRequest (): void {
      const start = Math.floor(Math.random() * (sizeBytes - rangeBytes))
      head = ''
      remaining = null
      socket.write(
        `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nRange: bytes=${start}-${start + rangeBytes - 1}\r\n\r\n`,
      )
    }

    function handleChunk (length: number, buffer: Uint8Array): boolean {
      const bodyLength = remaining === null ? readHead(length, buffer) : length
      if (remaining === null) return true
      remaining -= bodyLength
      bytes += bodyLength
      if (remaining < 0) socket.destroy(new Error('the server sent more bytes than requested'))
      if (remaining === 0) finishRequest()
      return true
    }

    /** @returns the number of bytes of the body in the buffer */
    function readHead (length: number, buffer: Uint8Array): number {
      const previousLength = head.length
      head += Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return 0
      if (!head.startsWith('HTTP/1.1 206') || !new RegExp(`\r\ncontent-length: ${rangeBytes}\r\n`, 'i').test(head)) {
        socket.destroy(new Error(`the server returned ${head.slice(0, head.indexOf('\r\n'))}`))
        return 0
      }
      remaining = rangeBytes
      return length - (end + 4 - previousLength)
    }

    function finishRequest (): void {
      requests++
      if (performance.now() < endAt) sendNextRequest()
      else {
        resolve({ bytes, requests })
        socket.destroy()
      }
    }
  })
}
