// The concatenation extension of the tus protocol: partial uploads become one file, in each kind of storage.
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { Upload } from 'tus-js-client'
import { MediaUpload, NOT_LOCKED } from '../../models/media-upload.js'
import { runChecks } from '../../src/doctor/doctor.js'
import { containerOf } from '../support/app.js'
import { play } from '../support/playback.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'
import {
  clip,
  createUpload,
  encodeMetadata,
  headUpload,
  MAX_BYTES,
  patchUpload,
  readOffset,
  readResult,
  sha256,
  startUploadTest,
  type UploadTest,
} from '../support/upload-requests.js'

const TUS = { 'tus-resumable': '1.0.0' }
const HOUR_MS = 3_600_000

/** Creates a partial upload and sends its bytes, except the last `missing` ones. Returns its URL. */
async function sendPart (test: UploadTest, bytes: Buffer, missing = 0, token = test.admin.token): Promise<string> {
  const headers = { ...TUS, 'upload-concat': 'partial', 'upload-length': String(bytes.length) }
  const created = await call(test.app, 'POST', '/v1/admin/uploads', { token, headers })
  const url = String(created.headers.location)
  await patchUpload(test, url, 0, bytes.subarray(0, bytes.length - missing), token)
  return url
}

const sendParts = async (test: UploadTest, bytes = clip): Promise<string[]> => {
  const third = Math.floor(bytes.length / 3)
  const parts = [bytes.subarray(0, third), bytes.subarray(third, 2 * third), bytes.subarray(2 * third)]
  return await Promise.all(parts.map(async (part) => await sendPart(test, part)))
}

async function concatenate (
  { app, admin, movie }: UploadTest,
  urls: readonly string[],
  { token = admin.token, metadata = {}, ...headers }: {
    token?: string,
    metadata?: Record<string, string>,
    [header: string]: unknown,
  } = {},
): Promise<TestResponse> {
  return await call(app, 'POST', '/v1/admin/uploads', {
    token,
    headers: {
      ...TUS,
      'upload-concat': `final;${urls.join(' ')}`,
      'upload-metadata': encodeMetadata({ itemId: movie, ...metadata }),
      ...headers as Record<string, string>,
    },
  })
}

