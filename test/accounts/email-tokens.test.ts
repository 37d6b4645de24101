// Email tokens, with a real SMTP server in this process.
import type { ParsedMail } from 'mailparser'
import t, { type Test } from 'tap'
import { EmailToken } from '../../models/email-token.js'
import { startApp, type TestApp, containerOf } from '../support/app.js'
import { startMailServer } from '../support/mail-server.js'
import { call, expectProblem } from '../support/requests.js'
import { PASSWORD, signUp, type TestUser } from '../support/users.js'

const NEW_PASSWORD = 'four blind mice ran'

interface MailTestApp extends TestApp {
  /** Received emails, oldest first, after all pending ones were sent. */
  emails(to?: string): Promise<ParsedMail[]>
  /** The token in the newest email to a recipient. */
  tokenFor(to: string): Promise<string>
}

async function startAppWithMail (t: Test, variables: Record<string, string> = {}): Promise<MailTestApp> {
  const { port, received } = await startMailServer(t)
  const running = await startApp(t, {
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'NormFlix <hello@normflix.example>',
    PUBLIC_URL: 'https://www.normflix.example',
    ...variables,
  })
  const emails = async (to?: string): Promise<ParsedMail[]> => {
    await containerOf(running.app).background.onIdle()
    return received.filter((mail) => to === undefined || JSON.stringify(mail.to).includes(`"${to}"`))
  }
  return {
    ...running,
    emails,
    async tokenFor (to) {
      const [, token = ''] = /token=([\w-]+)/.exec((await emails(to)).at(-1)?.text ?? '') ?? []
      return token
    },
  }
}

t.test('email tokens', async (t) => {
  const { app, clock, emails, tokenFor } = await startAppWithMail(t)
  const logIn = async (email: string, password: string): Promise<number> =>
    (await call(app, 'POST', '/v1/auth/login', { body: { email, password } })).status
  const forgot = async (email: string) => await call(app, 'POST', '/v1/auth/password/forgot', { body: { email } })
  const reset = async (token: string, password = NEW_PASSWORD) =>
    await call(app, 'POST', '/v1/auth/password/reset', { body: { token, password } })
  const verify = async (token: string) => await call(app, 'POST', '/v1/auth/email/verify', { body: { token } })
  const isVerified = async (kim: TestUser): Promise<boolean> => (await kim.get('/v1/account')).body.emailVerified

  t.test('sign-up sends a verification link as text and as HTML', async (t) => {
    const kim = await signUp(app)
    t.equal(await isVerified(kim), false)
    const [mail, ...more] = await emails(kim.email)
    t.equal(more.length, 0)
    t.match(mail, {
      subject: 'Confirm your email address for NormFlix',
      from: { text: /NormFlix.*hello@normflix\.example/ },
    })
    const url = /https:\/\/www\.normflix\.example\/confirm-email\?token=[\w-]{43}/
    t.match(mail?.text, url)
    t.match(mail?.html, url)
    t.equal((await verify(await tokenFor(kim.email))).status, 204)
    t.equal(await isVerified(kim), true)
    expectProblem(t, await verify(await tokenFor(kim.email)), 'mail-link-invalid', 400)
    t.equal((await kim.post('/v1/account/email/verification')).status, 202)
    t.equal((await emails(kim.email)).length, 1, 'a verified email receives no further link')
  })

  t.test('a password reset works once, ends every session and sends a notice', async (t) => {
    const kim = await signUp(app)
    t.equal((await forgot(kim.email.toUpperCase())).status, 202)
    const token = await tokenFor(kim.email)
    t.equal(await logIn(kim.email, PASSWORD), 200, 'a request changes nothing')
    const weak = await reset(token, 'short')
    expectProblem(t, weak, 'validation-failed', 400)
    const responses = await Promise.all([1, 2, 3].map(async () => await reset(token)))
    t.strictSame(
      responses.map(({ status }) => status).sort(),
      [204, 400, 400],
      'of three concurrent requests, one succeeds',
    )
    t.equal((await kim.get('/v1/account')).status, 401)
    t.strictSame([await logIn(kim.email, PASSWORD), await logIn(kim.email, NEW_PASSWORD)], [401, 200])
    t.equal((await emails(kim.email)).at(-1)?.subject, 'Your NormFlix password was changed')
  })

  t.test('the response is the same for an email without an account', async (t) => {
    const kim = await signUp(app)
    const [known, unknown] = [await forgot(kim.email), await forgot('nobody@example.com')]
    t.strictSame([unknown.status, unknown.body], [known.status, known.body])
    t.strictSame(Object.keys(unknown.headers).sort(), Object.keys(known.headers).sort())
    t.strictSame(await emails('nobody@example.com'), [])
  })

  t.test('links expire, and a reset invalidates older links', async (t) => {
    const kim = await signUp(app)
    await forgot(kim.email)
    const first = await tokenFor(kim.email)
    await forgot(kim.email)
    const second = await tokenFor(kim.email)
    t.not(first, second)
    t.equal((await reset(second)).status, 204)
    expectProblem(t, await reset(first), 'mail-link-invalid', 400)
    await forgot(kim.email)
    const third = await tokenFor(kim.email)
    clock.advance(30 * 60_000)
    expectProblem(t, await reset(third), 'mail-link-invalid', 400)
  })

  t.test('a token is valid for its kind only, and a forged one never', async (t) => {
    const kim = await signUp(app)
    const verifyToken = await tokenFor(kim.email)
    expectProblem(t, await reset(verifyToken), 'mail-link-invalid', 400)
    await forgot(kim.email)
    expectProblem(t, await verify(await tokenFor(kim.email)), 'mail-link-invalid', 400)
    for (const token of ['x', verifyToken.slice(1), `${verifyToken}x`, '0'.repeat(64)]) {
      t.equal((await verify(token)).status, 400)
    }
    t.equal(await EmailToken.countDocuments({ _id: verifyToken }), 0, 'the token is not stored')
  })

  t.test('an email change requires the password and a link, and sends a notice to the old email', async (t) => {
    const kim = await signUp(app)
    const email = 'new-kim@example.com'
    expectProblem(t, await kim.put('/v1/account/email', { email, password: 'wrong' }), 'wrong-password', 403)
    const other = await signUp(app)
    expectProblem(t, await kim.put('/v1/account/email', { email: other.email, password: PASSWORD }), 'email-taken', 409)
    t.equal((await kim.put('/v1/account/email', { email: email.toUpperCase(), password: PASSWORD })).status, 202)
    t.equal((await kim.get('/v1/account')).body.email, kim.email, 'the email changes only when the link is opened')
    await forgot(kim.email)
    const resetToken = await tokenFor(kim.email)
    t.equal((await verify(await tokenFor(email))).status, 204)
    t.match((await kim.get('/v1/account')).body, { email, emailVerified: true })
    t.match((await emails(kim.email)).at(-1), {
      subject: 'Your NormFlix email address was changed',
      text: /new-kim@example\.com/,
    })
    t.strictSame([await logIn(kim.email, PASSWORD), await logIn(email, PASSWORD)], [401, 200])
    expectProblem(t, await reset(resetToken), 'mail-link-invalid', 400)
  })

  t.test('an email change fails when another account has taken the email', async (t) => {
    const kim = await signUp(app)
    await kim.put('/v1/account/email', { email: 'wanted@example.com', password: PASSWORD })
    const token = await tokenFor('wanted@example.com')
    await signUp(app, { email: 'wanted@example.com' })
    expectProblem(t, await verify(token), 'email-taken', 409)
    t.equal((await kim.get('/v1/account')).body.email, kim.email)
  })

  t.test('emails per recipient are limited', async (t) => {
    const kim = await signUp(app)
    for (let i = 0; i < 20; i++) t.equal((await forgot(kim.email)).status, 202)
    const sent = (await emails(kim.email)).length
    t.ok(sent <= 5, `${sent} emails for 21 requests`)
    clock.advance(3_600_000)
    await forgot(kim.email)
    t.equal((await emails(kim.email)).length, sent + 1, 'the limit resets')
  })

  t.test('a password change sends a notice', async (t) => {
    const kim = await signUp(app)
    t.equal(
      (await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })).status,
      204,
    )
    t.equal((await emails(kim.email)).at(-1)?.subject, 'Your NormFlix password was changed')
  })
})

