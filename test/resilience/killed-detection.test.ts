// Worker processes that detect the markers of a season, and one that is killed in the middle.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { MarkerDetection } from '../../models/marker-detection.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { findPrograms } from '../../src/media/encoding/find-programs.js'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { mediaFolder } from '../../src/storage/open-storage.js'
import { isRunning, readPid, skipWithoutFfmpeg, writePrograms } from '../media/encoding/programs.js'
import { makeEpisode, SHORT_SEASON } from '../media/markers/season-files.js'
import { createTestDatabase } from '../support/app.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'

/** The start and the end of each episode. */
const FINGERPRINTS = 2 * SHORT_SEASON.length

t.test('workers detect markers', { timeout: 280_000, skip: await skipWithoutFfmpeg() }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-detection-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!programs.isAvailable) throw new Error(programs.reason)
  const { ffmpegPath: installed, ffprobePath } = programs
  const logFile = path.join(dataDir, 'fingerprints.log')
  const pidFile = path.join(dataDir, 'ffmpeg.pid')
  const countFingerprints = (): number =>
    existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n').length : 0

  /** @param delay of each fingerprint, s */
  async function startWorker (name: string, delay: number): Promise<ServerProcess> {
    const { ffmpegPath } = writePrograms(
      path.join(dataDir, 'bin', name),
      `case "$*" in *chromaprint*) echo $$ > ${pidFile}; echo ${name} >> ${logFile}; sleep ${delay};; esac
      exec ${installed} "$@"`,
    )
    return await startServer(t, uri, dataDir, { ROLE: 'worker', FFMPEG_PATH: ffmpegPath, FFPROBE_PATH: ffprobePath })
  }

  const api = await startServer(t, uri, dataDir, { ROLE: 'api' })
  const admin = await signUpAdminAt(api, uri)
  await connectDatabase(uri)
  t.teardown(disconnectDatabase)
  const episodes = SHORT_SEASON.map((_plan, i) => ({ number: i + 1, title: `Episode ${i + 1}` }))
  const { body: { id: show } } = await send(api, 'POST', '/v1/admin/shows', admin, {
    title: 'A show',
    seasons: [{ number: 1, episodes }],
  })
  for (const [i, plan] of SHORT_SEASON.entries()) {
    const url = `/v1/admin/shows/${show}/seasons/1/episodes/${i + 1}/media`
    const body = await makeEpisode(dataDir, `${i}.mp4`, plan)
    t.equal((await send(api, 'POST', url, admin, body, { 'content-type': 'video/mp4' })).status, 201)
  }
  const url = `/v1/admin/shows/${show}/seasons/1/marker-detection`
  const findState = async () => await MarkerDetection.findOne({ title: show }).lean()

  async function waitForResult (): Promise<void> {
    while ((await findState())?.state !== 'done') await sleep(200)
  }

  await t.test('kill -9 of a worker in the middle: its program ends, and another worker completes', async (t) => {
    await send(api, 'POST', url, admin)
    const killed = await startWorker('killed', 600)
    const pid = await readPid(pidFile)
    process.kill(killed.pid, 'SIGKILL')
    await killed.stop()
    while (isRunning(pid)) await sleep(50)
    const { state, claimedUntil = new Date(0) } = await findState() ?? {}
    t.equal(state, 'running')
    t.ok(claimedUntil.getTime() <= Date.now() + 60_000, 'the claim expires within a minute')
    await MarkerDetection.updateOne({ title: show }, { $set: { claimedUntil: new Date(0) } })
    rmSync(logFile)
    const worker = await startWorker('next', 0)
    await waitForResult()
    const result = { comparedEpisodes: 3, introEpisodes: 3, creditsEpisodes: 3 }
    t.match(await findState(), { attempts: 1, crashes: 1, failure: null, claim: null, ...result })
    t.equal(countFingerprints(), FINGERPRINTS)
    t.equal(await worker.stop(), 0)
    const { body: season } = await send(api, 'GET', `/v1/shows/${show}/seasons/1`, admin)
    for (const { markerOrigins } of season.episodes) {
      t.match(markerOrigins, { intro: { origin: 'detected' }, credits: { origin: 'detected' } })
    }
  })

  await t.test('two workers detect a season once', async (t) => {
    rmSync(logFile)
    const workers = [await startWorker('first', 0.3), await startWorker('second', 0.3)]
    await send(api, 'POST', url, admin)
    await waitForResult()
    t.match(await findState(), { attempts: 1, failure: null, introEpisodes: 3 })
    t.equal(countFingerprints(), FINGERPRINTS)
    // What the killed worker left behind is removed by any other.
    while (readdirSync(path.join(dataDir, 'encoding')).length > 0) await sleep(200)
    for (const worker of workers) t.equal(await worker.stop(), 0)
  })

  await t.test('no object is left over', async (t) => {
    const media = await Media.find().lean<StoredMedia[]>()
    const used = media.flatMap(({ files }) => files.map(({ storageKey }) => storageKey))
    const packages = media.flatMap(({ files }) => files.map(({ _id }) => _id.toString()))
    const storage = await openLocalStorage(mediaFolder(dataDir))
    const unused: string[] = []
    for await (const { key } of storage.list()) {
      if (!used.includes(key) && !packages.some((id) => key.includes(id))) unused.push(key)
    }
    t.strictSame(unused, [])
  })
})
