// Sends secrets through every operation, in each place where a secret can be, and searches the log at level trace.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { startApp, containerOf, openApp } from '../support/app.js'
import { captureLog } from '../support/log.js'
import { play } from '../support/playback.js'
import { call } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'
import { bodyOf, createWorld, operations, urlOf } from './operations.js'

t.test('logs contain no secrets', async (t) => {
  const { logTo, text: logged } = captureLog()
  const { clock, config, databaseUri } = await startApp(t)
  const app = await openApp({ ...config, logLevel: 'trace' }, databaseUri, { now: clock.now, logTo })
  t.teardown(async () => {
    await app.close()
  })
  const world = await createWorld({ app, clock, config, databaseUri })
  const canary = `c4n4ry${randomUUID().replaceAll('-', '')}`
  const email = `${canary}@example.com`
  const kim = await signUp(app, { email })
  const stream = (await play(kim, world.movie)).body
  const secrets = [
    canary,
    PASSWORD,
    kim.token,
    kim.refreshToken,
    stream.url.split('token=')[1],
    config.passwordPepper,
    ...config.signingKeys.map(({ secret }) => secret),
  ]
  let requests = 0

  for (const operation of operations) {
    const url = await urlOf(world, operation)
    const separator = url.includes('?') ? '&' : '?'
    const body = bodyOf(operation) as Record<string, unknown> | undefined
    // The session of the caller must not end.
    const isEnd = operation.path.startsWith('/v1/auth/logout') ||
      (operation.method === 'DELETE' && operation.path.startsWith('/v1/a'))
    for (
      const [token, tail] of [[canary, ''], [isEnd ? canary : kim.token, ''], [
        canary,
        `${separator}token=${canary}&cursor=${canary}&q=${canary}`,
      ]] as const
    ) {
      const filled = body === undefined
        ? undefined
        : {
          ...body,
          password: `${canary} ${PASSWORD}`,
          pin: canary,
          email,
          token: canary,
          refreshToken: canary,
          deviceToken: canary,
          currentPassword: canary,
          newPassword: canary,
        }
      for (const payload of filled === undefined ? [undefined] : [body, filled]) {
        requests++
        await call(app, operation.method, url + tail, {
          token,
          ...(payload === undefined ? {} : { body: payload }),
          headers: { cookie: `session=${canary}`, 'x-api-key': canary, referer: `https://x/?token=${canary}` },
        })
      }
    }
  }
  for (
    const body of [{ email, password: PASSWORD }, { email, password: `${canary} wrong` }, {
      email,
      password: PASSWORD,
      deviceToken: canary,
    }]
  ) await call(app, 'POST', '/v1/auth/login', { body })
  await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } })
  await call(app, 'POST', '/v1/auth/password/forgot', { body: { email } })
  await call(app, 'GET', stream.url)
  await containerOf(app).background.onIdle()

  const lines = logged().split('\n')
  t.ok(lines.length > operations.length, `${lines.length} lines`)
  for (const [index, secret] of secrets.entries()) {
    const line = lines.find((one) => one.includes(secret)) ?? null
    t.equal(line?.slice(0, 400) ?? null, null, `secret ${index + 1}`)
  }
  t.comment(`${requests} requests to ${operations.length} operations, ${lines.length} log lines, 0 secrets found`)
})
