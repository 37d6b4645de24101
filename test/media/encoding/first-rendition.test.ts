// A title can be played from its first rendition on, while the others are encoded.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { EncodingJob } from '../../../models/encoding-job.js'
import { findPrograms } from '../../../src/media/encoding/find-programs.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { readPlaylist } from '../../support/hls.js'
import { play } from '../../support/playback.js'
import { signUp } from '../../support/users.js'
import { encodeMasters, findFiles, runDoctor, startEncodingApp, uploadMaster } from './encoding-app.js'
import { makeFile, skipWithoutFfmpeg, writePrograms } from './programs.js'

interface Master {
  readonly folder: string
  readonly ffmpegPath: string
  readonly ffprobePath: string
}

/** Makes a master of two rungs. */
async function makeMaster (t: Test): Promise<Master> {
  const folder = t.testdir({})
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=5', '-f', 'lavfi', '-i', 'sine=duration=5'],
    ...['-c:v', 'mpeg4', 'master.mkv'],
  ])
  const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!programs.isAvailable) throw new Error(programs.reason)
  return { folder, ...programs }
}

t.test('the lowest rendition plays first', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const { folder, ...programs } = await makeMaster(t)
  // An ffmpeg that does not start with the higher rung before the test allows it.
  const allowed = path.join(folder, 'allowed')
  const { ffmpegPath } = writePrograms(
    path.join(folder, 'bin'),
    `case "$*" in *180.mp4*) while [ ! -e ${allowed} ]; do sleep 0.1; done;; esac; exec ${programs.ffmpegPath} "$@"`,
  )
  const test = await startEncodingApp(t, {
    FFMPEG_PATH: ffmpegPath,
    FFPROBE_PATH: programs.ffprobePath,
    LOWEST_RENDITION_FIRST: 'on',
  })
  const movie = await addMovie(test.app, test.admin, {}, [])
  const { body: job } = await uploadMaster(test, movie, readFileSync(path.join(folder, 'master.mkv')))
  const { encoding, packaging } = containerOf(test.app)
  await encoding.processPending()
  while ((await findFiles(movie)).length === 0) await sleep(50)
  t.match(await findFiles(movie), [{ height: 90, state: 'ready' }])
  await packaging.processPending()
  await packaging.onIdle()
  const kim = await signUp(test.app)
  const { status, body } = await play(kim, movie)
  t.match({ status, body }, { status: 201, body: { mediaFile: { height: 90 } } })
  const { text } = await readPlaylist(test.app, t, body.hlsUrl)
  t.match(text, /RESOLUTION=160x90/)
  t.notMatch(text, /RESOLUTION=320x180/)
  const running = await EncodingJob.findById(job.id).lean()
  t.match(running, { state: 'running', attempts: 1 })

  writeFileSync(allowed, '')
  await encoding.onIdle()
  await encodeMasters(test)
  t.match((await test.admin.get(`/v1/admin/encoding-jobs/${job.id}`)).body, { state: 'done', progress: 1, attempts: 1 })
  const { body: later } = await play(await signUp(test.app), movie)
  t.match(later.mediaFile, { height: 180 })
  const { text: complete } = await readPlaylist(test.app, t, later.hlsUrl)
  t.match(complete, /RESOLUTION=320x180/)
  t.match(complete, /RESOLUTION=160x90/)
  t.strictSame(await runDoctor(test), [])
})

t.test(
  'all renditions of a short master come from one decoding',
  { skip: await skipWithoutFfmpeg() },
  async (t) => {
    const { folder, ...programs } = await makeMaster(t)
    const commands = path.join(folder, 'commands')
    const { ffmpegPath } = writePrograms(
      path.join(folder, 'bin'),
      `echo "$*" >> ${commands}; exec ${programs.ffmpegPath} "$@"`,
    )
    const test = await startEncodingApp(t, {
      FFMPEG_PATH: ffmpegPath,
      FFPROBE_PATH: programs.ffprobePath,
    })
    const movie = await addMovie(test.app, test.admin, {}, [])
    await uploadMaster(test, movie, readFileSync(path.join(folder, 'master.mkv')))
    await encodeMasters(test)
    t.strictSame((await findFiles(movie)).map(({ height }) => height).sort(), [180, 90])
    const encodings = readFileSync(commands, 'utf8').split('\n').filter((command) => command.includes('libx264'))
    t.equal(encodings.length, 1, 'one decoding')
    t.match(encodings[0], /180\.mp4.*90\.mp4/)
  },
)