for (const kind of ['local', 's3'] as const) {
  t.test(`partial uploads into ${kind} storage`, async (t) => {
    const test = await startUploadTest(t, kind)
    const { app, admin, movie, port } = test
    const remove = async (url: string): Promise<TestResponse> =>
      await call(app, 'DELETE', url, { token: admin.token, headers: TUS })

    t.test('a tus client uploads three parts at once, and the file is playable', async (t) => {
      const url = await new Promise<string>((resolve, reject) => {
        const upload: Upload = new Upload(clip, {
          endpoint: `http://127.0.0.1:${port}/v1/admin/uploads`,
          headers: { authorization: `Bearer ${admin.token}` },
          metadata: { itemId: movie, language: 'en', sha256, filename: 'a movie.mp4' },
          metadataForPartialUploads: { filename: 'a part' },
          parallelUploads: 3,
          retryDelays: [],
          onError: reject,
          onSuccess: () => {
            resolve(new URL(upload.url ?? '').pathname)
          },
        })
        upload.start()
      })
      const result = await readResult(test, url)
      t.match(result, {
        kind: 'final',
        state: 'ready',
        itemId: movie,
        sizeBytes: clip.length,
        receivedBytes: clip.length,
        failure: null,
        startedBy: admin.accountId,
      })
      const { body } = await play(await signUp(app), movie)
      t.match(body.mediaFile, { id: result.mediaFileId, sha256 })
      t.ok((await call(app, 'GET', body.url)).bytes.equals(clip))
      t.strictSame((await admin.get('/v1/admin/uploads')).body.items.length, 1, 'the parts are removed')
      await admin.delete(`/v1/admin/media/${result.mediaFileId}`)
      await admin.delete(url)
      t.strictSame(await test.contents(), { files: [], unfinished: [] })
    })

    t.test('a part is complete without being processed, and HEAD describes parts and the whole', async (t) => {
      const urls = await sendParts(test)
      const [first = ''] = urls
      await containerOf(app).uploads.processPending()
      t.match((await admin.get(first)).body, { kind: 'partial', state: 'received', itemId: null, mediaFileId: null })
      t.match((await headUpload(test, first)).headers, {
        'upload-concat': 'partial',
        'upload-offset': String(Math.floor(clip.length / 3)),
        'upload-length': String(Math.floor(clip.length / 3)),
      })
      expectProblem(t, await patchUpload(test, first, 0, clip), 'upload-offset-mismatch', 409)
      const created = await concatenate(test, urls)
      t.match(created, { status: 201, headers: { 'upload-concat': `final;${urls.join(' ')}` } })
      const url = String(created.headers.location)
      t.match((await headUpload(test, url)).headers, {
        'upload-concat': `final;${urls.join(' ')}`,
        'upload-offset': String(clip.length),
        'upload-length': String(clip.length),
        'upload-metadata': encodeMetadata({ itemId: movie }),
      })
      for (const offset of [0, clip.length]) {
        expectProblem(t, await patchUpload(test, url, offset, clip), 'final-upload', 403)
      }
      t.match(await readResult(test, url), { state: 'ready' })
      expectProblem(t, await patchUpload(test, url, clip.length, clip), 'final-upload', 403)
      for (const part of urls) t.equal((await headUpload(test, part)).status, 404)
    })

    t.test('parts are joined in the order of the list, from absolute and relative URLs', async (t) => {
      const urls = await sendParts(test)
      const [a = '', b = '', c = ''] = urls
      const list = [`https://media.example.com${a}`, b, `uploads/${c.split('/').at(-1) ?? ''}`]
      const url = String((await concatenate(test, list, { metadata: { sha256 } })).headers.location)
      t.match(await readResult(test, url), { state: 'ready' })
      const [x = '', y = '', z = ''] = await sendParts(test)
      const wrong = String((await concatenate(test, [x, z, y], { metadata: { sha256 } })).headers.location)
      t.match(await readResult(test, wrong), { state: 'failed', failure: { code: 'checksum-mismatch' } })
    })

    t.test('a part may have an unknown length, be resumed and be cancelled', async (t) => {
      const before = await test.contents()
      const headers = { ...TUS, 'upload-concat': 'partial', 'upload-defer-length': '1' }
      const open = await call(app, 'POST', '/v1/admin/uploads', { token: admin.token, headers })
      const first = String(open.headers.location)
      await patchUpload(test, first, 0, clip.subarray(0, 1_000))
      const second = await sendPart(test, clip.subarray(1_000), 500)
      expectProblem(t, await concatenate(test, [first, second]), 'upload-part-incomplete', 409)
      t.equal(await readOffset(test, second), clip.length - 1_500)
      await patchUpload(test, second, clip.length - 1_500, clip.subarray(-500))
      expectProblem(t, await concatenate(test, [first, second]), 'upload-part-incomplete', 409)
      const length = { ...TUS, 'upload-offset': '1000', 'upload-length': '1000' }
      const type = { 'content-type': 'application/offset+octet-stream' }
      const declare = { token: admin.token, headers: { ...length, ...type }, body: Buffer.alloc(0) }
      t.equal((await call(app, 'PATCH', first, declare)).status, 204)
      t.match((await admin.get(first)).body, { state: 'received', sizeBytes: 1_000 })
      for (const url of [first, second]) t.equal((await remove(url)).status, 204)
      t.equal((await admin.get(first)).status, 404)
      expectProblem(t, await concatenate(test, [first, second]), 'invalid-upload-part', 400)
      t.strictSame(await test.contents(), before)
    })

    t.test('a final upload that is not a video, or of a wrong item, leaves nothing', async (t) => {
      const before = await test.contents()
      const rubbish = String((await concatenate(test, await sendParts(test, randomBytes(9_000)))).headers.location)
      t.match(await readResult(test, rubbish), { state: 'failed', failure: { code: 'unsupported-media' } })
      const urls = await sendParts(test)
      expectProblem(t, await concatenate(test, urls, { metadata: { itemId: '0'.repeat(24) } }), 'not-found', 404)
      expectProblem(t, await concatenate(test, urls, { metadata: { filetype: 'text/html' } }), 'unsupported-media', 415)
      for (const url of urls) t.equal((await remove(url)).status, 204)
      t.strictSame(await test.contents(), before)
    })

    t.test('a repeated request returns the same upload, also two at once', async (t) => {
      const urls = await sendParts(test)
      const responses = await Promise.all([1, 2, 3].map(async () => await concatenate(test, urls)))
      t.strictSame(responses.map(({ status }) => status), [201, 201, 201])
      const locations = new Set(responses.map(({ headers }) => headers.location))
      t.equal(locations.size, 1)
      const [url = ''] = [...locations].map(String)
      t.match(await readResult(test, url), { state: 'ready' })
      t.equal((await concatenate(test, urls)).headers.location, url, 'after the parts were removed')
    })

    t.test('of two final uploads that share parts one is created', async (t) => {
      const urls = await sendParts(test)
      const [a = '', b = '', c = ''] = urls
      const responses = await Promise.all([urls, [c, b, a], [b, a]].map(async (list) => await concatenate(test, list)))
      t.strictSame(responses.map(({ status }) => status).sort(), [201, 409, 409])
      const created = responses.find(({ status }) => status === 201)
      await readResult(test, String(created?.headers.location))
      for (const url of urls) await remove(url)
      t.strictSame((await test.contents()).unfinished, [])
    })

    if (test.server !== null) {
      const { server } = test
      t.test('an unavailable bucket delays the concatenation without loss', async (t) => {
        const urls = await sendParts(test)
        server.fault = 'reject'
        const created = await concatenate(test, urls)
        t.equal(created.status, 201)
        const url = String(created.headers.location)
        t.match(await readResult(test, url), { state: 'processing', failure: null })
        server.fault = null
        await containerOf(app).uploads.processPending()
        t.match(await readResult(test, url), { state: 'ready' })
        t.strictSame((await test.contents()).unfinished, [])
      })
    }

    t.test('an interrupted concatenation is repeated and leaves no part', async (t) => {
      const urls = await sendParts(test)
      const url = String((await concatenate(test, urls)).headers.location)
      const { mediaFileId } = await readResult(test, url)
      const others = await sendParts(test)
      const id = url.split('/').at(-1)
      const partIds = others.map((other) => other.split('/').at(-1))
      // The object of the whole file exists; the parts do too, as after a crash before their removal.
      await MediaUpload.updateOne({ _id: id }, { $set: { state: 'processing', partIds, lockedUntil: NOT_LOCKED } })
      expectProblem(t, await remove(others[0] ?? ''), 'upload-processing', 409)
      await containerOf(app).uploads.processPending()
      t.match(await readResult(test, url), { state: 'ready', mediaFileId })
      for (const other of others) t.equal((await admin.get(other)).status, 404)
      t.strictSame((await test.contents()).unfinished, [])
    })

    t.test('abandoned parts are removed a day after their last bytes', async (t) => {
      const before = await test.contents()
      const complete = await sendPart(test, clip.subarray(0, 10_000))
      const incomplete = await sendPart(test, clip.subarray(10_000), 100)
      test.clock.advance(23 * HOUR_MS)
      await containerOf(app).uploads.processPending()
      t.equal((await headUpload(test, complete)).status, 200)
      test.clock.advance(2 * HOUR_MS)
      const { findings } = await runChecks(containerOf(app), false, () => {})
      t.strictSame(findings.filter(({ check }) => check === 'stored-objects'), [], 'the doctor knows parts')
      expectProblem(t, await concatenate(test, [complete]), 'invalid-upload-part', 400)
      await containerOf(app).uploads.processPending()
      for (const url of [complete, incomplete]) t.equal((await headUpload(test, url)).status, 404)
      t.strictSame(await test.contents(), before)
    })
  })
}

