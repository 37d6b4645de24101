// The log-in of a device that races with logging out everywhere leaves no session and no approval behind. It runs in a
// second process and pauses at each of its steps while the log-out happens in the first.
import t, { type Test } from 'tap'
import { DeviceLogin } from '../../models/device-login.js'
import { Session } from '../../models/session.js'
import { openApp, startApp } from '../support/app.js'
import { approve, expectOAuthError, pollToken, startTv } from '../support/device-log-in.js'
import { call } from '../support/requests.js'
import { signUp, type TestUser } from '../support/users.js'

/** Runs an action before or after the next call of a function of a model, which writes. */
function intercept (
  t: Test,
  target: object,
  name: string,
  when: 'before' | 'after',
  action: () => Promise<void>,
): void {
  const methods = target as Record<string, (...parameters: unknown[]) => Promise<unknown>>
  const original = methods[name]!
  let isPending = true
  methods[name] = async (...parameters) => {
    const isFirst = isPending
    isPending = false
    if (isFirst && when === 'before') await action()
    const result = await original.apply(target, parameters)
    if (isFirst && when === 'after') await action()
    return result
  }
  t.teardown(() => {
    methods[name] = original
  })
}

const logOutEverywhere = async (user: TestUser): Promise<void> => {
  await user.post('/v1/auth/logout-everywhere')
}
const countLiveSessions = async ({ accountId }: TestUser): Promise<number> =>
  await Session.countDocuments({ account: accountId, revokedAt: null })

t.test('logging out everywhere', async (t) => {
  const { app, config, databaseUri, clock } = await startApp(t)
  const other = await openApp(config, databaseUri, { now: clock.now })
  t.teardown(async () => {
    await other.close()
  })

  for (const when of ['before', 'after'] as const) {
    await t.test(`${when} a device writes its session leaves none`, async (t) => {
      const kim = await signUp(app)
      const tv = await startTv(app)
      await approve(kim, tv.userCode)
      intercept(t, Session, 'create', when, async () => {
        await logOutEverywhere(kim)
      })
      expectOAuthError(t, await pollToken(other, tv.deviceCode), 'access_denied')
      t.equal(await countLiveSessions(kim), 0)
    })

    await t.test(`${when} an approval is written leaves none`, async (t) => {
      const kim = await signUp(app)
      const tv = await startTv(app)
      intercept(t, DeviceLogin, 'updateOne', when, async () => {
        await logOutEverywhere(kim)
      })
      const body = { userCode: tv.userCode }
      const { status } = await call(other, 'POST', '/v1/auth/device/approve', { token: kim.token, body })
      t.equal(status, 401)
      expectOAuthError(t, await pollToken(other, tv.deviceCode), 'access_denied')
      t.equal(await countLiveSessions(kim), 0)
    })
  }

  await t.test('in a second process at once leaves no session, whichever is first', async (t) => {
    let survivors = 0
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      const tv = await startTv(app)
      await approve(kim, tv.userCode)
      await Promise.all([pollToken(other, tv.deviceCode), logOutEverywhere(kim)])
      survivors += await countLiveSessions(kim)
    }
    t.equal(survivors, 0)
  })
})
