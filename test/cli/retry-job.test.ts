// "normflix jobs retry": queues jobs again that failed, and says why it does not.
import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { Audit } from '../../models/audit.js'
import { EncodingJob, findEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep } from '../../models/encoding-step.js'
import { MarkerDetection } from '../../models/marker-detection.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { addEncodingJob } from '../support/encoding-jobs.js'
import { addEncodingStep } from '../support/encoding-steps.js'
import { addMarkerDetection } from '../support/marker-detections.js'
import { runCommand, SECRETS } from '../support/run-command.js'
import { signUpAdmin } from '../support/users.js'

const FAILURE = { code: 'encoding-failed', text: 'ffmpeg could not encode the master.' }
const FAILED = { state: 'failed', attempts: 3, failure: FAILURE, logTail: 'no space', crashes: 2 } as const

t.test('jobs retry', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin, { title: 'Fawlty Towers' })
  const titleId = show.id
  const master = { itemId: show.episodes[0] ?? '', titleId }
  const run = async (...words: string[]) => await runCommand(running, ['jobs', 'retry', ...words])

  await t.test('queues a failed encoding', async (t) => {
    const id = await addEncodingJob(master, FAILED)
    const { code, out, err } = await run(id)
    t.equal(code, 0, err)
    t.match(out, /^JOB +STATE[^]*\nencoding +waiting +0% +0 +Fawlty Towers S1 E1 [^]*normflix jobs --watch/)
    t.match(await findEncodingJob(id), { state: 'waiting', attempts: 0, crashes: 0, failure: null, logTail: '' })
    t.equal(
      await EncodingJob.countDocuments({ _id: id, nextAttemptAt: mongoose.trusted({ $lte: new Date() }) }),
      1,
      'now',
    )
    t.match(await Audit.find({ action: 'jobs-retry' }).lean(), [{ reason: 'command-line' }])
    await EncodingJob.updateOne({ _id: id }, { state: 'cancelled' })
    t.match(JSON.parse((await run(id, '--json')).out), { id, job: 'encoding', state: 'waiting', reason: null })
  })

  await t.test('queues a step of a master, also one that is done', async (t) => {
    const id = await addEncodingJob(master, { state: 'done' })
    await addEncodingStep(id, 'thumbnails', FAILED)
    await addEncodingStep(id, 'pictures', { state: 'done' })
    const { code, out, err } = await run(id, '--step', 'thumbnails', '--json')
    t.equal(code, 0, err)
    t.match(JSON.parse(out), {
      id,
      job: 'thumbnails',
      state: 'waiting',
      attempts: 0,
      title: { id: titleId },
      season: 1,
      episode: 1,
      reason: null,
      logTail: '',
    })
    t.match(await EncodingStep.find({ job: id, kind: 'thumbnails' }).lean(), [{ state: 'waiting', crashes: 0 }])
    t.match(await EncodingStep.find({ job: id, kind: 'pictures' }).lean(), [{ state: 'done' }], 'the others stay')
    t.match(await run(id, '--step', 'pictures'), { code: 0, out: /^pictures +waiting /m })
  })

  await t.test('queues the detection of a season', async (t) => {
    const id = await addMarkerDetection({ titleId }, { state: 'failed', attempts: 3, failure: FAILURE })
    t.match(await run(id), { code: 0, out: /^markers +waiting +0% +0 +Fawlty Towers S1 /m })
    t.match(await MarkerDetection.findById(id).lean(), { state: 'waiting', attempts: 0, failure: null })
  })

  await t.test('queues a package that failed', async (t) => {
    const movie = await addMovie(app, admin)
    const [file] = (await Media.findById(movie).lean<StoredMedia>())?.files ?? []
    const id = file?._id.toString() ?? ''
    const save = async (state: string): Promise<void> => {
      await mongoose.connection.collection('media').updateOne({ _id: new Types.ObjectId(movie) }, {
        $set: { 'files.0.hls.state': state, 'files.0.hls.failure': FAILURE },
      })
    }
    await save('ready')
    t.match(await run(id), { code: 1, out: '', err: /There is no job with this ID/ })
    await save('failed')
    t.match(await run(id), { code: 0, out: /^packaging +processing /m })
    t.match((await Media.findById(movie).lean<StoredMedia>())?.files[0]?.hls, { state: 'processing', failure: null })
  })

  await t.test('changes nothing, and says why, unless the job can be repeated', async (t) => {
    const id = await addEncodingJob(master, { state: 'done' })
    await addEncodingStep(id, 'thumbnails', { state: 'running', progress: 0.5 })
    await addEncodingStep(id, 'pictures', FAILED)
    const runningId = await addEncodingJob(master, { state: 'running', progress: 0.5 })
    const detection = await addMarkerDetection({ titleId, season: 2 }, { state: 'running', progress: 0.5 })
    const rejections: ReadonlyArray<readonly [string[], RegExp]> = [
      [['0'.repeat(24)], /^There is no job with this ID/],
      [['twelve bytes'], /^There is no job with this ID/],
      [['0'.repeat(24), '--step', 'pictures'], /^There is no job with this ID/],
      [[detection, '--step', 'pictures'], /^There is no job with this ID/],
      [[id], /^The encoding job is done\. Only its steps can be repeated, one by one: thumbnails, pictures\./],
      [[runningId], /^The job is running\. Nothing was changed\./],
      [[runningId, '--step', 'pictures'], /^The master has no step "pictures"\. It has none yet\./],
      [[detection], /^The job is running\./],
      [[id, '--step', 'thumbnails'], /^The job is running\./],
      [[id, '--step', 'original'], /^The master has no step "original"\. It has: thumbnails, pictures\./],
      [[id, '--step', 'chapters'], /Allowed choices are subtitles, thumbnails, pictures, original/],
      [[], /missing required argument 'id'/],
    ]
    for (const [words, err] of rejections) t.match(await run(...words), { code: 1, out: '', err }, words.join(' '))
    t.match(await EncodingStep.find({ job: id }).sort('kind').lean(), [{ state: 'failed' }, { progress: 0.5 }])
    t.match(await findEncodingJob(runningId), { state: 'running', progress: 0.5 })
    t.match(await MarkerDetection.findById(detection).lean(), { state: 'running', progress: 0.5 })
  })
})
