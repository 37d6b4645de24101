// Requests that arrive slowly or not at all, over raw sockets and with short time limits.
import { mkdtempSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t, { type Test } from 'tap'
import { loadConfig } from '../../src/config.js'
import { HTTP_TIMEOUTS } from '../../src/http/timeouts.js'
import { createTestDatabase, openApp } from '../support/app.js'
import { bodyOfRaw, openRawConnection, sendRaw } from '../support/raw-client.js'
import { signUp, signUpAdmin } from '../support/users.js'

const TIMEOUTS = { ...HTTP_TIMEOUTS, headersMs: 300, headersCheckMs: 50, bodyMs: 300, drainMs: 300 }
/** Far above the time limits, for a busy machine. */
const MAX_SIGN_UPS = 5
const SLACK_MS = 5_000

const SLOW_ROUTES = [
  ['POST', '/v1/admin/import', 'application/x-ndjson'],
  ['POST', '/v1/admin/uploads', 'application/offset+octet-stream'],
  ['PATCH', `/v1/admin/uploads/${'0'.repeat(24)}`, 'application/offset+octet-stream'],
  ['POST', `/v1/admin/movies/${'0'.repeat(24)}/media`, 'video/mp4'],
  ['POST', `/v1/profiles/${'0'.repeat(24)}/history/import`, 'text/csv'],
] as const

function headOf (method: string, url: string, headers: readonly string[]): string {
  return [`${method} ${url} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n')
}

async function within (t: Test, closed: Promise<string>, what: string): Promise<string> {
  const startedAt = Date.now()
  const response = await closed
  t.ok(Date.now() - startedAt < SLACK_MS, `${what}: closed`)
  return response
}

/** On a busy machine, the short timeouts can end a sign-up too. */
async function repeat<T> (run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt < MAX_SIGN_UPS; attempt++) {
    const result = await run().catch(() => null)
    if (result !== null) return result
  }
  return await run()
}

t.test('slow requests', { timeout: 60_000 }, async (t) => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-slow-'))
  const config = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', RATE_LIMITS: 'off', DATA_DIR: dataDir })
  const app = await openApp(config, await createTestDatabase(t), { timeouts: TIMEOUTS })
  t.teardown(async () => {
    await app.close()
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const member = await repeat(async () => await signUp(app))
  const admin = await repeat(async () => await signUpAdmin(app))

  for (const [method, url, type] of SLOW_ROUTES) {
    for (const framing of ['Transfer-Encoding: chunked', 'Content-Length: 1000000']) {
      for (const [who, token, status] of [['no', '', 401], ['a foreign', member.token, 40]] as const) {
        t.test(`${method} ${url} with ${who} token, ${framing}`, async (t) => {
          const headers = [`Content-Type: ${type}`, framing, ...token === '' ? [] : [`Authorization: Bearer ${token}`]]
          const connection = openRawConnection(t, port, headOf(method, url, headers))
          const timer = setInterval(() => connection.socket.write(framing.includes('chunked') ? '1\r\nx\r\n' : 'x'), 20)
          const response = await within(t, connection.closed, 'the connection')
          clearInterval(timer)
          t.match(response, new RegExp(`^HTTP/1\\.1 ${status}[^]*application/problem\\+json`))
        })
      }
    }
  }

  t.test('a body that arrives too slowly gets a 408 and loses its connection', async (t) => {
    for (const framing of ['Transfer-Encoding: chunked', 'Content-Length: 1000']) {
      const headers = ['Content-Type: application/json', framing]
      const connection = openRawConnection(t, port, headOf('POST', '/v1/auth/login', headers))
      const timer = setInterval(() => connection.socket.write(framing.includes('chunked') ? '1\r\n \r\n' : ' '), 20)
      const response = await within(t, connection.closed, framing)
      clearInterval(timer)
      t.match(response, /^HTTP\/1\.1 408 [^]*connection: close[^]*application\/problem\+json/i)
      t.match(bodyOfRaw(response), { code: 'request-timeout', status: 408, requestId: String })
    }
  })

  t.test('a GET request with an endless body gets a response, and its connection is closed', async (t) => {
    const connection = openRawConnection(t, port, headOf('GET', '/v1/plans', ['Content-Length: 1000']))
    t.match(await within(t, connection.closed, 'GET'), /^HTTP\/1\.1 200 /)
  })

  t.test('headers that arrive too slowly get a 408 and lose their connection', async (t) => {
    const response = await within(t, sendRaw(t, port, 'GET /v1/plans HTTP/1.1\r\nHost: x\r\nX-Slow: '), 'headers')
    t.match(response, /^HTTP\/1\.1 408 [^]*application\/problem\+json[^]*"code":"request-timeout"/)
  })

  t.test('the connections of requests that cannot be parsed are closed', async (t) => {
    const rejected = [
      'nonsense\r\n\r\n',
      `GET /?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      headOf('POST', '/v1/auth/login', ['Content-Type: application/json', 'Transfer-Encoding: chunked']) + 'zz\r\n',
      headOf('POST', '/v1/auth/login', ['Content-Length: 5', 'Transfer-Encoding: chunked']) + '0\r\n\r\n',
      headOf('POST', '/v1/auth/login', ['Content-Length: 5', 'Content-Length: 6']),
    ]
    for (const text of rejected) {
      const response = await within(t, sendRaw(t, port, text), text.slice(0, 40))
      t.match(response, /^HTTP\/1\.1 4\d\d [^]*application\/problem\+json[^]*x-request-id/i)
      t.match(bodyOfRaw(response), { code: String, detail: String, requestId: String })
      t.equal(response.split('HTTP/1.1').length, 2, 'one response')
    }
  })

  t.test('a rejected body that ends soon leaves its connection open for the next request', async (t) => {
    const body = 'x'.repeat(300_000)
    const head = headOf('POST', '/v1/auth/login', ['Content-Type: application/json', `Content-Length: ${body.length}`])
    const { socket, received } = openRawConnection(t, port, head + body + headOf('GET', '/v1/plans', []))
    for (let i = 0; i < 100 && !received().includes('HTTP/1.1 200'); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    t.match(received(), /^HTTP\/1\.1 413 [^]*"body-too-large"[^]*HTTP\/1\.1 200 /)
    t.notOk(socket.destroyed)
  })

  t.test('an administrator may send a body slowly', async (t) => {
    const headers = [
      'Content-Type: application/x-ndjson',
      'Transfer-Encoding: chunked',
      `Authorization: Bearer ${admin.token}`,
      'Connection: close',
    ]
    const { socket, closed } = openRawConnection(t, port, headOf('POST', '/v1/admin/import?dryRun=true', headers))
    for (let i = 0; i < 4 * TIMEOUTS.bodyMs; i += 100) {
      socket.write('1\r\n\n\r\n')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    socket.write('0\r\n\r\n')
    t.match(await within(t, closed, 'import'), /^HTTP\/1\.1 200 /)
  })
})
