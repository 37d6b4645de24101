import t from 'tap'
import { startApp, containerOf } from '../support/app.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

const PIN = '2468'

t.test('the PIN of a profile', async (t) => {
  const { app, clock } = await startApp(t)
  const guess = async (kim: TestUser, pin?: unknown): Promise<TestResponse> =>
    await kim.post(`/v1/profiles/${kim.profileId}/select`, pin === undefined ? undefined : { pin })
  const withPin = async (): Promise<TestUser> => {
    const kim = await signUp(app)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: PIN })
    return kim
  }
  /** Counts the verified hashes during some work. */
  const countHashed = async (work: () => Promise<unknown>): Promise<number> => {
    const { hasher } = containerOf(app)
    const { verify } = hasher
    let hashed = 0
    hasher.verify = async (password, hash) => {
      hashed++
      return await verify(password, hash)
    }
    await work()
    hasher.verify = verify
    return hashed
  }

  t.test('after five wrong PINs, the wait doubles from 30 seconds to 15 minutes', async (t) => {
    const kim = await withPin()
    for (let i = 0; i < 5; i++) expectProblem(t, await guess(kim, '1111'), 'wrong-pin', 403)
    for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
      const blocked = await guess(kim, PIN)
      expectProblem(t, blocked, 'too-many-pin-guesses', 429)
      t.ok(
        blocked.body.retryAfterSeconds <= seconds && blocked.body.retryAfterSeconds > seconds - 5,
        `${blocked.body.retryAfterSeconds} of ${seconds} s`,
      )
      t.equal(blocked.headers['retry-after'], String(blocked.body.retryAfterSeconds))
      clock.advance((seconds - 5) * 1_000)
      expectProblem(t, await guess(kim, PIN), 'too-many-pin-guesses', 429)
      clock.advance(5_000)
      expectProblem(t, await guess(kim, '1111'), 'wrong-pin', 403)
    }
  })

  t.test('a PIN is not verified during the wait', async (t) => {
    const kim = await withPin()
    for (let i = 0; i < 5; i++) await guess(kim, '1111')
    t.equal(
      await countHashed(async () => {
        for (let i = 0; i < 5; i++) await guess(kim, PIN)
      }),
      0,
    )
  })

  t.test('of 40 concurrent wrong PINs, five are verified', async (t) => {
    for (let round = 0; round < 5; round++) {
      const kim = await withPin()
      let answers: TestResponse[] = []
      const hashed = await countHashed(async () => {
        answers = await Promise.all(Array.from({ length: 40 }, async (_, i) => await guess(kim, String(1_000 + i))))
      })
      t.equal(hashed, 5, `round ${round + 1}`)
      t.strictSame([
        answers.filter(({ status }) => status === 403).length,
        answers.filter(({ status }) => status === 429).length,
      ], [5, 35])
    }
  })

  t.test('the right PIN restarts the count', async (t) => {
    const kim = await withPin()
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) expectProblem(t, await guess(kim, '1111'), 'wrong-pin', 403)
      t.equal((await guess(kim, PIN)).status, 200)
    }
  })

  t.test('changing or removing the PIN with the password ends the wait', async (t) => {
    const kim = await withPin()
    for (let i = 0; i < 6; i++) await guess(kim, '1111')
    t.equal((await kim.patch(`/v1/profiles/${kim.profileId}`, { name: 'Kim' })).status, 200)
    expectProblem(t, await guess(kim, PIN), 'too-many-pin-guesses', 429)
    t.equal((await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '8642', currentPassword: PASSWORD })).status, 200)
    expectProblem(t, await guess(kim, PIN), 'wrong-pin', 403)
    t.equal((await guess(kim, '8642')).status, 200)
    for (let i = 0; i < 6; i++) await guess(kim, '1111')
    t.equal((await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: null, currentPassword: PASSWORD })).status, 200)
    t.equal((await guess(kim)).status, 200)
  })

  t.test('is changed and removed only with the current PIN or the password', async (t) => {
    const kim = await withPin()
    const change = async (body: object): Promise<TestResponse> => await kim.patch(`/v1/profiles/${kim.profileId}`, body)
    for (const pin of ['8642', null]) {
      expectProblem(t, await change({ pin }), 'wrong-pin', 403)
      expectProblem(t, await change({ pin, currentPin: '1111' }), 'wrong-pin', 403)
      expectProblem(t, await change({ pin, currentPassword: 'not the password' }), 'wrong-password', 403)
    }
    t.equal((await guess(kim, PIN)).status, 200, 'nothing has changed')
    t.equal((await change({ pin: '8642', currentPin: PIN })).status, 200)
    expectProblem(t, await guess(kim, PIN), 'wrong-pin', 403)
    t.equal((await change({ name: 'Kim' })).status, 200, 'other fields need no PIN')
    const atOnce = await Promise.all(['1111', '2222'].map(async (pin) => await change({ pin, currentPin: '8642' })))
    t.strictSame(atOnce.map(({ status }) => status).sort(), [200, 403], 'a PIN confirms one change')
    t.equal((await change({ pin: null, currentPassword: PASSWORD })).status, 200)
    t.equal((await guess(kim)).status, 200)
    t.equal((await change({ pin: PIN })).status, 200, 'the first PIN needs no confirmation')
  })

  t.test('does not protect the profile from being renamed or deleted with the account token', async (t) => {
    const kim = await withPin()
    const { body: { id } } = await kim.post('/v1/profiles', { name: 'Robin', pin: PIN })
    t.equal((await kim.patch(`/v1/profiles/${id}`, { name: 'Alex' })).status, 200)
    t.equal((await kim.delete(`/v1/profiles/${id}`)).status, 204)
  })

  t.test('guesses in changes are throttled, and changes are in the audit log', async (t) => {
    const kim = await withPin()
    const url = `/v1/profiles/${kim.profileId}`
    for (let i = 0; i < 5; i++) await kim.patch(url, { pin: null, currentPin: '1111' })
    expectProblem(t, await kim.patch(url, { pin: null, currentPin: PIN }), 'too-many-pin-guesses', 429)
    t.equal((await kim.patch(url, { pin: null, currentPassword: PASSWORD })).status, 200)
    const admin = await signUpAdmin(app)
    const { items } = (await admin.get(`/v1/admin/audit?account=${kim.accountId}`)).body
    const actions: string[] = items.map((entry: Record<string, string>) => `${entry['action']} ${entry['result']}`)
    t.ok(actions.includes('change-pin ok'))
    t.ok(actions.includes('guess-pin refused'))
  })

  t.test('a request without a PIN is not an attempt', async (t) => {
    const kim = await withPin()
    for (let i = 0; i < 8; i++) expectProblem(t, await guess(kim, i % 2 === 0 ? undefined : ''), 'wrong-pin', 403)
    t.equal((await guess(kim, PIN)).status, 200)
    expectProblem(t, await guess(kim, 2468), 'validation-failed', 400)
    expectProblem(t, await guess(kim, '123456789'), 'validation-failed', 400)
  })

  t.test('wrong PINs of one profile do not block another, and other accounts cannot try any', async (t) => {
    const kim = await withPin()
    const second = (await kim.post('/v1/profiles', { name: 'Two', pin: '1357' })).body.id
    for (let i = 0; i < 6; i++) await guess(kim, '1111')
    t.equal((await guess({ ...kim, profileId: second }, '1357')).status, 200)
    const stranger = await signUp(app)
    for (let i = 0; i < 6; i++) {
      expectProblem(t, await guess({ ...stranger, profileId: second }, '1111'), 'not-found', 404)
    }
    t.equal((await guess({ ...kim, profileId: second }, '1357')).status, 200)
    expectProblem(
      t,
      await call(app, 'POST', `/v1/profiles/${second}/select`, { body: { pin: '1357' } }),
      'unauthorized',
      401,
    )
  })
})
