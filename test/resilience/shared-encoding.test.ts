// Worker processes that share masters chunk by chunk, and that are killed at random moments during a playback.
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { EncodingChunk } from '../../models/encoding-chunk.js'
import { EncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep } from '../../models/encoding-step.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { findPrograms } from '../../src/media/encoding/find-programs.js'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { mediaFolder } from '../../src/storage/open-storage.js'
import { makeCountedMaster, readFrameNumbers } from '../media/encoding/chunks/counted-master.js'
import { makeFile, skipWithoutFfmpeg, writePrograms } from '../media/encoding/programs.js'
import { createTestDatabase } from '../support/app.js'
import { runCommand } from '../support/run-command.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'
import { startPlayer } from './player-process.js'

const SECONDS = 70
const FRAMES = SECONDS * 25
/** The audio, and two chunks in each of two passes. */
const CHUNKS_OF_MASTER = 5
const KILLS = 20
const MAX_KILL_DELAY_MS = 2_500
/** Objects of this age that nothing refers to are orphans. */
const ORPHAN_AGE_SECONDS = 2 * 86_400
const LADDER = { ENCODING_LADDER: '108:30:200,72:30:100', LOWEST_RENDITION_FIRST: 'on', AUDIO_LOUDNESS: 'off' }

