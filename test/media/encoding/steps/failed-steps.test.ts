// Steps of masters that fail, wait or crash.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Types } from 'mongoose'
import t from 'tap'
import { EncodingJob } from '../../../../models/encoding-job.js'
import { EncodingStep } from '../../../../models/encoding-step.js'
import { MAX_SUBTITLES, Media } from '../../../../models/media.js'
import { containerOf } from '../../../support/app.js'
import { expectProblem } from '../../../support/requests.js'
import { signUp } from '../../../support/users.js'
import { probeOutdatedFiles } from '../../../../src/media/probing/probe-again.js'
import { MAX_CRASHES } from '../../../../src/media/attempts.js'
import { storageUnavailable } from '../../../../src/errors.js'
import { EncoderUnavailableError } from '../../../../src/media/encoding/encoder.js'
import { findFiles, runDoctor } from '../encoding-app.js'
import { skipWithoutFfmpeg } from '../programs.js'
import { findMedia, listKeys, listScratch, makeMasterWithSteps, startStepApp, type StepApp } from './step-test.js'

const PROGRAM_KINDS = ['thumbnails', 'pictures', 'original']
const JOBS_URL = '/v1/admin/encoding-jobs'
const TOO_MANY = { state: 'failed', attempts: 2, reason: { text: 'Each attempt ended with a crash.' } }

