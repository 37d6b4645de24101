import t from 'tap'
import { Account } from '../../models/account.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { logInAgain, PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('administrators', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const urlOf = (who: TestUser): string => `/v1/admin/accounts/${who.accountId}`
  const logIn = async (who: TestUser, password = PASSWORD) =>
    await call(app, 'POST', '/v1/auth/login', { body: { email: who.email, password } })
  const lastAction = async () => (await admin.get('/v1/admin/audit?limit=1')).body.items[0]

  t.test('find accounts by email regardless of case, by ID, plan, role and status', async (t) => {
    const kim = await signUp(app, { plan: 'standard' })
    const found = (await admin.get(`/v1/admin/accounts?email=${kim.email.toUpperCase()}`)).body
    t.match(found, {
      items: [{
        id: kim.accountId,
        email: kim.email,
        plan: 'standard',
        role: 'member',
        disabledAt: null,
        profileCount: 1,
      }],
      nextCursor: null,
    })
    t.strictSame((await admin.get('/v1/admin/accounts?email=nobody@example.com')).body.items, [])
    t.equal((await admin.get('/v1/admin/accounts?role=admin')).body.items.length, 1)
    t.ok(
      (await admin.get('/v1/admin/accounts?plan=standard')).body.items.every(({ plan }: { plan: string }) =>
        plan === 'standard'
      ),
    )
    expectProblem(t, await admin.get('/v1/admin/accounts/ffffffffffffffffffffffff'), 'not-found', 404)
    expectProblem(t, await admin.get('/v1/admin/accounts?email[$gt]=a'), 'validation-failed', 400)
    expectProblem(t, await kim.get(`/v1/admin/accounts/${kim.accountId}`), 'forbidden', 403)
  })

  t.test('find accounts by a part of the email, page by page', async (t) => {
    const emails = ['ada.lovelace@mail.test', 'grace+news@mail.test', 'alan@bücher.test']
    for (const email of emails) await signUp(app, { email })
    const find = async (q: string): Promise<string[]> =>
      (await admin.get(`/v1/admin/accounts?q=${encodeURIComponent(q)}`)).body.items.map((one: any) => one.email)
    t.strictSame(await find('LOVE'), ['ada.lovelace@mail.test'])
    t.strictSame(await find('grace+'), ['grace+news@mail.test'], 'signs are no expressions')
    t.strictSame(await find('.*'), [])
    t.strictSame(await find('alan@bücher'), ['alan@xn--bcher-kva.test'])
    t.strictSame(await find('@mail.test'), ['ada.lovelace@mail.test', 'grace+news@mail.test'], 'sorted by email')
    const first = (await admin.get('/v1/admin/accounts?q=mail.test&limit=1')).body
    const second = (await admin.get(`/v1/admin/accounts?q=mail.test&limit=1&cursor=${first.nextCursor}`)).body
    t.equal(second.items[0].email, 'grace+news@mail.test')
    t.equal(second.nextCursor, null)
    t.strictSame((await admin.get('/v1/admin/accounts?q=mail.test&role=admin')).body.items, [])
    expectProblem(t, await admin.get('/v1/admin/accounts?q='), 'validation-failed', 400)
  })

  t.test('send the verification email and the email to reset the password again', async (t) => {
    const { mailer, background } = containerOf(app)
    const kim = await signUp(app)
    const send = async (kind: string) => await admin.post(`${urlOf(kim)}/emails`, { kind })
    const subjects = async () => {
      await background.onIdle()
      return mailer.listRecent().filter(({ to }) => to === kim.email).map(({ subject }) => subject)
    }
    const before = (await subjects()).length
    t.equal((await send('verify-email')).status, 202)
    t.equal((await send('reset-password')).status, 202)
    const sent = (await subjects()).slice(0, 2).sort()
    t.equal((await subjects()).length, before + 2)
    t.match(sent[0] ?? '', /confirm/i)
    t.match(sent[1] ?? '', /reset/i)
    t.match(await lastAction(), { action: 'send-account-email', account: kim.accountId })
    await Account.updateOne({ _id: kim.accountId }, { $set: { emailVerifiedAt: new Date() } })
    expectProblem(t, await send('verify-email'), 'email-already-verified', 409)
    expectProblem(t, await send('other'), 'validation-failed', 400)
    expectProblem(t, await kim.post(`${urlOf(kim)}/emails`, { kind: 'reset-password' }), 'forbidden', 403)
    const unknown = await admin.post('/v1/admin/accounts/ffffffffffffffffffffffff/emails', { kind: 'reset-password' })
    expectProblem(t, unknown, 'not-found', 404)
  })

  t.test('see what a profile sees, with an audit entry', async (t) => {
    const kim = await signUp(app)
    const kids = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body.id
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${movie}`)
    const view = async (profileId: string, as = admin) => await as.get(`${urlOf(kim)}/profiles/${profileId}/home`)
    const own = await kim.get(`/v1/profiles/${kim.profileId}/home`)
    const { status, body } = await view(kim.profileId)
    t.equal(status, 200)
    t.strictSame(body.rows.map((row: any) => row.id), own.body.rows.map((row: any) => row.id))
    t.match(body.rows.find((row: any) => row.id === 'wishlist').items, [{ id: movie, inWishlist: true }])
    t.match(await lastAction(), {
      action: 'view-profile',
      actor: admin.accountId,
      account: kim.accountId,
      subject: { kind: 'profile', id: kim.profileId },
    })
    t.strictSame((await view(kids)).body.rows, [], 'the movie is not for children')
    expectProblem(t, await view('ffffffffffffffffffffffff'), 'not-found', 404)
    expectProblem(t, await view(kim.profileId, kim), 'forbidden', 403)
    const support = await signUpAdmin(app)
    await Account.updateOne({ _id: support.accountId }, { $set: { role: 'support' } })
    const { body: login } = await logIn(support)
    const url = `${urlOf(admin)}/profiles/${admin.profileId}/home`
    expectProblem(t, await support.with(login.accessToken).get(url), 'forbidden', 403)
    await Account.deleteOne({ _id: support.accountId })
  })

  t.test('page through all accounts without duplicates', async (t) => {
    for (let i = 0; i < 5; i++) await signUp(app)
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await admin.get(`/v1/admin/accounts?limit=2${cursor}`)
      seen.push(...body.items.map(({ id }: { id: string }) => id))
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
      if (seen.length === 2) await signUp(app)
    } while (cursor !== '' && seen.length < 100)
    t.equal(new Set(seen).size, seen.length)
    t.equal(seen.length, await Account.countDocuments() - 1, 'all accounts except the one that signed up in between')
  })

  t.test('see plan, profiles, sessions and streams, but no secrets', async (t) => {
    const kim = await signUp(app)
    await kim.post('/v1/profiles', { name: 'Lee', pin: '1234' })
    await play(kim, movie, { device: 'TV' })
    const { body, headers } = await admin.get(urlOf(kim))
    t.match(body, {
      plan: 'premium',
      limits: { maxProfiles: 5, maxStreams: 4, maxHeight: 2160 },
      profiles: [{ name: 'Me', hasPin: false }, { name: 'Lee', hasPin: true }],
      sessions: [{ id: String, device: null }],
      streams: [{ device: 'TV', title: { id: movie } }],
    })
    t.equal(headers['cache-control'], 'no-store')
    t.notMatch(JSON.stringify(body), /hash|seed|\$2[aby]/i)
  })

  t.test('change the plan by the same rules as the owner', async (t) => {
    const kim = await signUp(app)
    await kim.post('/v1/profiles', { name: 'Lee' })
    expectProblem(t, await admin.put(`${urlOf(kim)}/plan`, { plan: 'basic' }), 'plan-needs-choice', 409)
    expectProblem(t, await admin.put(`${urlOf(kim)}/plan`, { plan: 'gold' }), 'validation-failed', 400)
    expectProblem(
      t,
      await admin.put('/v1/admin/accounts/ffffffffffffffffffffffff/plan', { plan: 'basic' }),
      'not-found',
      404,
    )
    const { status, body } = await admin.put(`${urlOf(kim)}/plan`, { plan: 'basic', keepProfileIds: [kim.profileId] })
    t.equal(status, 200)
    t.match(body, { plan: 'basic', limits: { maxProfiles: 1 }, profiles: [{ locked: false }, { locked: true }] })
    t.match(await lastAction(), {
      action: 'change-account-plan',
      actor: admin.accountId,
      account: kim.accountId,
      result: 'ok',
    })
    t.equal((await kim.get('/v1/account')).body.plan, 'basic')
  })

  t.test('disable an account: sessions and streams end, and only the right password reveals the reason', async (t) => {
    const kim = await signUp(app)
    await play(kim, movie)
    const first = await admin.put(`${urlOf(kim)}/disabled`)
    t.equal(first.status, 200)
    t.match(first.body, { disabledAt: String, sessions: [], streams: [] })
    t.match(await lastAction(), { action: 'disable-account', account: kim.accountId, result: 'ok' })
    t.equal(
      (await admin.put(`${urlOf(kim)}/disabled`)).body.disabledAt,
      first.body.disabledAt,
      'disabling is idempotent',
    )
    expectProblem(t, await kim.get('/v1/account'), 'unauthorized', 401)
    expectProblem(
      t,
      await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } }),
      'unauthorized',
      401,
    )
    expectProblem(t, await logIn(kim), 'account-disabled', 403)
    const wrong = await logIn(kim, 'not the password')
    const unknown = await call(app, 'POST', '/v1/auth/login', {
      body: { email: 'nobody@example.com', password: 'not the password' },
    })
    t.strictSame({ ...wrong.body, requestId: '' }, { ...unknown.body, requestId: '' })
    t.ok(
      (await admin.get('/v1/admin/accounts?disabled=true')).body.items.some(({ id }: { id: string }) =>
        id === kim.accountId
      ),
    )
    t.notOk(
      (await admin.get('/v1/admin/accounts?disabled=false&limit=100')).body.items.some(({ id }: { id: string }) =>
        id === kim.accountId
      ),
    )
    t.equal((await admin.delete(`${urlOf(kim)}/disabled`)).body.disabledAt, null)
    t.equal((await logIn(kim)).status, 200)
  })

  t.test('log-ins that race with disabling leave no session', async (t) => {
    const kim = await signUp(app)
    const answers = await Promise.all([
      logIn(kim),
      logIn(kim),
      admin.put(`${urlOf(kim)}/disabled`),
      logIn(kim),
      logIn(kim),
    ])
    t.ok(answers.every(({ status }) => [200, 403].includes(status)))
    t.strictSame((await admin.get(urlOf(kim))).body.sessions, [])
  })

  t.test('cannot disable themselves', async (t) => {
    expectProblem(t, await admin.put(`${urlOf(admin)}/disabled`), 'own-account', 409)
    t.equal((await admin.get(urlOf(admin))).status, 200)
  })

  t.test('end all sessions of an account', async (t) => {
    const kim = await signUp(app)
    t.equal((await admin.delete(`${urlOf(kim)}/sessions`)).status, 204)
    t.equal((await kim.get('/v1/account')).status, 401)
    t.equal((await logIn(kim)).status, 200)
    expectProblem(t, await admin.delete('/v1/admin/accounts/ffffffffffffffffffffffff/sessions'), 'not-found', 404)
  })

  t.test('end one session of an account', async (t) => {
    const kim = await signUp(app)
    const other = await logInAgain(app, kim)
    const { sessions } = (await admin.get(urlOf(kim))).body
    t.equal(sessions.length, 2)
    const [own] = (await kim.get('/v1/auth/sessions')).body.items.filter(({ current }: any) => current)
    t.equal((await admin.delete(`${urlOf(kim)}/sessions/${own.id}`)).status, 204)
    t.equal((await kim.get('/v1/account')).status, 401)
    t.equal((await other.get('/v1/account')).status, 200)
    expectProblem(t, await admin.delete(`${urlOf(kim)}/sessions/${own.id}`), 'not-found', 404)
    const lee = await signUp(app)
    const [foreign] = (await lee.get('/v1/auth/sessions')).body.items
    expectProblem(t, await admin.delete(`${urlOf(kim)}/sessions/${foreign.id}`), 'not-found', 404)
  })

  t.test('grant and remove the administrator role, except from the last administrator', async (t) => {
    expectProblem(t, await admin.put(`${urlOf(admin)}/role`, { role: 'member' }), 'last-admin', 409)
    t.equal((await admin.get(urlOf(admin))).body.role, 'admin')
    const kim = await signUp(app)
    t.equal((await admin.put(`${urlOf(kim)}/role`, { role: 'admin' })).body.role, 'admin')
    t.match(await lastAction(), { action: 'change-account-role', account: kim.accountId })
    const token =
      (await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } })).body.accessToken
    t.equal((await kim.with(token).get('/v1/admin/audit')).status, 200, 'the next refresh contains the role')
    t.equal((await admin.put(`${urlOf(kim)}/role`, { role: 'member' })).body.role, 'member')
    t.equal((await kim.with(token).get('/v1/admin/audit')).status, 401, 'a token with the old role is rejected')
    expectProblem(t, await admin.put(`${urlOf(kim)}/role`, { role: 'root' }), 'validation-failed', 400)
  })

  t.test('when two administrators remove each other at the same time, one remains', async (t) => {
    for (let round = 0; round < 5; round++) {
      const kim = await signUp(app)
      await admin.put(`${urlOf(kim)}/role`, { role: 'admin' })
      const other = kim.with((await logIn(kim)).body.accessToken)
      const self = admin.with((await logIn(admin)).body.accessToken)
      const remove = round % 2 === 0
        ? async (from: TestUser, to: TestUser) => await from.put(`${urlOf(to)}/role`, { role: 'member' })
        : async (from: TestUser, to: TestUser) => await from.put(`${urlOf(to)}/disabled`)
      await Promise.all([remove(self, kim), remove(other, admin)])
      const remaining = await Account.countDocuments({ role: 'admin', disabledAt: null })
      t.ok(remaining >= 1, `round ${round + 1}: ${remaining}`)
      await Account.updateOne({ _id: admin.accountId }, { $set: { role: 'admin', disabledAt: null } })
      await Account.updateOne({ _id: kim.accountId }, { $set: { role: 'member', disabledAt: null } })
    }
  })
})
