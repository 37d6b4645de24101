import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { newAccount } from '../../models/account.js'
import { findStreamLeases } from '../../models/account-streams.js'
import { newProfile } from '../../src/accounts/profiles.js'
import { describeApi } from '../../src/cli/describe-api.js'
import { ConfigError, loadConfig } from '../../src/config.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp as signUpPerson, signUpAdmin, type TestUser } from '../support/users.js'

const folder = mkdtempSync(path.join(tmpdir(), 'normflix-plans-'))
const solo = {
  id: 'solo',
  name: 'Solo',
  maxProfiles: 2,
  maxStreams: 1,
  maxHeight: 480,
  price: { amount: 500, currency: 'EUR' },
}
const family = {
  id: 'family-xl',
  name: 'Family XL',
  maxProfiles: 7,
  maxStreams: 6,
  maxHeight: 1080,
  price: { amount: 2_000, currency: 'EUR' },
}
/** Two apps with the same secrets accept each other's tokens and passwords. */
const SECRETS = {
  PASSWORD_PEPPER: 'k3v9w1q8z5x2m7n4b6c0d8f2g5h1j3l9',
  SIGNING_KEYS: 'a:p0o9i8u7y6t5r4e3w2q1l0k9j8h7g6f5',
}

function planFile (content: unknown): string {
  const file = path.join(folder, `${new Types.ObjectId().toString()}.json`)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

let emails = 0
const signUp = async (app: FastifyInstance, plan?: string): Promise<TestResponse> =>
  await call(app, 'POST', '/v1/auth/signup', {
    body: { email: `p${++emails}@example.com`, password: PASSWORD, ...(plan === undefined ? {} : { plan }) },
  })
const addProfile = async (app: FastifyInstance, token: string, name: string): Promise<number> =>
  (await call(app, 'POST', '/v1/profiles', { token, body: { name } })).status

t.test('plans from a file', async (t) => {
  const { app, clock, config } = await startApp(t, { PLANS_FILE: planFile({ plans: [solo, family] }) })
  const admin = await signUpAdmin(app, { plan: 'family-xl' })

  t.test('replace the default plans in the API and its description', async (t) => {
    t.strictSame((await call(app, 'GET', '/v1/plans')).body.items, [solo, family])
    const document = (await call(app, 'GET', '/openapi.json')).body
    t.strictSame(document.components.schemas.PlanName.enum, ['solo', 'family-xl'])
    t.strictSame((await describeApi() as typeof document).components.schemas.PlanName.enum, [
      'basic',
      'standard',
      'premium',
    ], 'the committed document has the default plans')
  })

  t.test('are the plans of sign-up, the first one by default', async (t) => {
    t.equal((await signUp(app)).body.account.plan, 'solo')
    t.equal((await signUp(app, 'family-xl')).body.account.plan, 'family-xl')
    expectProblem(t, await signUp(app, 'premium'), 'validation-failed', 400)
  })

  t.test('limit profiles in the hooks, on every path and under concurrency', async (t) => {
    const { body } = await signUp(app, 'family-xl')
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => await addProfile(app, body.accessToken, `N${i}`)),
    )
    t.equal(statuses.filter((status) => status === 201).length, 6)
    t.ok(statuses.every((status) => status === 201 || status === 409))
    const profiles = (count: number) => Array.from({ length: count }, (_, i) => newProfile({ name: `P${i}` }))
    const fields = { email: 'direct@example.com', passwordHash: 'x', plan: 'solo' }
    const tooMany = newAccount({ ...fields, profiles: profiles(3) }, config.plans)
    await t.rejects(tooMany.save(), { code: 'plan-profile-limit' })
    t.throws(() => newAccount({ ...fields, plan: 'premium', profiles: profiles(1) }, config.plans), {
      code: 'validation-failed',
    })
    t.match((await newAccount({ ...fields, profiles: profiles(2) }, config.plans).save()).limits, {
      maxProfiles: 2,
      maxStreams: 1,
      maxHeight: 480,
    })
  })

  t.test('limit streams and resolutions', async (t) => {
    const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en'])
    const person = await signUpPerson(app, { plan: 'solo' })
    const first = await play(person, movie)
    t.equal(first.body.mediaFile.height, 480)
    expectProblem(t, await play(person, movie), 'plan-stream-limit', 409)
    const hdOnly = await addMovie(app, admin, { title: 'Heat' }, ['1080p-en'])
    const problem = await play(await signUpPerson(app, { plan: 'solo' }), hdOnly)
    expectProblem(t, problem, 'plan-resolution', 409)
    t.match(problem.body, { maxHeight: 480, plan: 'family-xl' })
  })

  t.test('are the plans of a plan change, with the same rules', async (t) => {
    const { body } = await signUp(app, 'family-xl')
    const send = async (method: 'GET' | 'PUT' | 'POST', url: string, payload?: unknown) =>
      await call(app, method, url, { token: body.accessToken, ...(payload === undefined ? {} : { body: payload }) })
    for (const name of ['Lee', 'Max']) await send('POST', '/v1/profiles', { name })
    t.match((await send('GET', '/v1/account/plan/preview?to=solo')).body, {
      maxProfiles: 2,
      maxHeight: 480,
      needsChoice: true,
    })
    expectProblem(t, await send('GET', '/v1/account/plan/preview?to=basic'), 'validation-failed', 400)
    expectProblem(t, await send('PUT', '/v1/account/plan', { plan: 'solo' }), 'plan-needs-choice', 409)
    expectProblem(t, await send('PUT', '/v1/account/plan', { plan: 'basic' }), 'validation-failed', 400)
    const { status, body: changed } = await send('PUT', '/v1/account/plan', {
      plan: 'solo',
      keepProfileIds: [body.account.profiles[0].id],
    })
    const locked = changed.profiles.map((profile: { locked: boolean }) => profile.locked)
    t.match([status, changed.plan, locked], [200, 'solo', [false, true, true]])
  })

  t.test('a smaller plan ends the streams above its resolution, also those that start concurrently', async (t) => {
    const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en'])
    const startIn = async (person: TestUser, height: number) =>
      await play(person, movie, { client: { maxHeight: height } })
    const person = await signUpPerson(app, { plan: 'family-xl' })
    await startIn(person, 1080)
    const low = (await startIn(person, 480)).body.streamId
    t.match((await person.get('/v1/account/plan/preview?to=solo')).body, { endedStreams: 1 })
    await person.put('/v1/account/plan', { plan: 'solo' })
    const streams = (await person.get('/v1/account/streams')).body.items
    t.strictSame(streams.map(({ id }: { id: string }) => id), [low])
    for (let round = 0; round < 10; round++) {
      const rival = await signUpPerson(app, { plan: 'family-xl' })
      const starts = Array.from({ length: 4 }, async () => await startIn(rival, 1080))
      const change = rival.put('/v1/account/plan', { plan: 'solo' })
      const answers = await Promise.all([...starts, change, ...starts.map(async () => await startIn(rival, 1080))])
      t.ok(answers.every(({ status }) => [200, 201, 409].includes(status)), `round ${round + 1}`)
      const live = (await findStreamLeases(rival.accountId)).filter(({ expiresAt }) => expiresAt > clock.now())
      t.ok(live.length <= 1 && live.every(({ videoHeight }) => videoHeight <= 480), `${live.length} streams`)
    }
  })

  t.test('a plan that is no longer on offer keeps its limits until it is changed', async (t) => {
    const { token, accountId, profileId } = await signUpPerson(app, { plan: 'family-xl' })
    // Written with the driver: the model rejects a plan that is not in the table.
    const premium = { plan: 'premium', limits: { maxProfiles: 5, maxStreams: 4, maxHeight: 2_160 } }
    await mongoose.connection.collection('accounts').updateOne({ _id: new Types.ObjectId(accountId) }, {
      $set: premium,
    })
    t.equal((await call(app, 'GET', '/v1/account', { token })).body.plan, 'premium')
    for (const name of ['A', 'B', 'C', 'D']) t.equal(await addProfile(app, token, name), 201)
    const problem = await call(app, 'POST', '/v1/profiles', { token, body: { name: 'E' } })
    expectProblem(t, problem, 'plan-profile-limit', 409)
    t.equal((await call(app, 'PATCH', `/v1/profiles/${profileId}`, { token, body: { name: 'Renamed' } })).status, 200)
    t.equal((await call(app, 'PUT', '/v1/account/plan', { token, body: { plan: 'family-xl' } })).status, 200)
    t.equal(await addProfile(app, token, 'E'), 201)
  })
})

