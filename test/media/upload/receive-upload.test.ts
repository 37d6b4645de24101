// Receiving uploads: complete files are stored with their checksum; failed and rejected uploads leave nothing on disk.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import multipart from '@fastify/multipart'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { sniffContainer } from '../../../src/media/upload/sniff-container.js'
import gracefulShutdown from '../../../src/plugins/graceful-shutdown.js'
import problems from '../../../src/plugins/problems.js'
import { receiveUpload } from '../../../src/media/upload/receive-upload.js'
import { openLocalStorage } from '../../../src/storage/local-storage.js'
import type { MediaStorage } from '../../../src/storage/storage.js'

const clip = readFileSync(path.join(process.cwd(), 'src/demo/clips/clip-480p-en.mp4'))
const clipSha256 = createHash('sha256').update(clip).digest('hex')
const MAX_BYTES = 1_000_000

interface Store {
  readonly storage: MediaStorage
  readonly root: string
}

async function openStore (t: Test): Promise<Store> {
  const root = path.join(t.testdir({}), 'root')
  return { storage: await openLocalStorage(root), root }
}

/** All entries on disk without the folder of incoming files. */
function listFiles (root: string): string[] {
  return readdirSync(root, { recursive: true }).map(String).filter((name) => name !== '.incoming')
}

function inChunks (bytes: Buffer, size: number): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    })(),
    { objectMode: false },
  )
}

t.test('an upload is stored unchanged with its size and checksum, whatever its chunks are', async (t) => {
  const { storage } = await openStore(t)
  for (const size of [7, 563, 65_536, clip.length]) {
    const received = await receiveUpload(inChunks(clip, size), storage, `movies/${size}`, MAX_BYTES, {
      expectedSha256: clipSha256.toUpperCase(),
    })
    t.same(received, { key: `movies/${size}`, sizeBytes: clip.length, sha256: clipSha256 })
    t.ok(clip.equals(await buffer(await storage.open(`movies/${size}`))))
  }
})

t.test('the size limit is exact', async (t) => {
  const { storage, root } = await openStore(t)
  t.equal((await receiveUpload(inChunks(clip, 1_000), storage, 'fits', clip.length)).sizeBytes, clip.length)
  await storage.remove('fits')
  await t.rejects(receiveUpload(inChunks(clip, 1_000), storage, 'movie', clip.length - 1), {
    status: 413,
    code: 'upload-too-large',
  })
  t.same(listFiles(root), [])
})

t.test('an empty body, a wrong checksum and an abort are rejected and leave nothing', async (t) => {
  const { storage, root } = await openStore(t)
  await t.rejects(receiveUpload(Readable.from([]), storage, 'movie', MAX_BYTES), { status: 400, code: 'empty-upload' })
  await t.rejects(
    receiveUpload(inChunks(clip, 9_999), storage, 'movie', MAX_BYTES, { expectedSha256: '0'.repeat(64) }),
    { status: 400, code: 'checksum-mismatch' },
  )
  const abort = new AbortController()
  const source = new PassThrough()
  source.write(clip.subarray(0, 50_000))
  const receiving = receiveUpload(source, storage, 'movie', MAX_BYTES, { signal: abort.signal })
  abort.abort()
  await t.rejects(receiving, { status: 400, code: 'upload-interrupted' })
  await t.rejects(receiveUpload(new PassThrough(), storage, 'movie', MAX_BYTES, { signal: abort.signal }), {
    code: 'upload-interrupted',
  })
  t.same(listFiles(root), [])
})

t.test('a file that is not a media file is rejected before anything is written', async (t) => {
  const { storage, root } = await openStore(t)
  let written = 0
  const countingStorage: MediaStorage = {
    ...storage,
    async create (key) {
      const writer = await storage.create(key)
      return {
        ...writer,
        stream: new Writable({
          write (chunk: Buffer, _encoding, done) {
            written += chunk.length
            done()
          },
        }),
      }
    },
  }
  const bodies = [
    '#EXTM3U\nfile:///etc/passwd\n',
    '<html>',
    'MZ\x90',
    '\x7fELF',
    '\xff\xd8\xff\xe0 JFIF',
    '%PDF-1.7',
    'PK\x03\x04',
    'RIFF1234WAVEfmt ',
    'OggS',
    'ID3',
    'G',
    '{}',
  ]
  for (
    const body of [
      ...bodies.map((text) => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(5_000)])),
      Buffer.from('x'),
      Buffer.from('\0\0\0\x18ftyp'),
      randomBytes(100_000),
    ]
  ) {
    await t.rejects(receiveUpload(inChunks(body, 1_000), countingStorage, 'movie', MAX_BYTES), {
      status: 415,
      code: 'unsupported-media',
    }, body.toString('latin1', 0, 12))
  }
  t.equal(written, 0)
  t.same(listFiles(root), [])
})