t.test('final uploads with unusable parts or headers are problems', async (t) => {
  const test = await startUploadTest(t, 'local')
  const { app } = test
  const urls = await sendParts(test)
  const [first = '', second = ''] = urls

  const other = await signUpAdmin(app)
  const foreign = await sendPart(test, clip.subarray(0, 100), 0, other.token)
  const whole = String((await createUpload(test)).headers.location)
  const unusable = [
    ['/v1/admin/uploads'],
    ['https://example.com/film.mp4'],
    [`${first}x`],
    ['http://[bad'],
    [first, first],
    [first, `/v1/admin/uploads/${'0'.repeat(24)}`],
    [first, whole],
    [first, foreign],
    [],
    Array.from({ length: 101 }, (_, i) => `/v1/admin/uploads/${String(i).padStart(24, '0')}`),
  ]
  for (const list of unusable) {
    expectProblem(t, await concatenate(test, list), 'invalid-upload-part', 400)
  }
  expectProblem(t, await concatenate(test, urls, { token: other.token }), 'invalid-upload-part', 400)
  expectProblem(t, await concatenate(test, urls, { token: (await signUp(app)).token }), 'forbidden', 403)

  for (
    const headers of [
      { 'upload-concat': 'whole' },
      { 'upload-concat': 'partial;' },
      { 'upload-concat': '' },
      { 'upload-length': '100' },
      { 'upload-defer-length': '1' },
      { 'upload-metadata': 'itemId ???' },
    ]
  ) expectProblem(t, await concatenate(test, urls, headers), 'malformed-request', 400)
  expectProblem(t, await concatenate(test, urls, { metadata: { itemId: 'x' } }), 'validation-failed', 400)

  const large = await sendPart(test, Buffer.alloc(MAX_BYTES))
  expectProblem(t, await concatenate(test, [first, large]), 'upload-too-large', 413)
  const partial = { headers: { 'upload-concat': 'partial' } }
  expectProblem(t, await createUpload(test, { sizeBytes: MAX_BYTES + 1, ...partial }), 'upload-too-large', 413)

  t.equal((await concatenate(test, urls)).status, 201)
  await containerOf(app).uploads.onIdle()
  expectProblem(t, await concatenate(test, [second, first]), 'upload-part-in-use', 409)
  expectProblem(t, await concatenate(test, urls, { metadata: { language: 'de' } }), 'upload-part-in-use', 409)
})
