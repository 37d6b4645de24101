// Polling by devices that log in: the interval, and polls and decisions at once in two processes.
import t from 'tap'
import { openApp, startApp } from '../support/app.js'
import { createManualClock } from '../support/clock.js'
import { approve, expectOAuthError, pollToken, startTv } from '../support/device-log-in.js'
import { signUp } from '../support/users.js'

const INTERVAL_MS = 5_000

t.test('polling faster than the interval', async (t) => {
  const clock = createManualClock()
  const { app, config, databaseUri } = await startApp(t, {}, undefined, clock)
  const other = await openApp(config, databaseUri, { now: clock.now })
  t.teardown(async () => {
    await other.close()
  })
  const kim = await signUp(app)

  await t.test('each early poll in any process adds 5 s to the interval', async (t) => {
    const tv = await startTv(app)
    expectOAuthError(t, await tv.poll(), 'authorization_pending')
    const early = await pollToken(other, tv.deviceCode)
    expectOAuthError(t, early, 'slow_down')
    t.equal(early.body.interval, 10)
    t.equal(early.headers['retry-after'], '10')
    clock.advance(INTERVAL_MS)
    t.equal((await tv.poll()).body.interval, 15, 'the old interval is too short')
    clock.advance(15_000)
    expectOAuthError(t, await tv.poll(), 'authorization_pending')
    clock.advance(14_500)
    expectOAuthError(t, await pollToken(other, tv.deviceCode), 'authorization_pending')
  })

  await t.test('of polls at once in two processes, one is in time', async (t) => {
    for (let round = 0; round < 5; round++) {
      const tv = await startTv(app)
      const polls = await Promise.all(
        [app, other, app, other].map(async (process) => await pollToken(process, tv.deviceCode)),
      )
      const errors = polls.map(({ body }) => body.error).sort()
      t.strictSame(errors, ['authorization_pending', 'slow_down', 'slow_down', 'slow_down'])
    }
  })

  await t.test('polls at once after the approval open one session', async (t) => {
    const sam = await signUp(app)
    const tv = await startTv(app, 'Contested TV')
    await approve(sam, tv.userCode)
    const polls = await Promise.all(
      [app, other, app, other].map(async (process) => await pollToken(process, tv.deviceCode)),
    )
    t.strictSame(polls.map(({ status }) => status).sort(), [200, 400, 400, 400])
    t.equal((await sam.get('/v1/auth/sessions')).body.items.length, 2, 'the sign-up and the TV')
  })

  await t.test('of decisions at once by two accounts, one counts', async (t) => {
    const sam = await signUp(app)
    for (let round = 0; round < 5; round++) {
      const tv = await startTv(app)
      const decisions = await Promise.all([approve(kim, tv.userCode), approve(sam, tv.userCode)])
      t.strictSame(decisions.map(({ status }) => status).sort(), [204, 404])
      const winner = decisions[0]?.status === 204 ? kim : sam
      const { body } = await tv.poll()
      t.equal((await kim.with(body.access_token).get('/v1/account')).body.id, winner.accountId)
      t.equal((await approve(winner, tv.userCode)).status, 204, 'the same decision may be repeated')
    }
  })
})
