// The commands that list accounts, titles, jobs and streams, on the database of a running service; and --help.
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import mongoose, { Types } from 'mongoose'
import t, { type Test } from 'tap'
import { MarkerDetection } from '../../models/marker-detection.js'
import { Title } from '../../models/title.js'
import { startApp, type TestApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { addEncodingJob } from '../support/encoding-jobs.js'
import { addEncodingStep } from '../support/encoding-steps.js'
import { addMarkerDetection } from '../support/marker-detections.js'
import { play } from '../support/playback.js'
import { runCommand, SECRETS } from '../support/run-command.js'
import { signUp, signUpAdmin } from '../support/users.js'

/** Runs a list command with --json. */
async function list (t: Test, running: TestApp, ...words: string[]): Promise<Array<Record<string, unknown>>> {
  const { code, out, err } = await runCommand(running, [...words, '--json'])
  t.equal(code, 0, err)
  return JSON.parse(out)
}

async function table (running: TestApp, ...words: string[]): Promise<string> {
  return (await runCommand(running, words)).out
}

/** The modules that are loaded for --help. */
const registering = /^(accounts|catalogue|database|lists|main|repair|with-container)\.js$/

t.test('accounts', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  await signUp(app, { email: 'kim+tv@münchen.example' })
  const alex = await signUp(app, { email: 'alex@example.com', plan: 'basic' })
  await admin.put(`/v1/admin/accounts/${alex.accountId}/disabled`, {})
  const emails = async (...words: string[]): Promise<unknown[]> =>
    (await list(t, running, 'accounts', ...words)).map(({ email }) => email).sort()

  t.test('are found by a part of the email, plan, role and state', async (t) => {
    const stored = 'kim+tv@xn--mnchen-3ya.example'
    t.strictSame(await emails('KIM+'), [stored], 'a part, whose characters are no pattern')
    t.strictSame(await emails('münchen'), [stored], 'an internationalised domain')
    t.strictSame(await emails('.*'), [])
    t.strictSame(await emails('--plan', 'basic'), ['alex@example.com'])
    t.strictSame(await emails('--state', 'disabled'), ['alex@example.com'])
    t.notOk((await emails('--state', 'open')).includes('alex@example.com'))
    t.strictSame(await emails('--role', 'admin'), [admin.email])
    t.equal((await emails()).length, 3)
    t.match(await list(t, running, 'accounts', 'alex'), [{
      id: alex.accountId,
      plan: 'basic',
      role: 'member',
      state: 'disabled',
      profileCount: 1,
    }])
  })

  t.test('are a table without secrets, and say when more match', async (t) => {
    const { out, err } = await runCommand(running, ['accounts', '--limit', '1'])
    t.equal(out.trim().split('\n').length, 2, 'a heading and a row')
    t.match(
      out,
      /^EMAIL +ID +PLAN +ROLE +STATE +PROFILES +CREATED \(UTC\)\nalex@example\.com .* basic +member +disabled/,
    )
    t.match(err, /Only the first 1 are listed\. Use --limit/)
    t.equal(await table(running, 'accounts', 'nowhere'), 'Nothing found.\n')
    t.notMatch(JSON.stringify(await list(t, running, 'accounts')), /hash|\$2[aby]\$/i)
  })
})

t.test('titles', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const show = await addShow(app, admin)
  await admin.patch(`/v1/admin/movies/${movie}`, { title: 'Amélie\u001b[2J', published: false })
  const ids = async (...words: string[]): Promise<unknown[]> =>
    (await list(t, running, 'titles', ...words)).map(({ id }) => id)

  t.strictSame(await ids(), [show.id, movie], 'newest first')
  t.strictSame(await ids('AMELIE'), [movie], 'regardless of case and accents')
  t.strictSame(await ids('--unpublished'), [movie])
  t.strictSame(await ids('--published'), [show.id])
  t.strictSame(await ids('--kind', 'show'), [show.id])
  t.match(await list(t, running, 'titles', 'amelie'), [{ kind: 'movie', published: false, mediaFiles: 1 }])
  const text = await table(running, 'titles')
  t.match(text, /^TITLE +YEAR +KIND +ID +PUBLISHED +FILES/)
  t.notMatch(text, '\u001b', 'a title cannot control the terminal')
  t.match(await runCommand(running, ['titles', '--published', '--unpublished']), {
    code: 1,
    err: /cannot be used with/,
  })
})

