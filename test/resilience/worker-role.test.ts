// A process that serves the API and processes that encode: they share the queue, and workers may be killed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { EncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep } from '../../models/encoding-step.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { thumbnailKeys } from '../../src/media/object-cleanup.js'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { mediaFolder } from '../../src/storage/open-storage.js'
import { makeFile, skipWithoutFfmpeg } from '../media/encoding/programs.js'
import { createTestDatabase } from '../support/app.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'

const LADDER = { ENCODING_LADDER: '180:30:300,90:30:100' }
const MAX_KILL_DELAY_MS = 1_500
/** One attempt less than a job has. */
const KILLS = 2

t.test('the roles api and worker', { timeout: 280_000, skip: await skipWithoutFfmpeg() }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-roles-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const start = async (role: 'api' | 'worker'): Promise<ServerProcess> =>
    await startServer(t, uri, dataDir, { ...LADDER, ROLE: role })
  const api = await start('api')
  const admin = await signUpAdminAt(api, uri)
  await connectDatabase(uri)
  t.teardown(disconnectDatabase)
  const movies: string[] = []
  for (let i = 0; i < 3; i++) {
    const { body } = await send(api, 'POST', '/v1/admin/movies', admin, { title: `Movie ${i}` })
    movies.push(body.id)
    await makeFile(dataDir, ['-f', 'lavfi', '-i', `testsrc=size=320x180:rate=25:duration=${20 + i}`, 'master.mkv'])
    const master = readFileSync(path.join(dataDir, 'master.mkv'))
    const url = `/v1/admin/movies/${body.id}/media?role=master`
    t.match(await send(api, 'POST', url, admin, master, { 'content-type': 'video/x-matroska' }), { status: 202 })
  }
  const jobs = async (): Promise<StoredEncodingJob[]> => await EncodingJob.find().lean<StoredEncodingJob[]>()
  const waitFor = async (isTrue: (jobs: StoredEncodingJob[]) => boolean): Promise<StoredEncodingJob[]> => {
    for (;;) {
      const found = await jobs()
      if (isTrue(found)) return found
      await sleep(100)
    }
  }

  await t.test('the API process encodes nothing, and a worker has no API', async (t) => {
    t.match(await jobs(), movies.map(() => ({ state: 'waiting', attempts: 0 })))
    const hint = 'ROLE=api: this process does not encode; start one with ROLE=worker'
    t.ok(api.lines.includes(hint), 'the start says so')
    const worker = await start('worker')
    t.notOk(worker.lines.includes(hint))
    t.match(await send(worker, 'GET', '/health/ready'), { status: 200, body: { status: 'ok' } })
    t.match(await send(worker, 'GET', '/v1/titles'), { status: 404 })
    t.match(await send(worker, 'GET', '/watch/'), { status: 404 })
    await waitFor((all) => all.some(({ state }) => state === 'running'))
    t.equal(await worker.stop(), 0, 'it ends in order, and its attempt does not count')
    t.match(await jobs(), movies.map(() => ({ state: /waiting|done/ })))
  })

  await t.test('the next worker completes what a killed one has begun', async (t) => {
    for (let i = 0; i < KILLS; i++) {
      const worker = await start('worker')
      await waitFor((all) => all.every(({ state }) => state === 'done') || all.some(({ state }) => state === 'running'))
      const delayMs = Math.round(Math.random() * MAX_KILL_DELAY_MS)
      await sleep(delayMs)
      process.kill(worker.pid, 'SIGKILL')
      await worker.stop()
      t.comment(`killed ${delayMs} ms after the claim`)
      // The claims expire.
      await EncodingJob.updateMany({ state: 'running' }, { $set: { claimedUntil: new Date(0) } })
      await EncodingStep.updateMany({ state: 'running' }, { $set: { claimedUntil: new Date(0) } })
      await Media.updateMany({}, { $set: { 'files.$[].hls.claimedUntil': new Date(0) } })
    }
    const workers = [await start('worker'), await start('worker')]
    const done = await waitFor((all) => all.every(({ state }) => state === 'done' || state === 'failed'))
    t.match(done, movies.map(() => ({ state: 'done', progress: 1, failure: null })))
    while (await EncodingStep.countDocuments({ state: 'done' }) < 2 * movies.length) await sleep(100)
    for (;;) {
      const files = (await Media.find().lean<StoredMedia[]>()).flatMap((media) => media.files)
      if (files.every(({ hls }) => hls.state === 'ready')) break
      t.notOk(files.find(({ hls }) => hls.state === 'failed'), 'packaged')
      await sleep(200)
    }
    for (const worker of workers) t.equal(await worker.stop(), 0)
  })

  await t.test('every rendition exists once, and no object is left over', async (t) => {
    const media = await Media.find().lean<StoredMedia[]>()
    t.equal(media.length, movies.length)
    for (const { files } of media) t.strictSame(files.map(({ height }) => height).sort(), [180, 90])
    const used = new Set([
      ...(await jobs()).map(({ storageKey }) => storageKey),
      ...media.flatMap(({ files }) => files.map(({ storageKey }) => storageKey)),
      ...media.flatMap(({ thumbnails }) => thumbnailKeys(thumbnails)),
    ])
    for (const { thumbnails } of media) t.ok(thumbnails, 'every master has thumbnails')
    const prefixes = media.flatMap(({ files }) => files.flatMap(({ hls }) => hls.packages.map(({ prefix }) => prefix)))
    const storage = await openLocalStorage(mediaFolder(dataDir))
    const unused: string[] = []
    for await (const { key } of storage.list()) {
      if (!used.has(key) && !prefixes.some((prefix) => key.startsWith(prefix))) unused.push(key)
    }
    t.strictSame(unused.filter((key) => movies.some((id) => key.startsWith(id))), [])
  })
})
