// Masters in S3: ffmpeg reads them, and the chunks of long ones, from the store. No object is left over.
import t from 'tap'
import { EncodingChunk } from '../../../models/encoding-chunk.js'
import { EncodingJob } from '../../../models/encoding-job.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { startS3Server } from '../../storage/s3-server.js'
import { makeCountedMaster, readFrameNumbers } from './chunks/counted-master.js'
import { encodeMasters, findFiles, runDoctor, startEncodingApp, uploadMaster } from './encoding-app.js'
import { skipWithoutFfmpeg } from './programs.js'

const FRAMES_PER_SECOND = 25

t.test('masters in S3', { skip: await skipWithoutFfmpeg() }, async (t) => {
  t.test('a master that ends early, as after a lost connection, is tried again', async (t) => {
    const test = await startEncodingApp(t, (await startS3Server(t)).variables)
    const movie = await addMovie(test.app, test.admin, {}, [])
    const whole = await makeCountedMaster(t.testdir({}), 'master.mkv', 5)
    const { body: job } = await uploadMaster(test, movie, whole.subarray(0, Math.round(whole.length * 0.4)))
    for (const [state, attempts] of [['waiting', 1], ['waiting', 2], ['failed', 3]] as const) {
      await encodeMasters(test)
      t.match(await EncodingJob.findById(job.id).lean(), { state, attempts, failure: { code: 'master-incomplete' } })
      test.clock.advance(6 * 60_000)
    }
    t.strictSame(await runDoctor(test), [])
  })

  for (
    const [name, seconds, isChunked] of [['a short master', 5, false], ['a long master, in chunks', 65, true]] as const
  ) {
    t.test(name, async (t) => {
      const server = await startS3Server(t)
      const test = await startEncodingApp(t, { ...server.variables, AUDIO_LOUDNESS: 'off' })
      const movie = await addMovie(test.app, test.admin, {}, [])
      const folder = t.testdir({})
      const { body: job } = await uploadMaster(test, movie, await makeCountedMaster(folder, 'master.mkv', seconds))
      // The store does not respond after the first output, and for longer than failures are repeated.
      server.failsAfterPut = true
      for (let i = 0; i < 4; i++) {
        await containerOf(test.app).encoding.processPending()
        await containerOf(test.app).encoding.onIdle()
        const waiting = { state: 'waiting', attempts: 0, failure: { code: 'storage-unavailable' } }
        t.match(await EncodingJob.findById(job.id).lean(), waiting, 'an outage does not count')
        test.clock.advance(6 * 60_000)
      }
      t.equal(await EncodingChunk.countDocuments({ state: 'done' }), isChunked ? 1 : 0)
      server.failsAfterPut = false
      server.fault = null
      await encodeMasters(test)

      t.match(await EncodingJob.findById(job.id).lean(), { state: 'done', failure: null, isChunked })
      const [file] = await findFiles(movie)
      t.match(file, { hls: { state: 'ready' } })
      const rendition = await containerOf(test.app).storage.locate(file?.storageKey ?? '')
      const frames = Array.from({ length: seconds * FRAMES_PER_SECOND }, (_, i) => i)
      t.strictSame(await readFrameNumbers(folder, rendition.toString()), frames)
      t.equal(await EncodingChunk.countDocuments(), 0)
      t.strictSame(await runDoctor(test), [])

      await test.admin.delete(`/v1/admin/movies/${movie}`)
      t.strictSame(await server.contents(), { objects: [], uploads: [] })
    })
  }
})
