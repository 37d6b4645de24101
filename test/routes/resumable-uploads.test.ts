// Uploads that can be resumed: whatever breaks, no byte is sent twice that was kept, and what arrives is what was sent.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, existsSync, readdirSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import t, { type Test } from 'tap'
import { Upload } from 'tus-js-client'
import { Media } from '../../models/media.js'
import { MediaUpload, NO_LEASE } from '../../models/media-upload.js'
import {
  addMovie,
  addShow,
  call,
  clipBytes,
  expectProblem,
  play,
  signUp,
  signUpAdmin,
  startApp,
  type Answer,
  type Person,
  type TestApp,
  containerOf,
} from '../helper.js'
import { startS3Server, type S3Server } from '../storage/s3-server.js'

const clip = clipBytes('480p-en')
const sha256 = createHash('sha256').update(clip).digest('hex')
const PATCH_TYPE = 'application/offset+octet-stream'
const MAX_BYTES = 1_000_000

interface Door extends TestApp {
  readonly admin: Person
  readonly movie: string
  readonly port: number
  readonly server: S3Server | null
  /** What is stored: media files, and what uploads left. */
  contents(): Promise<{ files: string[], unfinished: string[] }>
}

async function openDoor (t: Test, kind: 'local' | 's3', variables: Record<string, string> = {}): Promise<Door> {
  const server = kind === 's3' ? await startS3Server(t) : null
  const test = await startApp(t, { MAX_UPLOAD_BYTES: String(MAX_BYTES), ...server?.variables, ...variables })
  const admin = await signUpAdmin(test.app)
  const movie = await addMovie(test.app, admin, {}, [])
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  const root = path.join(test.config.dataDir, 'media')
  return {
    ...test,
    admin,
    movie,
    server,
    port: (test.app.server.address() as AddressInfo).port,
    async contents () {
      if (server !== null) {
        const { objects, uploads } = await server.contents()
        return {
          files: objects.filter((key) => !/\.(info|part)$/.test(key)),
          unfinished: [...uploads, ...objects.filter((key) => /\.(info|part)$/.test(key))],
        }
      }
      const list = (folder: string): string[] =>
        existsSync(folder)
          ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((
            { name },
          ) => name)
          : []
      return {
        files: [...list(path.join(root, 'resumable')), ...list(path.join(root, String(movie)))],
        unfinished: [...list(path.join(root, '.resumable')), ...list(path.join(root, '.incoming'))],
      }
    },
  }
}

const encode = (metadata: Record<string, string>): string =>
  Object.entries(metadata).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(',')

async function begin (
  { app, admin, movie }: Door,
  options: { sizeBytes?: number, metadata?: Record<string, string>, headers?: Record<string, string>, token?: string } =
    {},
): Promise<Answer> {
  const { sizeBytes = clip.length, metadata = {}, headers = {}, token = admin.token } = options
  return await call(app, 'POST', '/v1/admin/uploads', {
    token,
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': String(sizeBytes),
      'upload-metadata': encode({ itemId: movie, ...metadata }),
      ...headers,
    },
  })
}

async function patch (
  { app, admin }: Door,
  url: string,
  offset: number,
  body: Buffer,
  token = admin.token,
): Promise<Answer> {
  return await call(app, 'PATCH', url, {
    token,
    body,
    headers: { 'tus-resumable': '1.0.0', 'upload-offset': String(offset), 'content-type': PATCH_TYPE },
  })
}

async function head ({ app, admin }: Door, url: string): Promise<Answer> {
  return await call(app, 'HEAD', url, { token: admin.token, headers: { 'tus-resumable': '1.0.0' } })
}

async function offsetOf (door: Door, url: string): Promise<number> {
  return Number((await head(door, url)).headers['upload-offset'])
}

/** What became of an upload. */
async function outcome ({ app, admin }: Door, url: string): Promise<any> {
  await containerOf(app).uploads.settle()
  return (await admin.get(url)).body
}