t.test('two apps with different plans in one process', async (t) => {
  const small = await startApp(t, { ...SECRETS, PLANS_FILE: planFile({ plans: [solo, family] }) })
  const roomy = await startApp(
    t,
    { ...SECRETS, PLANS_FILE: planFile({ plans: [{ ...solo, maxProfiles: 4, maxStreams: 3, maxHeight: 1080 }] }) },
    small.databaseUri,
  )

  t.test('each has its own plans, also under concurrency', async (t) => {
    t.strictSame((await call(small.app, 'GET', '/v1/plans')).body.items.length, 2)
    t.strictSame((await call(roomy.app, 'GET', '/v1/plans')).body.items.length, 1)
    expectProblem(t, await signUp(roomy.app, 'family-xl'), 'validation-failed', 400)
    const counts = await Promise.all([small.app, roomy.app, small.app, roomy.app].map(async (app) => {
      const { body } = await signUp(app, 'solo')
      const statuses = await Promise.all(
        Array.from({ length: 12 }, async (_, i) => await addProfile(app, body.accessToken, `N${i}`)),
      )
      return statuses.filter((status) => status === 201).length + 1
    }))
    t.strictSame(counts, [2, 4, 2, 4])
  })

  t.test('each limits streams and resolutions by its own plans', async (t) => {
    const admin = await signUpAdmin(small.app, { plan: 'family-xl' })
    const movie = await addMovie(small.app, admin, {}, ['480p-en', '1080p-en'])
    const startThree = async ({ app }: { app: FastifyInstance }): Promise<Array<number | string>> => {
      const person: TestUser = await signUpPerson(app, { plan: 'solo' })
      const answers = await Promise.all([play(person, movie), play(person, movie), play(person, movie)])
      return answers.map(({ body }) => body.mediaFile?.height ?? body.code).sort()
    }
    await containerOf(roomy.app).catalogue.reloadTitle(movie)
    const [few, many] = await Promise.all([startThree(small), startThree(roomy)])
    t.strictSame(few, [480, 'plan-stream-limit', 'plan-stream-limit'])
    t.strictSame(many, [1080, 1080, 1080])
  })

  t.test('an account gets the limits of the app in which it chooses its plan', async (t) => {
    const { body } = await signUp(small.app, 'solo')
    const add = async (app: FastifyInstance, name: string) => await addProfile(app, body.accessToken, name)
    t.strictSame([await add(small.app, 'A'), await add(roomy.app, 'B')], [201, 409], 'the copied limits apply')
    const change = await call(roomy.app, 'PUT', '/v1/account/plan', {
      token: body.accessToken,
      body: { plan: 'solo' },
    })
    t.equal(change.status, 200)
    t.strictSame([await add(roomy.app, 'B'), await add(small.app, 'C'), await add(roomy.app, 'D')], [201, 201, 409])
  })
})

