// Resumable uploads into each kind of storage: resumed, interrupted, concurrent, terminated and malformed uploads.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { Upload } from 'tus-js-client'
import { containerOf } from '../support/app.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp } from '../support/users.js'
import {
  clip,
  createUpload,
  headUpload,
  PATCH_TYPE,
  patchUpload,
  readOffset,
  readResult,
  sha256,
  startUploadTest,
} from '../support/upload-requests.js'

for (const kind of ['local', 's3'] as const) {
  t.test(`into ${kind} storage`, async (t) => {
    const test = await startUploadTest(t, kind)
    const { app, admin, movie, port } = test

    t.test('a tus client uploads in chunks, and the file is playable', async (t) => {
      const upload = await new Promise<Upload>((resolve, reject) => {
        const upload = new Upload(clip, {
          endpoint: `http://127.0.0.1:${port}/v1/admin/uploads`,
          headers: { authorization: `Bearer ${admin.token}` },
          metadata: {
            itemId: movie,
            language: 'en',
            edition: "director's cut",
            filetype: 'video/mp4',
            filename: 'a movie.mp4',
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
      const view = await readResult(test, url)
      t.match(view, {
        state: 'ready',
        receivedBytes: clip.length,
        sizeBytes: clip.length,
        failure: null,
        itemId: movie,
        fileName: 'a movie.mp4',
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
      t.equal(
        await readOffset(test, url),
        clip.length,
        'a client that lost the last response learns that the upload is complete',
      )
      t.match((await admin.get('/v1/admin/uploads')).body.items[0], { id: view.mediaFileId, state: 'ready' })
      t.equal((await admin.delete(url)).status, 204)
      expectProblem(t, await admin.get(url), 'not-found', 404)
      t.equal((await call(app, 'GET', body.url)).status, 200, 'the media file stays')
      await admin.delete(`/v1/admin/media/${view.mediaFileId}`)
      t.strictSame(await test.contents(), { files: [], unfinished: [] })
    })

    t.test('a client that resumes an upload sends only the remaining bytes', async (t) => {
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
        const received = await readOffset(test, new URL(url).pathname)
        t.ok(received >= stopAt && received < clip.length, `${received} bytes were received`)
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
        t.equal(sent, clip.length - received)
        t.match(await readResult(test, new URL(url).pathname), { state: 'ready' })
      }
      t.strictSame((await test.contents()).unfinished, [])
    })

    t.test('bytes that arrived before a connection broke are kept', async (t) => {
      const url = String((await createUpload(test, { metadata: { sha256 } })).headers.location)
      let offset = 0
      for (const size of [1, 700, 30_000, 100_000]) {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => {})
        socket.write(
          `PATCH ${url} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${admin.token}\r\n` +
            `tus-resumable: 1.0.0\r\nupload-offset: ${offset}\r\ncontent-type: ${PATCH_TYPE}\r\n` +
            `content-length: ${clip.length - offset}\r\n\r\n`,
        )
        await new Promise<void>((resolve) => {
          socket.write(clip.subarray(offset, offset + size), () => {
            resolve()
          })
        })
        socket.destroy()
        await once(socket, 'close')
        // The server may not have processed the bytes yet. HEAD makes it end a request that still writes.
        const newOffset = await readOffset(test, url)
        t.ok(newOffset >= offset && newOffset <= offset + size, `${newOffset} of ${offset + size}`)
        offset = newOffset
      }
      // Bytes of the broken connection may be written only now; then the offset differs.
      let response = await patchUpload(test, url, offset, clip.subarray(offset))
      for (let late = 0; late < 4 && response.status === 409; late++) {
        offset = await readOffset(test, url)
        response = await patchUpload(test, url, offset, clip.subarray(offset))
      }
      t.equal(response.status, 204)
      t.match(await readResult(test, url), { state: 'ready' })
    })

    t.test('concurrent writes leave the bytes in order', async (t) => {
      for (let round = 0; round < 5; round++) {
        const url = String((await createUpload(test, { metadata: { sha256 } })).headers.location)
        const responses = await Promise.all([
          patchUpload(test, url, 0, clip),
          patchUpload(test, url, 0, clip),
          patchUpload(test, url, 0, clip.subarray(0, 1_000)),
        ])
        for (const { status } of responses) t.ok([204, 400, 409, 423].includes(status), String(status))
        const offset = await readOffset(test, url)
        if (offset < clip.length) await patchUpload(test, url, offset, clip.subarray(offset))
        t.match(await readResult(test, url), { state: 'ready' }, 'the checksum is right')
      }
    })

    t.test('a terminated upload leaves nothing', async (t) => {
      const before = await test.contents()
      const url = String((await createUpload(test)).headers.location)
      await patchUpload(test, url, 0, clip.subarray(0, 100_000))
      t.match((await admin.get(url)).body, {
        state: 'uploading',
        receivedBytes: 100_000,
        mediaFileId: null,
        failure: null,
      })
      t.not((await test.contents()).unfinished.length, 0)
      t.equal(
        (await call(app, 'DELETE', url, { token: admin.token, headers: { 'tus-resumable': '1.0.0' } })).status,
        204,
      )
      expectProblem(t, await patchUpload(test, url, 100_000, clip.subarray(100_000)), 'not-found', 404)
      t.equal((await headUpload(test, url)).status, 404)
      t.strictSame(await test.contents(), before)
    })

    t.test('a file that is not a video is rejected early, a damaged one fails; both leave nothing', async (t) => {
      const before = await test.contents()
      const html = String((await createUpload(test, { sizeBytes: 50_000 })).headers.location)
      expectProblem(t, await patchUpload(test, html, 0, randomBytes(50_000).fill('<html>')), 'unsupported-media', 415)
      expectProblem(t, await admin.get(html), 'not-found', 404)

      const small = String((await createUpload(test, { sizeBytes: 20 })).headers.location)
      expectProblem(t, await patchUpload(test, small, 0, Buffer.alloc(20)), 'unsupported-media', 415)

      const late = String((await createUpload(test, { sizeBytes: 1_000 })).headers.location)
      t.equal((await patchUpload(test, late, 0, Buffer.alloc(10))).status, 204, 'too few bytes to detect the format')
      t.equal((await patchUpload(test, late, 10, Buffer.alloc(990))).status, 204)
      t.match(await readResult(test, late), {
        state: 'failed',
        mediaFileId: null,
        failure: { code: 'unreadable-media' },
      })

      const truncated = String((await createUpload(test, { sizeBytes: 150_000 })).headers.location)
      await patchUpload(test, truncated, 0, clip.subarray(0, 150_000))
      t.match(await readResult(test, truncated), {
        state: 'failed',
        failure: { code: 'unreadable-media', detail: /damaged/ },
      })

      const changed = String((await createUpload(test, { metadata: { sha256: '0'.repeat(64) } })).headers.location)
      await patchUpload(test, changed, 0, clip)
      t.match(await readResult(test, changed), { state: 'failed', failure: { code: 'checksum-mismatch' } })
      t.strictSame(await test.contents(), before)
    })

    t.test('an abandoned upload is removed a day after its last bytes', async (t) => {
      const before = await test.contents()
      const url = String((await createUpload(test)).headers.location)
      test.clock.advance(20 * 3_600_000)
      t.equal((await patchUpload(test, url, 0, clip.subarray(0, 10_000))).status, 204)
      test.clock.advance(20 * 3_600_000)
      await containerOf(app).uploads.processPending()
      await containerOf(app).storage.removeStale(0)
      t.equal(await readOffset(test, url), 10_000)
      test.clock.advance(5 * 3_600_000)
      t.equal((await headUpload(test, url)).status, 410)
      await containerOf(app).uploads.processPending()
      t.equal((await headUpload(test, url)).status, 404)
      t.strictSame(await test.contents(), before)
      test.clock.advance(8 * 24 * 3_600_000)
      await containerOf(app).uploads.processPending()
      t.strictSame((await admin.get('/v1/admin/uploads')).body.items, [])
    })
  })
}
