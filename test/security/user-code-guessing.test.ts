// Guessing the codes of devices that log in is throttled by account and by IP address.
import t from 'tap'
import { startApp } from '../support/app.js'
import { createManualClock } from '../support/clock.js'
import { approve, CLIENT_ID, find, startTv } from '../support/device-log-in.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { signUp } from '../support/users.js'

const FREE_USES = 20

t.test('guessing user codes', async (t) => {
  const clock = createManualClock()
  const { app } = await startApp(t, { RATE_LIMITS: 'on' }, undefined, clock)
  const tv = await startTv(app)
  const kim = await signUp(app)
  const sam = await signUp(app)

  await t.test('wrong, malformed and used codes have the same text', async (t) => {
    const used = await startTv(app)
    await approve(sam, used.userCode)
    const responses = await Promise.all(['BBBB-BBBB', 'none', used.userCode].map(async (code) => await find(kim, code)))
    t.strictSame(new Set(responses.map(({ status, body }) => `${status} ${body.detail}`)).size, 1)
  })

  await t.test('an account has to wait after 20 uses, also with the right code', async (t) => {
    const statuses: number[] = []
    for (let i = 3; i < FREE_USES; i++) statuses.push((await find(kim, 'BBBB-BBBB')).status)
    t.ok(statuses.every((status) => status === 404))
    const blocked = await approve(kim, tv.userCode)
    expectProblem(t, blocked, 'too-many-attempts', 429)
    t.equal(Number(blocked.headers['retry-after']), 60)
    t.equal((await find(sam, tv.userCode)).status, 200, 'another account does not wait')
    clock.advance(60_000)
    t.equal((await find(kim, tv.userCode)).status, 200)
  })

  await t.test('accounts at one address share a limit', async (t) => {
    let rejected: TestResponse | null = null
    for (let accounts = 0; accounts < 4 && rejected === null; accounts++) {
      const user = await signUp(app)
      for (let i = 0; i < FREE_USES - 1 && rejected === null; i++) {
        const response = await find(user, 'BBBB-BBBB')
        if (response.status === 429) rejected = response
      }
    }
    t.equal(rejected?.body.code, 'too-many-attempts')
  })

  await t.test('requests of codes are limited by address', async (t) => {
    const request = async (): Promise<TestResponse> =>
      await call(app, 'POST', '/v1/auth/device', { body: { client_id: CLIENT_ID } })
    let response = await request()
    for (let i = 0; i < 60 && response.status === 200; i++) response = await request()
    expectProblem(t, response, 'too-many-attempts', 429)
    t.equal(response.body.error, 'slow_down')
  })
})