t.test('a plans file that breaks a rule stops the start and names the rule', async (t) => {
  const cases: Array<[content: unknown, rule: RegExp]> = [
    ['{', /JSON file/],
    [[], /the document/],
    [{ plans: [] }, /\/plans /],
    [{ plans: [{ ...solo, colour: 'red' }] }, /\/plans\/0\/colour is not a known field/],
    [{ plans: [{ ...solo, id: 'So Lo' }] }, /\/plans\/0\/id /],
    [{ plans: [{ ...solo, maxProfiles: 0 }] }, /\/plans\/0\/maxProfiles /],
    [{ plans: [{ ...solo, maxStreams: 21 }] }, /\/plans\/0\/maxStreams /],
    [{ plans: [{ ...solo, maxHeight: '480' }] }, /\/plans\/0\/maxHeight /],
    [{ plans: [{ ...solo, price: { amount: 4.99, currency: 'EUR' } }] }, /\/plans\/0\/price\/amount /],
    [{ plans: [{ ...solo, price: { amount: 499, currency: 'euro' } }] }, /\/plans\/0\/price\/currency /],
    [{ plans: [solo, solo] }, /\/plans\/1\/id repeats/],
    [{ plans: [family, solo] }, /\/plans\/1 has a lower limit/],
  ]
  for (const [content, rule] of cases) {
    try {
      loadConfig({ NODE_ENV: 'test', PLANS_FILE: planFile(content) })
      t.fail(`accepts ${JSON.stringify(content)}`)
    } catch (error) {
      t.ok(error instanceof ConfigError)
      t.match((error as Error).message, rule)
      t.match((error as Error).message, /^PLANS_FILE /)
    }
  }
  t.throws(() => loadConfig({ NODE_ENV: 'test', PLANS_FILE: '/nowhere/plans.json' }), { message: /readable file/ })
})