for (const kind of ['local', 's3'] as const) {
  t.test(`into ${kind} storage`, async (t) => {
    const door = await openDoor(t, kind)
    const { app, admin, movie, port } = door

    t.test('a client of another make uploads in pieces, and the file can be played', async (t) => {
      const upload = await new Promise<Upload>((resolve, reject) => {
        const upload = new Upload(clip, {
          endpoint: `http://127.0.0.1:${port}/v1/admin/uploads`,
          headers: { authorization: `Bearer ${admin.token}` },
          metadata: {
            itemId: movie,
            language: 'en',
            edition: "director's cut",
            filetype: 'video/mp4',
            filename: 'a film.mp4',
            sha256,
          },
          chunkSize: 70_000,
          retryDelays: [],
          onError: reject,
          onSuccess: () => {
            resolve(upload)
          },
        })
        upload.start()
      })
      const url = new URL(upload.url ?? '').pathname
      const view = await outcome(door, url)
      t.match(view, {
        state: 'ready',
        receivedBytes: clip.length,
        sizeBytes: clip.length,
        failure: null,
        itemId: movie,
        startedBy: admin.accountId,
      })
      t.equal(view.mediaFileId, url.split('/').at(-1))
      const { body } = await play(await signUp(app), movie)
      t.match(body.mediaFile, {
        id: view.mediaFileId,
        sha256,
        edition: "director's cut",
        audioLanguages: ['en'],
        height: 480,
      })
      t.ok((await call(app, 'GET', body.url)).bytes.equals(clip))
      t.equal(await offsetOf(door, url), clip.length, 'a client that lost the last answer is told that all is there')
      t.match((await admin.get('/v1/admin/uploads')).body.items[0], { id: view.mediaFileId, state: 'ready' })
      t.equal((await admin.delete(url)).status, 204)
      expectProblem(t, await admin.get(url), 'not-found', 404)
      t.equal((await call(app, 'GET', body.url)).status, 200, 'the media file stays')
      await admin.delete(`/v1/admin/media/${view.mediaFileId}`)
      t.strictSame(await door.contents(), { files: [], unfinished: [] })
    })

    t.test('a client that gives up and comes back sends the rest only, wherever it was stopped', async (t) => {
      for (const stopAt of [1, 100_000, 200_000]) {
        let sent = 0
        const options = {
          headers: { authorization: `Bearer ${admin.token}` },
          metadata: { itemId: movie },
          chunkSize: 30_000,
          retryDelays: [],
          storeFingerprintForResuming: false,
        }
        const url = await new Promise<string>((resolve, reject) => {
          const first: Upload = new Upload(clip, {
            ...options,
            endpoint: `http://127.0.0.1:${port}/v1/admin/uploads`,
            onError: reject,
            onChunkComplete: (_size, accepted) => {
              if (accepted >= stopAt) {
                void first.abort().then(() => {
                  resolve(first.url ?? '')
                })
              }
            },
          })
          first.start()
        })
        const kept = await offsetOf(door, new URL(url).pathname)
        t.ok(kept >= stopAt && kept < clip.length, `${kept} bytes were kept`)
        await new Promise<void>((resolve, reject) => {
          const second = new Upload(clip, {
            ...options,
            uploadUrl: url,
            onError: reject,
            onSuccess: () => {
              resolve()
            },
            onChunkComplete: (size) => {
              sent += size
            },
          })
          second.start()
        })
        t.equal(sent, clip.length - kept)
        t.match(await outcome(door, new URL(url).pathname), { state: 'ready' })
      }
      t.strictSame((await door.contents()).unfinished, [])
    })

    t.test('a connection that is cut keeps what arrived', async (t) => {
      const url = String((await begin(door, { metadata: { sha256 } })).headers.location)
      let offset = 0
      for (const size of [1, 700, 30_000, 100_000]) {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => {})
        socket.write(
          `PATCH ${url} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${admin.token}\r\ntus-resumable: 1.0.0\r\nupload-offset: ${offset}\r\ncontent-type: ${PATCH_TYPE}\r\ncontent-length: ${
            clip.length - offset
          }\r\n\r\n`,
        )
        await new Promise<void>((resolve) => {
          socket.write(clip.subarray(offset, offset + size), () => {
            resolve()
          })
        })
        socket.destroy()
        await once(socket, 'close')
        // The server hears of the bytes and of the end in its own time; asking ends a request that is there already.
        const now = await offsetOf(door, url)
        t.ok(now >= offset && now <= offset + size, `${now} of ${offset + size}`)
        offset = now
      }
      // What was cut may be read only now: then the upload goes on elsewhere, and says so.
      let answer = await patch(door, url, offset, clip.subarray(offset))
      for (let late = 0; late < 4 && answer.status === 409; late++) {
        offset = await offsetOf(door, url)
        answer = await patch(door, url, offset, clip.subarray(offset))
      }
      t.equal(answer.status, 204)
      t.match(await outcome(door, url), { state: 'ready' })
    })

    t.test('two requests that write at once leave the bytes in order', async (t) => {
      for (let round = 0; round < 5; round++) {
        const url = String((await begin(door, { metadata: { sha256 } })).headers.location)
        const answers = await Promise.all([
          patch(door, url, 0, clip),
          patch(door, url, 0, clip),
          patch(door, url, 0, clip.subarray(0, 1_000)),
        ])
        for (const { status } of answers) t.ok([204, 400, 409, 423].includes(status), String(status))
        const offset = await offsetOf(door, url)
        if (offset < clip.length) await patch(door, url, offset, clip.subarray(offset))
        t.match(await outcome(door, url), { state: 'ready' }, 'the checksum is right')
      }
    })

    t.test('giving up leaves nothing', async (t) => {
      const before = await door.contents()
      const url = String((await begin(door)).headers.location)
      await patch(door, url, 0, clip.subarray(0, 100_000))
      t.match((await admin.get(url)).body, {
        state: 'uploading',
        receivedBytes: 100_000,
        mediaFileId: null,
        failure: null,
      })
      t.not((await door.contents()).unfinished.length, 0)
      t.equal(
        (await call(app, 'DELETE', url, { token: admin.token, headers: { 'tus-resumable': '1.0.0' } })).status,
        204,
      )
      expectProblem(t, await patch(door, url, 100_000, clip.subarray(100_000)), 'not-found', 404)
      t.equal((await head(door, url)).status, 404)
      t.strictSame(await door.contents(), before)
    })

    t.test('what is no video is refused with its first bytes, and what is damaged fails; nothing is left of either', async (t) => {
      const before = await door.contents()
      const other = String((await begin(door, { sizeBytes: 50_000 })).headers.location)
      expectProblem(t, await patch(door, other, 0, randomBytes(50_000).fill('<html>')), 'unsupported-media', 415)
      expectProblem(t, await admin.get(other), 'not-found', 404)

      const small = String((await begin(door, { sizeBytes: 20 })).headers.location)
      expectProblem(t, await patch(door, small, 0, Buffer.alloc(20)), 'unsupported-media', 415)

      const late = String((await begin(door, { sizeBytes: 1_000 })).headers.location)
      t.equal((await patch(door, late, 0, Buffer.alloc(10))).status, 204, 'too few bytes to tell')
      t.equal((await patch(door, late, 10, Buffer.alloc(990))).status, 204)
      t.match(await outcome(door, late), { state: 'failed', mediaFileId: null, failure: { code: 'unreadable-media' } })

      const cut = String((await begin(door, { sizeBytes: 150_000 })).headers.location)
      await patch(door, cut, 0, clip.subarray(0, 150_000))
      t.match(await outcome(door, cut), { state: 'failed', failure: { code: 'unreadable-media', detail: /damaged/ } })

      const changed = String((await begin(door, { metadata: { sha256: '0'.repeat(64) } })).headers.location)
      await patch(door, changed, 0, clip)
      t.match(await outcome(door, changed), { state: 'failed', failure: { code: 'checksum-mismatch' } })
      t.strictSame(await door.contents(), before)
    })

    t.test('one that nobody goes on with is removed a day after its last bytes, and its outcome a week later', async (t) => {
      const before = await door.contents()
      const url = String((await begin(door)).headers.location)
      door.clock.advance(20 * 3_600_000)
      t.equal((await patch(door, url, 0, clip.subarray(0, 10_000))).status, 204)
      door.clock.advance(20 * 3_600_000)
      await containerOf(app).uploads.sweep()
      await containerOf(app).storage.sweep(0)
      t.equal(await offsetOf(door, url), 10_000)
      door.clock.advance(5 * 3_600_000)
      t.equal((await head(door, url)).status, 410)
      await containerOf(app).uploads.sweep()
      t.equal((await head(door, url)).status, 404)
      t.strictSame(await door.contents(), before)
      door.clock.advance(8 * 24 * 3_600_000)
      await containerOf(app).uploads.sweep()
      t.strictSame((await admin.get('/v1/admin/uploads')).body.items, [])
    })
  })
}

