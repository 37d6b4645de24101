import { existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createEncoder, EncoderUnavailableError } from '../../../src/media/encoding/encoder.js'
import { describeEncoder, findPrograms } from '../../../src/media/encoding/find-programs.js'
import { ProgramStoppedError } from '../../../src/media/encoding/run-program.js'
import { installedEncoder, isRunning, makeFile, readPid, skipWithoutFfmpeg, writePrograms } from './programs.js'

const noProgram = { ffmpegPath: null, ffprobePath: null }

t.test('the encoder is found at the configured paths, beside ffmpeg and on the PATH', async (t) => {
  const folder = t.testdir({ other: {}, empty: {} })
  const programs = writePrograms(path.join(folder, 'bin'), 'exit 1')
  const found = { isAvailable: true, version: '9.1', ...programs }
  t.strictSame(await findPrograms(programs, ''), found)
  t.strictSame(await findPrograms({ ...programs, ffprobePath: null }, ''), found, 'ffprobe beside ffmpeg')
  t.strictSame(await findPrograms(noProgram, `${folder}/empty:relative:${folder}/bin`), found, 'on the PATH')
  t.equal(describeEncoder(await findPrograms(programs, '')), `ffmpeg 9.1 at ${programs.ffmpegPath}`)
})

t.test('without ffmpeg or ffprobe, the reason states what is missing and how to get it', async (t) => {
  const folder = t.testdir({})
  t.match(await findPrograms(noProgram, folder), {
    isAvailable: false,
    reason: /^ffmpeg was not found\. Install ffmpeg/,
  })
  const { ffmpegPath, ffprobePath } = writePrograms(folder, 'exit 1')
  t.match(await findPrograms({ ffmpegPath: ffprobePath, ffprobePath }, ''), { reason: /does not run as ffmpeg/ })
  unlinkSync(ffprobePath)
  t.match(await findPrograms({ ffmpegPath, ffprobePath: null }, ''), { reason: /ffprobe was found neither/ })
  const encoder = createEncoder({ ffmpegPath: ffprobePath, ffprobePath })
  await t.rejects(encoder.probe('/nowhere'), EncoderUnavailableError)
})

t.test('encoding reports progress once for each new position', async (t) => {
  const folder = t.testdir({})
  const lines = ['out_time_us=N/A', 'out_time_us=250000', 'frame=6', 'out_time_us=250000', 'out_time_us=2000000']
  const encoder = createEncoder(writePrograms(folder, `printf '%s\\n' ${lines.join(' ')} progress=end`))
  const progress: number[] = []
  const result = await encoder.encode([], { folder, durationMs: 1_000, onProgress: (value) => progress.push(value) })
  t.match(result, { ok: true })
  t.strictSame(progress, [0.25, 1])
})

t.test('a failure has the end of the log, and the program receives no secrets', async (t) => {
  process.env['SIGNING_KEYS'] = 'k1:not-for-children'
  t.teardown(() => delete process.env['SIGNING_KEYS'])
  const folder = t.testdir({})
  const body = `i=0; while [ $i -lt 2000 ]; do echo "line $i of the log" >&2; i=$((i+1)); done; env >&2; exit 3`
  const result = await createEncoder(writePrograms(folder, body)).encode([], { folder, durationMs: 1_000 })
  t.match(result, { ok: false, code: 'failed' })
  t.ok(result.logTail.length <= 32 * 1_024)
  t.match(result.logTail, /line 1999 of the log[^]*PATH=/)
  t.notMatch(result.logTail, /not-for-children/)
})

const AUTOGROUP = '/proc/self/autogroup'
const noAutogroups = existsSync(AUTOGROUP) ? false : `this system has no ${AUTOGROUP}`

