// Serving bytes over real HTTP: every answer is compared with the file on disk.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, truncateSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import problems from '../../../src/plugins/problems.js'
import { sendObject, type ServedObject } from '../../../src/media/delivery/send-object.js'
import { openLocalStorage } from '../../../src/storage/local-storage.js'
import { ObjectNotFoundError, type MediaStorage } from '../../../src/storage/storage.js'
import { storeObject } from '../../storage/storage-contract.js'

const clip = readFileSync(path.join(process.cwd(), 'src/demo/clips/clip-480p-en.mp4'))
const etag = `"${createHash('sha256').update(clip).digest('hex')}"`
const modifiedAt = new Date('2024-05-01T12:00:00.500Z')
const LAST_MODIFIED = 'Wed, 01 May 2024 12:00:00 GMT'

interface Served {
  readonly app: FastifyInstance
  readonly storage: MediaStorage
  readonly port: number
  readonly root: string
}

/** A server of three files: `clip`, the 11 bytes `small`, and `empty`. */
async function serve (t: Test, wrap: (storage: MediaStorage) => MediaStorage = (storage) => storage): Promise<Served> {
  const root = path.join(t.testdir({}), 'root')
  const storage = await openLocalStorage(root)
  const files: Record<string, Buffer> = { clip, small: Buffer.from('hello world'), empty: Buffer.alloc(0) }
  for (const [key, bytes] of Object.entries(files)) await storeObject(storage, key, bytes)
  const app = Fastify()
  await app.register(problems)
  app.route<{ Params: { key: string } }>({
    method: ['GET', 'HEAD'],
    url: '/:key',
    async handler (request, reply) {
      const { key } = request.params
      const object: ServedObject = {
        key,
        sizeBytes: files[key]?.length ?? 5,
        contentType: 'video/mp4',
        etag,
        modifiedAt,
        cacheControl: 'private, max-age=60',
      }
      return await sendObject(request, reply, wrap(storage), object)
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(async () => {
    await app.close()
  })
  return { app, storage, port: (app.server.address() as AddressInfo).port, root }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

async function ask ({ port }: Served, key: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
  const outgoing = httpRequest({ port, host: '127.0.0.1', path: `/${key}`, method, headers })
  outgoing.end()
  const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await buffer(incoming) }
}

/** The parts of a multipart/byteranges body, read independently of how it is written. */
function readParts ({ headers, body }: Answer): Array<{ range: string | undefined, bytes: Buffer }> {
  const boundary = /boundary=(\w+)/.exec(headers['content-type'] ?? '')?.[1] ?? 'none'
  const parts = body.toString('latin1').split(`--${boundary}`)
  if (parts[0] !== '' || parts.at(-1) !== '--\r\n') throw new Error('not a multipart body')
  return parts.slice(1, -1).map((part) => {
    const at = part.indexOf('\r\n\r\n')
    return {
      range: /content-range: bytes (\S+)/.exec(part.slice(0, at))?.[1],
      bytes: Buffer.from(part.slice(at + 4, -2), 'latin1'),
    }
  })
}

t.test('a request without a range gets the whole file and all that is known of it', async (t) => {
  const { status, headers, body } = await ask(await serve(t), 'clip')
  t.equal(status, 200)
  t.ok(body.equals(clip))
  t.match(headers, {
    'content-length': String(clip.length),
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    etag,
    'last-modified': LAST_MODIFIED,
    'cache-control': 'private, max-age=60',
  })
  t.notOk(headers['content-range'])
})

t.test("the range table of Go's file server", async (t) => {
  const served = await serve(t)
  const small = Buffer.from('hello world')
  const table: ReadonlyArray<
    readonly [range: string, status: number, ...parts: Array<readonly [start: number, end: number]>]
  > = [
    ['bytes=0-4', 206, [0, 4]],
    ['bytes=2-', 206, [2, 10]],
    ['bytes=-5', 206, [6, 10]],
    ['bytes=3-7', 206, [3, 7]],
    ['bytes=0-0,-2', 206, [0, 0], [9, 10]],
    ['bytes=0-1,5-8', 206, [0, 1], [5, 8]],
    ['bytes=0-1,5-', 206, [0, 1], [5, 10]],
    ['bytes=5-1000', 206, [5, 10]],
    ['bytes=0-,1-,2-,3-,4-', 200],
    ['bytes=0-9', 206, [0, 9]],
    ['bytes=0-10', 206, [0, 10]],
    ['bytes=0-11', 206, [0, 10]],
    ['bytes=10-11', 206, [10, 10]],
    ['bytes=10-', 206, [10, 10]],
    ['bytes=11-', 416],
    ['bytes=11-12', 416],
    ['bytes=12-12', 416],
    ['bytes=11-100', 416],
    ['bytes=12-100', 416],
    ['bytes=100-', 416],
    ['bytes=100-1000', 416],
    ['bytes=-11', 206, [0, 10]],
    ['bytes=-1000', 206, [0, 10]],
    ['bytes=-0', 416],
    ['bytes=x', 200],
    ['bytes=4-2', 200],
    ['lines=0-1', 200],
  ]
  for (const [range, status, ...parts] of table) {
    const answer = await ask(served, 'small', { range })
    t.equal(answer.status, status, range)
    t.equal(answer.headers['content-length'], String(answer.body.length))
    if (status === 200) t.same(answer.body, small, range)
    if (status === 416) t.equal(answer.headers['content-range'], 'bytes */11', range)
    if (parts.length === 1) {
      t.equal(answer.headers['content-range'], `bytes ${parts[0]![0]}-${parts[0]![1]}/11`)
      t.same(answer.body, small.subarray(parts[0]![0], parts[0]![1] + 1), range)
    }
    if (parts.length > 1) {
      t.same(
        readParts(answer),
        parts.map(([start, end]) => ({ range: `${start}-${end}/11`, bytes: small.subarray(start, end + 1) })),
        range,
      )
    }
  }
})

t.test('10,000 random ranges of a film are byte for byte those of the file', async (t) => {
  const served = await serve(t)
  let wrong = 0
  for (let i = 0; i < 10_000; i += 8) {
    await Promise.all(Array.from({ length: 8 }, async () => {
      const start = Math.floor(Math.random() * clip.length)
      const length = 1 + Math.floor(Math.random() ** 4 * (clip.length - start))
      const [range, from, to] = [
        [`bytes=${start}-${start + length - 1}`, start, start + length],
        [`bytes=${start}-`, start, clip.length],
        [`bytes=-${length}`, clip.length - length, clip.length],
        [`bytes=${start}-${start + length - 1}`, start, start + length],
      ][Math.floor(Math.random() * 4)] as [string, number, number]
      const answer = await ask(served, 'clip', { range })
      const isRight = answer.status === 206 && answer.body.equals(clip.subarray(from, to)) &&
        answer.headers['content-range'] === `bytes ${from}-${to - 1}/${clip.length}`
      if (!isRight) wrong++
    }))
  }
  t.equal(wrong, 0)
})

t.test('parts of several ranges come in the order asked for, byte for byte', async (t) => {
  const answer = await ask(await serve(t), 'clip', { range: 'bytes=200000-200099, 5-9, -7' })
  const last = clip.length - 1
  t.equal(answer.status, 206)
  t.notOk(answer.headers['content-range'])
  t.same(readParts(answer).map((part) => part.range), [
    `200000-200099/${clip.length}`,
    `5-9/${clip.length}`,
    `${last - 6}-${last}/${clip.length}`,
  ])
  t.same(readParts(answer).map((part) => part.bytes), [
    clip.subarray(200_000, 200_100),
    clip.subarray(5, 10),
    clip.subarray(-7),
  ])
})

t.test('If-Range with the same strong tag or date keeps the range; a weak, other or later one sends the whole', async (t) => {
  const served = await serve(t)
  const cases: ReadonlyArray<readonly [ifRange: string, status: number]> = [
    [etag, 206],
    [LAST_MODIFIED, 206],
    [`W/${etag}`, 200],
    ['"other"', 200],
    ['Wed, 01 May 2024 12:00:01 GMT', 200],
    ['Wed, 01 May 2024 11:59:59 GMT', 200],
    ['nonsense', 200],
  ]
  for (const [ifRange, status] of cases) {
    const answer = await ask(served, 'clip', { range: 'bytes=10-19', 'if-range': ifRange })
    t.equal(answer.status, status, ifRange)
    t.equal(answer.body.length, status === 206 ? 10 : clip.length)
  }
  t.equal(
    (await ask(served, 'small', { range: 'bytes=99-', 'if-range': '"other"' })).status,
    200,
    'a range that does not count is not refused either',
  )
})

t.test('HEAD describes the whole file, whatever range it names', async (t) => {
  const served = await serve(t)
  for (const range of ['bytes=0-4', 'bytes=999999999-', 'nonsense']) {
    const { status, headers, body } = await ask(served, 'clip', { range }, 'HEAD')
    t.equal(status, 200)
    t.match(headers, {
      'content-length': String(clip.length),
      'accept-ranges': 'bytes',
      etag,
      'content-type': 'video/mp4',
    })
    t.notOk(headers['content-range'])
    t.equal(body.length, 0)
  }
})

t.test('a client that has the file is told so, one with another version of it is refused', async (t) => {
  const served = await serve(t)
  const cases: ReadonlyArray<readonly [headers: OutgoingHttpHeaders, status: number]> = [
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `W/${etag}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-modified-since': LAST_MODIFIED }, 304],
    [{ 'if-modified-since': 'Tue, 30 Apr 2024 12:00:00 GMT' }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': LAST_MODIFIED }, 200],
    [{ 'if-none-match': etag, range: 'bytes=0-4' }, 304],
    [{ 'if-none-match': etag, range: 'bytes=999999999-' }, 304],
    [{ 'if-match': etag }, 200],
    [{ 'if-match': `W/${etag}` }, 412],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-match': '"other"', range: 'bytes=0-4' }, 412],
    [{ 'if-unmodified-since': LAST_MODIFIED }, 200],
    [{ 'if-unmodified-since': 'Tue, 30 Apr 2024 12:00:00 GMT' }, 412],
  ]
  for (const [headers, status] of cases) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await ask(served, 'clip', headers, method)
      t.equal(answer.status, status, `${method} ${JSON.stringify(headers)}`)
      if (status === 304) {
        t.equal(answer.headers.etag, etag)
        t.notOk(answer.headers['content-length'] ?? answer.headers['content-type'])
        t.equal(answer.body.length, 0)
      }
    }
  }
})

// What Go's own server is tried with for conditions, for a file with this tag and time.
t.test('conditions are weighed in the order of RFC 9110 §13.2.2', async (t) => {
  const served = await serve(t)
  const EARLIER = 'Tue, 30 Apr 2024 12:00:00 GMT'
  const range = { range: 'bytes=0-4' }
  const cases: ReadonlyArray<readonly [headers: OutgoingHttpHeaders, status: number]> = [
    // Step 1 over 2: If-Unmodified-Since is not looked at beside If-Match.
    [{ 'if-match': etag, 'if-unmodified-since': EARLIER }, 200],
    [{ 'if-match': '"other"', 'if-unmodified-since': LAST_MODIFIED }, 412],
    [{ 'if-match': `"Z", ${etag}` }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '' }, 412],
    // Steps 1 and 2 over 3 and 4: what must not be answered is not answered "unchanged" either.
    [{ 'if-match': '"other"', 'if-none-match': etag }, 412],
    [{ 'if-unmodified-since': EARLIER, 'if-none-match': etag }, 412],
    [{ 'if-match': etag, 'if-none-match': etag }, 304],
    [{ 'if-match': etag, 'if-modified-since': LAST_MODIFIED }, 304],
    // Step 3 over 4: If-Modified-Since is not looked at beside If-None-Match.
    [{ 'if-none-match': '"other"', 'if-modified-since': LAST_MODIFIED }, 200],
    [{ 'if-none-match': etag, 'if-modified-since': EARLIER }, 304],
    [{ 'if-none-match': ',' }, 200],
    [{ 'if-none-match': 'nonsense', 'if-modified-since': LAST_MODIFIED }, 200],
    // Steps 3 and 4 over 5: ranges come last.
    [{ 'if-none-match': etag, 'if-range': etag, ...range }, 304],
    [{ 'if-none-match': '"other"', 'if-range': etag, ...range }, 206],
    [{ 'if-none-match': '"other"', 'if-range': '"other"', ...range }, 200],
    [{ 'if-modified-since': EARLIER, ...range }, 206],
    [{ 'if-match': etag, ...range }, 206],
    [{ 'if-match': etag, 'if-range': '"other"', ...range }, 200],
    [{ 'if-unmodified-since': LAST_MODIFIED, ...range }, 206],
    // If-Range without a Range says nothing.
    [{ 'if-range': etag }, 200],
    [{ 'if-range': '"other"' }, 200],
    // Dates that are none, and times of day that do not exist, are not conditions.
    [{ 'if-modified-since': 'Wed, 01 May 2024 25:00:00 GMT' }, 200],
    [{ 'if-unmodified-since': 'nonsense' }, 200],
    [{ 'if-modified-since': '0' }, 200],
  ]
  for (const [headers, status] of cases) {
    const answer = await ask(served, 'clip', headers)
    t.equal(answer.status, status, JSON.stringify(headers))
    const sent = status === 200 ? clip : clip.subarray(0, status === 206 ? 5 : 0)
    t.ok(status === 412 || answer.body.equals(sent))
  }
})

t.test('an empty file is an answer of no bytes, with a range too', async (t) => {
  const served = await serve(t)
  for (const headers of [{}, { range: 'bytes=0-' }, { range: 'bytes=-5' }]) {
    const answer = await ask(served, 'empty', headers)
    t.equal(answer.status, 200)
    t.equal(answer.headers['content-length'], '0')
  }
})

t.test('an object that is gone is an error before the first byte, one that is shorter than known too', async (t) => {
  const served = await serve(t, (storage) => ({
    ...storage,
    open: async (key, span) =>
      await storage.open(key, span).catch((error: unknown) => {
        throw error instanceof ObjectNotFoundError ? Object.assign(new Error('gone'), { statusCode: 404 }) : error
      }),
  }))
  for (const headers of [{}, { range: 'bytes=0-1' }, { range: 'bytes=0-0,2-2' }]) {
    const answer = await ask(served, 'nothing', headers)
    t.equal(answer.status, 404)
    t.notOk(
      answer.headers.etag ?? answer.headers['content-range'] ?? answer.headers['accept-ranges'],
      'and says nothing of what is not there',
    )
  }
  truncateSync(path.join(served.root, 'clip'), 100)
  t.equal((await ask(served, 'clip')).status, 404)
  t.equal((await ask(served, 'clip', { range: 'bytes=0-9' })).status, 206)
})

t.test('a file that breaks off under way breaks the connection, so that nobody takes a part for the whole', async (t) => {
  const served = await serve(t, (storage) => ({
    ...storage,
    open: async (key, span) =>
      await storage.open(key, span === undefined ? undefined : { start: span.start, end: span.end - 1 }),
  }))
  await t.rejects(ask(served, 'clip'), { code: 'ECONNRESET' })
  t.equal((await ask(served, 'small', {}, 'HEAD')).status, 200, 'the server goes on')
})

t.test('slow readers hold the file back instead of filling memory', async (t) => {
  const size = 64 * 1024 ** 2
  const READERS = 20
  const read = { bytes: 0 }
  const served = await serve(t)
  await storeObject(served.storage, 'large', Buffer.alloc(size))
  const counting: MediaStorage = {
    ...served.storage,
    async open (key, span) {
      const stream = await served.storage.open(key, span)
      const push = stream.push.bind(stream)
      stream.push = (chunk: Buffer | null, ...rest) => {
        read.bytes += chunk?.length ?? 0
        return push(chunk, ...rest)
      }
      return stream
    },
  }
  const app = Fastify()
  app.get(
    '/',
    async (request, reply) =>
      await sendObject(request, reply, counting, {
        key: 'large',
        sizeBytes: size,
        contentType: 'video/mp4',
        etag,
        modifiedAt,
        cacheControl: 'no-store',
      }),
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(async () => {
    await app.close()
  })
  const held = process.memoryUsage().arrayBuffers
  const sockets = Array.from({ length: READERS }, () => {
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
  const grown = process.memoryUsage().arrayBuffers - held
  t.ok(read.bytes < READERS * size / 4, `${read.bytes} of ${READERS * size} bytes were read for clients that take none`)
  t.ok(grown < READERS * 2 * 1024 ** 2, `${grown} bytes are held for ${READERS} of them`)
  for (const socket of sockets) socket.destroy()
})

t.test('clients that leave take their open files with them', { skip: process.platform !== 'linux' }, async (t) => {
  const served = await serve(t)
  const openFiles = (): number => readdirSync('/proc/self/fd').length
  await ask(served, 'clip')
  const before = openFiles()
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      const outgoing = httpRequest({
        port: served.port,
        host: '127.0.0.1',
        path: '/clip',
        headers: i % 3 === 0 ? { range: 'bytes=0-99999,100000-199999' } : {},
      })
      outgoing.on('error', () => {})
      outgoing.end()
      // Some leave before the answer, some at its head, some in its midst.
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
  t.ok(openFiles() <= before, `${openFiles()} files are open, ${before} were before`)
  t.equal((await ask(served, 'clip')).status, 200)
})
