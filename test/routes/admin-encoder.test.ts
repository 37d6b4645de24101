import t from 'tap'
import { containerOf, startApp } from '../support/app.js'
import { runDoctor } from '../../src/cli/run-doctor.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'
import { writePrograms } from '../media/encoding/programs.js'

t.test('administrators read whether the service can encode', async (t) => {
  const { ffmpegPath: FFMPEG_PATH, ffprobePath: FFPROBE_PATH } = writePrograms(t.testdir({}), 'exit 1')
  const { app } = await startApp(t, { FFMPEG_PATH, FFPROBE_PATH })
  const response = await (await signUpAdmin(app)).get('/v1/admin/encoder')
  t.strictSame(response.body, { isAvailable: true, version: '9.1', reason: null })
  expectProblem(t, await (await signUp(app)).get('/v1/admin/encoder'), 'forbidden')
  t.match(await printDoctor(app), new RegExp(`\nEncoding: ffmpeg 9\\.1 at ${FFMPEG_PATH}\nDetection of intros: `))
})

t.test('without ffmpeg, the reason says how to get it, and the service works', async (t) => {
  // A program that does not run as ffmpeg.
  const { app } = await startApp(t, { FFMPEG_PATH: process.execPath, FFPROBE_PATH: process.execPath })
  const response = await (await signUpAdmin(app)).get('/v1/admin/encoder')
  t.match(response.body, { isAvailable: false, version: null, reason: /does not run as ffmpeg\. Install ffmpeg/ })
  t.match(
    await printDoctor(app),
    /\nEncoding: off: .*Install ffmpeg[^\n]*\nDetection of intros: off: [^\n]*\nNo inconsistencies found/,
  )
})

async function printDoctor (app: Parameters<typeof containerOf>[0]): Promise<string> {
  const lines: unknown[] = []
  const { log } = console
  console.log = (line: unknown) => lines.push(line)
  try {
    await runDoctor(containerOf(app), {})
  } finally {
    console.log = log
  }
  return lines.join('\n')
}