t.test('without a mail server, developers see the emails on a page', async (t) => {
  const { app } = await startApp(t)
  const kim = await signUp(app)
  await containerOf(app).background.onIdle()
  const page = await call(app, 'GET', '/dev/mails')
  t.equal(page.status, 200)
  const html = page.bytes.toString()
  t.ok(html.includes(kim.email))
  t.match(html, /<a href="http:\/\/localhost:3000\/confirm-email\?token=[\w-]+">/)
  t.notMatch(html, /<script/)
})

t.test('a reset lifts the limit of its IP address for log-ins to the account, and for nothing else', async (t) => {
  const { app, clock, tokenFor } = await startAppWithMail(t, { RATE_LIMITS: 'on' })
  const [kim, alex] = [await signUp(app), await signUp(app)]
  const send = async (path: string, payload: object, remoteAddress = '203.0.113.9'): Promise<number> =>
    (await app.inject({ method: 'POST', url: `/v1/auth/${path}`, remoteAddress, payload })).statusCode
  const logIn = async (email: string, password: string, remoteAddress?: string): Promise<number> =>
    await send('login', { email, password }, remoteAddress)
  const block = async (remoteAddress?: string): Promise<void> => {
    for (let i = 0; i < 20; i++) await logIn(`unknown-${i}@example.com`, 'wrong password', remoteAddress)
  }
  await block()
  t.equal(await logIn(kim.email, PASSWORD), 429, 'the IP address is blocked')
  t.equal(await send('password/forgot', { email: kim.email }), 202)
  t.equal(await send('password/reset', { token: await tokenFor(kim.email), password: NEW_PASSWORD }), 204)
  t.equal(await logIn(kim.email, NEW_PASSWORD), 200, 'the owner logs in')
  t.equal(await logIn(alex.email, PASSWORD), 429, 'other accounts stay blocked')
  clock.advance(2 * 60_000)
  await block('203.0.113.10')
  t.equal(await logIn(kim.email, NEW_PASSWORD, '203.0.113.10'), 429, 'another IP address stays blocked')
  for (let i = 0; i < 10; i++) t.equal(await logIn(kim.email, 'guess'), 401)
  t.equal(await logIn(kim.email, NEW_PASSWORD), 429, 'the limit of the account applies')
})