t.test('jobs', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  t.strictSame(await list(t, running, 'jobs', '--state', 'failed'), [])
  await mongoose.connection.collection('media').updateOne({ _id: new Types.ObjectId(movie) }, {
    $set: {
      'files.0.hls.state': 'failed',
      'files.0.hls.failure': { code: 'no-audio', text: 'The file has no audio.' },
    },
  })
  const title = await Title.findById(movie).lean<{ title: string }>()
  t.match(await list(t, running, 'jobs'), [{
    job: 'packaging',
    state: 'failed',
    title: { id: movie, title: title?.title },
    season: null,
    reason: 'The file has no audio.',
  }])
  const text = await table(running, 'jobs')
  t.match(text, /^JOB +STATE +DONE +ATTEMPTS +TITLE[^]*packaging +failed[^]*The file has no audio\./)
  t.strictSame(await list(t, running, 'jobs', '--state', 'ready'), [])
})

t.test('jobs include the steps of masters', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin, { title: 'Fawlty Towers' })
  const job = await addEncodingJob({ itemId: show.episodes[0] ?? '', titleId: show.id }, { state: 'done' })
  const failure = { code: 'encoding-failed', text: 'ffmpeg could not take pictures of the film.' }
  await addEncodingStep(job, 'subtitles', { state: 'done' })
  await addEncodingStep(job, 'thumbnails', { state: 'waiting', attempts: 1, failure })
  await addEncodingStep(job, 'pictures', { state: 'failed', attempts: 3, failure, logTail: 'no picture' })
  await addEncodingStep(job, 'original', { state: 'cancelled' })
  const states = async (...words: string[]): Promise<unknown[]> =>
    (await list(t, running, 'jobs', ...words)).filter(({ id }) => id === job)
      .map(({ job: kind, state }) => `${String(kind)} ${String(state)}`).sort()
  t.strictSame(await states(), ['pictures failed', 'thumbnails waiting'])
  t.strictSame(await states('--state', 'waiting'), ['thumbnails waiting'])
  t.strictSame(await states('--state', 'processing'), [])
  t.strictSame(await states('--state', 'ready'), ['encoding ready', 'subtitles ready'])
  const failed = (await list(t, running, 'jobs', '--state', 'failed')).filter(({ id }) => id === job)
  t.match(failed, [{
    job: 'pictures',
    attempts: 3,
    season: 1,
    episode: 1,
    reason: failure.text,
    logTail: 'no picture',
  }])
  const text = await table(running, 'jobs')
  t.match(text, /^pictures +failed +0% +3 +Fawlty Towers S1 E1 .*ffmpeg could not take pictures of the film\. /m)
  t.match(text, new RegExp(`To retry it, run: normflix jobs retry ${job} --step pictures$`, 'm'))
})

t.test('jobs include the detections of markers', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin, { title: 'Fawlty Towers' }, [])
  const titleId = show.id
  await addMarkerDetection({ titleId, season: 1 }, { state: 'running', progress: 0.42, attempts: 2 })
  const failure = { code: 'fingerprints-unavailable', text: 'Install fpcalc.' }
  await addMarkerDetection({ titleId, season: 2 }, { state: 'skipped', failure })
  const failedId = await addMarkerDetection({ titleId, season: 3 }, { state: 'failed', attempts: 3, failure })
  await addMarkerDetection({ titleId, season: 4 }, { state: 'done' })
  await addMarkerDetection({ titleId, season: 5 }, { state: 'waiting' })
  const states = async (...words: string[]): Promise<unknown[]> =>
    (await list(t, running, 'jobs', ...words)).map(({ season, state }) => `${season} ${state}`).sort()
  t.strictSame(await states(), ['1 processing', '2 skipped', '3 failed', '5 waiting'])
  t.strictSame(await states('--state', 'ready'), ['4 ready'])
  t.strictSame(await states('--state', 'skipped'), ['2 skipped'])
  t.match(await list(t, running, 'jobs', '--state', 'processing'), [{
    job: 'markers',
    state: 'processing',
    progress: 0.42,
    attempts: 2,
    title: { id: titleId, title: 'Fawlty Towers' },
    season: 1,
    episode: null,
    reason: null,
  }])
  const text = await table(running, 'jobs')
  t.match(text, /^markers +processing +42% +2 +Fawlty Towers S1 /m)
  const hint = `It is not retried automatically. To retry it, run: normflix jobs retry ${failedId}`
  t.match(text, new RegExp(`^markers +failed .* Install fpcalc\\. ${hint}$`, 'm'))
  t.match(text, /^markers +skipped .* Install fpcalc\.$/m)
  const { body: requested } = await admin.post(`/v1/admin/shows/${titleId}/seasons/2/marker-detection`)
  const queuedAt = new Date(Date.now() + 60_000)
  await MarkerDetection.updateOne({ _id: requested.id }, { state: 'failed', queuedAt })
  const [newest] = await list(t, running, 'jobs')
  t.match(newest, { id: requested.id, season: 2, createdAt: queuedAt.toISOString() }, 'a repeated detection is newest')
})