t.test('steps of masters', { skip: await skipWithoutFfmpeg(), timeout: 280_000 }, async (t) => {
  const folder = t.testdir({})
  const master = await makeMasterWithSteps(folder, 'master.mkv')

  /** While it returns true, no subtitle can be stored. */
  function failSubtitles (test: StepApp, isFailing: () => boolean): void {
    const { storage } = containerOf(test.app)
    const create = storage.create.bind(storage)
    storage.create = async (key) => {
      if (key.includes('/subtitle-') && isFailing()) throw new Error('the disk returns an error')
      return await create(key)
    }
  }

  t.test('each step that fails once is tried again, and the title plays meanwhile', async (t) => {
    const test = await startStepApp(t)
    const { admin, programs, app } = test
    let isFailing = true
    failSubtitles(test, () => isFailing)
    for (const kind of PROGRAM_KINDS) programs.set(`fail-${kind}`, `cannot make ${kind}`)
    const { movie, jobId } = await test.addMaster(master)
    t.strictSame((await test.readJob(jobId)).steps, [], 'none before the master is encoded')
    await test.encode()
    const job = await test.readJob(jobId)
    t.match(job, { state: 'done', progress: 1, reason: null })
    t.match(job.steps, [
      { kind: 'subtitles', state: 'waiting', attempts: 1, progress: 0, reason: { code: 'encoding-failed' } },
      ...PROGRAM_KINDS.map((kind) => ({
        kind,
        state: 'waiting',
        attempts: 1,
        reason: { code: 'encoding-failed', text: /^ffmpeg could not / },
        logTail: `cannot make ${kind}`,
      })),
    ])
    for (const { nextAttemptAt } of job.steps) {
      const untilNextMs = Date.parse(nextAttemptAt) - test.clock.now().getTime()
      t.ok(untilNextMs > 30_000 && untilNextMs <= 60_000, `${untilNextMs} ms`)
    }
    t.match((await findFiles(movie)).map(({ videoCodec }) => videoCodec), [/^avc1/])
    await test.encode()
    t.match((await test.readJob(jobId)).steps, job.steps.map(() => ({ attempts: 1 })), 'not before the pause ends')
    const counts = (await admin.get('/v1/admin/jobs')).body.items
    t.match(counts.find((one: any) => one.job === 'encoding-step' && one.state === 'waiting'), { count: 4 })
    t.strictSame(listScratch(test), [])

    isFailing = false
    for (const kind of PROGRAM_KINDS) programs.unset(`fail-${kind}`)
    await test.encode(1)
    const done = { state: 'done', attempts: 2, progress: 1, reason: null, logTail: '', nextAttemptAt: null }
    t.match((await test.readJob(jobId)).steps, job.steps.map(({ kind }: any) => ({ kind, ...done })))
    const media = await findMedia(movie)
    t.match(media?.files.map(({ videoCodec }) => videoCodec), [/^avc1/, /^hvc1/])
    t.equal(media?.thumbnails?.master?.toString(), jobId)
    t.match(media?.subtitles, [{ language: 'de', kind: 'sdh' }], 'as the master describes it')
    const kim = await signUp(app)
    t.match((await kim.get(`/v1/movies/${movie}`)).body, { posterUrl: /^\/v1\/images/, backdropUrl: /^\/v1\/images/ })
    t.strictSame(await runDoctor(test), [])
  })

  t.test('texts that cannot be extracted or stored have a reason', async (t) => {
    const test = await startStepApp(t)
    const { prober } = containerOf(test.app)
    const probe = prober.probe.bind(prober)
    /** What the next probe finds: as it is, with a text that is too long, or nothing. */
    let found: 'all' | 'long-text' | 'damaged' | 'closed' = 'long-text'
    prober.probe = async (location, sizeBytes) => {
      const result = await probe(location, sizeBytes)
      if (!result.ok || found === 'all') return result
      if (found !== 'long-text') return { ok: false, code: found, reason: 'it is damaged or incomplete' }
      const embeddedSubtitles = result.info.embeddedSubtitles.map((track) => ({
        ...track,
        extraction: 'failed' as const,
      }))
      return { ok: true, info: { ...result.info, embeddedSubtitles, extractedSubtitles: [] } }
    }
    const { movie, jobId } = await test.addMaster(master)
    await test.encode()
    t.match(await test.readStep(jobId, 'subtitles'), {
      state: 'waiting',
      reason: { code: 'subtitles-failed', text: /^1 of 1 texts of the master cannot be extracted\. Upload / },
    })
    found = 'damaged'
    await test.encode(1)
    const damaged = { code: 'subtitles-failed', text: /cannot be read: it is damaged or incomplete\./ }
    t.match(await test.readStep(jobId, 'subtitles'), { state: 'waiting', attempts: 2, reason: damaged })
    found = 'closed'
    await test.encode(4)
    t.match(await test.readStep(jobId, 'subtitles'), { state: 'waiting', attempts: 2 }, 'a service that stops')
    found = 'all'
    const full = Array.from({ length: MAX_SUBTITLES }, (_value, i) => ({
      _id: new Types.ObjectId(),
      language: 'en',
      kind: 'normal',
      storageKey: `${movie}/full-${i}`,
      sizeBytes: 1,
      sha256: '0'.repeat(64),
      createdAt: test.clock.now(),
    }))
    await Media.collection.updateOne({ _id: new Types.ObjectId(movie) }, { $set: { subtitles: full } } as never)
    await test.encode(4)
    t.match(await test.readStep(jobId, 'subtitles'), {
      state: 'failed',
      attempts: 3,
      reason: { code: 'subtitle-limit' },
    })
    await Media.collection.updateOne({ _id: new Types.ObjectId(movie) }, { $set: { subtitles: [] } } as never)
    t.equal((await test.admin.post(`${JOBS_URL}/${jobId}/steps/subtitles/retry`)).status, 200)
    await test.encode()
    t.match(await test.readStep(jobId, 'subtitles'), { state: 'done', attempts: 1, reason: null })
    t.match((await findMedia(movie))?.subtitles, [{ language: 'de', kind: 'sdh' }])
    t.strictSame(await runDoctor(test), [])
  })

  t.test('a rendition that is probed again keeps the descriptions of its master', async (t) => {
    const test = await startStepApp(t)
    const { movie } = await test.addMaster(master)
    await test.encode()
    const before = await findMedia(movie)
    await Media.updateOne({ _id: movie }, { $set: { 'files.$[].probeVersion': 0 } })
    await containerOf(test.app).catalogue.reloadTitle(movie)
    await probeOutdatedFiles(containerOf(test.app))
    t.strictSame(await findMedia(movie), before)
    t.match(before?.files[0]?.embeddedSubtitles, [{ codec: 'subrip', language: 'de', kind: 'sdh' }])
  })

  t.test('a step that fails for good has a reason, and is repeated by request', async (t) => {
    const test = await startStepApp(t)
    const { admin, programs } = test
    programs.set('fail-thumbnails', 'a damaged table')
    const { movie, jobId } = await test.addMaster(master)
    for (const minutes of [0, 1, 4]) await test.encode(minutes)
    const reason = { code: 'encoding-failed', text: 'ffmpeg could not draw the seek thumbnails.' }
    const failed = { state: 'failed', attempts: 3, progress: 0, reason, logTail: 'a damaged table' }
    t.match(await test.readStep(jobId, 'thumbnails'), { ...failed, nextAttemptAt: null })
    await test.encode(60)
    t.equal(programs.started().filter((kind) => kind === 'thumbnails').length, 3, 'not tried again')
    const idsWith = async (query: string): Promise<string[]> =>
      (await admin.get(`${JOBS_URL}?${query}`)).body.items.map(({ id }: any) => id)
    t.ok((await idsWith('stepState=failed')).includes(jobId))
    t.ok((await idsWith('stepState=failed&state=done')).includes(jobId))
    t.notOk((await idsWith('stepState=waiting')).includes(jobId))
    expectProblem(t, await admin.get(`${JOBS_URL}?stepState=done`), 'validation-failed')

    const retryUrl = (kind: string): string => `${JOBS_URL}/${jobId}/steps/${kind}/retry`
    const { status, body } = await admin.post(retryUrl('thumbnails'))
    t.equal(status, 200)
    t.match(body, { id: jobId, state: 'done' })
    t.match(body.steps.find((step: any) => step.kind === 'thumbnails'), { state: 'waiting', attempts: 0, reason: null })
    programs.unset('fail-thumbnails')
    await test.encode()
    t.match(await test.readStep(jobId, 'thumbnails'), { state: 'done', attempts: 1 })
    t.ok((await findMedia(movie))?.thumbnails)

    expectProblem(t, await admin.post(retryUrl('chapters')), 'not-found')
    expectProblem(t, await admin.post(`${JOBS_URL}/${'0'.repeat(24)}/steps/pictures/retry`), 'not-found')
    await EncodingStep.deleteOne({ job: jobId, kind: 'pictures' })
    expectProblem(t, await admin.post(retryUrl('pictures')), 'not-found')
    const kim = await signUp(test.app)
    expectProblem(t, await kim.post(retryUrl('thumbnails')), 'forbidden')
    await EncodingStep.updateOne({ job: jobId, kind: 'original' }, { state: 'running', attempts: 1 })
    t.match((await admin.post(retryUrl('original'))).body.steps.at(-1), { state: 'running', attempts: 1 })
  })

  t.test('a step waits for disk space, the storage or ffmpeg, and does not count its attempts', async (t) => {
    const test = await startStepApp(t)
    test.programs.set('fail-original', 'No space left on device')
    const { jobId } = await test.addMaster(master)
    for (let i = 0; i < 4; i++) {
      await test.encode(i === 0 ? 0 : 5)
      const waiting = { state: 'waiting', attempts: 0, reason: { code: 'disk-full', text: /too little space/ } }
      t.match(await test.readStep(jobId, 'original'), waiting)
    }
    test.programs.unset('fail-original')
    const { encoder, storage } = containerOf(test.app)
    const [locate, encode] = [storage.locate.bind(storage), encoder.encode.bind(encoder)]
    for (const code of ['storage-unavailable', 'encoder-unavailable']) {
      storage.locate = async (key) => {
        if (code === 'storage-unavailable') throw storageUnavailable()
        return await locate(key)
      }
      encoder.encode = async () => {
        throw new EncoderUnavailableError('Install ffmpeg.')
      }
      await test.encode(5)
      t.match(await test.readStep(jobId, 'original'), { state: 'waiting', attempts: 0, reason: { code } })
    }
    Object.assign(storage, { locate })
    Object.assign(encoder, { encode })
    await test.encode(5)
    t.match(await test.readStep(jobId, 'original'), { state: 'done', attempts: 1, reason: null })
    t.strictSame(listScratch(test), [])
  })

  t.test('an original that cannot be used leaves no object', async (t) => {
    const test = await startStepApp(t)
    const { prober } = containerOf(test.app)
    const probe = prober.probe.bind(prober)
    let isDamaged = true
    prober.probe = async (location, sizeBytes) => {
      const isOriginal = test.programs.started().at(-1) === 'original'
      return isDamaged && isOriginal
        ? { ok: false, code: 'damaged', reason: 'it is damaged' }
        : await probe(location, sizeBytes)
    }
    const { movie, jobId } = await test.addMaster(master)
    await test.encode()
    const reason = { code: 'encoding-failed', text: 'A rendition cannot be used: it is damaged.' }
    t.match(await test.readStep(jobId, 'original'), { state: 'waiting', attempts: 1, reason })
    const { renditions = [] } = await EncodingJob.findById(jobId).lean() ?? {}
    const { storageKey = '' } = renditions.find(({ isOriginal }) => isOriginal) ?? {}
    t.ok(storageKey)
    t.notOk((await listKeys(test, movie)).includes(storageKey))
    isDamaged = false
    await test.encode(1)
    t.match(await test.readStep(jobId, 'original'), { state: 'done', attempts: 2 })
    t.ok((await listKeys(test, movie)).includes(storageKey))
    await EncodingStep.updateOne({ job: jobId, kind: 'original' }, { state: 'running', attempts: 2 })
    await test.encode()
    t.equal((await findFiles(movie)).length, 2, 'an attempt that ended after the file was published adds none')
    t.strictSame(await runDoctor(test), [])
  })

  t.test('crashes are counted, and the claim of another process is respected', async (t) => {
    const test = await startStepApp(t)
    test.programs.set('fail-thumbnails')
    const { jobId } = await test.addMaster(master)
    await test.encode()
    test.programs.unset('fail-thumbnails')
    const isStep = { job: jobId, kind: 'thumbnails' as const }
    const claim = new Types.ObjectId()
    const claimedUntil = new Date(test.clock.now().getTime() + 120_000)
    await EncodingStep.updateOne(isStep, { state: 'running', attempts: 2, claim, claimedUntil, progress: 0.5 })
    mkdirSync(path.join(test.config.dataDir, 'encoding', claim.toString()), { recursive: true })
    await test.encode(1)
    t.match(await test.readStep(jobId, 'thumbnails'), { state: 'running', attempts: 2, progress: 0.5 })
    t.strictSame(listScratch(test), [claim.toString()])
    await test.encode(2)
    t.match(await test.readStep(jobId, 'thumbnails'), { state: 'done', attempts: 2 }, 'resumed')
    t.match(await EncodingStep.findOne(isStep).lean(), { crashes: 1 })
    await test.encode()
    t.strictSame(listScratch(test), [])
    await EncodingStep.updateOne(isStep, { state: 'running', crashes: MAX_CRASHES })
    await test.encode()
    t.match(await test.readStep(jobId, 'thumbnails'), TOO_MANY)
  })

  t.test('progress is stored while a step runs', async (t) => {
    const test = await startStepApp(t)
    const { encoder } = containerOf(test.app)
    const encode = encoder.encode.bind(encoder)
    let endRead = (): void => undefined
    const isRead = new Promise<void>((resolve) => {
      endRead = resolve
    })
    encoder.encode = async (args, options) => {
      if (args.includes('original.mp4')) {
        options.onProgress?.(0.5)
        await isRead
      }
      return await encode(args, options)
    }
    const { jobId } = await test.addMaster(master)
    await containerOf(test.app).encoding.processPending()
    for (;;) {
      const { state, progress } = await test.readStep(jobId, 'original') ?? {}
      if (progress > 0) {
        t.match({ state, progress }, { state: 'running', progress: 0.45 })
        break
      }
      await sleep(100)
    }
    endRead()
    await containerOf(test.app).encoding.onIdle()
    t.match(await test.readStep(jobId, 'original'), { state: 'done', progress: 1 })
  })
})
