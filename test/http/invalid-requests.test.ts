// Requests whose form is invalid: Host and Expect headers, undecodable paths, methods.
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { operations } from '../security/operations.js'
import { startApp } from '../support/app.js'
import { bodyOfRaw, sendRaw } from '../support/raw-client.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

const ORIGIN = 'https://tv.example.com'
const ID = '665f1c2e9b1e8a0012ab34cd'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

t.test('invalid requests', async (t) => {
  const { app } = await startApp(t, { CORS_ORIGINS: ORIGIN })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const get = async (version: string, ...headers: string[]): Promise<string> =>
    await sendRaw(t, port, [`GET /v1/plans HTTP/${version}`, 'Connection: close', ...headers, '', ''].join('\r\n'))

  t.test('a request needs exactly one valid Host header', async (t) => {
    const rejected = [
      ['Host: a', 'Host: b'],
      ['Host: a', 'Host: a'],
      ['host: a', 'HOST: b'],
      ['Host: a', 'Host:'],
      [],
      ['Host: a/b'],
      ['Host: user@a'],
      ['Host: a b'],
      ['Host: a, b'],
      ['Host: a:port'],
      ['Host: a?b'],
      ['Host: a#b'],
      ['Host: [::1'],
    ]
    for (const headers of rejected) {
      const response = await get('1.1', ...headers)
      t.match(response, /^HTTP\/1\.1 400 [^]*application\/problem\+json/, headers.join(' · '))
      t.match(bodyOfRaw(response), { code: 'malformed-request' })
    }
    const accepted = [
      'localhost',
      'a.example:3000',
      '127.0.0.1:80',
      '[::1]:3000',
      '[::1]',
      'xn--mnchen-3ya.example',
      '',
    ]
    for (const host of accepted) t.match(await get('1.1', `Host: ${host}`), /^HTTP\/1\.1 200 /, host)
    t.match(await get('1.0'), /^HTTP\/1\.1 200 /, 'HTTP/1.0 needs none')
  })

  t.test('numbers in paths and queries are decimal', async (t) => {
    const kim = await signUp(app)
    for (const number of ['0x10', '1e1', '%20', '%201', '1%20', '+1', '1.', '.5', 'Infinity', '१', '1_0', '']) {
      expectProblem(t, await kim.get(`/v1/titles?limit=${number}`), 'validation-failed', 400)
      expectProblem(t, await kim.get(`/v1/titles?minHeight=${number}`), 'validation-failed', 400)
      t.equal((await kim.get(`/v1/shows/${ID}/seasons/${number}`)).status, 404)
    }
    t.match((await kim.get('/v1/titles?limit=0x1')).body.errors, [{
      pointer: '/querystring/limit',
      message: /integer/,
    }])
    for (const number of ['1', '01', '20']) t.equal((await kim.get(`/v1/titles?limit=${number}`)).status, 200)
    const admin = await signUpAdmin(app)
    const show = (await admin.post('/v1/admin/shows', { title: 'Heimat' })).body.id
    for (const number of ['%20', '0x1', '1e1']) {
      const season = await admin.put(`/v1/admin/shows/${show}/seasons/${number}`, { title: 'Specials' })
      expectProblem(t, season, 'not-found', 404)
    }
  })

  t.test('fields that are rejected have a code, and the limit that they exceed', async (t) => {
    const admin = await signUpAdmin(app)
    const movie = { title: 'Heat' }
    const kinds: Array<readonly [body: object, pointer: string, code: string, limit?: number]> = [
      [{}, '/title', 'required'],
      [{ ...movie, director: 'Mann' }, '/director', 'unknown-field'],
      [{ title: 7 }, '/title', 'wrong-type'],
      [{ title: '' }, '/title', 'too-short', 1],
      [{ title: 'x'.repeat(501) }, '/title', 'too-long', 500],
      [{ ...movie, year: 1 }, '/year', 'too-small', 1_870],
      [{ ...movie, popularity: -1 }, '/popularity', 'too-small', 0],
      [{ ...movie, releaseDate: 'soon' }, '/releaseDate', 'invalid-format'],
      [{ ...movie, maturityRating: 'XXX' }, '/maturityRating', 'unknown-value'],
      [{ ...movie, certification: 'XXX 99' }, '/certification', 'unknown-value'],
      [{ ...movie, markers: { introEndMs: 5 } }, '/markers/introStartMs', 'invalid'],
    ]
    for (const [body, pointer, code, limit] of kinds) {
      const response = await admin.post('/v1/admin/movies', body)
      expectProblem(t, response, 'validation-failed', 400)
      t.match(response.body.errors, [{ pointer, code, message: String, ...limit === undefined ? {} : { limit } }], code)
    }
    t.match((await call(app, 'POST', '/v1/auth/login')).body.errors, [{ pointer: '', code: 'required' }])
  })

  t.test('an unknown expectation is rejected', async (t) => {
    const response = await get('1.1', 'Host: a', 'Expect: a-miracle')
    t.match(response, /^HTTP\/1\.1 417 [^]*application\/problem\+json[^]*"code":"expectation-failed"/)
    t.match(await get('1.1', 'Host: a', 'Expect: 100-continue'), /HTTP\/1\.1 200 /)
  })

  t.test('errors can be read by allowed origins, those of undecodable paths too', async (t) => {
    const urls = ['/v1/%C0', '/v1/movies/%', '/v1/nowhere', '/v1/account', `/v1/people/${'x'.repeat(200)}`]
    for (const url of urls) {
      for (const method of ['GET', 'POST', 'DELETE'] as const) {
        const response = await call(app, method, url, { headers: { origin: ORIGIN } })
        t.match(response, { status: /^4/, body: { code: String, requestId: String } }, `${method} ${url}`)
        t.match(response.headers, {
          'access-control-allow-origin': ORIGIN,
          'access-control-expose-headers': /X-Request-Id/,
          'x-request-id': String,
          vary: /Origin/,
        }, `${method} ${url}`)
        const foreign = await call(app, method, url, { headers: { origin: 'https://evil.example.com' } })
        t.equal(foreign.headers['access-control-allow-origin'], undefined)
      }
    }
  })

  const methodsByUrl = groupMethods()

  t.test('every path rejects the other methods with 405, and names its own', async (t) => {
    for (const [url, methods] of methodsByUrl) {
      for (const method of METHODS.filter((one) => !methods.has(one))) {
        if (method === 'HEAD' && methods.has('GET')) continue
        const { status, headers, body } = await call(app, method, url)
        t.equal(status, 405, `${method} ${url}`)
        if (method !== 'HEAD') t.match(body, { code: 'method-not-allowed', detail: String, requestId: String })
        const allowed = String(headers['allow']).split(', ')
        for (const one of methods) t.ok(allowed.includes(one), `${url} allows ${one}`)
        t.notOk(allowed.includes(method), `${url} does not allow ${method}`)
      }
    }
  })

  t.test('OPTIONS names the methods of a path, with and without an origin', async (t) => {
    for (const [url, methods] of methodsByUrl) {
      for (const headers of [{}, { origin: ORIGIN }, { origin: 'https://evil.example.com' }]) {
        const response = await app.inject({ method: 'OPTIONS', url, headers })
        t.equal(response.statusCode, 204, url)
        t.equal(response.body, '')
        const allowed = String(response.headers['allow']).split(', ')
        for (const one of [...methods, 'OPTIONS']) t.ok(allowed.includes(one), `${url} allows ${one}`)
      }
    }
  })

  t.test('unknown paths are 404 with every method', async (t) => {
    for (const method of METHODS) t.equal((await call(app, method, '/v1/nowhere')).status, 404, method)
    const options = await app.inject({ method: 'OPTIONS', url: '/v1/nowhere' })
    t.equal(options.statusCode, 404)
    t.match(options.headers['content-type'], /^application\/problem\+json/)
    const body = { body: 'x'.repeat(100), headers: { 'content-type': 'text/strange' } }
    expectProblem(t, await call(app, 'POST', '/v1/nowhere', body), 'not-found', 404)
    expectProblem(t, await call(app, 'POST', '/v1/plans', body), 'method-not-allowed', 405)
  })

  t.test('apps with their own scheme, and pages without an origin, are allowed when they are listed', async (t) => {
    const origins = ['capacitor://localhost', 'file://', 'chrome-extension://abcdefgh', 'null']
    const { app: other } = await startApp(t, { CORS_ORIGINS: origins.join() })
    for (const origin of origins) {
      const allowed = await call(other, 'GET', '/v1/plans', { headers: { origin } })
      t.equal(allowed.headers['access-control-allow-origin'], origin)
      const denied = await call(app, 'GET', '/v1/plans', { headers: { origin } })
      t.equal(denied.headers['access-control-allow-origin'], undefined)
      const headers = { origin, 'access-control-request-method': 'DELETE' }
      const preflight = await other.inject({ method: 'OPTIONS', url: '/v1/account', headers })
      t.match(preflight.headers, { 'access-control-allow-origin': origin, 'access-control-allow-methods': /DELETE/ })
    }
    for (const origin of ['capacitor://localhost.evil', 'CAPACITOR://localhost', 'file://x', 'https://null']) {
      const denied = await call(other, 'GET', '/v1/plans', { headers: { origin } })
      t.equal(denied.headers['access-control-allow-origin'], undefined)
    }
  })

  t.test('a preflight request returns 204 for every path', async (t) => {
    for (const url of ['/v1/plans', '/v1/account', '/v1/nowhere']) {
      const headers = { origin: ORIGIN, 'access-control-request-method': 'PUT' }
      const response = await app.inject({ method: 'OPTIONS', url, headers })
      t.equal(response.statusCode, 204)
      t.match(response.headers, {
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-methods': /PUT/,
        'access-control-max-age': '600',
      })
    }
  })
})

/** The methods of each path, with an ID for each parameter. Such a URL can match two paths. */
function groupMethods (): Map<string, Set<string>> {
  const urls = operations.map(({ path }) => path.replace(/\{\w+\}/g, ID))
  return new Map(urls.map((url) => [
    url,
    new Set(operations.filter(({ path }) => toExpression(path).test(url)).map(({ method }) => method)),
  ]))
}

function toExpression (path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`)
}
