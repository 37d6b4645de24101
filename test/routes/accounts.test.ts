// Accounts over HTTP: sign-up, log-in, sessions and passwords.
import t from 'tap'
import { startApp } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'

t.test('sign-up, log-in and sessions', async (t) => {
  const { app, clock } = await startApp(t)

  t.test('sign-up returns an account with its first profile, and tokens', async (t) => {
    const { status, body, headers } = await call(app, 'POST', '/v1/auth/signup', {
      body: { email: '  Kim@Example.com'.trim(), password: PASSWORD, plan: 'standard', profileName: 'Kim' },
    })
    t.equal(status, 201)
    t.match(body, {
      account: {
        email: 'kim@example.com',
        plan: 'standard',
        role: 'member',
        profiles: [{ name: 'Kim', kids: false, hasPin: false, locked: false }],
      },
      expiresIn: 900,
    })
    t.equal(headers['cache-control'], 'no-store')
    t.equal((await call(app, 'GET', '/v1/account', { token: body.accessToken })).status, 200)
  })

  t.test('an email is unique regardless of case, also among 20 concurrent sign-ups', async (t) => {
    expectProblem(
      t,
      await call(app, 'POST', '/v1/auth/signup', { body: { email: 'KIM@example.com', password: PASSWORD } }),
      'email-taken',
      409,
    )
    const answers = await Promise.all(
      Array.from(
        { length: 20 },
        async () =>
          await call(app, 'POST', '/v1/auth/signup', { body: { email: 'twenty@example.com', password: PASSWORD } }),
      ),
    )
    t.strictSame(answers.map(({ status }) => status).sort(), [201, ...Array<number>(19).fill(409)])
  })

  t.test('weak passwords are rejected with the reason', async (t) => {
    const codes = { short: 'too-short', password123: 'common-password', ['a'.repeat(129)]: 'too-long' }
    for (const [password, code] of Object.entries({ ...codes, normflix1: 'personal-password' })) {
      const answer = await call(app, 'POST', '/v1/auth/signup', { body: { email: 'weak@example.com', password } })
      expectProblem(t, answer, 'validation-failed', 400)
      t.match(answer.body.errors, [{ pointer: '/password', code, message: String }], password.slice(0, 20))
    }
  })

  t.test('a body with unknown fields or wrong types is rejected', async (t) => {
    for (
      const extra of [{ role: 'admin' }, { _id: 'x' }, { __v: 1 }, { passwordHash: 'x' }, { email: { $gt: '' } }, {
        password: ['a'],
      }, { plan: 'gold' }]
    ) {
      const answer = await call(app, 'POST', '/v1/auth/signup', {
        body: { email: 'x@example.com', password: PASSWORD, ...extra },
      })
      expectProblem(t, answer, 'validation-failed', 400)
    }
    t.equal(
      (await call(app, 'POST', '/v1/auth/login', { body: { email: 'x@example.com', password: PASSWORD } })).status,
      401,
      'no account was created',
    )
  })

  t.test('a wrong password and an unknown email receive the same response', async (t) => {
    const known = await signUp(app)
    const wrong = await call(app, 'POST', '/v1/auth/login', {
      body: { email: known.email, password: 'not the password' },
    })
    const unknown = await call(app, 'POST', '/v1/auth/login', {
      body: { email: 'nobody@example.com', password: 'not the password' },
    })
    expectProblem(t, wrong, 'wrong-credentials', 401)
    t.strictSame({ ...unknown.body, requestId: '' }, { ...wrong.body, requestId: '' })
    t.ok(wrong.headers['www-authenticate'])
  })

  t.test('log-out ends the session immediately', async (t) => {
    const kim = await signUp(app)
    t.equal((await kim.post('/v1/auth/logout')).status, 204)
    expectProblem(t, await kim.get('/v1/account'), 'unauthorized', 401)
    expectProblem(
      t,
      await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } }),
      'unauthorized',
      401,
    )
  })

  t.test('sessions are listed with their device, and end one at a time or all together', async (t) => {
    const kim = await signUp(app)
    const tv = await call(app, 'POST', '/v1/auth/login', {
      body: { email: kim.email, password: PASSWORD, device: 'TV' },
    })
    const { body } = await kim.get('/v1/auth/sessions')
    t.strictSame(
      body.items.map(({ device, current }: { device: string, current: boolean }) => [device, current]).sort(),
      [['TV', false], [null, true]].sort(),
    )
    const other = await signUp(app)
    const tvSession = body.items.find(({ device }: { device: string }) => device === 'TV').id
    expectProblem(t, await other.delete(`/v1/auth/sessions/${tvSession}`), 'not-found', 404)
    t.equal((await kim.delete(`/v1/auth/sessions/${tvSession}`)).status, 204)
    t.equal((await kim.with(tv.body.accessToken).get('/v1/account')).status, 401)
    t.equal((await kim.post('/v1/auth/logout-everywhere')).status, 204)
    t.equal((await kim.get('/v1/account')).status, 401)
  })

  t.test('an account has at most 20 sessions; the least recently used one ends', async (t) => {
    const kim = await signUp(app)
    for (let i = 0; i < 20; i++) {
      clock.advance(1_000)
      await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })
    }
    t.equal((await kim.get('/v1/account')).status, 401)
  })

  t.test('a password change requires the old password and ends the other sessions', async (t) => {
    const kim = await signUp(app)
    const other = (await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })).body
    expectProblem(
      t,
      await kim.put('/v1/account/password', { currentPassword: 'wrong', newPassword: 'four blind mice ran' }),
      'wrong-password',
      403,
    )
    t.equal(
      (await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: 'four blind mice ran' })).status,
      204,
    )
    t.equal((await kim.get('/v1/account')).status, 200)
    t.equal((await kim.with(other.accessToken).get('/v1/account')).status, 401)
    t.equal(
      (await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: 'four blind mice ran' } }))
        .status,
      200,
    )
  })
})
