// Browser sessions over HTTP: the refresh token in a cookie, several tabs, reloads and log-out.
import t from 'tap'
import { startApp } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { openBrowser, readSetCookie, signUpInBrowser } from '../support/session-cookie.js'
import { PASSWORD, signUp } from '../support/users.js'

const MINUTE_MS = 60_000

t.test('browser sessions', async (t) => {
  const { app, clock } = await startApp(t)

  t.test('sign-up sets an HttpOnly cookie for the paths of log-in, and the body has no refresh token', async (t) => {
    const { response } = await signUpInBrowser(app)
    t.equal(response.status, 201)
    t.equal(response.body.refreshToken, null)
    t.ok(response.body.accessToken)
    const cookie = readSetCookie(response)
    t.match(cookie, { name: 'normflix_refresh', value: /^r1\./, path: '/v1/auth', sameSite: 'Strict', httpOnly: true })
    t.notOk(cookie.secure, 'plain HTTP')
    const days = (cookie.expires.getTime() - clock.now().getTime()) / 86_400_000
    t.ok(days > 13.9 && days <= 14, `the cookie lasts as long as the session: ${days} days`)
  })

  t.test('log-in sets the cookie, and refresh uses and rotates it without a body', async (t) => {
    const { browser, email } = await signUpInBrowser(app)
    const login = await browser.post('/v1/auth/login', { email, password: PASSWORD })
    t.equal(login.status, 200)
    t.equal(login.body.refreshToken, null)
    const first = browser.cookie
    clock.advance(15 * MINUTE_MS)
    const refreshed = await browser.refresh()
    t.equal(refreshed.status, 200)
    t.equal(refreshed.body.refreshToken, null)
    t.not(browser.cookie, first)
    t.equal((await call(app, 'GET', '/v1/account', { token: refreshed.body.accessToken })).status, 200)
  })

  t.test('the cookie is Secure over HTTPS', async (t) => {
    const secure = await startApp(t, { TRUSTED_PROXIES: '127.0.0.1' })
    const headers = { 'x-forwarded-proto': 'https' }
    const { response } = await signUpInBrowser(secure.app, headers)
    t.ok(readSetCookie(response).secure)
    const behindAnyProxy = await startApp(t, { PUBLIC_URL: 'https://www.example.com' })
    t.ok(readSetCookie((await signUpInBrowser(behindAnyProxy.app)).response).secure)
  })

  t.test('of 20 tabs that refresh at once, all receive the same cookie and the session lives', async (t) => {
    const { browser } = await signUpInBrowser(app)
    for (let round = 0; round < 3; round++) {
      clock.advance(15 * MINUTE_MS)
      const before = browser.cookie
      const responses = await Promise.all(
        Array.from({ length: 20 }, async () => await openBrowser(app, before).refresh()),
      )
      t.strictSame(new Set(responses.map(({ status }) => status)), new Set([200]))
      const cookies = new Set(responses.map((response) => readSetCookie(response).value))
      t.equal(cookies.size, 1, 'one new cookie')
      browser.cookie = [...cookies][0]!
    }
    t.equal((await browser.refresh()).status, 200)
  })

  t.test('tabs that refresh shortly after each other keep one cookie', async (t) => {
    const { browser } = await signUpInBrowser(app)
    clock.advance(15 * MINUTE_MS)
    const old = browser.cookie
    await browser.refresh()
    const rotated = browser.cookie
    // The late response to a tab must not replace the cookie by an older one.
    for (let tab = 0; tab < 5; tab++) {
      clock.advance(1_000)
      t.equal((await browser.refresh()).status, 200)
      t.equal(browser.cookie, rotated)
      t.equal(readSetCookie(await openBrowser(app, old).refresh()).value, rotated)
    }
  })

  t.test('a page that is reloaded before the response arrives is still logged in', async (t) => {
    const { browser } = await signUpInBrowser(app)
    clock.advance(15 * MINUTE_MS)
    const lost = browser.cookie
    await openBrowser(app, lost).refresh()
    clock.advance(50_000)
    t.equal((await browser.refresh()).status, 200)
    clock.advance(15 * MINUTE_MS)
    t.equal((await browser.refresh()).status, 200)
  })

  t.test('log-out clears the cookie and ends the session', async (t) => {
    const { browser, token } = await signUpInBrowser(app)
    const cookie = browser.cookie
    const response = await browser.post('/v1/auth/logout', undefined, token)
    t.equal(response.status, 204)
    t.match(readSetCookie(response), { name: 'normflix_refresh', value: '', path: '/v1/auth', httpOnly: true })
    t.ok(readSetCookie(response).expires.getTime() <= Date.now())
    expectProblem(t, await openBrowser(app, cookie).refresh(), 'unauthorized', 401)
  })

  t.test('log-out everywhere clears the cookie and ends the sessions of all browsers', async (t) => {
    const { browser, token, email } = await signUpInBrowser(app)
    const other = openBrowser(app)
    await other.post('/v1/auth/login', { email, password: PASSWORD })
    t.equal(readSetCookie(await browser.post('/v1/auth/logout-everywhere', undefined, token)).value, '')
    t.equal((await other.refresh()).status, 401)
  })

  t.test('clients without the header work as before', async (t) => {
    const kim = await signUp(app)
    t.match(kim.refreshToken, /^r1\./)
    const response = await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } })
    t.match(response.body.refreshToken, /^r1\./)
    t.equal(response.headers['set-cookie'], undefined)
    expectProblem(t, await call(app, 'POST', '/v1/auth/refresh', { body: {} }), 'validation-failed', 400)
    expectProblem(t, await call(app, 'POST', '/v1/auth/refresh'), 'validation-failed', 400)
  })
})
