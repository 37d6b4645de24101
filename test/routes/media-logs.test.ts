// Media addresses carry tokens: whatever goes wrong with one, no log line and no answer repeats its token.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { Writable } from 'node:stream'
import t from 'tap'
import { addMovie, call, expectProblem, play, signUp, signUpAdmin, startApp, containerOf, openApp } from '../helper.js'

t.test('tokens of media addresses', async (t) => {
  let logged = ''
  const logTo = new Writable({
    write (chunk, _encoding, done) {
      logged += String(chunk)
      done()
    },
  })
  const { clock, config, databaseUri } = await startApp(t)
  const app = await openApp({ ...config, logLevel: 'trace' }, databaseUri, { now: clock.now, logTo })
  t.teardown(async () => {
    await app.close()
  })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en'])
  const kim = await signUp(app)
  const { body: started } = await play(kim, movie)
  const [address, token] = started.url.split('?token=') as [string, string]
  const [, claims = '', mac = ''] = token.split('.')
  const canary = `c4n4ry${randomUUID()}`
  const secrets = [token, claims, mac, canary]

  const urls = [
    `${started.url}`,
    `${address}?token=${canary}`,
    `${address}?token=${canary}.${canary}.${canary}`,
    `${address}?token=${token}${canary}`,
    `${address}?a=1&token=${canary}`,
    `${address}?%74oken=${canary}`,
    `${address}?TOKEN=${canary}`,
    `${address}?token=${canary}&token=${canary}`,
    `${address}?token=${canary.repeat(80)}`,
    `/v1/media/665f1c2e9b1e8a0012ab34cd?token=${token}`,
    `/v1/media/nothing?token=${canary}`,
    `/v1/media?token=${canary}`,
    `/nowhere?token=${canary}`,
    `/v1/media/%zz?token=${canary}`,
    `/v1/media/${'x'.repeat(200)}?token=${canary}`,
    `//v1/media/x?token=${canary}`,
    `${address}?token=%zz${canary}`,
    `${address}#token=${canary}`,
  ]

  function expectSilence (what: string, text: string): void {
    for (const secret of secrets) t.notOk(text.includes(secret), what)
  }

  t.test('are in no answer, whatever is wrong with them', async (t) => {
    for (const url of urls) {
      for (const method of ['GET', 'HEAD', 'DELETE', 'POST'] as const) {
        const { statusCode, headers, body } = await app.inject({
          method,
          url,
          headers: { referer: `https://tv.example.com${started.url}&x=${canary}` },
        })
        t.ok(statusCode < 500, `${method} ${url.slice(0, 60)} is a ${statusCode}`)
        if (statusCode >= 400) expectSilence(url, body + JSON.stringify(headers))
        if (statusCode >= 400 && method === 'GET') {
          t.match(headers['content-type'], /^application\/problem\+json/, url.slice(0, 60))
          t.notOk(JSON.parse(body).instance)
        }
      }
    }
    t.match(
      (await call(app, 'GET', started.url)).headers['referrer-policy'],
      'no-referrer',
      'and browsers pass them on to nobody',
    )
  })

  t.test('nor in the answer to an address that cannot be read', async (t) => {
    for (const url of [`/v1/media/%zz?token=${canary}`, `/v1/%?token=${canary}`]) {
      expectProblem(t, await call(app, 'GET', url), 'malformed-request', 400)
    }
    expectProblem(t, await call(app, 'GET', `/v1/media/${'x'.repeat(200)}?token=${canary}`), 'url-too-long', 414)
  })

  t.test('are not logged when bytes break off under way, when a file is broken, and when a request is none', async (t) => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const send = async (text: string): Promise<void> =>
      await new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(text)
        })
        socket.once('data', () => {
          socket.destroy()
        })
        socket.once('close', () => {
          resolve()
        })
      })
    await send(`GET ${started.url} HTTP/1.1\r\nHost: x\r\nReferer: http://x${started.url}\r\n\r\n`)
    await send(`GET ${address}?token=${canary} HTTP/9.9\r\nHost: x\r\n\r\n`)
    await send(`GET ${address}?token=${canary.repeat(1_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const { storageKey = '' } = containerOf(app).catalogue.findFile(started.mediaFile.id) ?? {}
    writeFileSync(path.join(config.dataDir, 'media', ...storageKey.split('/')), 'short')
    expectProblem(t, await call(app, 'GET', started.url), 'not-found', 404)
    t.ok(logged.includes('"statusCode":404'))
  })

  t.test('and are in none of all these lines', async (t) => {
    const lines = logged.split('\n')
    t.ok(lines.length > urls.length * 4, `${lines.length} lines`)
    t.ok(lines.some((line) => line.includes(`"url":"${address}?token=…"`)), 'the address itself is there')
    expectSilence('a log line', logged)
  })
})