t.test('workers share masters', { timeout: 360_000, skip: await skipWithoutFfmpeg() }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-shared-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!programs.isAvailable) throw new Error(programs.reason)
  const { ffmpegPath: installed, ffprobePath } = programs
  const logFile = (name: string): string => path.join(dataDir, `${name}.log`)

  /** Starts a worker whose ffmpeg logs the chunks that it begins, and takes half a second longer for each. */
  async function startWorker (name: string): Promise<ServerProcess> {
    const { ffmpegPath } = writePrograms(
      path.join(dataDir, 'bin', name),
      `case "$*" in *start_frame=*|*" -f mp4 audio.mp4") echo "$*" >> ${logFile(name)}; sleep 0.5;; esac
      exec ${installed} "$@"`,
    )
    const variables = { ...LADDER, ROLE: 'worker', FFMPEG_PATH: ffmpegPath, FFPROBE_PATH: ffprobePath }
    return await startServer(t, uri, dataDir, variables)
  }

  /** The chunks of all masters that workers began. */
  function readEncodes (name: string): string[] {
    if (!existsSync(logFile(name))) return []
    return readFileSync(logFile(name), 'utf8').trim().split('\n').map((line) => {
      const master = /-i file:(\S+)/.exec(line)?.[1] ?? ''
      return [path.basename(master), /start_frame=(\d+)/.exec(line)?.[1] ?? 'audio', /\d+\.mp4$/.exec(line)?.[0]].join()
    })
  }

  const api = await startServer(t, uri, dataDir, { ...LADDER, ROLE: 'api' })
  const admin = await signUpAdminAt(api, uri)
  await connectDatabase(uri)
  t.teardown(disconnectDatabase)
  const master = await makeCountedMaster(dataDir, 'master.mkv', SECONDS)
  const movies: string[] = []
  let masters = 0

  async function uploadMaster (movie: string, bytes = master): Promise<void> {
    masters++
    const url = `/v1/admin/movies/${movie}/media?role=master`
    const uploaded = await send(api, 'POST', url, admin, bytes, { 'content-type': 'video/x-matroska' })
    t.equal(uploaded.status, 202)
  }

  async function addMovie (): Promise<void> {
    const { body } = await send(api, 'POST', '/v1/admin/movies', admin, { title: `Movie ${movies.length}` })
    movies.push(body.id)
    await uploadMaster(body.id)
  }

  const readJobs = async (): Promise<StoredEncodingJob[]> => await EncodingJob.find().lean<StoredEncodingJob[]>()

  async function waitForJobs (isReached: (jobs: StoredEncodingJob[]) => boolean): Promise<void> {
    while (!isReached(await readJobs())) await sleep(100)
  }

  /** Waits until each movie has both renditions, packaged and in place of replaced ones. */
  async function waitForPackages (): Promise<void> {
    for (;;) {
      const files = (await Media.find().lean<StoredMedia[]>()).flatMap((media) => media.files)
      t.notOk(files.find(({ hls }) => hls.state === 'failed'), 'packaged')
      const ready = files.filter(({ stage, hls }) => stage === 'active' && hls.state === 'ready')
      if (ready.length === 2 * movies.length && files.every(({ stage }) => stage !== 'pending')) return
      await sleep(200)
    }
  }

  const areDone = (jobs: StoredEncodingJob[]): boolean => jobs.every(({ state }) => state === 'done')

  await t.test('two workers share one master, and encode each chunk once', async (t) => {
    const workers = [await startWorker('first'), await startWorker('second')]
    await addMovie()
    await waitForJobs(areDone)
    await waitForPackages()
    const [first, second] = [readEncodes('first'), readEncodes('second')]
    t.comment(`${first.length} and ${second.length} chunks`)
    t.ok(first.length > 0 && second.length > 0, 'both encoded chunks')
    t.equal(first.length + second.length, CHUNKS_OF_MASTER)
    t.equal(new Set([...first, ...second]).size, CHUNKS_OF_MASTER)
    for (const worker of workers) t.equal(await worker.stop(), 0)
  })

  await t.test('a worker that is killed loses at most one chunk, and playback continues', async (t) => {
    const [watched = ''] = movies
    await makeFile(dataDir, ['-i', 'master.mkv', '-c', 'copy', '-metadata', 'title=Second', 'second.mkv'])
    const player = await startPlayer(t, api, watched)
    await uploadMaster(watched, readFileSync(path.join(dataDir, 'second.mkv')))
    const delays: number[] = []
    while (delays.length < KILLS) {
      if (areDone(await readJobs())) await addMovie()
      const worker = await startWorker('killed')
      await waitForJobs((jobs) => areDone(jobs) || jobs.some(({ state }) => state === 'running'))
      const delayMs = Math.round(Math.random() * MAX_KILL_DELAY_MS)
      await sleep(delayMs)
      process.kill(worker.pid, 'SIGKILL')
      await worker.stop()
      delays.push(delayMs)
      // The claims expire.
      await EncodingJob.updateMany({ state: 'running' }, { $set: { claimedUntil: new Date(0) } })
      await EncodingChunk.updateMany({}, { $set: { claimedUntil: new Date(0) } })
      await EncodingStep.updateMany({ state: 'running' }, { $set: { claimedUntil: new Date(0) } })
      await Media.updateMany({}, { $set: { 'files.$[].hls.claimedUntil': new Date(0) } })
    }
    t.comment(`killed after ${delays.join(', ')} ms`)
    const workers = [await startWorker('killed'), await startWorker('last')]
    await waitForJobs(areDone)
    await waitForPackages()
    while (await EncodingStep.countDocuments({ state: 'done' }) < 2 * movies.length) await sleep(100)
    await waitForJobs((jobs) => jobs.every(({ replaces }) => replaces === null))
    const played = await player.stop()
    t.comment(`${played.requests} requests of the player`)
    t.strictSame(played.failures, [])
    t.ok(played.requests > KILLS, 'the player played during the kills')
    for (const worker of workers) t.equal(await worker.stop(), 0)
    for (const job of await readJobs()) t.match(job, { state: 'done', failure: null, attempts: 1 })
    const encodes = ['first', 'second', 'killed', 'last'].flatMap(readEncodes)
    t.equal(new Set(encodes).size, CHUNKS_OF_MASTER * masters)
    t.comment(`${encodes.length - CHUNKS_OF_MASTER * masters} chunks were lost by ${KILLS} kills`)
    t.ok(encodes.length <= CHUNKS_OF_MASTER * masters + KILLS, 'at most one chunk for each kill')
  })

  await t.test('each rendition is complete, and no object is left over', async (t) => {
    const storage = await openLocalStorage(mediaFolder(dataDir))
    const media = await Media.find().lean<StoredMedia[]>()
    t.equal(media.length, movies.length)
    const numbers = Array.from({ length: FRAMES }, (_value, i) => i)
    for (const { files, thumbnails } of media) {
      const active = files.filter(({ stage }) => stage === 'active')
      t.strictSame(active.map(({ height }) => height).sort(), [108, 72])
      t.ok(thumbnails)
      for (const { storageKey } of active) {
        t.strictSame(await readFrameNumbers(dataDir, (await storage.locate(storageKey)).toString()), numbers)
      }
    }
    t.equal(await EncodingChunk.countDocuments(), 0)
    const orphanedAt = Date.now() / 1_000 - ORPHAN_AGE_SECONDS
    for await (const { key } of storage.list()) {
      utimesSync((await storage.locate(key)).toString(), orphanedAt, orphanedAt)
    }
    const { code, out } = await runCommand({ databaseUri: uri, config: { dataDir } as never }, ['doctor', '--json'])
    t.strictSame({ code, findings: JSON.parse(out).findings }, { code: 0, findings: [] })
  })
})
