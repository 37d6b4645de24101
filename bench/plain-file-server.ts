// Serves ranges of one file with `node:http` and nothing else: no URL is signed, no stream is checked, nothing is
// logged. What NormFlix can reach at most in Node.js. The path of the file is the first argument.
import { createServer } from 'node:http'
import { openSync, read } from 'node:fs'
import type { AddressInfo } from 'node:net'

const BUFFER_BYTES = 1024 ** 2
const [, , file = ''] = process.argv
const descriptor = openSync(file, 'r')
/** Each is used again when the system has its bytes. */
const buffers: Buffer[] = []

const server = createServer((request, response) => {
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')?.map(Number) ?? []
  if (start === undefined || end === undefined) {
    response.writeHead(416).end()
    return
  }
  response.writeHead(206, { 'content-length': end + 1 - start, 'content-range': `bytes ${start}-${end}/*` })
  let position = start
  const sendNext = (): void => {
    if (position > end) {
      response.end()
      return
    }
    const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
    read(descriptor, buffer, 0, Math.min(BUFFER_BYTES, end + 1 - position), position, (error, bytesRead) => {
      if (error !== null || bytesRead === 0) {
        response.destroy(error ?? undefined)
        return
      }
      position += bytesRead
      response.write(buffer.subarray(0, bytesRead), () => {
        buffers.push(buffer)
        sendNext()
      })
    })
  }
  sendNext()
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.once('disconnect', () => {
  process.exit(0)
})
