// Emails as people and keyboards write them: sign-up, log-in, reset, change and administration agree.
import t from 'tap'
import { createAccount } from '../../src/accounts/sign-up.js'
import { containerOf, startApp } from '../support/app.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUpAdmin } from '../support/users.js'

t.test('emails in input', async (t) => {
  const { app } = await startApp(t)
  const { mailer, background } = containerOf(app)
  const admin = await signUpAdmin(app)
  const post = async (url: string, body: object, token?: string): Promise<TestResponse> =>
    await call(app, 'POST', url, { body, ...(token === undefined ? {} : { token }) })
  const spellings: ReadonlyArray<readonly [signUp: string, other: string, stored: string]> = [
    [' kim@example.com ', 'KIM@EXAMPLE.COM\n', 'kim@example.com'],
    ['lee@münchen.example', 'Lee@xn--mnchen-3ya.example', 'lee@xn--mnchen-3ya.example'],
    ['mo@XN--MNCHEN-3YA.example', '\u200bmo@MÜNCHEN.example', 'mo@xn--mnchen-3ya.example'],
    ['jürgen@example.com', 'JU\u0308RGEN@example.com', 'jürgen@example.com'],
  ]
  for (const [first, second, stored] of spellings) {
    await t.test(`${JSON.stringify(first)} and ${JSON.stringify(second)} are one account`, async (t) => {
      const signedUp = await post('/v1/auth/signup', { email: first, password: PASSWORD })
      t.equal(signedUp.status, 201)
      t.equal(signedUp.body.account.email, stored)
      expectProblem(t, await post('/v1/auth/signup', { email: second, password: PASSWORD }), 'email-taken', 409)
      for (const email of [first, second, stored]) {
        t.equal((await post('/v1/auth/login', { email, password: PASSWORD })).status, 200)
        const { body } = await admin.get(`/v1/admin/accounts?email=${encodeURIComponent(email)}`)
        t.strictSame(body.items.map((account: { email: string }) => account.email), [stored])
      }
      t.equal((await post('/v1/auth/password/forgot', { email: second })).status, 202)
      await background.onIdle()
      const reset = mailer.listRecent().find(({ to, subject }) => to === stored && subject.startsWith('Reset'))
      t.ok(reset, 'the stored address gets the email')
      const change = { email: ` new-${first.trim()} `, password: PASSWORD }
      t.equal((await admin.with(signedUp.body.accessToken).put('/v1/account/email', change)).status, 202)
      await background.onIdle()
      t.ok(mailer.listRecent().some(({ to }) => to === `new-${stored}`))
    })
  }

  await t.test('texts that are not emails are rejected, and cannot log in', async (t) => {
    for (const email of ['not-an-email', 'kim@', 'kim@localhost', 'Kim <kim@example.com>', 'a@b.c,d@e.f', ' ']) {
      const signUp = await post('/v1/auth/signup', { email, password: PASSWORD })
      expectProblem(t, signUp, 'validation-failed', 400)
      t.match(signUp.body.errors, [{ pointer: '/email' }])
      expectProblem(t, await post('/v1/auth/password/forgot', { email }), 'validation-failed', 400)
      expectProblem(t, await post('/v1/auth/login', { email, password: PASSWORD }), 'wrong-credentials', 401)
      const change = { email, password: PASSWORD }
      expectProblem(t, await admin.put('/v1/account/email', change), 'validation-failed', 400)
      const search = await admin.get(`/v1/admin/accounts?email=${encodeURIComponent(email)}`)
      expectProblem(t, search, 'validation-failed', 400)
      const account = { email, password: PASSWORD, plan: 'basic', profileName: 'Me' }
      await t.rejects(createAccount(containerOf(app), account), /validation-failed/, 'as on the command line')
    }
  })
})

t.test('profile names are visible, and unique regardless of case', async (t) => {
  const { app } = await startApp(t)
  const kim = await signUpAdmin(app)
  const url = `/v1/profiles/${kim.profileId}`
  for (const name of ['\u3164', '\u2800', '\u115f\u1160', '\u200b\u3164 \ufe0f']) {
    expectProblem(t, await kim.post('/v1/profiles', { name }), 'validation-failed', 400)
    expectProblem(t, await kim.patch(url, { name }), 'validation-failed', 400)
    const signUp = { email: 'x@example.com', password: PASSWORD, profileName: name }
    expectProblem(t, await call(app, 'POST', '/v1/auth/signup', { body: signUp }), 'validation-failed', 400)
  }
  for (const [first, second] of [['Straße', 'STRASSE'], ['İpek', 'ipek']] as const) {
    t.equal((await kim.patch(url, { name: first })).status, 200)
    expectProblem(t, await kim.post('/v1/profiles', { name: second }), 'profile-name-taken', 409)
    t.equal((await kim.patch(url, { name: second })).status, 200, 'a profile can change the case of its own name')
  }
})
