// Streaming over real HTTP: missing and truncated objects, slow clients and clients that disconnect.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, truncateSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify from 'fastify'
import t from 'tap'
import { sendObject } from '../../../src/media/delivery/send-object.js'
import { FileStream } from '../../../src/storage/file-stream.js'
import { ObjectNotFoundError, type MediaStorage } from '../../../src/storage/storage.js'
import { storeObject } from '../../storage/storage-contract.js'
import { etag, modifiedAt, request, startFileServer } from './file-server.js'

t.test('a missing or truncated object is an error before the first byte', async (t) => {
  const server = await startFileServer(t, (storage) => ({
    ...storage,
    open: async (key, range) =>
      await storage.open(key, range).catch((error: unknown) => {
        throw error instanceof ObjectNotFoundError ? Object.assign(new Error('not found'), { statusCode: 404 }) : error
      }),
  }))
  for (const headers of [{}, { range: 'bytes=0-1' }, { range: 'bytes=0-0,2-2' }]) {
    const response = await request(server, 'nothing', headers)
    t.equal(response.status, 404)
    t.notOk(
      response.headers.etag ?? response.headers['content-range'] ?? response.headers['accept-ranges'],
      'the response has no metadata of the object',
    )
  }
  truncateSync(path.join(server.root, 'clip'), 100)
  t.equal((await request(server, 'clip')).status, 404)
  t.equal((await request(server, 'clip', { range: 'bytes=0-9' })).status, 206)
})

t.test('an object that ends early breaks the connection, so that the client notices it', async (t) => {
  const server = await startFileServer(t, (storage) => ({
    ...storage,
    open: async (key, range) =>
      await storage.open(key, range === undefined ? undefined : { start: range.start, end: range.end - 1 }),
  }))
  await t.rejects(request(server, 'clip'), { code: 'ECONNRESET' })
  t.equal((await request(server, 'small', {}, 'HEAD')).status, 200, 'the server continues')
})

t.test('slow clients cause back-pressure instead of filling memory', async (t) => {
  const size = 64 * 1024 ** 2
  const CLIENTS = 20
  const read = { bytes: 0 }
  const server = await startFileServer(t)
  await storeObject(server.storage, 'large', Buffer.alloc(size))
  const counting: MediaStorage = {
    ...server.storage,
    async open (key, range) {
      const stream = await server.storage.open(key, range)
      if (!(stream instanceof FileStream)) throw new Error('not a file')
      const readChunk = stream.readChunk.bind(stream)
      stream.readChunk = async () => {
        const chunk = await readChunk()
        read.bytes += chunk?.bytes.length ?? 0
        return chunk
      }
      return stream
    },
  }
  const seconds = { count: 0 }
  const app = Fastify()
  app.get('/', async (incoming, reply) => {
    const large = {
      key: 'large',
      sizeBytes: size,
      contentType: 'video/mp4',
      etag,
      modifiedAt,
      cacheControl: 'no-store',
    }
    return await sendObject(incoming, reply, counting, large, {
      onSecond: () => {
        seconds.count++
      },
    })
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(async () => {
    await app.close()
  })
  const bytesBefore = process.memoryUsage().arrayBuffers
  const sockets = Array.from({ length: CLIENTS }, () => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    return socket
  })
  let before = -1
  while (before !== read.bytes || read.bytes === 0) {
    before = read.bytes
    await wait(100)
  }
  const grown = process.memoryUsage().arrayBuffers - bytesBefore
  t.ok(
    read.bytes < CLIENTS * size / 4,
    `${read.bytes} of ${CLIENTS * size} bytes were read for clients that do not read`,
  )
  t.ok(grown < CLIENTS * 2 * 1024 ** 2, `${grown} bytes are buffered for ${CLIENTS} clients`)
  for (let tries = 0; tries < 50 && seconds.count < CLIENTS; tries++) await wait(50)
  t.ok(seconds.count >= CLIENTS, 'each response is checked again while its client does not read')
  for (const socket of sockets) socket.destroy()
})

t.test('ranges at the same time get their own bytes, although buffers are used again', async (t) => {
  const size = 5 * 1024 ** 2 + 123
  const bytes = randomBytes(size)
  const server = await startFileServer(t, (storage) => storage, { large: bytes })
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 12 }, async (_, i) => {
      const start = (i * 400_009 + round * 7_919) % (size - 1)
      const end = Math.min(size - 1, start + [10, 70_000, 1_048_576, size][i % 4]!)
      const response = await request(server, 'large', { range: `bytes=${start}-${end}` })
      t.equal(response.status, 206)
      t.ok(response.body.equals(bytes.subarray(start, end + 1)), `bytes ${start} to ${end}`)
    }))
  }
  const { status, body } = await request(server, 'large')
  t.equal(status, 200)
  t.ok(body.equals(bytes), 'the whole object')
})

t.test('files are closed when clients disconnect', { skip: process.platform !== 'linux' }, async (t) => {
  const server = await startFileServer(t)
  const openFiles = (): number => readdirSync('/proc/self/fd').length
  await request(server, 'clip')
  const before = openFiles()
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      const outgoing = httpRequest({
        port: server.port,
        host: '127.0.0.1',
        path: '/clip',
        headers: i % 3 === 0 ? { range: 'bytes=0-99999,100000-199999' } : {},
      })
      outgoing.on('error', () => {})
      outgoing.end()
      // Clients disconnect before the response, after its headers, or during its body.
      if (i % 4 === 0) await wait(i % 3)
      else {
        const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
        incoming.on('error', () => {})
        if (i % 4 === 2) await once(incoming, 'data')
      }
      outgoing.destroy()
    }))
  }
  for (let tries = 0; tries < 50 && openFiles() > before; tries++) await wait(50)
  t.ok(openFiles() <= before, `${openFiles()} files are open, ${before} before`)
  t.equal((await request(server, 'clip')).status, 200)
})
