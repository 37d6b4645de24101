// Media URLs contain tokens, which must not appear in log lines and responses.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import t from 'tap'
import { startApp, containerOf, openApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { captureLog } from '../support/log.js'
import { untilFilesOpenAgain } from '../support/open-files.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('tokens of media URLs', async (t) => {
  const { logTo, text: logged } = captureLog()
  const { clock, config, databaseUri } = await startApp(t)
  const app = await openApp({ ...config, logLevel: 'trace' }, databaseUri, { now: clock.now, logTo })
  t.teardown(async () => {
    await app.close()
  })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en'])
  const kim = await signUp(app)
  const { body: started } = await play(kim, movie)
  const [mediaPath, token] = started.url.split('?token=') as [string, string]
  const [, tokenBody = '', mac = ''] = token.split('.')
  const canary = `c4n4ry${randomUUID()}`
  const secrets = [token, tokenBody, mac, canary]

  const urls = [
    `${started.url}`,
    `${mediaPath}?token=${canary}`,
    `${mediaPath}?token=${canary}.${canary}.${canary}`,
    `${mediaPath}?token=${token}${canary}`,
    `${mediaPath}?a=1&token=${canary}`,
    `${mediaPath}?%74oken=${canary}`,
    `${mediaPath}?TOKEN=${canary}`,
    `${mediaPath}?token=${canary}&token=${canary}`,
    `${mediaPath}?token=${canary.repeat(80)}`,
    `/v1/media/665f1c2e9b1e8a0012ab34cd?token=${token}`,
    `/v1/media/nothing?token=${canary}`,
    `/v1/media?token=${canary}`,
    `/nowhere?token=${canary}`,
    `/v1/media/%zz?token=${canary}`,
    `/v1/media/${'x'.repeat(200)}?token=${canary}`,
    `//v1/media/x?token=${canary}`,
    `${mediaPath}?token=%zz${canary}`,
    `${mediaPath}#token=${canary}`,
  ]

  function expectNoSecret (name: string, text: string): void {
    for (const secret of secrets) t.notOk(text.includes(secret), name)
  }

  t.test('error responses contain no token', async (t) => {
    for (const url of urls) {
      for (const method of ['GET', 'HEAD', 'DELETE', 'POST'] as const) {
        const { statusCode, headers, body } = await app.inject({
          method,
          url,
          headers: { referer: `https://tv.example.com${started.url}&x=${canary}` },
        })
        t.ok(statusCode < 500, `${method} ${url.slice(0, 60)} is a ${statusCode}`)
        if (statusCode >= 400) expectNoSecret(url, body + JSON.stringify(headers))
        if (statusCode >= 400 && method === 'GET') {
          t.match(headers['content-type'], /^application\/problem\+json/, url.slice(0, 60))
          t.notOk(JSON.parse(body).instance)
        }
      }
    }
    t.match(
      (await call(app, 'GET', started.url)).headers['referrer-policy'],
      'no-referrer',
      'browsers do not send them in Referer headers',
    )
  })

  t.test('responses to malformed URLs contain no token', async (t) => {
    for (const url of [`/v1/media/%zz?token=${canary}`, `/v1/%?token=${canary}`]) {
      expectProblem(t, await call(app, 'GET', url), 'malformed-request', 400)
    }
    expectProblem(t, await call(app, 'GET', `/v1/media/${'x'.repeat(200)}?token=${canary}`), 'url-too-long', 414)
  })

  t.test('interrupted responses, truncated files and malformed requests are logged', async (t) => {
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
    await send(`GET ${mediaPath}?token=${canary} HTTP/9.9\r\nHost: x\r\n\r\n`)
    await send(`GET ${mediaPath}?token=${canary.repeat(1_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const { storageKey = '' } = containerOf(app).catalogue.findFile(started.mediaFile.id) ?? {}
    writeFileSync(path.join(config.dataDir, 'media', ...storageKey.split('/')), 'short')
    await untilFilesOpenAgain()
    expectProblem(t, await call(app, 'GET', started.url), 'not-found', 404)
    t.ok(logged().includes('"statusCode":404'))
  })

  t.test('no log line contains a token', async (t) => {
    const lines = logged().split('\n')
    t.ok(lines.length > urls.length * 4, `${lines.length} lines`)
    t.ok(lines.some((line) => line.includes(`"url":"${mediaPath}?token=…"`)), 'the path is logged')
    expectNoSecret('a log line', logged())
  })
})
