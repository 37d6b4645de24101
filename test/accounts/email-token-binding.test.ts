// Email tokens are bound to the credentials of the account: whatever changes these invalidates every open link.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { findAccount } from '../../models/account.js'
import { requestEmailChange } from '../../src/accounts/email-tokens.js'
import { setPassword } from '../../src/accounts/passwords.js'
import { containerOf, startApp } from '../support/app.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

const NEW_PASSWORD = 'four blind mice ran'
const KINDS = ['verify-email', 'reset-password', 'change-email'] as const

t.test('a change of the credentials invalidates every open link', async (t) => {
  const { app } = await startApp(t)
  const container = containerOf(app)
  const admin = await signUpAdmin(app)

  async function tokenFor (to: string): Promise<string> {
    await container.background.onIdle()
    const text = container.mailer.listRecent().find((one) => one.to === to && one.text.includes('token='))?.text ?? ''
    return /token=([\w-]+)/.exec(text)?.[1] ?? ''
  }
  const newEmail = (): string => `new-${randomUUID().slice(0, 8)}@example.com`
  const requestReset = async (kim: TestUser): Promise<string> => {
    await call(app, 'POST', '/v1/auth/password/forgot', { body: { email: kim.email } })
    return await tokenFor(kim.email)
  }
  const requestChange = async (kim: TestUser): Promise<string> => {
    const email = newEmail()
    t.equal((await kim.put('/v1/account/email', { email, password: PASSWORD })).status, 202)
    return await tokenFor(email)
  }
  const verify = async (token: string): Promise<TestResponse> =>
    await call(app, 'POST', '/v1/auth/email/verify', { body: { token } })
  const reset = async (token: string): Promise<TestResponse> =>
    await call(app, 'POST', '/v1/auth/password/reset', { body: { token, password: 'five blind mice ran' } })

  /** Requests a link of each kind. */
  async function requestLinks (kim: TestUser): Promise<Record<typeof KINDS[number], string>> {
    return {
      'verify-email': await tokenFor(kim.email),
      'reset-password': await requestReset(kim),
      'change-email': await requestChange(kim),
    }
  }

  const changes: ReadonlyArray<[what: string, change: (kim: TestUser) => Promise<unknown>]> = [
    ['a password change', async (kim) => {
      const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
      t.equal((await kim.put('/v1/account/password', body)).status, 204)
    }],
    ['a password reset by email', async (kim) => {
      const body = { token: await requestReset(kim), password: NEW_PASSWORD }
      t.equal((await call(app, 'POST', '/v1/auth/password/reset', { body })).status, 204)
    }],
    ['a password reset on the command line', async (kim) => {
      await setPassword(container, (await findAccount(kim.accountId))!, NEW_PASSWORD)
    }],
    ['an email change', async (kim) => {
      t.equal((await verify(await requestChange(kim))).status, 204)
    }],
    ['disabling', async (kim) => {
      t.equal((await admin.put(`/v1/admin/accounts/${kim.accountId}/disabled`)).status, 200)
    }],
    ['disabling and enabling', async (kim) => {
      await admin.put(`/v1/admin/accounts/${kim.accountId}/disabled`)
      t.equal((await admin.delete(`/v1/admin/accounts/${kim.accountId}/disabled`)).status, 200)
    }],
    ['closing', async (kim) => {
      const { status } = await call(app, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } })
      t.equal(status, 204)
    }],
  ]
  for (const [what, change] of changes) {
    await t.test(`${what} invalidates links of every kind`, async (t) => {
      const kim = await signUp(app)
      const tokens = await requestLinks(kim)
      t.equal(new Set(Object.values(tokens)).size, KINDS.length, 'three links were sent')
      await change(kim)
      const before = await findAccount(kim.accountId)
      for (const kind of KINDS) {
        t.comment(kind)
        const response = kind === 'reset-password' ? await reset(tokens[kind]) : await verify(tokens[kind])
        expectProblem(t, response, 'mail-link-invalid', 400)
      }
      const { email, passwordHash, emailVerifiedAt } = (await findAccount(kim.accountId))!
      t.match({ email, passwordHash, emailVerifiedAt }, {
        email: before!.email,
        passwordHash: before!.passwordHash,
        emailVerifiedAt: before!.emailVerifiedAt,
      })
    })
  }

  await t.test('a link whose request was under way during the change is invalid too', async (t) => {
    const kim = await signUp(app)
    const email = newEmail()
    const account = (await findAccount(kim.accountId))!
    await setPassword(container, account, NEW_PASSWORD)
    await requestEmailChange(container, account, email)
    expectProblem(t, await verify(await tokenFor(email)), 'mail-link-invalid', 400)
  })

  await t.test('of two links that change the same account at the same time, one succeeds', async (t) => {
    const kim = await signUp(app)
    const resetToken = await requestReset(kim)
    const changeToken = await requestChange(kim)
    const responses = await Promise.all([reset(resetToken), verify(changeToken)])
    t.strictSame(responses.map(({ status }) => status).sort(), [204, 400])
  })

  await t.test('of two password changes at the same time, one succeeds', async (t) => {
    const kim = await signUp(app)
    const responses = await Promise.all(
      [1, 2].map(async (n) =>
        await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: `${NEW_PASSWORD} ${n}` })
      ),
    )
    t.strictSame(responses.map(({ status }) => status).sort(), [204, 403])
  })

  await t.test('other changes leave the links valid', async (t) => {
    const kim = await signUp(app)
    const { 'verify-email': verifyToken, 'change-email': changeToken } = await requestLinks(kim)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { name: 'Kim', pin: '2468' })
    await kim.put('/v1/account/plan', { plan: 'premium' })
    await kim.post('/v1/auth/logout-everywhere')
    t.equal((await verify(verifyToken)).status, 204)
    t.equal((await verify(changeToken)).status, 204)
  })
})

t.test('a password reset lifts the delay after failed log-ins', async (t) => {
  const { app } = await startApp(t)
  const { mailer, background } = containerOf(app)
  const kim = await signUp(app)
  const logIn = async (password: string): Promise<TestResponse> =>
    await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password } })
  let status = 401
  for (let attempt = 0; attempt < 17 && status === 401; attempt++) status = (await logIn('wrong')).status
  expectProblem(t, await logIn(PASSWORD), 'too-many-attempts', 429)
  await call(app, 'POST', '/v1/auth/password/forgot', { body: { email: kim.email } })
  await background.onIdle()
  const [, token = ''] = /reset-password\?token=([\w-]+)/.exec(mailer.listRecent()[0]?.text ?? '') ?? []
  const body = { token, password: NEW_PASSWORD }
  t.equal((await call(app, 'POST', '/v1/auth/password/reset', { body })).status, 204)
  t.equal((await logIn(NEW_PASSWORD)).status, 200, 'a new device logs in immediately')
})
