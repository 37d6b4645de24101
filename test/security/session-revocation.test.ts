// A reused refresh token ends its session (RFC 9700 §4.14.2). Log-out takes effect in this process and in others.
import t from 'tap'
import { startApp, openApp } from '../support/app.js'
import { call, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'

const ROUNDS = 20
const CONCURRENT_REFRESHES = 20

t.test('a reused refresh token ends its session', async (t) => {
  const { app, clock } = await startApp(t)
  const refresh = async (refreshToken: string): Promise<TestResponse> =>
    await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
  let refreshes = 0

  await t.test('concurrent refreshes with one token leave one session', async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const kim = await signUp(app)
      const answers = await Promise.all(
        Array.from({ length: CONCURRENT_REFRESHES }, async () => await refresh(kim.refreshToken)),
      )
      refreshes += answers.length
      const tokens = new Set(answers.map(({ body }) => body.refreshToken))
      const { body: { items } } = await kim.get('/v1/auth/sessions')
      t.ok(
        answers.every(({ status }) => status === 200) && tokens.size === 1 && items.length === 1,
        `round ${round + 1}: ${tokens.size} token, ${items.length} session`,
      )
      const [token] = tokens
      t.equal((await refresh(token)).status, 200, 'the new token is valid')
    }
  })

  await t.test('a retry within 10 s receives the same token', async (t) => {
    const kim = await signUp(app)
    const first = await refresh(kim.refreshToken)
    clock.advance(9_500)
    const again = await refresh(kim.refreshToken)
    t.equal(again.status, 200)
    t.equal(again.body.refreshToken, first.body.refreshToken)
  })

  await t.test('reuse after that ends the session', async (t) => {
    const kim = await signUp(app)
    const second = await refresh(kim.refreshToken)
    clock.advance(10_500)
    t.equal((await refresh(kim.refreshToken)).status, 401)
    t.equal((await refresh(second.body.refreshToken)).status, 401, 'the newer token is invalid')
    t.equal((await kim.with(second.body.accessToken).get('/v1/account')).status, 401, 'the access token is invalid')
  })
  t.comment(`${refreshes} refreshes in ${ROUNDS} rounds, one session after each`)
})

t.test('ended sessions', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const other = await openApp(config, databaseUri, { now: clock.now })
  t.teardown(async () => {
    await other.close()
  })
  const statusIn = async (process: typeof app, token: string): Promise<number> =>
    (await call(process, 'GET', '/v1/account', { token })).status
  let slowest = 0

  /** Polls the other process until it rejects the token. */
  async function expectEnded (token: string, what: string): Promise<void> {
    const ended = performance.now()
    t.equal(await statusIn(app, token), 401, `${what}: immediately in this process`)
    while (await statusIn(other, token) !== 401 && performance.now() - ended < 10_000);
    const took = performance.now() - ended
    slowest = Math.max(slowest, took)
    // The limit is 5 s; one more request on a busy machine takes time too.
    t.ok(took < 5_500, `${what}: after ${Math.round(took)} ms in another process`)
  }

  const endings: Array<
    [what: string, end: (kim: Awaited<ReturnType<typeof signUp>>) => Promise<TestResponse>, keepsOwnSession: boolean]
  > = [
    ['log-out', async (kim) => await kim.post('/v1/auth/logout'), false],
    ['log-out everywhere', async (kim) => await kim.post('/v1/auth/logout-everywhere'), false],
    [
      'a password change',
      async (kim) =>
        await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: 'four blind mice ran' }),
      true,
    ],
  ]
  await Promise.all(endings.map(async ([what, end, keepsOwnSession]) => {
    const kim = await signUp(app)
    const second = (await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })).body
      .accessToken as string
    const endingToken = keepsOwnSession ? second : kim.token
    t.equal(await statusIn(other, endingToken), 200, 'the other process caches the session')
    t.equal((await end(kim)).status, 204)
    await expectEnded(endingToken, what)
  }))
  t.comment(`log-out takes effect immediately in this process, after at most ${Math.round(slowest)} ms in another`)
})
