// A used refresh token ends its family (RFC 9700 §4.14.2); logging out takes effect, at once here and soon elsewhere.
import t from 'tap'
import { call, PASSWORD, signUp, startApp, type Answer, openApp } from '../helper.js'

const ROUNDS = 20
const AT_ONCE = 20

t.test('a used refresh token ends its family', async (t) => {
  const { app, clock } = await startApp(t)
  const refresh = async (refreshToken: string): Promise<Answer> =>
    await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
  let refreshes = 0

  await t.test('many at once with one token leave one session, one generation on', async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const kim = await signUp(app)
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, async () => await refresh(kim.refreshToken)))
      refreshes += answers.length
      const tokens = new Set(answers.map(({ body }) => body.refreshToken))
      const { body: { items } } = await kim.get('/v1/auth/sessions')
      t.ok(
        answers.every(({ status }) => status === 200) && tokens.size === 1 && items.length === 1,
        `round ${round + 1}: ${tokens.size} token, ${items.length} session`,
      )
      const [token] = tokens
      t.equal((await refresh(token)).status, 200, 'the next one is good')
    }
  })

  await t.test('a lost reply is given again within 10 s, the same', async (t) => {
    const kim = await signUp(app)
    const first = await refresh(kim.refreshToken)
    clock.advance(9_500)
    const again = await refresh(kim.refreshToken)
    t.equal(again.status, 200)
    t.equal(again.body.refreshToken, first.body.refreshToken)
  })

  await t.test('reuse after that ends the session, whoever comes with it', async (t) => {
    const kim = await signUp(app)
    const second = await refresh(kim.refreshToken)
    clock.advance(10_500)
    t.equal((await refresh(kim.refreshToken)).status, 401)
    t.equal((await refresh(second.body.refreshToken)).status, 401, 'the family has ended')
    t.equal((await kim.with(second.body.accessToken).get('/v1/account')).status, 401, 'and so have its access tokens')
  })
  t.comment(
    `a used refresh token ends its family: ${refreshes} refreshes in ${ROUNDS} rounds of ${AT_ONCE} at once, one session and one generation on in each`,
  )
})

t.test('logging out takes effect', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const other = await openApp(config, databaseUri, { now: clock.now })
  t.teardown(async () => {
    await other.close()
  })
  const statusAt = async (where: typeof app, token: string): Promise<number> =>
    (await call(where, 'GET', '/v1/account', { token })).status
  let slowest = 0

  /** How long the token is still taken elsewhere, by asking again and again. */
  async function expectEnded (token: string, what: string): Promise<void> {
    const ended = performance.now()
    t.equal(await statusAt(app, token), 401, `${what}: at once here`)
    while (await statusAt(other, token) !== 401 && performance.now() - ended < 10_000);
    const took = performance.now() - ended
    slowest = Math.max(slowest, took)
    // The bound, and the time of one more request on a busy machine.
    t.ok(took < 5_500, `${what}: after ${Math.round(took)} ms in another`)
  }

  const endings: Array<
    [what: string, end: (kim: Awaited<ReturnType<typeof signUp>>) => Promise<Answer>, leaves: boolean]
  > = [
    ['logging out', async (kim) => await kim.post('/v1/auth/logout'), false],
    ['logging out everywhere', async (kim) => await kim.post('/v1/auth/logout-everywhere'), false],
    [
      'a new password',
      async (kim) =>
        await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: 'four blind mice ran' }),
      true,
    ],
  ]
  await Promise.all(endings.map(async ([what, end, leaves]) => {
    const kim = await signUp(app)
    const second = (await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })).body
      .accessToken as string
    const ending = leaves ? second : kim.token
    t.equal(await statusAt(other, ending), 200, 'the other remembers the session')
    t.equal((await end(kim)).status, 204)
    await expectEnded(ending, what)
  }))
  t.comment(`logging out takes effect: refused at once here, after at most ${Math.round(slowest)} ms in another`)
})
