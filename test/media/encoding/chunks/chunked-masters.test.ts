// Long masters are encoded in chunks. Their renditions equal those of one encoding of the whole master.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { EncodingChunk } from '../../../../models/encoding-chunk.js'
import { EncodingJob } from '../../../../models/encoding-job.js'
import { encodingArguments } from '../../../../src/media/encoding/ffmpeg-arguments.js'
import { planEncoding } from '../../../../src/media/encoding/encoding-plan.js'
import { readMasterInfo } from '../../../../src/media/encoding/master-info.js'
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
import { installedEncoder, makeFile, skipWithoutFfmpeg } from '../programs.js'
import { describeTracks, hashAudio, makeCountedMaster, readFrameNumbers, readPackets } from './counted-master.js'

const JOBS_URL = '/v1/admin/encoding-jobs'
/** Pass, number, and resolution or `audio`. */
const CHUNK_KEY = /-\d+-\d+-(\d+|audio)$/
const SETTINGS = { AUDIO_LOUDNESS: 'off' }

/** Encodes a master by one command, as a short one. */
async function encodeWhole (t: Test, { config }: EncodingApp, master: string): Promise<string> {
  const folder = t.testdir({})
  const encoder = installedEncoder()
  const probed = await encoder.probe(master)
  const info = readMasterInfo(probed.ok ? probed.output : '')
  if (!info.ok) throw new Error(info.reason)
  const plan = planEncoding(info.info, config.encoding.ladder)
  const args = encodingArguments(plan, master, config.encoding)
  const result = await encoder.encode(args, { folder, durationMs: plan.durationMs })
  t.ok(result.ok, result.logTail)
  await encoder.close()
  return folder
}

async function listKeys ({ app }: EncodingApp): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of containerOf(app).storage.list()) keys.push(key)
  return keys
}

