// Refresh tokens over HTTP: rotation, reuse and expiry.
import t from 'tap'
import { startApp } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp } from '../support/users.js'

t.test('refresh tokens', async (t) => {
  const { app, clock } = await startApp(t)
  const refresh = async (refreshToken: string) =>
    await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken } })

  t.test('a refresh token is exchanged for the next one', async (t) => {
    const kim = await signUp(app)
    const second = await refresh(kim.refreshToken)
    t.equal(second.status, 200)
    t.not(second.body.refreshToken, kim.refreshToken)
    t.equal((await kim.with(second.body.accessToken).get('/v1/account')).status, 200)
  })

  t.test('of 20 concurrent refreshes, all receive the same new token', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      const answers = await Promise.all(Array.from({ length: 20 }, async () => await refresh(kim.refreshToken)))
      t.strictSame(new Set(answers.map(({ status }) => status)), new Set([200]), `round ${round + 1}`)
      t.equal(new Set(answers.map(({ body }) => body.refreshToken)).size, 1, 'one new token')
      t.equal((await kim.get('/v1/auth/sessions')).body.items.length, 1)
    }
  })

  t.test('a reused token ends its session after the grace time', async (t) => {
    const kim = await signUp(app)
    const second = await refresh(kim.refreshToken)
    clock.advance(11_000)
    expectProblem(t, await refresh(kim.refreshToken), 'unauthorized', 401)
    t.equal((await refresh(second.body.refreshToken)).status, 401)
    t.equal((await kim.with(second.body.accessToken).get('/v1/account')).status, 401)
  })

  t.test('a token of two generations ago ends its session immediately', async (t) => {
    const kim = await signUp(app)
    const third = await refresh((await refresh(kim.refreshToken)).body.refreshToken)
    t.equal((await refresh(kim.refreshToken)).status, 401)
    t.equal((await refresh(third.body.refreshToken)).status, 401)
  })

  t.test('forged tokens are rejected and end no session', async (t) => {
    const kim = await signUp(app)
    for (
      const token of [
        'x',
        `${kim.refreshToken}A`,
        kim.refreshToken.slice(0, -1),
        kim.refreshToken.replace(/.$/, (last) => last === 'A' ? 'Q' : 'A'),
        `r1.${Buffer.alloc(48).toString('base64url')}`,
      ]
    ) {
      t.equal((await refresh(token)).status, 401)
    }
    t.equal((await refresh(kim.refreshToken)).status, 200)
  })

  t.test('a session expires after two weeks without use', async (t) => {
    const kim = await signUp(app)
    clock.advance(14 * 86_400_000 + 1_000)
    t.equal((await refresh(kim.refreshToken)).status, 401)
  })
})
