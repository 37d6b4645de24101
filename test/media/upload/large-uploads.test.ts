// Uploads 2 GiB to a separate service process in each way that the API offers. Its memory does not grow with the file.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { readRss } from '../../../bench/process-usage.js'
import { createTestDatabase } from '../../support/app.js'
import { clipBytes } from '../../support/catalogue.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../../support/server-process.js'

const PADDING_BYTES = 2 * 1024 ** 3
const CHUNK = Buffer.alloc(1024 ** 2)
const MAX_GROWTH_BYTES = 100 * 1024 ** 2
const SAMPLE_INTERVAL_MS = 50

interface PaddedClip {
  readonly sizeBytes: number
  readonly chunks: () => Generator<Buffer>
}

/** A real clip followed by a `free` box of zeros, which players skip. */
function padClip (paddingBytes: number): PaddedClip {
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
      for (let remaining = paddingBytes; remaining > 0; remaining -= CHUNK.length) {
        yield CHUNK.subarray(0, Math.min(remaining, CHUNK.length))
      }
    },
  }
}

interface UploadRequest {
  readonly method?: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly sizeBytes: number
  readonly chunks: Iterable<Buffer>
}

/** Streams a body without holding it in memory. */
async function streamBody (
  server: ServerProcess,
  { method = 'POST', url, headers, sizeBytes, chunks }: UploadRequest,
): Promise<{ status: number, body: any }> {
  const upload = request(server.origin + url, {
    method,
    headers: { ...headers, 'content-length': sizeBytes },
    agent: false,
  })
  const responded = once(upload, 'response')
  await pipeline(Readable.from(chunks), upload)
  const [response] = await responded
  return { status: response.statusCode, body: response.statusCode === 204 ? response.resume() : await json(response) }
}

/** Returns by how many bytes the memory of a process grew at most during the work. */
async function measureGrowth (pid: number, work: () => Promise<unknown>): Promise<number> {
  const initial = readRss(pid) ?? 0
  let peak = initial
  const timer = setInterval(() => {
    peak = Math.max(peak, readRss(pid) ?? 0)
  }, SAMPLE_INTERVAL_MS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return peak - initial
}

const isLinux = process.platform === 'linux'
t.test('a service that receives 2 GiB grows by less than 100 MiB', {
  timeout: 280_000,
  skip: isLinux ? false : 'the memory of another process is readable on Linux only',
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
  const deleteMedia = async (id: string): Promise<void> => {
    t.equal((await send(server, 'DELETE', `/v1/admin/media/${id}`, token)).status, 204)
  }

  async function uploadAsBody ({ sizeBytes, chunks }: PaddedClip): Promise<void> {
    const { status, body } = await streamBody(server, {
      url: `/v1/admin/movies/${movie}/media`,
      headers: { authorization, 'content-type': 'video/mp4' },
      sizeBytes,
      chunks: chunks(),
    })
    t.equal(status, 201)
    t.match(body, { sizeBytes, durationMs: 60_000 })
    await deleteMedia(body.id)
  }

  async function uploadAsForm ({ sizeBytes, chunks }: PaddedClip): Promise<void> {
    const disposition = 'content-disposition: form-data; name="file"; filename="satantango.mp4"'
    const head = Buffer.from(`--edge\r\n${disposition}\r\ncontent-type: video/mp4\r\n\r\n`)
    const tail = Buffer.from('\r\n--edge--\r\n')
    const form = function* (): Generator<Buffer> {
      yield head
      yield* chunks()
      yield tail
    }
    const { status, body } = await streamBody(server, {
      url: `/v1/admin/movies/${movie}/media`,
      headers: { authorization, 'content-type': 'multipart/form-data; boundary=edge' },
      sizeBytes: head.length + sizeBytes + tail.length,
      chunks: form(),
    })
    t.equal(status, 201)
    t.match(body, { sizeBytes })
    await deleteMedia(body.id)
  }

  async function uploadResumable ({ sizeBytes, chunks }: PaddedClip): Promise<void> {
    const tus = { authorization, 'tus-resumable': '1.0.0' }
    const created = await fetch(`${server.origin}/v1/admin/uploads`, {
      method: 'POST',
      headers: { ...tus, 'upload-length': String(sizeBytes), 'upload-metadata': `itemId ${btoa(movie)}` },
    })
    const url = created.headers.get('location') ?? ''
    const { status } = await streamBody(server, {
      method: 'PATCH',
      url,
      headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
      sizeBytes,
      chunks: chunks(),
    })
    t.equal(status, 204)
    let upload
    do upload = (await send(server, 'GET', url, token)).body
    while (upload.state === 'processing')
    t.match(upload, { state: 'ready', sizeBytes })
    await deleteMedia(upload.mediaFileId)
  }

  const uploads = [['request body', uploadAsBody], ['form', uploadAsForm], [
    'resumable upload',
    uploadResumable,
  ]] as const
  for (const [kind, upload] of uploads) {
    await upload(padClip(0))
    const growthBytes = await measureGrowth(server.pid, async () => {
      await upload(padClip(PADDING_BYTES))
    })
    t.ok(growthBytes < MAX_GROWTH_BYTES, `${kind}: the memory grew by ${Math.round(growthBytes / 1024 ** 2)} MiB`)
  }
})
