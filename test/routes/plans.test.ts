// Plans of one's own: a file in place of the built-in ones.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { Account } from '../../models/account.js'
import { newProfile } from '../../src/accounts/profiles.js'
import { ConfigError, loadConfig } from '../../src/config.js'
import { describeApi } from '../../src/cli/describe-api.js'
import { DEFAULT_PLANS, usePlans } from '../../src/domain/plans.js'
import {
  addMovie,
  call,
  expectProblem,
  PASSWORD,
  play,
  signUp as signUpPerson,
  signUpAdmin,
  startApp,
  type Person,
} from '../helper.js'

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

function planFile (content: unknown): string {
  const file = path.join(folder, `${new Types.ObjectId().toString()}.json`)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

t.test('plans from a file', async (t) => {
  const running = await startApp(t, { PLANS_FILE: planFile({ plans: [solo, family] }) })
  const { app } = running
  t.teardown(() => {
    usePlans(DEFAULT_PLANS)
  })
  let people = 0
  const signUp = async (plan?: string) =>
    await call(app, 'POST', '/v1/auth/signup', {
      body: { email: `p${++people}@example.com`, password: PASSWORD, ...(plan === undefined ? {} : { plan }) },
    })
  const admin = await signUpAdmin(app, { plan: 'family-xl' })

  t.test("are the plans that there are, for everybody and in the API's description", async (t) => {
    t.strictSame((await call(app, 'GET', '/v1/plans')).body.items, [solo, family])
    const document = (await call(app, 'GET', '/openapi.json')).body
    t.strictSame(document.components.schemas.PlanName.enum, ['solo', 'family-xl'])
    usePlans(DEFAULT_PLANS)
    t.strictSame((await describeApi() as typeof document).components.schemas.PlanName.enum, [
      'basic',
      'standard',
      'premium',
    ], 'the committed document does not change')
    usePlans(running.config.plans)
  })

  t.test('are what sign-up takes, the first when none is named', async (t) => {
    t.equal((await signUp()).body.account.plan, 'solo')
    t.equal((await signUp('family-xl')).body.account.plan, 'family-xl')
    expectProblem(t, await signUp('premium'), 'validation-failed', 400)
  })

  t.test('limit profiles in the hooks, on every path and under rivalry', async (t) => {
    const { body } = await signUp('family-xl')
    const answers = await Promise.all(
      Array.from(
        { length: 30 },
        async (_, i) => await call(app, 'POST', '/v1/profiles', { token: body.accessToken, body: { name: `N${i}` } }),
      ),
    )
    t.equal(answers.filter(({ status }) => status === 201).length, 6)
    t.ok(answers.filter(({ status }) => status !== 201).every((answer) => answer.body.code === 'plan-profile-limit'))
    const fields = { email: 'direct@example.com', passwordHash: 'x', plan: 'solo' }
    const profiles = (count: number) => Array.from({ length: count }, (_, i) => newProfile({ name: `P${i}` }))
    await t.rejects(Account.create({ ...fields, profiles: profiles(3) }), { code: 'plan-profile-limit' })
    await t.rejects(Account.create({ ...fields, plan: 'premium', profiles: profiles(1) }), {
      code: 'validation-failed',
    })
    t.match((await Account.create({ ...fields, profiles: profiles(2) })).limits, {
      maxProfiles: 2,
      maxStreams: 1,
      maxHeight: 480,
    })
  })

  t.test('limit streams and heights', async (t) => {
    const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en'])
    const { body } = await signUp('solo')
    const viewer = {
      profileId: body.account.profiles[0].id,
      post: async (url: string, payload: unknown) =>
        await call(app, 'POST', url, { token: body.accessToken, body: payload }),
    } as Person
    const first = await play(viewer, movie)
    t.equal(first.body.mediaFile.height, 480)
    expectProblem(t, await play(viewer, movie), 'plan-stream-limit', 409)
  })

  t.test('are what a change of plan goes by, with the same rules', async (t) => {
    const { body } = await signUp('family-xl')
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
    t.match([status, changed.plan, changed.profiles.map(({ locked }: { locked: boolean }) => locked)], [200, 'solo', [
      false,
      true,
      true,
    ]])
  })

  t.test('that are not offered any more keep their limits until they are changed', async (t) => {
    const { token, accountId, profileId } = await signUpPerson(app, { plan: 'family-xl' })
    // As it was before the file: only the collection itself takes a plan that there is not.
    const premium = { plan: 'premium', limits: { maxProfiles: 5, maxStreams: 4, maxHeight: 2_160 } }
    await mongoose.connection.collection('accounts').updateOne({ _id: new Types.ObjectId(accountId) }, {
      $set: premium,
    })
    const add = async (name: string) => await call(app, 'POST', '/v1/profiles', { token, body: { name } })
    t.equal((await call(app, 'GET', '/v1/account', { token })).body.plan, 'premium')
    for (const name of ['A', 'B', 'C', 'D']) t.equal((await add(name)).status, 201)
    expectProblem(t, await add('E'), 'plan-profile-limit', 409)
    t.equal((await call(app, 'PATCH', `/v1/profiles/${profileId}`, { token, body: { name: 'Renamed' } })).status, 200)
    t.equal((await call(app, 'PUT', '/v1/account/plan', { token, body: { plan: 'family-xl' } })).status, 200)
    t.equal((await add('E')).status, 201)
  })

  t.test('whose limits changed reach an account when it chooses the plan again', async (t) => {
    const { body } = await signUp('solo')
    usePlans([{ ...solo, maxProfiles: 3 }, family])
    const add = async (name: string) =>
      (await call(app, 'POST', '/v1/profiles', { token: body.accessToken, body: { name } })).status
    t.strictSame([await add('A'), await add('B')], [201, 409])
    t.equal(
      (await call(app, 'PUT', '/v1/account/plan', { token: body.accessToken, body: { plan: 'solo' } })).status,
      200,
    )
    t.equal(await add('B'), 201)
    usePlans(running.config.plans)
  })
})

t.test('a file of plans that breaks a rule stops the start with the rule', async (t) => {
  const cases: Array<[content: unknown, rule: RegExp]> = [
    ['{', /file of JSON/],
    [[], /the document/],
    [{ plans: [] }, /\/plans /],
    [{ plans: [{ ...solo, colour: 'red' }] }, /\/plans\/0\/colour is not a known field/],
    [{ plans: [{ ...solo, id: 'So Lo' }] }, /\/plans\/0\/id /],
    [{ plans: [{ ...solo, maxProfiles: 0 }] }, /\/plans\/0\/maxProfiles /],
    [{ plans: [{ ...solo, maxStreams: 21 }] }, /\/plans\/0\/maxStreams /],
    [{ plans: [{ ...solo, maxHeight: '480' }] }, /\/plans\/0\/maxHeight /],
    [{ plans: [{ ...solo, price: { amount: 4.99, currency: 'EUR' } }] }, /\/plans\/0\/price\/amount /],
    [{ plans: [{ ...solo, price: { amount: 499, currency: 'euro' } }] }, /\/plans\/0\/price\/currency /],
    [{ plans: [solo, solo] }, /\/plans\/1\/id is there twice/],
    [{ plans: [family, solo] }, /\/plans\/1 allows less/],
  ]
  for (const [content, rule] of cases) {
    try {
      loadConfig({ NODE_ENV: 'test', PLANS_FILE: planFile(content) })
      t.fail(`took ${JSON.stringify(content)}`)
    } catch (error) {
      t.ok(error instanceof ConfigError)
      t.match((error as Error).message, rule)
      t.match((error as Error).message, /^PLANS_FILE /)
    }
  }
  t.throws(() => loadConfig({ NODE_ENV: 'test', PLANS_FILE: '/nowhere/plans.json' }), { message: /readable file/ })
})
