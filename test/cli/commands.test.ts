// Commands that run as their own process on the database of a running service.
import { writeFileSync } from 'node:fs'
import { mkdir, rm, utimes } from 'node:fs/promises'
import path from 'node:path'
import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { Account } from '../../models/account.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { Session } from '../../models/session.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { startApp, type TestApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'
import { runCommand, SECRETS, type CommandResult } from '../support/run-command.js'

/** Counts the documents that belong to an account. Entries of the audit log outlive it. */
async function countOwnedDocuments (): Promise<number> {
  const models = mongoose.modelNames().filter((name) => name !== 'Audit').map((name) => mongoose.model(name))
  const owned = models.filter(({ schema }) => schema.path('account') !== undefined)
  const counts = await Promise.all(owned.map((model) => model.collection.countDocuments({ account: { $ne: null } })))
  return counts.reduce((sum, count) => sum + count, await mongoose.model('AccountStreams').countDocuments())
}

async function run (
  running: TestApp,
  words: readonly string[],
  variables: Record<string, string> = {},
): Promise<CommandResult> {
  return await runCommand(running, words, { variables })
}

t.test('reset-password', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const kim = await signUp(app)
  const logIn = async (password: string) =>
    await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password } })

  t.test('sets the password, ends every session and resets failed attempts', async (t) => {
    for (let i = 0; i < 12; i++) await logIn('guess')
    expectProblem(t, await logIn(PASSWORD), 'too-many-attempts', 429)
    const { code, out } = await run(running, ['reset-password', kim.email.toUpperCase()], {
      NORMFLIX_PASSWORD: 'four blind mice ran',
    })
    t.equal(code, 0)
    t.match(out, /has a new password/)
    t.equal(await Session.countDocuments({ account: kim.accountId, revokedAt: null }), 0)
    t.equal((await logIn('four blind mice ran')).status, 200)
    expectProblem(t, await logIn(PASSWORD), 'wrong-credentials', 401)
    const admin = await signUpAdmin(app)
    t.match((await admin.get('/v1/admin/audit?action=reset-password')).body.items, [{
      account: kim.accountId,
      actor: null,
      reason: 'command-line',
      address: null,
    }])
  })

  t.test('rejects a weak password, an unknown email, and a missing password without a terminal', async (t) => {
    const weak = await run(running, ['reset-password', kim.email], { NORMFLIX_PASSWORD: 'short' })
    t.match(weak, { code: 1, err: /password/i })
    t.match(
      await run(running, ['reset-password', 'unknown@example.com'], { NORMFLIX_PASSWORD: 'four blind mice ran' }),
      { code: 1, err: /There is no account with this email/ },
    )
    t.match(await run(running, ['reset-password', kim.email]), { code: 1, err: /NORMFLIX_PASSWORD/ })
    t.equal((await logIn('four blind mice ran')).status, 200, 'nothing changed')
  })

  t.test('creates an administrator, and says when the account already is one', async (t) => {
    const variables = { NORMFLIX_PASSWORD: 'four blind mice ran' }
    for (const command of ['create-admin', 'reset-password']) {
      for (const email of ['not-an-email', 'kim@localhost', '']) {
        t.match(await run(running, [command, email], variables), { code: 1, err: /email address is not valid/ })
      }
    }
    t.match(await run(running, ['create-admin', ' Boss@münchen.example '], variables), {
      code: 0,
      out: /Created the administrator boss@xn--mnchen-3ya\.example/,
    })
    t.match(await run(running, ['create-admin', 'boss@xn--mnchen-3ya.example']), {
      code: 0,
      out: /already an administrator/,
    })
    t.match(await run(running, ['create-admin', kim.email]), { code: 0, out: /is an administrator now/ })
    t.match(await run(running, ['create-admin', kim.email]), { code: 0, out: /already an administrator/ })
  })

  t.test('describes itself with --help', async (t) => {
    t.match((await run(running, ['reset-password', '--help'])).out, /ends all its\s+sessions[^]*Example/)
    t.match((await run(running, ['doctor', '--help'])).out, /--fix[^]*--json/)
  })
})

