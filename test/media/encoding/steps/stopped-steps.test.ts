// Steps of masters that stop: with their process, their master or their title, by a replacement, or by a crash.
import { setTimeout as sleep } from 'node:timers/promises'
import { Types } from 'mongoose'
import t from 'tap'
import { EncodingJob } from '../../../../models/encoding-job.js'
import { EncodingStep } from '../../../../models/encoding-step.js'
import { Image } from '../../../../models/image.js'
import { Media } from '../../../../models/media.js'
import { runChecks } from '../../../../src/doctor/doctor.js'
import { containerOf } from '../../../support/app.js'
import { expectProblem } from '../../../support/requests.js'
import { findFiles, runDoctor } from '../encoding-app.js'
import { skipWithoutFfmpeg } from '../programs.js'
import { findMedia, listKeys, listScratch, makeMasterWithSteps, startStepApp, type StepApp } from './step-test.js'

const PROGRAM_KINDS = ['thumbnails', 'pictures', 'original']
const JOBS_URL = '/v1/admin/encoding-jobs'

t.test('steps of masters that stop', { skip: await skipWithoutFfmpeg(), timeout: 280_000 }, async (t) => {
  const folder = t.testdir({})
  const master = await makeMasterWithSteps(folder, 'master.mkv')
  const other = await makeMasterWithSteps(folder, 'other.mkv', 90)

  const statesOf = async (test: StepApp, jobId: string): Promise<string[]> =>
    (await test.readJob(jobId)).steps.map(({ kind, state }: any) => `${kind} ${state}`)

  async function waitForProgram ({ programs }: StepApp, kind: string): Promise<void> {
    while (!programs.started().includes(kind)) await sleep(50)
  }

  t.test('a stopping process releases its step, and another one continues', async (t) => {
    const test = await startStepApp(t)
    test.programs.set('block-thumbnails')
    const { jobId } = await test.addMaster(master)
    const { encoding } = containerOf(test.app)
    await encoding.processPending()
    await waitForProgram(test, 'thumbnails')
    await encoding.close()
    t.match(await test.readStep(jobId, 'thumbnails'), { state: 'waiting', attempts: 0, reason: null })
    t.strictSame(listScratch(test), [])
  })

  t.test('steps stop with their master and their title, and leave nothing', async (t) => {
    for (const end of ['master', 'title'] as const) {
      const test = await startStepApp(t)
      test.programs.set('block-pictures')
      const { movie, jobId } = await test.addMaster(master)
      const { encoding } = containerOf(test.app)
      await encoding.processPending()
      await waitForProgram(test, 'pictures')
      const url = end === 'master' ? `${JOBS_URL}/${jobId}` : `/v1/admin/movies/${movie}`
      t.equal((await test.admin.delete(url)).status, 204)
      await encoding.onIdle()
      t.equal(await EncodingStep.countDocuments({ job: jobId }), 0, end)
      t.equal(await Image.countDocuments({ title: movie }), 0)
      t.strictSame(listScratch(test), [], end)
      if (end === 'title') t.strictSame(await listKeys(test, movie), [])
      t.strictSame((await runDoctor(test)).filter(({ subject }) => subject.includes(movie)), [])
    }
  })

  t.test('a master that is replaced while its steps wait', async (t) => {
    const test = await startStepApp(t)
    for (const kind of PROGRAM_KINDS) test.programs.set(`fail-${kind}`)
    const first = await test.addMaster(master, undefined, '&edition=restored')
    const { movie } = first
    await test.encode()
    for (const kind of ['thumbnails', 'pictures']) test.programs.unset(`fail-${kind}`)
    await test.encode(1)
    const before = await findMedia(movie)
    t.equal(before?.thumbnails?.master?.toString(), first.jobId)
    t.equal(await Image.countDocuments({ title: movie, master: first.jobId }), 2)

    let second = await test.addMaster(other, movie, '&edition=restored')
    const cancelled = ['subtitles done', 'thumbnails done', 'pictures done', 'original cancelled']
    t.strictSame(await statesOf(test, first.jobId), cancelled)
    const retry = await test.admin.post(`${JOBS_URL}/${first.jobId}/steps/original/retry`)
    expectProblem(t, retry, 'encoding-job-state')
    t.equal((await test.admin.delete(`${JOBS_URL}/${second.jobId}`)).status, 204)
    t.strictSame(await statesOf(test, first.jobId), [...cancelled.slice(0, 3), 'original waiting'], 'discarded')
    second = await test.addMaster(other, movie, '&edition=restored')
    t.strictSame(await statesOf(test, first.jobId), cancelled)
    test.programs.set('fail-pictures')
    await test.encode()
    await test.encode()
    t.match(
      await test.readJob(second.jobId),
      { state: 'done', replacesId: first.jobId },
      'the original is not there yet',
    )
    t.strictSame((await findFiles(movie)).map(({ stage }) => stage), ['active', 'pending'])
    test.programs.unset('fail-original')
    await test.encode(1)
    await test.encode()
    t.match(await test.readJob(second.jobId), { state: 'done', replacesId: null })
    const files = (await findFiles(movie)).filter(({ stage }) => stage !== 'retired')
    t.match(files, [{ stage: 'active', videoCodec: /^avc1/ }, { stage: 'active', videoCodec: /^hvc1/ }])
    t.equal(await EncodingStep.countDocuments({ job: first.jobId }), 0)
    t.equal((await findMedia(movie))?.thumbnails?.master?.toString(), second.jobId)

    test.programs.unset('fail-pictures')
    await test.encode(4)
    t.match(await test.readStep(second.jobId, 'pictures'), { state: 'done' })
    const masters = (await Image.find({ title: movie }).lean()).map(({ master: id }) => id?.toString())
    t.strictSame(masters, [second.jobId, second.jobId], 'they replace those of the first master, which is gone')
    // An original that was repeated by a request while the masters were replaced.
    await Media.updateOne({ _id: movie }, { $set: { 'files.$[file].stage': 'pending' } }, {
      arrayFilters: [{ 'file.master': new Types.ObjectId(second.jobId) }],
    })
    await containerOf(test.app).catalogue.reloadTitle(movie)
    await test.encode()
    t.notOk((await findFiles(movie)).some(({ stage }) => stage === 'pending'))
    t.strictSame(await runDoctor(test), [])
  })

  t.test('an interrupted step leaves no image, and steps without a master are found', async (t) => {
    const test = await startStepApp(t)
    test.programs.set('fail-pictures')
    const { movie, jobId } = await test.addMaster(master)
    await test.encode()
    // The state after a crash between the object of a picture and its document.
    const storageKey = `images/${movie}/interrupted`
    const writer = await containerOf(test.app).storage.create(storageKey)
    writer.stream.write('half a picture')
    await writer.commit()
    await EncodingStep.updateOne({ job: jobId, kind: 'pictures' }, { imageKeys: [storageKey] })
    t.strictSame(await runDoctor(test), [])
    test.programs.unset('fail-pictures')
    await test.encode(1)
    t.notOk((await listKeys(test, movie)).includes(storageKey))
    t.match(await test.readStep(jobId, 'pictures'), { state: 'done', attempts: 2 })
    t.equal(await Image.countDocuments({ title: movie }), 2)

    await EncodingStep.create({
      ...await EncodingStep.findOne({ job: jobId, kind: 'pictures' }).lean(),
      _id: new Types.ObjectId(),
      job: new Types.ObjectId(),
    })
    const find = async (isFixing: boolean) =>
      (await runChecks(containerOf(test.app), isFixing, () => {})).findings.filter(({ check }) =>
        check === 'encoding-steps'
      )
    t.match(await find(false), [{ problem: 'the master does not exist', state: 'open' }])
    t.match(await find(true), [{ state: 'fixed' }])
    t.strictSame(await find(false), [])

    await EncodingStep.updateOne({ job: jobId, kind: 'pictures' }, { state: 'waiting', job: new Types.ObjectId() })
    await test.encode()
    t.equal(await EncodingStep.countDocuments({ item: movie }), 3, 'the queue removes it too')
    await EncodingStep.updateOne({ job: jobId, kind: 'thumbnails' }, { state: 'waiting', attempts: 0 })
    await EncodingJob.updateOne({ _id: jobId }, { state: 'failed' })
    await test.encode()
    t.match(await test.readStep(jobId, 'thumbnails'), { state: 'waiting', attempts: 0 }, 'not before the job is done')
  })
})