t.test('the supported containers are detected by their first bytes, related formats are not', async (t) => {
  const box = (name: string, brand = ''): Buffer =>
    Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(name + brand), Buffer.alloc(600)])
  const ebml = (docType: string): Buffer =>
    Buffer.concat([
      Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, docType.length]),
      Buffer.from(docType),
      Buffer.alloc(600),
    ])
  const packets = Buffer.alloc(564)
  for (const at of [0, 188, 376]) packets[at] = 0x47
  t.same(
    [box('ftyp', 'isom'), box('ftyp', 'qt  '), box('moov'), ebml('matroska'), ebml('webm'), packets].map(
      sniffContainer,
    ),
    ['mp4', 'mov', 'mov', 'mkv', 'webm', 'ts'],
  )
  const oneSync = Buffer.alloc(564, 0)
  oneSync[0] = 0x47
  for (
    const other of [
      box('ftyp', 'heic'),
      box('ftyp', 'avif'),
      box('ftyp', 'M4A '),
      box('ftyq'),
      ebml('other'),
      oneSync,
      Buffer.alloc(0),
      Buffer.alloc(11),
    ]
  ) {
    t.equal(sniffContainer(other), null, other.toString('latin1', 4, 12))
  }
})

t.test('an upload that is interrupted at any of 50 positions leaves nothing', async (t) => {
  const { storage, root } = await openStore(t)
  for (let i = 0; i < 50; i++) {
    const at = Math.floor(i * clip.length / 50)
    const source = Readable.from(
      (async function* () {
        yield* inChunks(clip.subarray(0, at), 10_000)
        throw new Error('connection lost')
      })(),
      { objectMode: false },
    )
    await t.rejects(receiveUpload(source, storage, `movie-${i}`, MAX_BYTES), {
      status: 400,
      code: 'upload-interrupted',
    })
    t.equal(await storage.stat(`movie-${i}`), null)
  }
  t.same(listFiles(root), [])
})

t.test('the error of a failing disk is thrown unchanged, and nothing is left', async (t) => {
  const { storage, root } = await openStore(t)
  const fullStorage: MediaStorage = {
    ...storage,
    async create (key) {
      const writer = await storage.create(key)
      const stream = new Writable({
        write (_chunk, _encoding, done) {
          done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
        },
      })
      stream.on('error', () => {})
      return { ...writer, stream }
    },
  }
  await t.rejects(receiveUpload(inChunks(clip, 10_000), fullStorage, 'movie', MAX_BYTES), { code: 'ENOSPC' })
  t.same(listFiles(root), [])
})

interface UploadServer extends Store {
  readonly port: number
  readonly finished: { count: number }
}

/** Starts a server that receives raw bodies at /raw and forms at /form. */
async function startUploadServer (t: Test): Promise<UploadServer> {
  const { storage, root } = await openStore(t)
  const finished = { count: 0 }
  const app = Fastify({ bodyLimit: 10 * MAX_BYTES })
  await app.register(gracefulShutdown)
  await app.register(problems)
  await app.register(multipart, { limits: { fileSize: 10 * MAX_BYTES } })
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => {
    done(null, payload)
  })
  let next = 0
  const receive = async (source: Readable): Promise<unknown> =>
    await receiveUpload(source, storage, `movie-${next++}`, MAX_BYTES).finally(() => {
      finished.count++
    })
  app.post('/raw', async (request) => await receive(request.body as Readable))
  app.post('/form', async (request) => await receive((await request.file())!.file))
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(async () => {
    await app.close()
  })
  return { storage, root, finished, port: (app.server.address() as AddressInfo).port }
}

t.test('over HTTP, raw and as a form, a client that is still sending reads the error response', async (t) => {
  const { port, root } = await startUploadServer(t)
  const send = async (route: string, bytes: Buffer): Promise<{ status: number, body: Record<string, unknown> }> => {
    const form = new FormData()
    form.set('file', new Blob([bytes]), 'movie.mp4')
    const init = route === 'raw'
      ? { body: bytes, headers: { 'content-type': 'application/octet-stream' } }
      : { body: form }
    const response = await fetch(`http://127.0.0.1:${port}/${route}`, { method: 'POST', ...init })
    return { status: response.status, body: await response.json() as Record<string, unknown> }
  }
  for (const route of ['raw', 'form']) {
    t.match(await send(route, clip), { status: 200, body: { sizeBytes: clip.length, sha256: clipSha256 } }, route)
    t.match(await send(route, randomBytes(5_000_000)), { status: 415, body: { code: 'unsupported-media' } }, route)
    t.match(await send(route, Buffer.concat([clip, Buffer.alloc(5_000_000)])), {
      status: 413,
      body: { code: 'upload-too-large' },
    }, route)
    t.match(await send(route, Buffer.alloc(0)), { status: 400, body: { code: 'empty-upload' } }, route)
  }
  t.equal(listFiles(root).length, 2)
})

t.test('over HTTP, a connection that breaks at any of 50 positions leaves nothing', async (t) => {
  const { port, root, finished } = await startUploadServer(t)
  const FORM_HEAD =
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\ncontent-type: video/mp4\r\n\r\n'
  for (let i = 0; i < 50; i++) {
    const isForm = i % 2 === 1
    const head = isForm ? FORM_HEAD : ''
    const tail = isForm ? '\r\n--x--\r\n' : ''
    const type = isForm ? 'multipart/form-data; boundary=x' : 'application/octet-stream'
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const length = head.length + clip.length + tail.length
    socket.write(
      `POST /${isForm ? 'form' : 'raw'} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\n` +
        `content-length: ${length}\r\n\r\n${head}`,
    )
    await new Promise<void>((resolve) => {
      socket.write(clip.subarray(0, 1 + Math.floor(i * clip.length / 50)), () => {
        resolve()
      })
    })
    socket.destroy()
    await once(socket, 'close')
  }
  for (let tries = 0; tries < 100 && finished.count < 50; tries++) await wait(50)
  t.equal(finished.count, 50)
  t.same(listFiles(root), [])
})
