// A log-in that verified a password leaves no session behind when the account changes before the log-in ends. The
// log-in runs in a second process and pauses at each of its steps while the change happens in the first.
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { Account, findAccount } from '../../models/account.js'
import { Session } from '../../models/session.js'
import { setPassword } from '../../src/accounts/passwords.js'
import { containerOf, openApp, startApp } from '../support/app.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

const NEW_PASSWORD = 'four blind mice ran'
const ROUNDS = 20
/** Steps of a log-in at which it pauses. */
const STEPS = ['password verified', 'session not written yet', 'session written'] as const
type Step = typeof STEPS[number]

interface Pause {
  /** Resolves when the log-in has reached the step. */
  readonly reached: Promise<void>
  resume(): void
}

t.test('a log-in under way', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t, { ACCOUNT_GRACE_DAYS: '0' })
  const graceful = await openApp({ ...config, accountGraceDays: 14 }, databaseUri, { now: clock.now })
  const other = await openApp(config, databaseUri, { now: clock.now })
  t.teardown(async () => {
    await other.close()
    await graceful.close()
  })
  const admin = await signUpAdmin(app)

  function pauseLogIn (t: Test, step: Step): Pause {
    let reach = (): void => undefined
    let resume = (): void => undefined
    const reached = new Promise<void>((resolve) => {
      reach = resolve
    })
    const resumed = new Promise<void>((resolve) => {
      resume = resolve
    })
    const pause = async (): Promise<void> => {
      reach()
      await resumed
    }
    const { hasher } = containerOf(other)
    const { verify } = hasher
    const create = Session.create.bind(Session) as (session: unknown) => Promise<unknown>
    hasher.verify = async (password, hash) => {
      const isRight = await verify(password, hash)
      if (step === 'password verified') await pause()
      return isRight
    }
    Session.create = async function createPaused (session: unknown) {
      if (step === 'session not written yet') await pause()
      const created = await create(session)
      if (step === 'session written') await pause()
      return created
    } as never
    t.teardown(() => {
      hasher.verify = verify
      Session.create = create as never
    })
    return { reached, resume }
  }

  const disable = async (kim: TestUser): Promise<void> => {
    await admin.put(`/v1/admin/accounts/${kim.accountId}/disabled`)
  }
  const changes: ReadonlyArray<
    [what: string, change: (kim: TestUser) => Promise<unknown>, sessions: number, code: string]
  > = [
    [
      'a password change',
      async (kim) => await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
      1,
      'wrong-credentials',
    ],
    [
      'a password reset',
      async (kim) => {
        await setPassword(containerOf(app), (await findAccount(kim.accountId))!, NEW_PASSWORD)
      },
      0,
      'wrong-credentials',
    ],
    ['disabling', disable, 0, 'account-disabled'],
    [
      'disabling and enabling',
      async (kim) => {
        await disable(kim)
        await admin.delete(`/v1/admin/accounts/${kim.accountId}/disabled`)
      },
      0,
      'busy',
    ],
    [
      'closing',
      async (kim) => await call(graceful, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } }),
      0,
      'busy',
    ],
    [
      'erasing',
      async (kim) => await call(app, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } }),
      0,
      'wrong-credentials',
    ],
  ]
  for (const [what, change, expectedSessions, code] of changes) {
    await t.test(`${what} leaves no session of a log-in`, async (t) => {
      let surviving = 0
      for (let round = 0; round < ROUNDS; round++) {
        await t.test(`round ${round + 1}: ${STEPS[round % STEPS.length]}`, async (t) => {
          const kim = await signUp(app)
          const { reached, resume } = pauseLogIn(t, STEPS[round % STEPS.length]!)
          const body = { email: kim.email, password: PASSWORD }
          const loggingIn = call(other, 'POST', '/v1/auth/login', { body })
          await reached
          await change(kim)
          resume()
          expectProblem(t, await loggingIn, code)
          const sessions = await Session.countDocuments({ account: kim.accountId, revokedAt: null })
          surviving += sessions - expectedSessions
          t.equal(sessions, expectedSessions)
          if (what === 'erasing') {
            t.equal(await Session.countDocuments({ account: kim.accountId }), 0, 'no document of the account remains')
            await containerOf(other).audit.onIdle()
            t.strictSame(await findEverywhere(kim.accountId), [])
          }
        })
      }
      t.equal(surviving, 0)
      t.comment(`${what}: ${surviving} sessions survive ${ROUNDS} rounds`)
    })
  }

  await t.test('a log-in reopens a closed account, unless its erasure has started', async (t) => {
    const kim = await signUp(app)
    await call(graceful, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } })
    const { reached, resume } = pauseLogIn(t, 'password verified')
    const loggingIn = call(other, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })
    await reached
    await Account.updateOne({ _id: kim.accountId }, { $set: { erasureStartedAt: clock.now() } })
    resume()
    t.equal((await loggingIn).status, 401)
    t.equal((await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })).status, 401)
    t.ok((await findAccount(kim.accountId))?.eraseAt, 'the account stays closed')
  })

  await t.test('twenty concurrent log-ins reopen a closed account', async (t) => {
    const kim = await signUp(app)
    await call(graceful, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } })
    const responses: TestResponse[] = await Promise.all(
      Array.from(
        { length: 20 },
        async () => await call(other, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } }),
      ),
    )
    // More than ten attempts before the first success are throttled.
    t.ok(
      responses.every(({ status }) => status === 200 || status === 429),
      responses.map(({ status }) => status).join(),
    )
    t.ok(responses.some(({ status }) => status === 200))
    t.equal((await findAccount(kim.accountId))?.eraseAt, null)
  })
})

t.test('a log-in that raises the cost of the hash does not restore an old password', async (t) => {
  const { app, config, databaseUri } = await startApp(t)
  const other = await openApp({ ...config, bcryptCost: config.bcryptCost + 1 }, databaseUri)
  t.teardown(async () => {
    await other.close()
  })
  const logIn = async (email: string, password: string): Promise<number> =>
    (await call(app, 'POST', '/v1/auth/login', { body: { email, password } })).status
  for (let round = 0; round < ROUNDS; round++) {
    const kim = await signUp(app)
    const { hasher } = containerOf(other)
    const { hash } = hasher
    hasher.hash = async (password) => {
      const hashed = await hash(password)
      await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
      return hashed
    }
    const { status } = await call(other, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })
    hasher.hash = hash
    t.equal(status, 401)
    t.strictSame([await logIn(kim.email, PASSWORD), await logIn(kim.email, NEW_PASSWORD)], [401, 200])
  }
})

/** Lists the collections that contain an ID. */
async function findEverywhere (id: string): Promise<string[]> {
  const found: string[] = []
  for (const { name } of await mongoose.connection.db!.listCollections().toArray()) {
    for await (const document of mongoose.connection.db!.collection(name).find({})) {
      if (JSON.stringify(document).includes(id)) found.push(name)
    }
  }
  return found
}
