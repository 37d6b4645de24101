import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'

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
    for (const password of ['short', 'password123', 'normflix1', 'a'.repeat(129)]) {
      const answer = await call(app, 'POST', '/v1/auth/signup', { body: { email: 'weak@example.com', password } })
      expectProblem(t, answer, 'validation-failed', 400)
      t.match(answer.body.errors, [{ pointer: '/password', message: String }], password.slice(0, 20))
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

t.test('profiles', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)

  t.test('a basic account rejects a second profile, a premium account a sixth', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    expectProblem(t, await kim.post('/v1/profiles', { name: 'Two' }), 'plan-profile-limit', 409)
    t.equal((await kim.put('/v1/account/plan', { plan: 'premium' })).status, 200)
    for (const name of ['Two', 'Three', 'Four', 'Five']) {
      t.equal((await kim.post('/v1/profiles', { name })).status, 201, name)
    }
    expectProblem(t, await kim.post('/v1/profiles', { name: 'Six' }), 'plan-profile-limit', 409)
  })

  t.test('50 concurrent additions on the premium plan leave five profiles', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      const answers = await Promise.all(
        Array.from({ length: 50 }, async (_, i) => await kim.post('/v1/profiles', { name: `P${i}` })),
      )
      t.strictSame(
        [
          answers.filter(({ status }) => status === 201).length,
          answers.filter(({ body }) => body.code === 'plan-profile-limit').length,
        ],
        [4, 46],
        `round ${round + 1}`,
      )
      t.equal((await kim.get('/v1/profiles')).body.items.length, 5)
    }
  })

  t.test('locked profiles count: an account never has more profiles than the largest plan', async (t) => {
    const kim = await signUp(app)
    for (const name of ['Two', 'Three', 'Four', 'Five']) await kim.post('/v1/profiles', { name })
    t.equal((await kim.put('/v1/account/plan', { plan: 'standard', keepProfileIds: [kim.profileId] })).status, 200)
    expectProblem(t, await kim.post('/v1/profiles', { name: 'Six' }), 'locked-profiles', 409)
    const locked = (await kim.get('/v1/profiles')).body.items.find((one: { locked: boolean }) => one.locked).id
    t.equal((await kim.delete(`/v1/profiles/${locked}`)).status, 204)
    t.equal((await kim.post('/v1/profiles', { name: 'Six' })).status, 201)
  })

  t.test('names are unique in an account, and changes keep the data of a profile', async (t) => {
    const kim = await signUp(app)
    const movie = await addMovie(app, admin)
    await watch(kim, clock, movie, 20_000)
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${movie}`)
    expectProblem(t, await kim.post('/v1/profiles', { name: 'ME' }), 'profile-name-taken', 409)
    const second = await kim.post('/v1/profiles', { name: 'Two', kids: true, audioLanguages: ['es'] })
    t.match(second.body, { name: 'Two', kids: true, maxMaturityAge: 7, audioLanguages: ['es'] })
    expectProblem(t, await kim.patch(`/v1/profiles/${second.body.id}`, { name: 'me' }), 'profile-name-taken', 409)
    t.match((await kim.patch(`/v1/profiles/${kim.profileId}`, { name: 'Kim', avatar: 'fox' })).body, {
      name: 'Kim',
      avatar: 'fox',
    })
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items.length, 1)
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/wishlist`)).body.items.length, 1)
    t.equal((await kim.delete(`/v1/profiles/${second.body.id}`)).status, 204)
    t.equal(
      (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items.length,
      1,
      'the deletion of another profile has no effect',
    )
  })

  t.test('the last profile cannot be deleted; a deleted one loses its history', async (t) => {
    const kim = await signUp(app)
    expectProblem(t, await kim.delete(`/v1/profiles/${kim.profileId}`), 'last-profile', 409)
    const second = (await kim.post('/v1/profiles', { name: 'Two' })).body.id
    t.equal((await kim.delete(`/v1/profiles/${second}`)).status, 204)
    expectProblem(t, await kim.get(`/v1/profiles/${second}/history`), 'not-found', 404)
    expectProblem(t, await kim.delete(`/v1/profiles/${second}`), 'not-found', 404)
  })

  t.test('invalid fields are rejected', async (t) => {
    const kim = await signUp(app)
    for (
      const body of [
        { name: '' },
        { name: '   ' },
        { name: '\u200b' },
        { name: 'a\u0000b' },
        { name: 'x'.repeat(51) },
        { name: 'A', maxMaturityAge: 19 },
        { name: 'A', pin: '12' },
        { name: 'A', locked: true },
        { name: 'A', audioLanguages: ['not a tag'] },
        {},
      ]
    ) {
      expectProblem(t, await kim.post('/v1/profiles', body), 'validation-failed', 400)
    }
  })

  t.test('a profile token is valid for its profile and the catalogue only', async (t) => {
    const kim = await signUp(app)
    const movie = await addMovie(app, admin)
    const kids = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body.id
    const { body, status } = await kim.post(`/v1/profiles/${kids}/select`)
    t.equal(status, 200)
    const child = kim.with(body.accessToken)
    t.equal((await child.get(`/v1/profiles/${kids}`)).status, 200)
    t.equal((await child.get(`/v1/profiles/${kids}/continue-watching`)).status, 200)
    t.equal((await child.get('/v1/titles')).status, 200)
    expectProblem(t, await child.get(`/v1/profiles/${kim.profileId}/history`), 'not-found', 404)
    expectProblem(t, await child.get(`/v1/profiles/${kim.profileId}`), 'not-found', 404)
    for (const url of ['/v1/account', '/v1/profiles', '/v1/account/streams']) {
      expectProblem(t, await child.get(url), 'forbidden', 403)
    }
    expectProblem(t, await child.get(`/v1/movies/${movie}`), 'not-found', 404)
    expectProblem(t, await play({ ...child, profileId: kids }, movie), 'not-found', 404)
    expectProblem(t, await child.put(`/v1/profiles/${kids}/wishlist/${movie}`), 'not-found', 404)
    t.notOk((await child.get('/v1/titles')).body.items.some(({ id }: { id: string }) => id === movie))
  })

  t.test('a profile with a PIN requires it', async (t) => {
    const kim = await signUp(app)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '2468' })
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}`)).body.hasPin, true)
    expectProblem(t, await kim.get(`/v1/profiles/${kim.profileId}/history`), 'forbidden', 403)
    expectProblem(t, await kim.post(`/v1/profiles/${kim.profileId}/select`, { pin: '1111' }), 'wrong-pin', 403)
    const { body } = await kim.post(`/v1/profiles/${kim.profileId}/select`, { pin: '2468' })
    t.equal((await kim.with(body.accessToken).get(`/v1/profiles/${kim.profileId}/history`)).status, 200)
  })
})

t.test('plans', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)

  t.test('are public', async (t) => {
    const { body } = await call(app, 'GET', '/v1/plans')
    t.match(body.items[2], {
      id: 'premium',
      maxProfiles: 5,
      maxStreams: 4,
      maxHeight: 2160,
      price: { amount: 1799, currency: 'USD' },
    })
  })

  t.test('a downgrade requires a choice and locks the other profiles; an upgrade unlocks them', async (t) => {
    const kim = await signUp(app)
    const two = { ...kim, profileId: (await kim.post('/v1/profiles', { name: 'Two' })).body.id as string }
    await watch(two, clock, movie, 20_000)
    t.match((await kim.get('/v1/account/plan/preview?to=basic')).body, {
      needsChoice: true,
      lock: [{ name: 'Two' }],
      maxHeight: 720,
    })
    const rejected = await kim.put('/v1/account/plan', { plan: 'basic' })
    expectProblem(t, rejected, 'plan-needs-choice', 409)
    t.equal(rejected.body.profiles.length, 2)
    t.equal((await kim.get('/v1/account')).body.plan, 'premium', 'the plan is unchanged')
    t.equal((await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] })).status, 200)
    expectProblem(t, await kim.get(`/v1/profiles/${two.profileId}/history`), 'profile-locked', 409)
    expectProblem(t, await play(two, movie), 'profile-locked', 409)
    expectProblem(t, await kim.post(`/v1/profiles/${two.profileId}/select`), 'profile-locked', 409)
    t.equal(
      (await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] })).status,
      200,
      'again',
    )
    t.equal((await kim.put('/v1/account/plan', { plan: 'standard' })).status, 200)
    t.equal((await kim.get(`/v1/profiles/${two.profileId}/history`)).body.items.length, 1)
    expectProblem(
      t,
      await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: ['665f1c2e9b1e8a0012ab34cd'] }),
      'unknown-profile',
      409,
    )
  })

  t.test('streams above a lower limit end, newest first', async (t) => {
    const kim = await signUp(app)
    const streams = []
    for (let i = 0; i < 3; i++) streams.push((await play(kim, movie)).body.streamId)
    t.match((await kim.get('/v1/account/plan/preview?to=basic')).body, { endedStreams: 2, needsChoice: false })
    await kim.put('/v1/account/plan', { plan: 'basic' })
    t.strictSame((await kim.get('/v1/account/streams')).body.items.map(({ id }: { id: string }) => id), [streams[0]])
  })

  t.test('profiles and streams that race with a downgrade never exceed the lower limit', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      await Promise.all([
        ...Array.from({ length: 6 }, async (_, i) => await kim.post('/v1/profiles', { name: `P${i}` })),
        ...Array.from({ length: 6 }, async () => await play(kim, movie)),
        kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] }),
      ])
      const { body } = await kim.get('/v1/account')
      const usable = body.profiles.filter(({ locked }: { locked: boolean }) => !locked).length
      const streams = (await kim.get('/v1/account/streams')).body.items.length
      const limit = body.plan === 'basic' ? 1 : 5
      t.ok(usable <= limit, `round ${round + 1}: ${usable} profiles on ${body.plan}`)
      t.ok(streams <= (body.plan === 'basic' ? 1 : 4), `${streams} streams`)
    }
  })
})