t.test('what a process left when it died', async (t) => {
  const door = await openDoor(t, 'local')
  const { app, config } = door
  const file = (url: string): string => path.join(config.dataDir, 'media', '.resumable', url.split('/').at(-1) ?? '')

  t.test('between the last byte and the word of it is processed when somebody asks', async (t) => {
    const url = String((await begin(door)).headers.location)
    await patch(door, url, 0, clip.subarray(0, -1))
    appendFileSync(file(url), clip.subarray(-1))
    t.equal(await offsetOf(door, url), clip.length)
    t.match(await outcome(door, url), { state: 'ready' })
  })

  t.test('and when nobody asks, by the sweep', async (t) => {
    const url = String((await begin(door)).headers.location)
    await patch(door, url, 0, clip.subarray(0, -1))
    appendFileSync(file(url), clip.subarray(-1))
    await containerOf(app).uploads.sweep()
    t.match(await outcome(door, url), { state: 'ready' })
  })

  t.test('while it was processed is taken up again, and the item gets the file once', async (t) => {
    const url = String((await begin(door)).headers.location)
    await patch(door, url, 0, clip)
    const { mediaFileId } = await outcome(door, url)
    await MediaUpload.updateOne({ _id: mediaFileId }, {
      $set: { state: 'processing', leaseHolder: 'dead', leaseUntil: new Date(door.clock.now().getTime() + 5_000) },
    })
    await containerOf(app).uploads.sweep()
    t.match(await outcome(door, url), { state: 'processing' }, 'its lease has not lapsed')
    expectProblem(
      t,
      await call(app, 'DELETE', url, { token: door.admin.token, headers: { 'tus-resumable': '1.0.0' } }),
      'upload-processing',
      409,
    )
    door.clock.advance(6_000)
    await containerOf(app).uploads.sweep()
    t.match(await outcome(door, url), { state: 'ready' })
    t.equal(
      (await Media.findOne({ 'files._id': mediaFileId }))?.files.filter(({ _id }) => _id.toString() === mediaFileId)
        .length,
      1,
    )
  })

  t.test('with bytes that are gone fails and says so', async (t) => {
    const url = String((await begin(door)).headers.location)
    await patch(door, url, 0, clip.subarray(0, 1_000))
    const id = url.split('/').at(-1) ?? ''
    await MediaUpload.updateOne({ _id: id }, {
      $set: { state: 'processing', storageKey: 'resumable/nowhere', leaseUntil: NO_LEASE },
    })
    const { rmSync } = await import('node:fs')
    rmSync(file(url))
    await containerOf(app).uploads.sweep()
    t.match(await outcome(door, url), { state: 'failed', failure: { code: 'upload-lost' } })
  })
})

