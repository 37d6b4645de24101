// Uploads of 2 GiB into a service of its own: however they are sent, its memory does not grow with them.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { readRss } from '../../bench/process-usage.js'
import { createTestDatabase } from '../support/app.js'
import { clipBytes } from '../support/catalogue.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'

const PADDING_BYTES = 2 * 1024 ** 3
const CHUNK = Buffer.alloc(1024 ** 2)
const MAX_GROWTH_BYTES = 100 * 1024 ** 2
const SAMPLE_EVERY_MS = 50

/** A real clip and, behind it, a box that players pass over: its length, then nothing but zeros. */
function paddedClip (paddingBytes: number): { sizeBytes: number, chunks: () => Generator<Buffer> } {
  const clip = clipBytes('480p-en')
  const box = Buffer.alloc(16)
  box.writeUInt32BE(1, 0)
  box.write('free', 4, 'latin1')
  box.writeBigUInt64BE(BigInt(box.length + paddingBytes), 8)
  return {
    sizeBytes: clip.length + box.length + paddingBytes,
    *chunks () {
      yield clip
      yield box
      for (let left = paddingBytes; left > 0; left -= CHUNK.length) {
        yield CHUNK.subarray(0, Math.min(left, CHUNK.length))
      }
    },
  }
}

interface Sending {
  readonly method?: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly sizeBytes: number
  readonly chunks: Iterable<Buffer>
}

async function stream (
  server: ServerProcess,
  { method = 'POST', url, headers, sizeBytes, chunks }: Sending,
): Promise<{ status: number, body: any }> {
  const outgoing = request(server.origin + url, {
    method,
    headers: { ...headers, 'content-length': sizeBytes },
    agent: false,
  })
  const answered = once(outgoing, 'response')
  await pipeline(Readable.from(chunks), outgoing)
  const [incoming] = await answered
  return { status: incoming.statusCode, body: incoming.statusCode === 204 ? incoming.resume() : await json(incoming) }
}

/** The most memory that a process held while something was done, beyond what it held before. */
async function growthOf (pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = readRss(pid) ?? 0
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, readRss(pid) ?? 0)
  }, SAMPLE_EVERY_MS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return most - before
}

const isLinux = process.platform === 'linux'
t.test('a service that takes 2 GiB grows by less than 100 MiB', {
  timeout: 280_000,
  skip: isLinux ? false : 'only Linux tells what memory another process holds',
}, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-large-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const server = await startServer(t, uri, dataDir)
  const token = await signUpAdminAt(server, uri)
  const movie = (await send(server, 'POST', '/v1/admin/movies', token, { title: 'Sátántangó' })).body.id
  const authorization = `Bearer ${token}`
  const large = paddedClip(PADDING_BYTES)
  const remove = async (id: string): Promise<void> => {
    t.equal((await send(server, 'DELETE', `/v1/admin/media/${id}`, token)).status, 204)
  }

  async function sendRaw ({ sizeBytes, chunks }: ReturnType<typeof paddedClip>): Promise<void> {
    const { status, body } = await stream(server, {
      url: `/v1/admin/movies/${movie}/media`,
      headers: { authorization, 'content-type': 'video/mp4' },
      sizeBytes,
      chunks: chunks(),
    })
    t.equal(status, 201)
    t.match(body, { sizeBytes, durationMs: 60_000 })
    await remove(body.id)
  }

  async function sendForm ({ sizeBytes, chunks }: ReturnType<typeof paddedClip>): Promise<void> {
    const head = Buffer.from(
      '--edge\r\ncontent-disposition: form-data; name="file"; filename="film.mp4"\r\ncontent-type: video/mp4\r\n\r\n',
    )
    const tail = Buffer.from('\r\n--edge--\r\n')
    const all = function* (): Generator<Buffer> {
      yield head
      yield* chunks()
      yield tail
    }
    const headers = { authorization, 'content-type': 'multipart/form-data; boundary=edge' }
    const { status, body } = await stream(server, {
      url: `/v1/admin/movies/${movie}/media`,
      headers,
      sizeBytes: head.length + sizeBytes + tail.length,
      chunks: all(),
    })
    t.equal(status, 201)
    t.match(body, { sizeBytes })
    await remove(body.id)
  }

  async function sendResumable ({ sizeBytes, chunks }: ReturnType<typeof paddedClip>): Promise<void> {
    const tus = { authorization, 'tus-resumable': '1.0.0' }
    const begun = await fetch(`${server.origin}/v1/admin/uploads`, {
      method: 'POST',
      headers: { ...tus, 'upload-length': String(sizeBytes), 'upload-metadata': `itemId ${btoa(movie)}` },
    })
    const url = begun.headers.get('location') ?? ''
    t.equal(
      (await stream(server, {
        method: 'PATCH',
        url,
        headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
        sizeBytes,
        chunks: chunks(),
      })).status,
      204,
    )
    let upload
    do upload = (await send(server, 'GET', url, token)).body
    while (upload.state === 'processing')
    t.match(upload, { state: 'ready', sizeBytes })
    await remove(upload.mediaFileId)
  }

  for (
    const [how, sendIt] of [['as the body', sendRaw], ['in a form', sendForm], [
      'so that it could be resumed',
      sendResumable,
    ]] as const
  ) {
    await sendIt(paddedClip(0))
    const grown = await growthOf(server.pid, async () => {
      await sendIt(large)
    })
    t.ok(grown < MAX_GROWTH_BYTES, `${how}: it grew by ${Math.round(grown / 1024 ** 2)} MiB`)
  }
})
