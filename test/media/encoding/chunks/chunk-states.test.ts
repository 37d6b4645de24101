// What happens to the chunks of a master when one fails, when the job is cancelled or deleted, and after crashes.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Types } from 'mongoose'
import t, { type Test } from 'tap'
import { EncodingChunk } from '../../../../models/encoding-chunk.js'
import { EncodingJob } from '../../../../models/encoding-job.js'
import { findPrograms } from '../../../../src/media/encoding/find-programs.js'
import { MAX_CRASHES } from '../../../../src/media/attempts.js'
import { containerOf } from '../../../support/app.js'
import { addMovie } from '../../../support/catalogue.js'
import {
  encodeMasters,
  findFiles,
  runDoctor,
  startEncodingApp,
  uploadMaster,
  type EncodingApp,
} from '../encoding-app.js'
import { skipWithoutFfmpeg, writePrograms } from '../programs.js'
import { makeCountedMaster } from './counted-master.js'

const JOBS_URL = '/v1/admin/encoding-jobs'
/** Two chunks in a pass, one pass, and the audio. */
const ENCODING_LADDER = '90:30:100'
const NO_CHUNKS = 0

interface ChunkTest extends EncodingApp {
  readonly movie: string
  readonly jobId: string
  /** A file with this name changes what ffmpeg does with the second chunk: `hold` or `fail`, with the text to print. */
  set(name: 'hold' | 'fail', text: string): void
  unset(name: 'hold' | 'fail'): void
  /** First frames of the chunks that were encoded, in order. */
  encodes(): string[]
  waitFor(isReached: () => boolean | Promise<boolean>): Promise<void>
}

