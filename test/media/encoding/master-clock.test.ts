// Transport streams whose clock jumps, as when two recordings are joined in one file.
import t, { type Test } from 'tap'
import { EncodingJob } from '../../../models/encoding-job.js'
import { findPrograms } from '../../../src/media/encoding/find-programs.js'
import { createClockReader } from '../../../src/media/encoding/master-clock.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { play } from '../../support/playback.js'
import { signUp } from '../../support/users.js'
import { makeCountedMaster, readFrameNumbers } from './chunks/counted-master.js'
import { encodeMasters, findFiles, runDoctor, startEncodingApp, uploadMaster } from './encoding-app.js'
import { skipWithoutFfmpeg, writePrograms } from './programs.js'

const skip = await skipWithoutFfmpeg()

t.test('the clock of packets', async (t) => {
  const read = (lines: readonly string[]) => {
    const reader = createClockReader()
    const isProgress = lines.map(reader.add)
    const { endSeconds: _end, ...clock } = reader.result()
    return { ...clock, packets: isProgress.filter(Boolean).length }
  }
  /** Packets of 1 s. */
  const packets = (from: number, to: number, keyFrame: number): string[] =>
    Array.from(
      { length: to - from },
      (_value, i) => `${from + i},${from + i - 0.1},1,${i % keyFrame === 0 ? 'K' : '_'}__`,
    )

  t.strictSame(read(packets(600, 630, 5)), {
    durationMs: 30_000,
    isContinuous: true,
    keyFrameDistanceMs: 5_000,
    packets: 30,
  })
  const joined = (from: number, to: number) => read([...packets(600, 630, 5), ...packets(from, to, 7)])
  t.match(joined(5_000, 5_010), { durationMs: 40_000, isContinuous: false, keyFrameDistanceMs: 7_000 }, 'forward')
  t.match(joined(10, 20), { durationMs: 40_000, isContinuous: false }, 'backward')
  t.match(joined(600, 630), { durationMs: 60_000, isContinuous: false }, 'the same again')
  t.match(joined(639, 645), { durationMs: 45_000, isContinuous: true }, 'a short interruption, which ffmpeg fills')
  t.match(read(['4,1,1,K__', '2,1.5,1,___', '3,2,1,___', '8,N/A,N/A,___']), {
    durationMs: 6_000,
    isContinuous: true,
    keyFrameDistanceMs: 4_000,
  }, 'pictures are stored in another order')
  t.match(read(packets(0, 9, 20).slice(1)), { keyFrameDistanceMs: 8_000 }, 'without a key frame')
  t.match(read(['N/A,N/A,N/A,K__', '']), { durationMs: 0, packets: 0 })
})

t.test('joined transport streams', { skip }, async (t) => {
  const folder = t.testdir({})
  const options = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-c:a', 'mp2', '-f', 'mpegts']
  /** @param start of the clock, s */
  const record = async (seconds: number, start: number): Promise<Buffer> =>
    await makeCountedMaster(folder, 'part.ts', seconds, '25', [...options, '-output_ts_offset', String(start)])

  /** Encodes joined recordings; each picture of both is in the rendition, and it plays to its end. */
  async function expectComplete (t: Test, parts: readonly Buffer[], seconds: readonly number[]): Promise<void> {
    const test = await startEncodingApp(t, { ENCODING_LADDER: '90:30:100' })
    const movie = await addMovie(test.app, test.admin, {}, [])
    const { status, body } = await uploadMaster(test, movie, Buffer.concat(parts))
    t.equal(status, 202)
    await encodeMasters(test)
    const job = await EncodingJob.findById(body.id).lean()
    const totalMs = seconds.reduce((sum, one) => sum + one * 1_000, 0)
    t.match(job, { state: 'done', attempts: 1, failure: null, isChunked: false, clock: { isContinuous: false } })
    t.ok(Math.abs((job?.clock?.durationMs ?? 0) - totalMs) <= 80, `${job?.clock?.durationMs} ms`)
    const [file] = await findFiles(movie)
    const rendition = (await containerOf(test.app).storage.locate(file?.storageKey ?? '')).toString()
    const numbers = await readFrameNumbers(folder, rendition)
    const expected = seconds.flatMap((one) => Array.from({ length: one * 25 }, (_value, i) => i))
    t.ok(Math.abs(numbers.length - expected.length) <= 3, `${numbers.length} frames`)
    const second = numbers.lastIndexOf(0)
    for (const [i, part] of [numbers.slice(0, second), numbers.slice(second)].entries()) {
      const missing = Array.from({ length: (seconds[i] ?? 0) * 25 }, (_value, n) => n).filter((n) => !part.includes(n))
      t.ok(missing.length <= 2, `part ${i + 1} lacks ${missing.join()}`)
    }
    const { body: played } = await play(await signUp(test.app, { plan: 'premium' }), movie)
    t.ok(Math.abs(played.mediaFile.durationMs - totalMs) <= 200, `${played.mediaFile.durationMs} ms`)
    t.ok(played.thumbnailsUrl)
    t.strictSame(await runDoctor(test), [])
  }

  t.test('the clock jumps forward', async (t) => {
    await expectComplete(t, [await record(40, 600), await record(30, 5_000)], [40, 30])
  })

  t.test('the clock jumps backward', async (t) => {
    await expectComplete(t, [await record(40, 5_000), await record(30, 600)], [40, 30])
  })

  t.test('the clock jumps backward so that ffprobe states no duration', async (t) => {
    await expectComplete(t, [await record(20, 600), await record(4, 590)], [20, 4])
  })

  t.test('two recordings have the same clock', async (t) => {
    const part = await record(20, 600)
    await expectComplete(t, [part, part], [20, 20])
  })

  t.test('a video without any time has a reason', async (t) => {
    const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
    if (!programs.isAvailable) throw new Error(programs.reason)
    const { ffprobePath } = writePrograms(
      t.testdir({}),
      `case "$*" in *packet=*) echo N/A,N/A,N/A,K__; exit;; esac
      exec ${programs.ffprobePath} "$@"`,
    )
    const test = await startEncodingApp(t, { FFPROBE_PATH: ffprobePath })
    const movie = await addMovie(test.app, test.admin, {}, [])
    const { body } = await uploadMaster(test, movie, await record(2, 0))
    await encodeMasters(test)
    const reason = { code: 'no-duration', text: /no pictures with a time/ }
    t.match((await test.admin.get(`/v1/admin/encoding-jobs/${body.id}`)).body, { state: 'failed', attempts: 1, reason })
    t.strictSame(await findFiles(movie), [])
  })
})