t.test('the session of a program has the lowest priority too', { skip: noAutogroups }, async (t) => {
  const folder = t.testdir({})
  const own = readFileSync(AUTOGROUP, 'utf8')
  // Linux accepts one change in 0.1 s: several programs that start together try again.
  const body = `for i in 1 2 3 4 5 6 7 8 9 10; do grep -q 'nice 19' ${AUTOGROUP} && exit 0; sleep 0.2; done; exit 1`
  const encoder = createEncoder(writePrograms(folder, body))
  const results = await Promise.all([1, 2, 3].map(async () => await encoder.encode([], { folder, durationMs: 1 })))
  t.strictSame(results.map(({ ok }) => ok), [true, true, true])
  t.equal(readFileSync(AUTOGROUP, 'utf8'), own, 'that of this process is unchanged')
})

t.test('a program without progress is killed, and one that shows progress is not', async (t) => {
  const folder = t.testdir({})
  const limits = { probeTimeoutMs: 1_500, stallTimeoutMs: 1_500 }
  const stalled = createEncoder(writePrograms(path.join(folder, 'a'), 'echo frame=1; sleep 600'), limits)
  t.match(await stalled.encode([], { folder, durationMs: 1 }), { ok: false, code: 'stalled' })
  t.match(await stalled.probe('/nowhere'), { ok: false, code: 'stalled' })
  const body = 'for i in 1 2 3 4 5 6 7 8; do echo frame=$i; sleep 0.3; done'
  const slow = createEncoder(writePrograms(path.join(folder, 'b'), body), limits)
  t.match(await slow.encode([], { folder, durationMs: 1 }), { ok: true })
})

t.test('a program that prints too much is killed', async (t) => {
  const programs = writePrograms(t.testdir({}), 'while :; do echo 0123456789012345678901234567890123456789; done')
  t.match(await createEncoder(programs).probe('/nowhere'), { ok: false, code: 'output-limit' })
})

t.test('an abort and a close kill the program and its children', async (t) => {
  for (const end of ['abort', 'close'] as const) {
    const folder = t.testdir({})
    const encoder = createEncoder(writePrograms(folder, 'sleep 600 & echo $! > child.pid; echo frame=1; wait'))
    const controller = new AbortController()
    const encoding = encoder.encode([], { folder, durationMs: 1, signal: controller.signal })
    const rejected = t.rejects(encoding, ProgramStoppedError, end)
    const pid = await readPid(path.join(folder, 'child.pid'))
    end === 'abort' ? controller.abort() : await encoder.close()
    await rejected
    while (isRunning(pid)) await sleep(50)
    await t.rejects(encoder.encode([], { folder, durationMs: 1, signal: controller.signal }), ProgramStoppedError)
  }
})

t.test('ffmpeg', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})
  const encoder = installedEncoder()
  const clip = path.join(folder, '-clip with spaces.mkv')
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', 'testsrc=size=128x72:rate=10:duration=2', '-c:v', 'libx264', '-preset', 'ultrafast'],
    `file:${clip}`,
  ])

  t.test('reads a file', async (t) => {
    const result = await encoder.probe(clip)
    t.match(result, { ok: true })
    if (result.ok) t.match(JSON.parse(result.output), { streams: [{ codec_name: 'h264', width: 128 }], chapters: [] })
  })

  t.test('rejects files that refer to other files, and files that are no media', async (t) => {
    const name = path.basename(clip)
    const files: ReadonlyArray<readonly [string, string]> = [
      ['playlist.mp4', `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${name}\n#EXT-X-ENDLIST\n`],
      ['playlist.mkv', `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://${clip}\n#EXT-X-ENDLIST\n`],
      ['script.mkv', `ffconcat version 1.0\nfile '${name}'\n`],
      ['manifest.ts', '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'],
      ['text.mp4', 'not a media file'],
      ['empty.mp4', ''],
    ]
    for (const [file, text] of files) {
      writeFileSync(path.join(folder, file), text)
      t.match(await encoder.probe(path.join(folder, file)), { ok: false, code: 'failed' }, file)
    }
  })

  t.test('opens no URL other than http and https', async (t) => {
    for (const url of ['ftp://127.0.0.1/a.mkv', `file://${clip.replaceAll(' ', '%20')}`, 'concat:a|b']) {
      t.match(await encoder.probe(new URL(url)), { ok: false, code: 'failed' }, url)
    }
  })
})
