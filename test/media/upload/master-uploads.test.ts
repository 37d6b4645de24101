// Resumable uploads of masters, whole and in parts, in a format that only ffmpeg reads.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { EncodingJob } from '../../../models/encoding-job.js'
import { MediaUpload, NOT_LOCKED } from '../../../models/media-upload.js'
import { containerOf } from '../../support/app.js'
import { expectProblem } from '../../support/requests.js'
import { createUpload, patchUpload, readResult, startUploadTest } from '../../support/upload-requests.js'
import { makeFile, skipWithoutFfmpeg } from '../encoding/programs.js'

const role = 'master'

t.test('without ffmpeg a master is rejected before its bytes are sent', async (t) => {
  const test = await startUploadTest(t, 'local', { FFMPEG_PATH: '/bin/sh' })
  const response = await createUpload(test, { metadata: { role } })
  expectProblem(t, response, 'encoder-unavailable', 409)
  t.equal(await MediaUpload.countDocuments({}), 0)
  t.equal((await createUpload(test)).status, 201, 'other files are received')
})

t.test('resumable uploads of masters', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', 'testsrc=size=128x72:rate=25:duration=1', '-c:v', 'mpeg2video', 'master.mpg'],
  ])
  const master = readFileSync(path.join(folder, 'master.mpg'))

  for (const kind of ['local', 's3'] as const) {
    t.test(`into ${kind} storage`, async (t) => {
      const test = await startUploadTest(t, kind)
      const { admin, movie } = test
      const upload = async (metadata: Record<string, string>, body = master): Promise<string> => {
        const created = await createUpload(test, { sizeBytes: body.length, metadata: { role, ...metadata } })
        const url = String(created.headers.location)
        t.equal((await patchUpload(test, url, 0, body.subarray(0, 10))).status, 204)
        t.equal((await patchUpload(test, url, 10, body.subarray(10))).status, 204)
        return url
      }

      const url = await upload({ filename: 'master.mpg', filetype: 'video/mpeg' })
      const view = await readResult(test, url)
      t.match(view, { state: 'ready', mediaFileId: null, failure: null, fileName: 'master.mpg' })
      t.equal(view.encodingJobId, url.split('/').at(-1))
      const { body: job } = await admin.get(`/v1/admin/encoding-jobs/${view.encodingJobId}`)
      t.match(job, { itemId: movie, edition: null, sizeBytes: master.length })
      const { storageKey = '' } = await EncodingJob.findById(job.id).lean() ?? {}
      t.match(await containerOf(test.app).storage.stat(storageKey), { sizeBytes: master.length })

      t.test('the same master has the same job, and is stored once', async (t) => {
        t.match(await readResult(test, await upload({})), { state: 'ready', encodingJobId: job.id })
        t.strictSame((await test.contents()).files.length, 1)
      })

      t.test('an edition has a master of its own, here in parts', async (t) => {
        const parts: string[] = []
        for (const part of [master.subarray(0, 5_000), master.subarray(5_000)]) {
          const headers = { 'upload-concat': 'partial' }
          const created = await createUpload(test, { sizeBytes: part.length, headers })
          parts.push(String(created.headers.location))
          await patchUpload(test, parts.at(-1) ?? '', 0, part)
        }
        const created = await test.app.inject({
          method: 'POST',
          url: '/v1/admin/uploads',
          headers: {
            authorization: `Bearer ${admin.token}`,
            'tus-resumable': '1.0.0',
            'upload-concat': `final;${parts.join(' ')}`,
            'upload-metadata': Object.entries({ itemId: movie, role, edition: 'short' })
              .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(','),
          },
        })
        t.equal(created.statusCode, 201)
        const { encodingJobId } = await readResult(test, String(created.headers.location))
        t.match((await admin.get(`/v1/admin/encoding-jobs/${encodingJobId}`)).body, { edition: 'short' })
      })

      t.test('a repeated processing after a crash finds the job', async (t) => {
        await MediaUpload.updateOne({ _id: job.id }, {
          $set: { state: 'processing', lockedUntil: NOT_LOCKED },
          $unset: { encodingJob: 1 },
        })
        await containerOf(test.app).uploads.processPending()
        t.match(await readResult(test, url), { state: 'ready', encodingJobId: job.id })
        t.equal(await EncodingJob.countDocuments({ item: movie }), 2)
      })

      t.test('a file that ffmpeg cannot read fails with the reason, and leaves nothing', async (t) => {
        const before = (await test.contents()).files.length
        const failed = await readResult(test, await upload({ edition: 'broken' }, Buffer.from('x'.repeat(5_000))))
        t.match(failed, { state: 'failed', encodingJobId: null, failure: { code: 'unreadable-media' } })
        t.match(failed.failure.detail, /not a media file that ffmpeg can read, or it is damaged/)
        t.strictSame((await test.contents()).files.length, before)
      })
    })
  }
})
