import { createBackgroundTasks } from '../../src/jobs/background-tasks.js'
import { createAuditLog } from '../../src/audit/audit-log.js'
import t from 'tap'
import { addMovie, call, expectProblem, PASSWORD, signUp, signUpAdmin, startApp, type Person } from '../helper.js'

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
  const actionsOf = async (who: Person): Promise<string[]> =>
    (await read(`account=${who.accountId}`)).map(({ action, result }) => `${action} ${result}`).reverse()

  t.test('tells what an owner did, in order, with who, from where and how it ended', async (t) => {
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
    await kim.patch(`/v1/profiles/${kim.profileId}`, { name: 'Not a matter for the log' })
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
    for (const secret of [kim.email, PASSWORD, '1234', '9999', kim.token, kim.refreshToken, again.refreshToken]) {
      t.notOk(text.includes(secret))
    }
  })

  t.test("tells of a refresh token that came again, and not of those that are nobody's", async (t) => {
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

  t.test('tells once that somebody is held off, however often they go on asking', async (t) => {
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

  t.test('has every write of an administrator, what was made and what was refused', async (t) => {
    const movie = await addMovie(app, admin)
    await admin.patch(`/v1/admin/movies/${movie}`, { title: 'Another' })
    await admin.patch('/v1/admin/movies/ffffffffffffffffffffffff', { title: 'Nobody' })
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

  t.test('pages without repeating or skipping, also while more is written, and within filters', async (t) => {
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

  t.test('is cut by time: from is in it, to is not', async (t) => {
    const all = await read('')
    const [newest, oldest] = [all[0]!, all.at(-1)!]
    t.equal((await read(`to=${oldest.at}`)).length, 0)
    t.ok((await read(`from=${newest.at}`)).length >= 1)
    clock.advance(60_000)
    t.strictSame(await read(`from=${clock.now().toISOString()}`), [])
  })

  t.test('cannot be written by anybody', async (t) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      expectProblem(t, await call(app, method, '/v1/admin/audit', { token: admin.token }), 'not-found', 404)
    }
  })
})

t.test('a log that cannot be written holds nothing up and loses nothing', async (t) => {
  const lines: object[] = []
  const background = createBackgroundTasks({ error: () => undefined })
  // Nobody is connected: every write fails.
  const audit = createAuditLog({
    log: {
      error: (line: object) => {
        lines.push(line)
      },
    } as never,
    background,
    retentionDays: 30,
    now: () => new Date(),
  })
  audit.record({ action: 'log-in', result: 'ok', requestId: 'r1' })
  audit.record({ action: 'log-out', result: 'ok', requestId: 'r2' })
  t.equal(lines.length, 0, 'not yet: the answer goes first')
  await audit.onIdle()
  t.match(lines, [{ audit: [{ action: 'log-in', requestId: 'r1' }, { action: 'log-out', requestId: 'r2' }] }])
})
