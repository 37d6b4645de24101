// Processing of resumable uploads after crashes, and with an unavailable bucket.
import { appendFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { Media } from '../../../models/media.js'
import { MediaUpload, NOT_LOCKED } from '../../../models/media-upload.js'
import { containerOf } from '../../support/app.js'
import { call, expectProblem } from '../../support/requests.js'
import {
  clip,
  createUpload,
  headUpload,
  patchUpload,
  readOffset,
  readResult,
  sha256,
  startUploadTest,
} from '../../support/upload-requests.js'

t.test('after a crash', async (t) => {
  const test = await startUploadTest(t, 'local')
  const { app, config } = test
  const uploadFile = (url: string): string =>
    path.join(config.dataDir, 'media', '.resumable', url.split('/').at(-1) ?? '')

  t.test('an upload without the state change of its last byte is processed at the next request', async (t) => {
    const url = String((await createUpload(test)).headers.location)
    await patchUpload(test, url, 0, clip.subarray(0, -1))
    appendFileSync(uploadFile(url), clip.subarray(-1))
    t.equal(await readOffset(test, url), clip.length)
    t.match(await readResult(test, url), { state: 'ready' })
  })

  t.test('an upload without the state change of its last byte is processed by the job', async (t) => {
    const url = String((await createUpload(test)).headers.location)
    await patchUpload(test, url, 0, clip.subarray(0, -1))
    appendFileSync(uploadFile(url), clip.subarray(-1))
    await containerOf(app).uploads.processPending()
    t.match(await readResult(test, url), { state: 'ready' })
  })

  t.test('an interrupted processing is repeated, and the item gets the file once', async (t) => {
    const url = String((await createUpload(test)).headers.location)
    await patchUpload(test, url, 0, clip)
    const { mediaFileId } = await readResult(test, url)
    await MediaUpload.updateOne({ _id: mediaFileId }, {
      $set: { state: 'processing', lockHolder: 'crashed', lockedUntil: new Date(test.clock.now().getTime() + 5_000) },
    })
    await containerOf(app).uploads.processPending()
    t.match(await readResult(test, url), { state: 'processing' }, 'the lock has not expired')
    expectProblem(
      t,
      await call(app, 'DELETE', url, { token: test.admin.token, headers: { 'tus-resumable': '1.0.0' } }),
      'upload-processing',
      409,
    )
    test.clock.advance(6_000)
    await containerOf(app).uploads.processPending()
    t.match(await readResult(test, url), { state: 'ready' })
    t.equal(
      (await Media.findOne({ 'files._id': mediaFileId }))?.files.filter(({ _id }) => _id.toString() === mediaFileId)
        .length,
      1,
    )
  })

  t.test('an upload with lost bytes fails', async (t) => {
    const url = String((await createUpload(test)).headers.location)
    await patchUpload(test, url, 0, clip.subarray(0, 1_000))
    const id = url.split('/').at(-1) ?? ''
    await MediaUpload.updateOne({ _id: id }, {
      $set: { state: 'processing', storageKey: 'resumable/nowhere', lockedUntil: NOT_LOCKED },
    })
    rmSync(uploadFile(url))
    await containerOf(app).uploads.processPending()
    t.match(await readResult(test, url), { state: 'failed', failure: { code: 'upload-lost' } })
  })
})

t.test('an unavailable bucket interrupts an upload without loss', async (t) => {
  const test = await startUploadTest(t, 's3')
  const url = String((await createUpload(test, { metadata: { sha256 } })).headers.location)
  await patchUpload(test, url, 0, clip.subarray(0, 100_000))
  test.server!.fault = 'reject'
  expectProblem(t, await patchUpload(test, url, 100_000, clip.subarray(100_000)), 'storage-unavailable', 503)
  t.equal((await headUpload(test, url)).status, 503, 'a 404 would make a client start from the beginning')
  expectProblem(t, await createUpload(test), 'storage-unavailable', 503)
  test.server!.fault = null
  t.equal(
    (await test.admin.get('/v1/admin/uploads')).body.items.length,
    1,
    'an upload that was not created is not listed',
  )
  const offset = await readOffset(test, url)
  t.equal((await patchUpload(test, url, offset, clip.subarray(offset))).status, 204)
  t.match(await readResult(test, url), { state: 'ready' })
  const { files, unfinished } = await test.contents()
  t.equal(files.length, 1)
  t.strictSame(unfinished, [])
})
