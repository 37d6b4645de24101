import t from 'tap'
import { Account } from '../../models/account.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { call, expectProblem } from '../support/requests.js'
import { logInAgain, PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

interface Entry {
  id: string
  at: string
  action: string
  result: string
  reason: string | null
  requestId: string | null
  actor: string | null
  session: string | null
  account: string | null
  subject: { kind: string, id: string } | null
  address: string | null
}

t.test('the audit log', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const read = async (query: string): Promise<Entry[]> =>
    (await admin.get(`/v1/admin/audit?limit=100&${query}`)).body.items
  const actionsOf = async (who: TestUser): Promise<string[]> =>
    (await read(`account=${who.accountId}`)).map(({ action, result }) => `${action} ${result}`).reverse()

  t.test('shows support the trail of a member', async (t) => {
    const [kim, lee] = [await signUp(app), await signUp(app)]
    await Account.updateOne({ _id: lee.accountId }, { $set: { role: 'support' } })
    const support = await logInAgain(app, lee)
    await kim.put('/v1/account/plan', { plan: 'standard' })
    await support.put(`/v1/admin/accounts/${kim.accountId}/disabled`)
    await support.delete(`/v1/admin/accounts/${kim.accountId}/disabled`)
    const url = `/v1/admin/accounts/${kim.accountId}/audit`
    const first = (await support.get(`${url}?limit=2`)).body
    t.match(first.items, [
      { action: 'enable-account', actor: support.accountId, account: kim.accountId },
      { action: 'disable-account' },
    ])
    const next = (await support.get(`${url}?limit=2&cursor=${first.nextCursor}`)).body
    t.match(next.items, [{ action: 'change-plan', actor: kim.accountId }, { action: 'sign-up' }])
    expectProblem(t, await support.get(`/v1/admin/accounts/${admin.accountId}/audit`), 'forbidden', 403)
    expectProblem(t, await support.get('/v1/admin/audit'), 'forbidden', 403)
    expectProblem(t, await kim.get(url), 'unauthorized', 401)
    t.equal((await admin.get(`/v1/admin/accounts/${lee.accountId}/audit`)).status, 200)
  })

  t.test('records actions of an owner in order, with actor, network and result', async (t) => {
    const kim = await signUp(app)
    const logIn = async (password: string) =>
      await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password } })
    await logIn('not the password')
    const again = (await logIn(PASSWORD)).body
    await kim.put('/v1/account/password', { currentPassword: 'wrong', newPassword: 'four blind mice ran' })
    const changed = await kim.put('/v1/account/password', {
      currentPassword: PASSWORD,
      newPassword: 'four blind mice ran',
    })
    await kim.put('/v1/account/plan', { plan: 'standard' })
    await kim.put('/v1/account/email', { email: `new-${kim.email}`, password: 'four blind mice ran' })
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '1234' })
    await kim.post(`/v1/profiles/${kim.profileId}/select`, { pin: '9999' })
    await kim.patch(`/v1/profiles/${kim.profileId}`, { name: 'Not audited' })
    await kim.get('/v1/account/export')
    await kim.post('/v1/auth/logout')
    t.strictSame(await actionsOf(kim), [
      'sign-up ok',
      'log-in refused',
      'log-in ok',
      'change-password refused',
      'change-password ok',
      'change-plan ok',
      'change-email ok',
      'change-pin ok',
      'guess-pin refused',
      'export-account ok',
      'log-out ok',
    ])
    const entries = await read(`account=${kim.accountId}`)
    t.match(entries.find(({ action, result }) => action === 'change-password' && result === 'ok'), {
      actor: kim.accountId,
      session: /^[0-9a-f]{24}$/,
      requestId: changed.headers['x-request-id'],
      address: '127.0.0.0/24',
      reason: null,
    })
    t.match(entries.find(({ action, result }) => action === 'log-in' && result === 'refused'), {
      actor: null,
      reason: 'wrong-credentials',
    })
    t.match(entries.find(({ action }) => action === 'guess-pin'), {
      subject: { kind: 'profile', id: kim.profileId },
      reason: 'wrong-pin',
    })
    const text = JSON.stringify(entries)
    for (const secret of [kim.email, PASSWORD, kim.token, kim.refreshToken, again.refreshToken]) {
      t.notOk(text.includes(secret))
    }
    // An ID may contain the digits of a PIN.
    t.notMatch(text, /\b(1234|9999)\b/)
  })

  t.test('records a reused refresh token, but no invalid ones', async (t) => {
    const kim = await signUp(app)
    for (let i = 0; i < 2; i++) {
      await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } })
    }
    clock.advance(11_000)
    t.equal((await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } })).status, 401)
    await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: 'nonsense' } })
    t.match(await read('action=refresh-token-reused'), [{
      account: kim.accountId,
      actor: null,
      result: 'refused',
      session: String,
    }])
    t.equal((await read('action=refresh')).length, 0)
  })

  t.test('records a throttled caller once, however often it retries', async (t) => {
    const kim = await signUp(app)
    for (let i = 0; i < 14; i++) {
      await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: 'guess' } })
    }
    t.equal((await read(`account=${kim.accountId}&result=refused`)).length, 10)
    t.match(await read(`account=${kim.accountId}&result=throttled`), [{
      action: 'log-in',
      reason: 'too-many-attempts',
    }])
    t.equal((await read(`account=${kim.accountId}&result=throttled`)).length, 1)
  })

  t.test('records every administrator write, successful or rejected', async (t) => {
    const movie = await addMovie(app, admin)
    await admin.patch(`/v1/admin/movies/${movie}`, { title: 'Heimat' })
    await admin.patch('/v1/admin/movies/ffffffffffffffffffffffff', { title: 'Missing' })
    await admin.post('/v1/admin/movies', { nonsense: true })
    await admin.delete(`/v1/admin/movies/${movie}`)
    const kim = await signUp(app)
    await kim.delete(`/v1/admin/movies/${movie}`)
    const entries = (await read(`actor=${admin.accountId}`)).filter(({ subject }) => subject !== null).reverse()
    t.strictSame(entries.map(({ action, result, reason }) => [action, result, reason]), [
      ['create-movie', 'ok', null],
      ['upload-movie-media', 'ok', null],
      ['change-movie', 'ok', null],
      ['change-movie', 'refused', 'not-found'],
      ['delete-movie', 'ok', null],
    ])
    t.match(entries[0], { subject: { kind: 'movie', id: movie }, account: null })
    t.match(await read(`actor=${kim.accountId}&action=delete-movie`), [{ result: 'refused', reason: 'forbidden' }])
  })

  t.test('pages have no duplicates and no gaps, also during writes and with filters', async (t) => {
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await admin.get(`/v1/admin/audit?action=log-in&limit=3${cursor}`)
      seen.push(...body.items.map(({ id }: Entry) => id))
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
      await call(app, 'POST', '/v1/auth/login', { body: { email: 'nobody@example.com', password: 'x' } })
    } while (cursor !== '' && seen.length < 200)
    t.ok(seen.length > 10)
    t.equal(new Set(seen).size, seen.length)
    const all = (await read('action=log-in')).map(({ id }) => id)
    t.strictSame(all.slice(all.indexOf(seen[0] ?? '')), seen)
    const { nextCursor } = (await admin.get('/v1/admin/audit?action=log-in&limit=3')).body
    expectProblem(t, await admin.get(`/v1/admin/audit?action=log-out&cursor=${nextCursor}`), 'invalid-cursor', 400)
    expectProblem(t, await admin.get('/v1/admin/audit?action=$gt'), 'validation-failed', 400)
  })

  t.test('is filtered by time: `from` is inclusive, `to` is exclusive', async (t) => {
    const all = await read('')
    const [newest, oldest] = [all[0]!, all.at(-1)!]
    t.equal((await read(`to=${oldest.at}`)).length, 0)
    t.ok((await read(`from=${newest.at}`)).length >= 1)
    clock.advance(60_000)
    t.strictSame(await read(`from=${clock.now().toISOString()}`), [])
  })

  t.test('is read-only', async (t) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      expectProblem(t, await call(app, method, '/v1/admin/audit', { token: admin.token }), 'method-not-allowed', 405)
    }
  })
})
