import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { createEncoder, EncoderUnavailableError } from '../../../src/media/encoding/encoder.js'
import { encodingStatus, requireVideoEncoder } from '../../../src/media/encoding/encoding-status.js'
import { tryVideoEncoder } from '../../../src/media/encoding/try-video-encoder.js'
import type { VideoEncoder } from '../../../src/domain/encoding-ladder.js'
import { containerOf, startApp } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { signUpAdmin } from '../../support/users.js'
import { encodeMasters, startEncodingApp, uploadMaster } from './encoding-app.js'
import { installedEncoder, makeFile, skipWithoutFfmpeg, writePrograms } from './programs.js'

const NO_DEVICE = '/dev/dri/no-such-device'
const settingsOf = (encoder: VideoEncoder) => ({ encoder, vaapiDevice: NO_DEVICE })

const trialsFile = (folder: string): string => path.join(folder, 'trials')
const countTrials = (folder: string): number => readFileSync(trialsFile(folder), 'utf8').trim().split('\n').length

/** Programs that note each trial. @param trial shell commands */
const writeTrials = (folder: string, trial: string): ReturnType<typeof writePrograms> =>
  writePrograms(folder, 'exit 1', `echo "$*" >> '${trialsFile(folder)}'; ${trial}`)

const PROBLEM = `echo '[AVHWDeviceContext @ 0x55ab] No VA display found for device ${NO_DEVICE}.' >&2; ` +
  `echo 'Device creation failed: -22.' >&2; exit 1`

t.test('a problem states the cause and the remedy, and is found again after a minute only', async (t) => {
  const folder = t.testdir({})
  const encoder = createEncoder(writeTrials(folder, PROBLEM))
  const problem = await encoder.videoEncoderProblem(settingsOf('h264_vaapi'))
  t.equal(
    problem,
    `The video encoder h264_vaapi does not work: No VA display found for device ${NO_DEVICE}. ` +
      'Check the device and its driver, or set VIDEO_ENCODER=libx264.',
  )
  await t.rejects(requireVideoEncoder(encoder, settingsOf('h264_vaapi')), new EncoderUnavailableError(problem ?? ''))
  t.equal(countTrials(folder), 1)
  t.match(readFileSync(trialsFile(folder), 'utf8'), `-vaapi_device ${NO_DEVICE} -f lavfi`)
})

t.test('a success is remembered, also by requests at the same time', async (t) => {
  const folder = t.testdir({})
  const encoder = createEncoder(writeTrials(folder, 'exit 0'))
  const problems = await Promise.all(
    [1, 2, 3].map(async () => await encoder.videoEncoderProblem(settingsOf('libx264'))),
  )
  t.strictSame(problems, [null, null, null])
  await requireVideoEncoder(encoder, settingsOf('libx264'))
  t.equal(countTrials(folder), 1)
})

t.test('an ffmpeg without the encoder, and a device that does not respond', async (t) => {
  const folder = t.testdir({})
  const without = createEncoder(writeTrials(path.join(folder, 'a'), `echo "Unknown encoder 'libx264'" >&2; exit 1`))
  t.equal(
    await without.videoEncoderProblem(settingsOf('libx264')),
    "The video encoder libx264 does not work: Unknown encoder 'libx264'. " +
      'Install an ffmpeg that contains libx264, or set VIDEO_ENCODER.',
  )
  const silent = createEncoder(writeTrials(path.join(folder, 'b'), 'sleep 600'))
  const run = silent.encode.bind(silent)
  t.match(await tryVideoEncoder(run, settingsOf('h264_qsv'), 500), /h264_qsv does not work: no picture within 0\.5 s\./)
})

t.test('a process with the role api does not try the video encoder', async (t) => {
  const folder = t.testdir({})
  const encoder = createEncoder(writeTrials(folder, PROBLEM))
  const { app } = await startApp(t)
  const { config } = containerOf(app)
  t.match(await encodingStatus(encoder, { ...config, role: 'api' }), { isAvailable: true })
  for (const role of ['all', 'worker'] as const) {
    t.match(await encodingStatus(encoder, { ...config, role }), { isAvailable: false, reason: /No VA display found/ })
  }
})

t.test('the API says that the video encoder does not work', async (t) => {
  const { ffmpegPath: FFMPEG_PATH, ffprobePath: FFPROBE_PATH } = writeTrials(t.testdir({}), PROBLEM)
  const { app } = await startApp(t, { FFMPEG_PATH, FFPROBE_PATH, VIDEO_ENCODER: 'h264_nvenc' })
  const response = await (await signUpAdmin(app)).get('/v1/admin/encoder')
  t.match(response.body, { isAvailable: false, version: null, reason: /^The video encoder h264_nvenc does not work/ })
})

t.test('ffmpeg', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const encoder = installedEncoder()
  t.equal(await encoder.videoEncoderProblem(settingsOf('libx264')), null)
  const run = encoder.encode.bind(encoder)
  t.match(await tryVideoEncoder(run, settingsOf('h264_vaapi')), /^The video encoder h264_vaapi does not work: \w/)

  for (const [kind, seconds] of [['whole', 3], ['in chunks', 62]] as const) {
    await t.test(`a master that is encoded ${kind} waits, and loses no attempt`, async (t) => {
      const folder = t.testdir({})
      await makeFile(folder, [
        ...['-f', 'lavfi', '-i', `color=black:size=64x36:rate=5:duration=${seconds}`, '-c:v', 'libx264', 'master.mkv'],
      ])
      const test = await startEncodingApp(t, { VIDEO_ENCODER: 'h264_vaapi', VAAPI_DEVICE: NO_DEVICE })
      const movie = await addMovie(test.app, test.admin, {}, [])
      const { body } = await uploadMaster(test, movie, readFileSync(path.join(folder, 'master.mkv')))
      await encodeMasters(test)
      const job = (await test.admin.get(`/v1/admin/encoding-jobs/${body.id}`)).body
      t.match(job, {
        state: 'waiting',
        attempts: 0,
        reason: { code: 'encoder-unavailable', text: /^The video encoder h264_vaapi does not work/ },
      })
    })
  }
})
