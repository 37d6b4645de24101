// Compares a master that is encoded in chunks with an encoding of the whole.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
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
import { installedEncoder } from '../programs.js'
import { describeTracks, readFrameNumbers, readPackets } from './counted-master.js'

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

/** Encodes a master in chunks, and compares its renditions with those of one command. @param name of its file */
export async function expectSameAsWhole (t: Test, folder: string, name: string): Promise<void> {
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
