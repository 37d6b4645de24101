// Players that do nothing but read: each has a connection of its own and asks for one random range after the other. They
// look at heads and count bodies, so that what is measured is the server.
import { connect } from 'node:net'

/** Filled again and again: a buffer for each chunk would be work of the reader's. */
const BUFFER_BYTES = 256 * 1024

export interface Film {
  readonly url: string
  readonly sizeBytes: number
}
export interface Load {
  readonly readers: number
  readonly rangeBytes: number
  readonly ms: number
}
export interface Reading {
  readonly bytes: number
  readonly requests: number
  readonly ms: number
}

/** Lets all readers read for a while; each finishes the range that it has begun. @throws Error at any answer but the range */
export async function readTogether (film: Film, { readers, rangeBytes, ms }: Load): Promise<Reading> {
  const started = performance.now()
  const readings = await Promise.all(
    Array.from({ length: readers }, async () => await readRanges(film, rangeBytes, started + ms)),
  )
  const sum = (pick: (one: { bytes: number, requests: number }) => number): number =>
    readings.reduce((total, one) => total + pick(one), 0)
  return {
    bytes: sum(({ bytes }) => bytes),
    requests: sum(({ requests }) => requests),
    ms: performance.now() - started,
  }
}

async function readRanges (
  { url, sizeBytes }: Film,
  rangeBytes: number,
  until: number,
): Promise<{ bytes: number, requests: number }> {
  const { hostname, port, host, pathname, search } = new URL(url)
  let bytes = 0
  let requests = 0
  let head = ''
  /** Of the body; null while the head is being read. */
  let missing: number | null = null
  return await new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: { buffer: Buffer.allocUnsafe(BUFFER_BYTES), callback: takeIn },
    })
    socket.setNoDelay(true)
    socket.once('connect', askNext)
    socket.once('error', reject)
    socket.once('close', () => {
      reject(new Error('the server closed the connection'))
    })

    function askNext (): void {
      const start = Math.floor(Math.random() * (sizeBytes - rangeBytes))
      head = ''
      missing = null
      socket.write(
        `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nRange: bytes=${start}-${start + rangeBytes - 1}\r\n\r\n`,
      )
    }

    function takeIn (length: number, buffer: Uint8Array): boolean {
      if (missing === null) length = readHead(length, buffer)
      if (missing === null) return true
      missing -= length
      bytes += length
      if (missing < 0) socket.destroy(new Error('more came than was asked for'))
      if (missing === 0) goOn()
      return true
    }

    /** @returns how much of the buffer is body */
    function readHead (length: number, buffer: Uint8Array): number {
      const before = head.length
      head += Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return 0
      if (!head.startsWith('HTTP/1.1 206') || !new RegExp(`\r\ncontent-length: ${rangeBytes}\r\n`, 'i').test(head)) {
        socket.destroy(new Error(`the server answered ${head.slice(0, head.indexOf('\r\n'))}`))
        return 0
      }
      missing = rangeBytes
      return length - (end + 4 - before)
    }

    function goOn (): void {
      requests++
      if (performance.now() < until) askNext()
      else {
        resolve({ bytes, requests })
        socket.destroy()
      }
    }
  })
}