t.test('states of chunks', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const masters = t.testdir({})
  const master = await makeCountedMaster(masters, 'master.mkv', 62)
  const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!programs.isAvailable) throw new Error(programs.reason)
  const { ffmpegPath: installed, ffprobePath } = programs

  async function start (t: Test): Promise<ChunkTest> {
    const folder = t.testdir({})
    const file = (name: string): string => path.join(folder, name)
    const { ffmpegPath } = writePrograms(
      file('bin'),
      `case "$*" in *start_frame=*) echo "$*" >> ${file('log')};; esac
      case "$*" in *start_frame=750*)
        while [ -e ${file('hold')} ]; do sleep 0.1; done
        if [ -e ${file('fail')} ]; then cat ${file('fail')} >&2; exit 1; fi;;
      esac
      exec ${installed} "$@"`,
    )
    const variables = { ENCODING_LADDER, FFMPEG_PATH: ffmpegPath, FFPROBE_PATH: ffprobePath }
    const test = await startEncodingApp(t, variables)
    const movie = await addMovie(test.app, test.admin, {}, [])
    const { status, body } = await uploadMaster(test, movie, master)
    t.equal(status, 202)
    return {
      ...test,
      movie,
      jobId: body.id,
      set (name, text) {
        writeFileSync(file(name), text)
      },
      unset (name) {
        rmSync(file(name))
      },
      encodes () {
        if (!existsSync(file('log'))) return []
        return [...readFileSync(file('log'), 'utf8').matchAll(/start_frame=(\d+)/g)].map(([, frame = '']) => frame)
      },
      async waitFor (isReached) {
        while (!await isReached()) await sleep(50)
      },
    }
  }

  const readJob = async ({ admin, jobId }: ChunkTest) => (await admin.get(`${JOBS_URL}/${jobId}`)).body

  async function listKeys ({ app, movie }: ChunkTest): Promise<string[]> {
    const keys: string[] = []
    for await (const { key } of containerOf(app).storage.list()) if (key.startsWith(movie)) keys.push(key)
    return keys
  }

  /** Starts encoding, and waits until ffmpeg holds the second chunk. */
  async function startAndHold (test: ChunkTest): Promise<void> {
    test.set('hold', '')
    await containerOf(test.app).encoding.processPending()
    await test.waitFor(() => test.encodes().includes('750'))
    t.equal(await EncodingChunk.countDocuments({ state: 'done' }), 2, 'the audio and the first chunk')
  }

  t.test('a chunk that always fails ends the job; a request encodes everything again', async (t) => {
    const test = await start(t)
    test.set('fail', 'the picture is broken')
    await containerOf(test.app).encoding.processPending()
    for (let failures = 1; failures < 3; failures++) {
      await test.waitFor(async () => await EncodingChunk.exists({ failures }) !== null)
      t.match(await readJob(test), { state: 'running', attempts: 1 })
      t.equal(await EncodingChunk.countDocuments({ state: 'done' }), 2, 'the others are done')
      test.clock.advance(4 * 60_000)
    }
    await containerOf(test.app).encoding.onIdle()
    t.match(await readJob(test), {
      state: 'failed',
      progress: 0,
      reason: { code: 'encoding-failed' },
      logTail: 'the picture is broken',
    })
    t.strictSame(test.encodes(), ['0', '750', '750', '750'])
    t.equal(await EncodingChunk.countDocuments(), NO_CHUNKS)
    t.equal((await listKeys(test)).length, 1, 'the master alone is left')
    test.unset('fail')
    await test.admin.post(`${JOBS_URL}/${test.jobId}/retry`)
    await encodeMasters(test)
    t.match(await readJob(test), { state: 'done', attempts: 1, reason: null })
    t.strictSame(await runDoctor(test), [])
  })

  t.test('a full disk pauses the job, and finished chunks stay', async (t) => {
    const test = await start(t)
    test.set('fail', 'av_interleaved_write_frame(): No space left on device')
    await encodeMasters(test)
    t.match(await readJob(test), { state: 'waiting', attempts: 0, reason: { code: 'disk-full' } })
    t.ok((await readJob(test)).progress > 0.4)
    t.match(await EncodingChunk.find({ state: 'waiting' }).lean(), [{ failures: 0, claim: null }])
    test.unset('fail')
    t.strictSame(await runDoctor(test), [], 'the chunks are no orphans')
    test.clock.advance(6 * 60_000)
    await encodeMasters(test)
    t.match(await readJob(test), { state: 'done', attempts: 1 })
    t.strictSame(test.encodes(), ['0', '750', '750'])
    t.equal(await EncodingChunk.countDocuments(), NO_CHUNKS)
  })

  t.test('cancelling stops the chunk and removes the others', async (t) => {
    const test = await start(t)
    await startAndHold(test)
    t.match((await test.admin.post(`${JOBS_URL}/${test.jobId}/cancel`)).body, { state: 'cancelled' })
    await containerOf(test.app).encoding.onIdle()
    t.match(await readJob(test), { state: 'cancelled', reason: null })
    t.equal(await EncodingChunk.countDocuments(), NO_CHUNKS)
    t.equal((await listKeys(test)).length, 1, 'the master alone is left')
  })

  t.test('deleting the title stops the chunk and leaves nothing', async (t) => {
    const test = await start(t)
    await startAndHold(test)
    t.equal((await test.admin.delete(`/v1/admin/movies/${test.movie}`)).status, 204)
    await containerOf(test.app).encoding.onIdle()
    t.equal(await EncodingChunk.countDocuments(), NO_CHUNKS)
    t.strictSame(await listKeys(test), [])
  })

  t.test('another master takes the place of one that is being encoded', async (t) => {
    const test = await start(t)
    await startAndHold(test)
    const other = await makeCountedMaster(masters, 'other.mkv', 63)
    const { status, body } = await uploadMaster(test, test.movie, other)
    t.equal(status, 202)
    await containerOf(test.app).encoding.onIdle()
    t.equal(await EncodingJob.exists({ _id: test.jobId }), null)
    t.equal(await EncodingChunk.countDocuments(), NO_CHUNKS)
    test.unset('hold')
    await encodeMasters(test)
    const files = await findFiles(test.movie)
    t.strictSame(files.map(({ master: id }) => id?.toString()), [body.id])
    t.match((await test.admin.get(`${JOBS_URL}/${body.id}`)).body, { state: 'done' })
    t.strictSame(await runDoctor(test), [])
  })

  t.test('the end of the process counts neither for the job nor for the chunk', async (t) => {
    const test = await start(t)
    await startAndHold(test)
    await containerOf(test.app).encoding.close()
    t.match(await EncodingJob.findById(test.jobId).lean(), { state: 'waiting', attempts: 0 })
    t.match(await EncodingChunk.find({ state: 'waiting' }).lean(), [{ failures: 0, claim: null, progress: 0 }])
    t.equal(await EncodingChunk.countDocuments({ state: 'done' }), 2)
  })

  t.test('a crash counts neither, and the next attempt encodes what is missing', async (t) => {
    const test = await start(t)
    test.set('fail', 'No space left on device')
    await encodeMasters(test)
    test.unset('fail')
    // The state after crashes of a process that encoded the second chunk.
    const claim = { claim: new Types.ObjectId(), claimedUntil: new Date(test.clock.now().getTime() + 60_000) }
    await EncodingChunk.updateOne({ state: 'waiting' }, { $set: claim })
    await EncodingJob.updateOne({ _id: test.jobId }, { $set: { ...claim, state: 'running', attempts: 1, crashes: 40 } })
    await encodeMasters(test)
    t.match(await readJob(test), { state: 'running' }, 'the claim is respected')
    test.clock.advance(6 * 60_000)
    await encodeMasters(test)
    t.match(await EncodingJob.findById(test.jobId).lean(), { state: 'done', attempts: 1, crashes: 0 })
    t.strictSame(test.encodes(), ['0', '750', '750'])
  })

  t.test('a master that always ends with a crash fails', async (t) => {
    const test = await start(t)
    const crashes = { state: 'running', attempts: 1, crashes: MAX_CRASHES }
    await EncodingJob.updateOne({ _id: test.jobId }, { $set: crashes })
    await encodeMasters(test)
    t.match(await readJob(test), { state: 'failed', reason: { text: 'Each attempt ended with a crash.' } })
    const counts = { attempts: 1, crashes: MAX_CRASHES }
    t.match(await EncodingJob.findById(test.jobId).lean(), counts, 'the attempt that did not begin does not count')
    t.strictSame(test.encodes(), [])
  })

  t.test('chunks of other settings are encoded again', async (t) => {
    const test = await start(t)
    test.set('fail', 'No space left on device')
    await encodeMasters(test)
    test.unset('fail')
    await EncodingJob.updateOne({ _id: test.jobId }, { $set: { chunkSettings: '0'.repeat(64) } })
    test.clock.advance(6 * 60_000)
    await encodeMasters(test)
    t.match(await readJob(test), { state: 'done' })
    t.strictSame(test.encodes(), ['0', '750', '0', '750'])
    t.strictSame(await runDoctor(test), [])
  })
})