t.test('streams', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin)
  const kim = await signUp(app)
  t.strictSame(await list(t, running, 'streams'), [])
  const { streamId } = (await play(kim, show.episodes[0] ?? '')).body
  const [stream] = await list(t, running, 'streams', '--email', kim.email.toUpperCase())
  t.match(stream, {
    id: streamId,
    account: { id: kim.accountId, email: kim.email },
    title: { id: show.id },
    season: 1,
    episode: 1,
    state: 'playing',
  })
  t.match(await table(running, 'streams'), new RegExp(`${kim.email}.* S1 E1 .*playing +0:00:00`))
  t.strictSame(await list(t, running, 'streams', '--email', admin.email), [])
  t.match(await runCommand(running, ['streams', '--email', 'unknown@example.com']), {
    code: 1,
    err: /^There is no account with this email/,
  })
  const stopped = await kim.post(`/v1/profiles/${kim.profileId}/playback/${streamId}/stop`, {
    eventId: randomUUID(),
    at: new Date().toISOString(),
    positionMs: 0,
  })
  t.equal(stopped.status, 200)
  t.strictSame(await list(t, running, 'streams'), [], 'an ended stream is not listed')
})

t.test('every command describes itself with examples, without the service', async (t) => {
  const help = (...words: string[]): { out: string, ms: number } => {
    const startedAt = performance.now()
    const { stdout, status } = spawnSync(process.execPath, ['dist/src/cli/main.js', ...words], {
      encoding: 'utf8',
      // The configuration is invalid: it is not read.
      env: { PATH: process.env['PATH'], MONGODB_URI: 'invalid', PORT: 'invalid' },
    })
    t.equal(status, 0)
    return { out: stdout, ms: performance.now() - startedAt }
  }
  const overview = help('--help')
  t.match(overview.out, /Examples:/)
  const commands = [...overview.out.matchAll(/^ {2}([a-z-]+) /gm)].map((match) => match[1] ?? '')
    .filter((name) => !['help', 'normflix'].includes(name) && !name.startsWith('-'))
  t.strictSame(commands.sort(), [
    ...[
      'accounts',
      'create-admin',
      'detect-markers',
      'doctor',
      'export',
      'import',
      'indexes',
      'ingest',
      'jobs',
      'migrate',
      'rebuild-history',
    ],
    ...['reset-password', 'streams', 'titles'],
  ])
  const fastest = Math.min(
    overview.ms,
    ...commands.map((command) => {
      const { out, ms } = help(command, '--help')
      t.match(out, /Examples?:\n {2}\S/, command)
      return ms
    }),
  )
  t.ok(fastest < 1_000, `${fastest} ms`)
  t.equal(help('--version').out.trim(), JSON.parse(readFileSync('package.json', 'utf8')).version)
  const imports = readdirSync('dist/src/cli').filter((name) => registering.test(name)).flatMap((name) =>
    [...readFileSync(`dist/src/cli/${name}`, 'utf8').matchAll(/^import .* from '([^']+)'/gm)].map((match) => match[1])
  )
  const light = [
    'commander',
    'node:fs',
    '../domain/vocabulary.js',
    '../transfer/parsers/source-items.js',
    './with-container.js',
  ]
  const registrars = ['accounts', 'catalogue', 'database', 'lists', 'repair'].map((name) => `./${name}.js`)
  t.strictSame([...new Set(imports)].sort(), [...light, ...registrars].sort(), 'no module of the service is loaded')
})
