// Worker processes that run the steps of masters, and that are killed during one.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { EncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep, type StoredEncodingStep } from '../../models/encoding-step.js'
import { Image, imageKeys, type StoredImage } from '../../models/image.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { thumbnailKeys } from '../../src/media/object-cleanup.js'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { mediaFolder } from '../../src/storage/open-storage.js'
import { isRunning, readPid, skipWithoutFfmpeg } from '../media/encoding/programs.js'
import { makeMasterWithSteps, writeStepPrograms } from '../media/encoding/steps/step-test.js'
import { createTestDatabase } from '../support/app.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'

const KINDS = ['thumbnails', 'pictures', 'original'] as const
const STEPS_OF_MASTER = KINDS.length + 1

t.test('workers run the steps of masters', { timeout: 280_000, skip: await skipWithoutFfmpeg() }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-steps-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const bin = path.join(dataDir, 'bin')
  const programs = await writeStepPrograms(bin)
  const { ffmpegPath, ffprobePath } = programs
  const startWorker = async (): Promise<ServerProcess> =>
    await startServer(t, uri, dataDir, {
      ENCODING_LADDER: '90:30:100',
      ROLE: 'worker',
      FFMPEG_PATH: ffmpegPath,
      FFPROBE_PATH: ffprobePath,
    })
  const api = await startServer(t, uri, dataDir, { ROLE: 'api' })
  const admin = await signUpAdminAt(api, uri)
  await connectDatabase(uri)
  t.teardown(disconnectDatabase)
  const master = await makeMasterWithSteps(dataDir, 'master.mkv')
  const movies: string[] = []

  async function addMaster (): Promise<string> {
    const { body } = await send(api, 'POST', '/v1/admin/movies', admin, { title: `Movie ${movies.length}` })
    movies.push(body.id)
    const url = `/v1/admin/movies/${body.id}/media?role=master`
    return (await send(api, 'POST', url, admin, master, { 'content-type': 'video/x-matroska' })).body.id
  }

  const readSteps = async (job: string): Promise<StoredEncodingStep[]> =>
    await EncodingStep.find({ job }).lean<StoredEncodingStep[]>()

  async function waitForSteps (job: string): Promise<void> {
    for (;;) {
      const steps = await readSteps(job)
      if (steps.length === STEPS_OF_MASTER && steps.every(({ state }) => state === 'done')) return
      t.notOk(steps.find(({ state }) => state === 'failed'), 'no step failed')
      await sleep(200)
    }
  }

  await t.test('a worker that is killed during any step: another one completes', async (t) => {
    const job = await addMaster()
    for (const kind of KINDS) {
      programs.set(`block-${kind}`)
      const worker = await startWorker()
      const pid = await readPid(path.join(bin, `pid-${kind}`))
      while ((await EncodingStep.findOne({ job, kind }).lean())?.state !== 'running') await sleep(50)
      process.kill(worker.pid, 'SIGKILL')
      await worker.stop()
      while (isRunning(pid)) await sleep(50)
      const { state, claimedUntil = new Date(0) } = await EncodingStep.findOne({ job, kind }).lean() ?? {}
      t.equal(state, 'running', kind)
      t.ok(claimedUntil.getTime() <= Date.now() + 60_000, 'the claim expires within a minute')
      programs.unset(`block-${kind}`)
      await EncodingStep.updateOne({ job, kind }, { $set: { claimedUntil: new Date(0) } })
    }
    const worker = await startWorker()
    await waitForSteps(job)
    const crashes = Object.fromEntries((await readSteps(job)).map((step) => [step.kind, step.crashes]))
    t.strictSame(crashes, { subtitles: 0, thumbnails: 1, pictures: 1, original: 1 })
    t.match((await readSteps(job)).map(({ attempts }) => attempts), [1, 1, 1, 1], 'a crash counts as no attempt')
    while (readdirSync(path.join(dataDir, 'encoding')).length > 0) await sleep(200)
    t.equal(await worker.stop(), 0)
    const { body } = await send(api, 'GET', `/v1/admin/encoding-jobs/${job}`, admin)
    t.match(body, { state: 'done', attempts: 1 })
    t.match(body.steps, Array.from({ length: STEPS_OF_MASTER }, () => ({ state: 'done', progress: 1, reason: null })))
  })

  await t.test('two workers run each step once', async (t) => {
    const before = programs.started().length
    const workers = [await startWorker(), await startWorker()]
    const jobs = [await addMaster(), await addMaster()]
    for (const job of jobs) await waitForSteps(job)
    const started = programs.started().slice(before)
    for (const kind of KINDS) t.equal(started.filter((one) => one === kind).length, jobs.length, kind)
    for (const job of jobs) {
      t.match(await readSteps(job), Array.from({ length: STEPS_OF_MASTER }, () => ({ attempts: 1 })))
    }
    for (const worker of workers) t.equal(await worker.stop(), 0)
  })

  await t.test('no object is left over', async (t) => {
    const media = await Media.find().lean<StoredMedia[]>()
    for (const { files, subtitles, thumbnails } of media) {
      t.match(files.map(({ videoCodec }) => videoCodec), [/^avc1/, /^hvc1/])
      t.match(subtitles, [{ language: 'de', kind: 'sdh' }])
      t.ok(thumbnails)
    }
    const images = await Image.find().lean<StoredImage[]>()
    t.equal(images.length, 2 * movies.length)
    const used = new Set([
      ...(await EncodingJob.find().lean<StoredEncodingJob[]>()).map(({ storageKey }) => storageKey),
      ...media.flatMap(({ files, subtitles }) => [...files, ...subtitles].map(({ storageKey }) => storageKey)),
      ...media.flatMap(({ thumbnails }) => thumbnailKeys(thumbnails)),
      ...images.flatMap(imageKeys),
    ])
    const packages = media.flatMap(({ files }) => files.map(({ _id }) => _id.toString()))
    const storage = await openLocalStorage(mediaFolder(dataDir))
    const unused: string[] = []
    for await (const { key } of storage.list()) {
      const isOfMovie = movies.some((id) => key.includes(id))
      if (isOfMovie && !used.has(key) && !packages.some((id) => key.startsWith(`hls/${id}`))) unused.push(key)
    }
    t.strictSame(unused, [])
  })
})