t.test('doctor', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app, clock, config } = running
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const kim = await signUp(app)
  await watch(kim, clock, movie, 20_000)
  await kim.put(`/v1/profiles/${kim.profileId}/ratings/${movie}`, { rating: 'love' })
  await play(kim, movie)
  const runDoctor = async (
    ...options: string[]
  ): Promise<
    { code: number | null, findings: Array<{ check: string, subject: string, problem: string, state: string }> }
  > => {
    const { code, out, err } = await run(running, ['doctor', '--json', ...options])
    t.equal(err, '')
    return { code, ...JSON.parse(out) }
  }

  t.test('finds nothing in a service that is in use', async (t) => {
    const { code, findings } = await runDoctor()
    t.strictSame(findings, [])
    t.equal(code, 0)
    const { out } = await run(running, ['doctor'])
    t.match(out, /No inconsistencies found/)
    const counts = new Map([...out.matchAll(/^ {2}([a-z-]+) +([\d,]+) /gm)].map(([, check, count]) => [check, count]))
    const collections = await mongoose.connection.db?.listCollections().toArray() ?? []
    const indexes = await Promise.all(
      collections.map(async ({ name }) => (await mongoose.connection.collection(name).indexes()).length - 1),
    )
    t.equal(counts.get('indexes'), String(indexes.reduce((sum, count) => sum + count, 0)))
    t.equal(counts.get('orphaned-media'), '1', 'the movie, which has no images')
    t.equal(counts.get('plan-limits'), '2', 'the accounts')
    t.equal(counts.get('watch-history'), '1')
    t.equal(counts.get('orphaned-documents'), String(await countOwnedDocuments()))
  })

  t.test('lists inconsistencies without changing anything, and fixes them with --fix', async (t) => {
    const media = path.join(config.dataDir, 'media')
    const [deletedId, old] = [new Types.ObjectId(), new Date(Date.now() - 2 * 86_400_000)]
    const preferences = { profile: new Types.ObjectId(), title: deletedId, updatedAt: new Date() }
    await ProfileTitlePreferences.create({ ...preferences, account: deletedId }, {
      ...preferences,
      account: kim.accountId,
    })
    await Media.create({ _id: deletedId, title: deletedId } as never)
    await mkdir(path.join(media, 'orphans'), { recursive: true })
    for (const [name, time] of [['orphans/old', old], ['orphans/new', new Date()]] as const) {
      writeFileSync(path.join(media, name), 'x')
      await utimes(path.join(media, name), time, time)
    }
    const accounts = mongoose.connection.collection('accounts')
    await accounts.updateOne({ _id: new Types.ObjectId(kim.accountId) }, {
      $set: { 'limits.maxStreams': 9, 'profiles.0.watchHistory.0.positionMs': 1 },
    })
    await mongoose.connection.collection('profiletitlepreferences').dropIndex('account_1')

    const before = await runDoctor()
    t.equal(before.code, 1)
    t.ok(before.findings.every(({ state }) => state === 'open'))
    const kinds = ({ findings }: typeof before) => findings.map(({ check }) => check).sort()
    const expected = [
      'indexes',
      'orphaned-documents',
      'orphaned-documents',
      'orphaned-media',
      'plan-limits',
      'plan-limits',
      'stored-objects',
      'watch-history',
    ]
    t.strictSame(kinds(before), expected)
    t.strictSame(kinds(await runDoctor()), expected, 'nothing was changed')
    const table = await run(running, ['doctor'])
    t.match(table, { code: 1, out: /orphans\/old[^]*can be fixed[^]*doctor --fix/ })

    const fixed = await runDoctor('--fix')
    t.equal(fixed.code, 0)
    t.ok(fixed.findings.every(({ state }) => state === 'fixed'))
    t.strictSame(await runDoctor(), { ...await runDoctor(), code: 0, findings: [] })
    t.equal(
      (await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items[0].title.id,
      movie,
      'correct data is unchanged',
    )
    t.match(await Account.findById(kim.accountId).lean(), { limits: { maxStreams: 4 } })
  })

  t.test('lists what needs a decision, and changes nothing', async (t) => {
    const stored = await Media.findById(movie).lean<StoredMedia>()
    const key = stored?.files[0]?.storageKey ?? ''
    await rm(path.join(config.dataDir, 'media', key))
    await kim.post('/v1/profiles', { name: 'Lee' })
    const accounts = mongoose.connection.collection('accounts')
    await accounts.updateOne({ _id: new Types.ObjectId(kim.accountId) }, { $set: { plan: 'basic' } })
    await accounts.updateOne({ _id: new Types.ObjectId(admin.accountId) }, { $set: { plan: 'retired' } })
    const { code, findings } = await runDoctor('--fix')
    t.equal(code, 1)
    t.ok(findings.every(({ state }) => state === 'manual'))
    const problems = findings.map(({ subject, problem }) => `${subject}: ${problem}`).join('\n')
    t.match(problems, new RegExp(`media file .*${key} is missing`))
    t.match(problems, /differ from plan basic.*keepProfileIds/)
    t.match(problems, /plan retired is no longer on offer/)
    t.match(await Account.findById(kim.accountId).lean(), {
      limits: { maxProfiles: 5 },
      profiles: [{ locked: false }, { locked: false }],
    })
  })
})
