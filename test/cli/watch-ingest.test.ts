// "normflix ingest --watch": files that are copied into a folder are added when they are complete.
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { INTERRUPTED } from '../../src/cli/abort-on-signals.js'
import { EncodingJob } from '../../models/encoding-job.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { runCommand, SECRETS, type CommandResult } from '../support/run-command.js'
import { signUpAdmin } from '../support/users.js'
import { encodeMasters } from '../media/encoding/encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from '../media/encoding/programs.js'

const CLIP = path.resolve('src', 'demo', 'clips', 'clip-480p-en.mp4')
const NO_FFMPEG = { PATH: '/nonexistent' }
const SUBTITLE = '1\n00:00:01,000 --> 00:00:02,000\nGuten Tag.\n'
const PATIENCE_MS = 60_000

interface Row {
  readonly file: string
  readonly status: string
  readonly reason: string | null
}

t.test('a watched folder', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const solaris = await addMovie(app, admin, { title: 'Solaris' }, [])
  const folder = path.join(t.testdir({}), 'incoming')
  mkdirSync(folder)
  copyFileSync(CLIP, path.join(folder, 'Solaris.mp4'))
  copyFileSync(CLIP, path.join(folder, 'Stalker.mp4'))

  let out = ''
  let child: ChildProcess | null = null
  const ended: Promise<CommandResult> = runCommand(running, [
    'ingest',
    folder,
    '--watch',
    '--unchanged-for',
    '3',
    '--json',
  ], {
    variables: NO_FFMPEG,
    onStart (started) {
      child = started
      started.stdout?.on('data', (chunk) => {
        out += String(chunk)
      })
    },
  })
  const rowsOf = (name: string): Row[] =>
    out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Row)
      .filter(({ file }) => path.basename(file) === name)
  async function waitFor (name: string, statuses: readonly string[]): Promise<void> {
    const until = performance.now() + PATIENCE_MS
    while (rowsOf(name).length < statuses.length && performance.now() < until) await sleep(100)
    t.strictSame(rowsOf(name).map(({ status }) => status), statuses, name)
  }

  await waitFor('Solaris.mp4', ['ingested'])
  await waitFor('Stalker.mp4', ['unmatched'])
  t.equal((await admin.get(`/v1/movies/${solaris}`)).body.mediaFiles.length, 1)

  const stalker = await addMovie(app, admin, { title: 'Stalker' }, [])
  await waitFor('Stalker.mp4', ['unmatched', 'ingested'])
  t.equal((await admin.get(`/v1/movies/${stalker}`)).body.mediaFiles.length, 1, 'its title was added later')

  const growing = path.join(folder, 'Solaris.de.srt')
  for (let length = 1; length < 8; length++) {
    writeFileSync(growing, SUBTITLE.slice(0, length))
    await sleep(1_000)
  }
  writeFileSync(growing, SUBTITLE)
  await waitFor('Solaris.de.srt', ['ingested'])
  t.match(rowsOf('Solaris.de.srt'), [{ reason: null }], 'it is read when it is complete')

  writeFileSync(growing, SUBTITLE.replace('Tag', 'Abend'))
  await waitFor('Solaris.de.srt', ['ingested', 'ingested'])
  const subtitles = await admin.get(`/v1/admin/movies/${solaris}/subtitles`)
  t.equal(subtitles.body.items.length, 1, 'a later version replaces the earlier one')

  rmSync(folder, { recursive: true })
  await sleep(6_000)
  mkdirSync(folder)
  copyFileSync(CLIP, path.join(folder, 'Solaris.mp4'))
  await waitFor('Solaris.mp4', ['ingested', 'unchanged'])

  const command = child as ChildProcess | null
  command?.kill('SIGINT')
  const { code, err } = await ended
  t.equal(code, INTERRUPTED)
  t.match(err, /could not be ingested, trying again/, 'a folder that is missing for a time')
})

t.test('a cut film is replaced when its copy continues', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const running = await startApp(t, { ...SECRETS, ENCODING_LADDER: '90:30:100' })
  const { app } = running
  const admin = await signUpAdmin(app)
  const solaris = await addMovie(app, admin, { title: 'Solaris' }, [])
  const root = t.testdir({})
  const folder = path.join(root, 'incoming')
  mkdirSync(folder)
  await makeFile(root, [
    ...['-f', 'lavfi', '-i', 'testsrc=size=160x90:rate=25:duration=4'],
    ...['-f', 'lavfi', '-i', 'sine=duration=4', '-c:v', 'mpeg2video', '-c:a', 'mp2', 'film.ts'],
  ])
  const film = readFileSync(path.join(root, 'film.ts'))
  const half = Math.floor(film.length / 2)
  const copy = path.join(folder, 'Solaris.ts')
  writeFileSync(copy, film.subarray(0, half))

  let out = ''
  let child: ChildProcess | null = null
  const ended = runCommand(running, ['ingest', folder, '--watch', '--unchanged-for', '2', '--json'], {
    onStart (started) {
      child = started
      started.stdout?.on('data', (chunk) => {
        out += String(chunk)
      })
    },
  })
  const rows = (): Row[] => out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Row)
  async function waitForRows (count: number): Promise<void> {
    const until = performance.now() + PATIENCE_MS
    while (rows().length < count && performance.now() < until) await sleep(100)
  }
  await waitForRows(1)
  await encodeMasters({ app })
  t.match(await EncodingJob.find({}).lean(), [{ state: 'done', sizeBytes: half }])
  appendFileSync(copy, film.subarray(half))
  await waitForRows(2)
  writeFileSync(path.join(folder, 'Solaris (Copy).m4a'), 'audio')
  await waitForRows(3)
  const command = child as ChildProcess | null
  command?.kill('SIGINT')
  t.match(await ended, { code: INTERRUPTED })
  t.match(rows(), [
    { status: 'ingested', reason: null },
    { status: 'ingested', reason: /replaces the master/ },
    { status: 'rejected', reason: /needs a video track/ },
  ], 'also after a result that is rejected')
  await encodeMasters({ app })
  await encodeMasters({ app })
  t.match(await EncodingJob.find({}).lean(), [{ state: 'done', sizeBytes: film.length }])
  const { mediaFiles } = (await admin.get(`/v1/movies/${solaris}`)).body
  const active = mediaFiles.filter(({ stage }: any) => stage === 'active')
  t.ok(active.length > 0 && active.every(({ durationMs }: any) => durationMs > 3_500), 'no cut rendition is played')
})

t.test('a watch cannot be a dry run', async (t) => {
  const running = await startApp(t, SECRETS)
  const { code, err } = await runCommand(running, ['ingest', '.', '--watch', '--dry-run'])
  t.equal(code, 1)
  t.match(err, /cannot be used with option/)
})
