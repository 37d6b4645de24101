// Uploads of which something is unknown at the start: deferred lengths, and access tokens that expire before the end.
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Upload } from 'tus-js-client'
import { ACCESS_TOKEN_SECONDS, type AccessClaims } from '../../src/plugins/auth.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import {
  clip,
  createUpload,
  encodeMetadata,
  headUpload,
  MAX_BYTES,
  PATCH_TYPE,
  patchUpload,
  readResult,
  startUploadTest,
} from '../support/upload-requests.js'
import { signUpAdmin } from '../support/users.js'

for (const kind of ['local', 's3'] as const) {
  t.test(`an upload without a length into ${kind} storage`, async (t) => {
    const test = await startUploadTest(t, kind)
    const { app, admin, movie, port } = test
    const create = async (): Promise<string> => {
      const headers = {
        'tus-resumable': '1.0.0',
        'upload-defer-length': '1',
        'upload-metadata': encodeMetadata({ itemId: movie }),
      }
      const response = await call(app, 'POST', '/v1/admin/uploads', { token: admin.token, headers })
      t.equal(response.status, 201)
      return String(response.headers.location)
    }
    const patch = async (url: string, offset: number, body: Buffer, length?: number): Promise<TestResponse> =>
      await call(app, 'PATCH', url, {
        token: admin.token,
        body,
        headers: {
          'tus-resumable': '1.0.0',
          'upload-offset': String(offset),
          'content-type': PATCH_TYPE,
          ...length === undefined ? {} : { 'upload-length': String(length) },
        },
      })

    t.test('a tus client sends a stream', async (t) => {
      const url = await new Promise<string>((resolve, reject) => {
        const upload: Upload = new Upload(Readable.from([clip.subarray(0, 90_001), clip.subarray(90_001)]), {
          endpoint: `http://127.0.0.1:${port}/v1/admin/uploads`,
          headers: { authorization: `Bearer ${admin.token}` },
          metadata: { itemId: movie },
          uploadLengthDeferred: true,
          chunkSize: 70_000,
          retryDelays: [],
          onError: reject,
          onSuccess: () => {
            resolve(new URL(upload.url ?? '').pathname)
          },
        })
        upload.start()
      })
      t.match(await readResult(test, url), { state: 'ready', sizeBytes: clip.length, receivedBytes: clip.length })
    })

    t.test('the length is announced at any time, once, and not below the received bytes', async (t) => {
      const url = await create()
      t.match((await headUpload(test, url)).headers, { 'upload-defer-length': '1', 'upload-offset': '0' })
      t.equal((await patch(url, 0, clip)).status, 204)
      t.match((await admin.get(url)).body, { state: 'uploading', sizeBytes: null, receivedBytes: clip.length })
      t.equal((await headUpload(test, url)).headers['upload-length'], undefined)
      expectProblem(t, await patch(url, clip.length, Buffer.alloc(0), 1_000), 'malformed-request', 400)
      expectProblem(t, await patch(url, clip.length, Buffer.alloc(0), MAX_BYTES + 1), 'upload-too-large', 413)
      t.equal((await patch(url, clip.length, Buffer.alloc(0), clip.length)).status, 204)
      t.match(await readResult(test, url), { state: 'ready', sizeBytes: clip.length })

      const early = await create()
      t.equal((await patch(early, 0, clip.subarray(0, 1_000), clip.length)).status, 204)
      t.match((await headUpload(test, early)).headers, { 'upload-length': String(clip.length) })
      expectProblem(t, await patch(early, 1_000, clip.subarray(1_000), clip.length), 'malformed-request', 400)
      t.equal((await patch(early, 1_000, clip.subarray(1_000))).status, 204)
      t.match(await readResult(test, early), { state: 'ready' })
    })

    t.test('the maximum size and the type of the file are checked without a length', async (t) => {
      expectProblem(t, await patch(await create(), 0, Buffer.alloc(1_000, 'x')), 'unsupported-media', 415)
      const url = await create()
      const tooLong = Buffer.concat([clip, Buffer.alloc(MAX_BYTES)])
      expectProblem(t, await patch(url, 0, tooLong), 'upload-too-large', 413)
      expectProblem(t, await patch(await create(), 0, Buffer.alloc(0), 0), 'empty-upload', 400)
    })
  })
}

t.test('an upload outlives its access token', async (t) => {
  const test = await startUploadTest(t, 'local')
  const { app, admin, port } = test
  const claims = JSON.parse(Buffer.from(admin.token.split('.')[1]!, 'base64url').toString()) as AccessClaims
  const { sub, sid, role } = claims
  /** A token that expires in two to three seconds. */
  const shortToken = app.signAccessToken({ sub, sid, role }, new Date(Date.now() - (ACCESS_TOKEN_SECONDS - 3) * 1_000))

  const url = String((await createUpload(test, { token: shortToken })).headers.location)
  const half = clip.length >> 1
  const patch = request(`http://127.0.0.1:${port}${url}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${shortToken}`,
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': PATCH_TYPE,
      'content-length': String(half),
    },
  })
  patch.write(clip.subarray(0, 1_000))
  const headers = { 'tus-resumable': '1.0.0' }
  while ((await call(app, 'GET', url, { token: shortToken })).status === 200) await sleep(200)
  patch.end(clip.subarray(1_000, half))
  const [response] = await once(patch, 'response') as [IncomingMessage]
  response.resume()
  t.equal(response.statusCode, 204, 'a request that has begun may end')

  t.equal((await call(app, 'HEAD', url, { token: shortToken, headers })).status, 401)
  expectProblem(t, await patchUpload(test, url, half, clip.subarray(half), shortToken), 'unauthorized', 401)
  const other = await signUpAdmin(app)
  const head = await call(app, 'HEAD', url, { token: other.token, headers })
  t.match(head, { status: 200, headers: { 'upload-offset': String(half) } })
  t.equal((await patchUpload(test, url, half, clip.subarray(half), other.token)).status, 204)
  t.match(await readResult(test, url), { state: 'ready', startedBy: admin.accountId })
})