t.test('a live recording in Matroska has no index, and is encoded as a whole', { skip }, async (t) => {
  const folder = t.testdir({})
  const master = await makeCountedMaster(folder, 'live.mkv', 70, '5', ['-c:v', 'mpeg4', '-c:a', 'ac3', '-live', '1'])
  const test = await startEncodingApp(t, { ENCODING_LADDER: '90:30:100' })
  const movie = await addMovie(test.app, test.admin, {}, [])
  const { body: job } = await uploadMaster(test, movie, master)
  await encodeMasters(test)
  const stored = await EncodingJob.findById(job.id).lean()
  t.match(stored, { state: 'done', isChunked: false, clock: { isContinuous: true } })
  t.ok(Math.abs((stored?.clock?.durationMs ?? 0) - 70_000) <= 250, `${stored?.clock?.durationMs} ms`)
  const [file] = await findFiles(movie)
  const rendition = (await containerOf(test.app).storage.locate(file?.storageKey ?? '')).toString()
  t.strictSame(await readFrameNumbers(folder, rendition), Array.from({ length: 350 }, (_value, i) => i))
})

t.test('a Matroska file whose clock starts late, and that states its length', { skip }, async (t) => {
  const folder = t.testdir({})
  const options = ['-c:v', 'mpeg4', '-c:a', 'ac3', '-output_ts_offset', '50']
  const master = await makeCountedMaster(folder, 'late.mkv', 70, '5', options)
  // ffmpeg states the time of the end, mkvmerge the length.
  const duration = master.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3
  t.ok(Math.abs(master.readDoubleBE(duration) - 120_000) < 1_000)
  master.writeDoubleBE(70_000, duration)
  const test = await startEncodingApp(t, { ENCODING_LADDER: '90:30:100' })
  const movie = await addMovie(test.app, test.admin, {}, [])
  const { body: job } = await uploadMaster(test, movie, master)
  await encodeMasters(test)
  const stored = await EncodingJob.findById(job.id).lean()
  t.match(stored, { state: 'done', isChunked: true, chunkSettings: /./, clock: { isContinuous: true } })
  t.ok(Math.abs((stored?.clock?.durationMs ?? 0) - 70_000) <= 100, `${stored?.clock?.durationMs} ms`)
  const [file] = await findFiles(movie)
  const rendition = (await containerOf(test.app).storage.locate(file?.storageKey ?? '')).toString()
  t.strictSame(await readFrameNumbers(folder, rendition), Array.from({ length: 350 }, (_value, i) => i))
  const { body: played } = await play(await signUp(test.app), movie)
  const thumbnails = (await test.app.inject(played.thumbnailsUrl)).body.match(/-->/g)?.length ?? 0
  t.ok(thumbnails === 35 || thumbnails === 36, `${thumbnails} thumbnails, one each 2 s`)
})
