// Attacks on browser sessions: requests of other origins, stolen cookies, and cookies where they do not belong.
import t from 'tap'
import { startApp } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { openBrowser, readSetCookie, signUpInBrowser } from '../support/session-cookie.js'
import { PASSWORD, signUp } from '../support/users.js'

const MINUTE_MS = 60_000
const cookieHeader = (value: string): string => `normflix_refresh=${value}`

t.test('attacks on browser sessions', async (t) => {
  const { app, clock } = await startApp(t, { CORS_ORIGINS: 'https://tv.example.com' })

  t.test('a request without the header does not use the cookie, from a form neither', async (t) => {
    const { browser } = await signUpInBrowser(app)
    const cookie = cookieHeader(browser.cookie)
    const attempts = [
      await call(app, 'POST', '/v1/auth/refresh', { headers: { cookie, 'sec-fetch-site': 'cross-site' } }),
      await call(app, 'POST', '/v1/auth/refresh', { headers: { cookie }, body: {} }),
    ]
    for (const response of attempts) {
      expectProblem(t, response, 'validation-failed', 400)
      t.equal(response.headers['set-cookie'], undefined)
    }
    const form = await call(app, 'POST', '/v1/auth/refresh', {
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=b',
    })
    t.ok(form.status >= 400 && form.status < 500, 'a form is rejected')
    t.equal((await browser.refresh()).status, 200, 'the session lives')
  })

  t.test('requests of other origins are rejected, with the header too', async (t) => {
    const { browser } = await signUpInBrowser(app)
    const origins: Array<Record<string, string>> = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://tv.example.com' },
      { origin: 'http://localhost.evil.example' },
      { origin: 'http://localhost:9999' },
    ]
    for (const headers of origins) {
      const response = await call(app, 'POST', '/v1/auth/refresh', {
        headers: { 'x-normflix-session': 'cookie', cookie: cookieHeader(browser.cookie), ...headers },
      })
      expectProblem(t, response, 'cross-origin-request', 403)
      t.equal(response.headers['set-cookie'], undefined, JSON.stringify(headers))
      t.equal(response.headers['access-control-allow-credentials'], undefined)
    }
    t.equal((await browser.refresh()).status, 200, 'the session lives')
  })

  t.test('another origin cannot log a browser in to an account of its own', async (t) => {
    const mallory = await signUp(app)
    const response = await call(app, 'POST', '/v1/auth/login', {
      body: { email: mallory.email, password: PASSWORD },
      headers: { 'x-normflix-session': 'cookie', origin: 'https://evil.example' },
    })
    expectProblem(t, response, 'cross-origin-request', 403)
    t.equal(response.headers['set-cookie'], undefined)
    const email = 'new@example.com'
    const signup = await call(app, 'POST', '/v1/auth/signup', {
      body: { email, password: PASSWORD },
      headers: { 'x-normflix-session': 'cookie', 'sec-fetch-site': 'cross-site' },
    })
    expectProblem(t, signup, 'cross-origin-request', 403)
    t.equal((await call(app, 'POST', '/v1/auth/signup', { body: { email, password: PASSWORD } })).status, 201)
  })

  t.test('the origin of the service is accepted by Host and by PUBLIC_URL', async (t) => {
    const { browser } = await signUpInBrowser(app)
    for (
      const [origin, host] of [['http://localhost:3000', 'evil.example'], ['https://flix.test', 'flix.test']] as const
    ) {
      const response = await call(app, 'POST', '/v1/auth/refresh', {
        headers: { 'x-normflix-session': 'cookie', cookie: cookieHeader(browser.cookie), origin, host },
      })
      t.equal(response.status, 200, origin)
    }
  })

  t.test('the cookie authorizes only the exchange of tokens', async (t) => {
    const { browser } = await signUpInBrowser(app)
    const headers = { cookie: cookieHeader(browser.cookie), 'x-normflix-session': 'cookie' }
    for (const url of ['/v1/account', '/v1/auth/sessions', '/v1/home', '/v1/titles']) {
      const { status } = await call(app, 'GET', url, { headers })
      t.ok(status === 401 || status === 404, `${url}: ${status}`)
    }
    expectProblem(t, await call(app, 'POST', '/v1/auth/logout', { headers }), 'unauthorized', 401)
  })

  t.test('a token is valid in its transport only', async (t) => {
    const { browser } = await signUpInBrowser(app)
    const inBody = await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: browser.cookie } })
    expectProblem(t, inBody, 'unauthorized', 401)
    const kim = await signUp(app)
    expectProblem(t, await openBrowser(app, kim.refreshToken).refresh(), 'unauthorized', 401)
    t.equal((await browser.refresh()).status, 200)
    t.equal((await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } })).status, 200)
  })

  t.test('a stolen cookie that is used after the grace time ends the session', async (t) => {
    const { browser } = await signUpInBrowser(app)
    const stolen = browser.cookie
    clock.advance(15 * MINUTE_MS)
    const { body } = await browser.refresh()
    clock.advance(61_000)
    expectProblem(t, await openBrowser(app, stolen).refresh(), 'unauthorized', 401)
    expectProblem(t, await browser.refresh(), 'unauthorized', 401)
    t.equal((await call(app, 'GET', '/v1/account', { token: body.accessToken })).status, 401)
  })

  t.test('a cookie of two rotations ago ends the session at once', async (t) => {
    const { browser } = await signUpInBrowser(app)
    const stolen = browser.cookie
    for (let rotation = 0; rotation < 2; rotation++) {
      clock.advance(10_000)
      await browser.refresh()
    }
    t.equal((await openBrowser(app, stolen).refresh()).status, 401)
    t.equal((await browser.refresh()).status, 401)
  })

  t.test('forged and missing cookies are rejected and end no session', async (t) => {
    const { browser } = await signUpInBrowser(app)
    for (const value of ['', 'x', `${browser.cookie}A`, browser.cookie.slice(0, -1), '%E0%A4%A', '"', '💥']) {
      expectProblem(t, await openBrowser(app, encodeURI(value)).refresh(), 'unauthorized', 401)
    }
    t.equal((await browser.refresh()).status, 200)
  })

  t.test('log-in replaces the cookie, and the old session stays its own', async (t) => {
    const { browser, email } = await signUpInBrowser(app)
    const old = browser.cookie
    const login = await browser.post('/v1/auth/login', { email, password: PASSWORD })
    t.not(readSetCookie(login).value, old)
    t.equal((await openBrowser(app, old).refresh()).status, 200)
  })
})