t.test('requests', async (t) => {
  const door = await openDoor(t, 'local', { CORS_ORIGINS: 'https://studio.example.com' })
  const { app, admin, movie } = door

  t.test('that do not keep the protocol, or ask too much, are problems', async (t) => {
    const url = String((await begin(door)).headers.location)
    await patch(door, url, 0, clip.subarray(0, 1_000))
    expectProblem(t, await patch(door, url, 0, clip), 'upload-offset-mismatch', 409)
    expectProblem(t, await patch(door, url, 2_000, clip.subarray(2_000)), 'upload-offset-mismatch', 409)
    expectProblem(t, await patch(door, url, 1_000, Buffer.alloc(clip.length)), 'upload-too-large', 413)
    t.equal(await offsetOf(door, url), 1_000)
    t.equal((await begin(door, { sizeBytes: MAX_BYTES })).status, 201)
    expectProblem(t, await begin(door, { sizeBytes: MAX_BYTES + 1 }), 'upload-too-large', 413)
    expectProblem(t, await begin(door, { sizeBytes: 0 }), 'empty-upload', 400)
    expectProblem(t, await begin(door, { headers: { 'upload-length': '-1' } }), 'malformed-request', 400)
    expectProblem(t, await begin(door, { headers: { 'tus-resumable': '0.9.0' } }), 'malformed-request', 400)
    expectProblem(t, await begin(door, { metadata: { itemId: 'x' } }), 'validation-failed', 400)
    expectProblem(t, await begin(door, { metadata: { language: 'not a language' } }), 'validation-failed', 400)
    expectProblem(t, await begin(door, { headers: { 'upload-metadata': 'itemId ???' } }), 'malformed-request', 400)
    expectProblem(t, await begin(door, { metadata: { itemId: '0'.repeat(24) } }), 'not-found', 404)
    expectProblem(t, await begin(door, { metadata: { filetype: 'text/html' } }), 'unsupported-media', 415)
    const { status: without } = await call(app, 'POST', '/v1/admin/uploads', {
      token: admin.token,
      headers: { 'upload-length': '5' },
    })
    t.equal(without, 412)
    const deferred = await call(app, 'POST', '/v1/admin/uploads', {
      token: admin.token,
      headers: { 'tus-resumable': '1.0.0', 'upload-defer-length': '1', 'upload-metadata': encode({ itemId: movie }) },
    })
    expectProblem(t, deferred, 'malformed-request', 400)
    const wrongType = await call(app, 'PATCH', url, {
      token: admin.token,
      body: clip,
      headers: { 'tus-resumable': '1.0.0', 'upload-offset': '1000', 'content-type': 'video/mp4' },
    })
    expectProblem(t, wrongType, 'unsupported-media-type', 415)
    expectProblem(t, await admin.get('/v1/admin/uploads/nonsense'), 'not-found', 404)
    t.strictSame((await admin.get('/v1/admin/uploads')).body.items.length, 2)
  })

  t.test('may send the first bytes with the announcement, and an episode is an item too', async (t) => {
    const show = await addShow(app, admin, {}, [])
    const answer = await call(app, 'POST', '/v1/admin/uploads', {
      token: admin.token,
      body: clip,
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(clip.length),
        'upload-metadata': encode({ itemId: show.episodes[0] ?? '' }),
        'content-type': PATCH_TYPE,
      },
    })
    t.equal(answer.status, 201)
    t.equal(answer.headers['upload-offset'], String(clip.length))
    t.match(await outcome(door, String(answer.headers.location)), { state: 'ready' })
    t.equal((await admin.get(`/v1/shows/${show.id}/seasons/1`)).body.episodes[0].mediaFiles.length, 1)
  })

  t.test('of members and strangers are refused, and another administrator may go on', async (t) => {
    const url = String((await begin(door)).headers.location)
    const member = await signUp(app)
    for (const method of ['POST', 'PATCH', 'DELETE', 'GET'] as const) {
      const target = method === 'POST' ? '/v1/admin/uploads' : url
      expectProblem(
        t,
        await call(app, method, target, { token: member.token, headers: { 'tus-resumable': '1.0.0' } }),
        'forbidden',
        403,
      )
      expectProblem(t, await call(app, method, target, { headers: { 'tus-resumable': '1.0.0' } }), 'unauthorized', 401)
    }
    t.equal((await call(app, 'HEAD', url, { token: member.token, headers: { 'tus-resumable': '1.0.0' } })).status, 403)
    expectProblem(t, await member.get('/v1/admin/uploads'), 'forbidden', 403)
    const other = await signUpAdmin(app)
    t.equal((await patch(door, url, 0, clip, other.token)).status, 204)
    t.match(await outcome(door, url), { state: 'ready', startedBy: admin.accountId })
  })

  t.test('of a browser learn by OPTIONS what the server can do, and may read what they need', async (t) => {
    const plain = await app.inject({ method: 'OPTIONS', url: '/v1/admin/uploads' })
    t.equal(plain.statusCode, 204)
    t.match(plain.headers, {
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-max-size': String(MAX_BYTES),
      'tus-extension': 'creation,creation-with-upload,termination,expiration',
    })
    t.equal(plain.headers['access-control-allow-origin'], undefined)
    const ask = (origin: string, url: string) =>
      app.inject({
        method: 'OPTIONS',
        url,
        headers: {
          origin,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'tus-resumable,upload-offset',
        },
      })
    for (const url of ['/v1/admin/uploads', `/v1/admin/uploads/${'0'.repeat(24)}`]) {
      const allowed = await ask('https://studio.example.com', url)
      t.equal(allowed.statusCode, 204)
      t.match(allowed.headers, {
        'access-control-allow-origin': 'https://studio.example.com',
        'access-control-allow-methods': /PATCH/,
        'access-control-allow-headers': /upload-offset/,
      })
      t.equal((await ask('https://evil.example.com', url)).headers['access-control-allow-origin'], undefined)
    }
    const begun = await begin(door, { headers: { origin: 'https://studio.example.com' } })
    t.match(begun.headers['access-control-expose-headers'], /Upload-Offset/)
    t.equal(begun.headers['access-control-allow-origin'], 'https://studio.example.com')
  })
})

t.test('a bucket that is away interrupts an upload and loses nothing', async (t) => {
  const door = await openDoor(t, 's3')
  const url = String((await begin(door, { metadata: { sha256 } })).headers.location)
  await patch(door, url, 0, clip.subarray(0, 100_000))
  door.server!.fault = 'refuse'
  expectProblem(t, await patch(door, url, 100_000, clip.subarray(100_000)), 'storage-unavailable', 503)
  t.equal((await head(door, url)).status, 503, 'a 404 would make a client begin again')
  expectProblem(t, await begin(door), 'storage-unavailable', 503)
  door.server!.fault = null
  t.equal((await door.admin.get('/v1/admin/uploads')).body.items.length, 1, 'what could not begin is not listed')
  const offset = await offsetOf(door, url)
  t.equal((await patch(door, url, offset, clip.subarray(offset))).status, 204)
  t.match(await outcome(door, url), { state: 'ready' })
  const { files, unfinished } = await door.contents()
  t.equal(files.length, 1)
  t.strictSame(unfinished, [])
})