t.test('masters in chunks', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})

  /** Encodes a master and compares its renditions with those of one command. */
  async function compare (t: Test, name: string): Promise<void> {
    const test = await startEncodingApp(t, SETTINGS)
    const movie = await addMovie(test.app, test.admin, {}, [])
    const master = path.join(folder, name)
    const { body: job } = await uploadMaster(test, movie, readFileSync(master))
    await encodeMasters(test)
    t.match((await test.admin.get(`${JOBS_URL}/${job.id}`)).body, {
      state: 'done',
      progress: 1,
      attempts: 1,
      reason: null,
    })
    t.match(await EncodingJob.findById(job.id).lean(), { isChunked: true, chunkSettings: /^[0-9a-f]{64}$/ })
    const whole = await encodeWhole(t, test, master)
    const files = await findFiles(movie)
    t.ok(files.length > 0)
    for (const { height, storageKey } of files) {
      const chunked = (await containerOf(test.app).storage.locate(storageKey)).toString()
      const expected = path.join(whole, `${height}.mp4`)
      t.strictSame(await readPackets(chunked, 'v'), await readPackets(expected, 'v'), 'the same times and key frames')
      t.strictSame(await readFrameNumbers(folder, chunked), await readFrameNumbers(folder, expected), 'the same frames')
      t.strictSame(await readPackets(chunked, 'a'), await readPackets(expected, 'a'))
      t.equal(await describeTracks(chunked), await describeTracks(expected))
    }
    t.equal(await EncodingChunk.countDocuments(), 0)
    t.strictSame((await listKeys(test)).filter((key) => CHUNK_KEY.test(key)), [])
    t.strictSame(await runDoctor(test), [])
  }

  t.test('of a constant frame rate', async (t) => {
    await makeCountedMaster(folder, 'constant.mkv', 80)
    await compare(t, 'constant.mkv')
  })

  t.test('of a fractional frame rate, with several tracks', async (t) => {
    await makeFile(folder, ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=61', 'second.wav'])
    await makeCountedMaster(folder, 'first.mkv', 61, '24000/1001')
    await makeFile(folder, [
      ...['-i', 'first.mkv', '-i', 'second.wav', '-map', '0', '-map', '1', '-map', '0:a', '-c', 'copy', '-c:a', 'ac3'],
      ...['-ac:a:2', '6', '-metadata:s:a:0', 'language=ger', '-metadata:s:a:1', 'title=Director', 'tracks.mkv'],
    ])
    await compare(t, 'tracks.mkv')
  })

  t.test('of a variable frame rate, with long pictures at the borders of chunks', async (t) => {
    const select = "select='not(mod(n,3))*not(between(n,700,800))+between(n,900,1000)'"
    const options = ['-vf', select, '-fps_mode', 'vfr', '-c:v', 'libx264', '-g', '300', '-c:a', 'aac']
    await makeCountedMaster(folder, 'variable.mp4', 75, '25', options)
    await compare(t, 'variable.mp4')
  })

  t.test('whose clock starts late, and whose video starts after the audio', async (t) => {
    const options = ['-c:v', 'libx264', '-g', '200', '-c:a', 'aac']
    await makeCountedMaster(folder, 'early.mkv', 70, '25', options)
    const inputs = ['-itsoffset', '0.7', '-i', 'early.mkv', '-i', 'early.mkv', '-map', '0:v', '-map', '1:a']
    await makeFile(folder, [...inputs, '-c', 'copy', '-output_ts_offset', '600', 'late.mkv'])
    await compare(t, 'late.mkv')
  })

  t.test('a transport stream, whose clock may jump, is encoded as a whole', async (t) => {
    const options = ['-c:v', 'mpeg2video', '-c:a', 'mp2', '-output_ts_offset', '600']
    const test = await startEncodingApp(t)
    const movie = await addMovie(test.app, test.admin, {}, [])
    const { body: job } = await uploadMaster(test, movie, await makeCountedMaster(folder, 'l.ts', 62, '25', options))
    t.match(await EncodingJob.findById(job.id).lean(), { isChunked: false })
    await encodeMasters(test)
    t.match(await EncodingJob.findById(job.id).lean(), { state: 'done', chunkSettings: null })
  })

  t.test('whose audio is longer than the video', async (t) => {
    await makeCountedMaster(folder, 'picture.mkv', 40)
    await makeFile(folder, ['-f', 'lavfi', '-i', 'sine=duration=100', 'long.wav'])
    await makeFile(folder, [
      ...['-i', 'picture.mkv', '-i', 'long.wav', '-map', '0:v', '-map', '1', '-c:v', 'copy', '-c:a', 'ac3', 'long.mkv'],
    ])
    const test = await startEncodingApp(t, SETTINGS)
    const movie = await addMovie(test.app, test.admin, {}, [])
    await uploadMaster(test, movie, readFileSync(path.join(folder, 'long.mkv')))
    await encodeMasters(test)
    const [file] = await findFiles(movie)
    const rendition = (await containerOf(test.app).storage.locate(file?.storageKey ?? '')).toString()
    t.strictSame(await readFrameNumbers(folder, rendition), Array.from({ length: 1_000 }, (_value, i) => i))
    t.equal(await EncodingChunk.countDocuments(), 0)
  })

  t.test('without audio', async (t) => {
    await makeCountedMaster(folder, 'silent.mkv', 65, '25', ['-c:v', 'mpeg4', '-q:v', '3', '-an'])
    const test = await startEncodingApp(t)
    const movie = await addMovie(test.app, test.admin, {}, [])
    await uploadMaster(test, movie, readFileSync(path.join(folder, 'silent.mkv')))
    await encodeMasters(test)
    t.match(await findFiles(movie), [{ height: 90, audioTracks: [] }])
  })

  t.test('the loudness is that of the whole master, and the audio decodes to the same samples', async (t) => {
    const test = await startEncodingApp(t)
    const movie = await addMovie(test.app, test.admin, {}, [])
    await uploadMaster(test, movie, await makeCountedMaster(folder, 'loud.mkv', 62))
    await encodeMasters(test)
    const hashes = await Promise.all(
      (await findFiles(movie)).map(async ({ storageKey }) =>
        await hashAudio((await containerOf(test.app).storage.locate(storageKey)).toString())
      ),
    )
    t.match(hashes[0], /^MD5=/)
    t.equal(new Set(hashes).size, 1, 'all renditions have the same audio')
  })
})
