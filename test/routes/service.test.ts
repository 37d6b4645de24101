import { connect, type AddressInfo } from 'node:net'
import mongoose from 'mongoose'
import t from 'tap'
import Fastify from 'fastify'
import { startApp, containerOf } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp } from '../support/users.js'
import authPlugin from '../../src/plugins/auth.js'
import { AUTH_RATE_LIMIT } from '../../src/plugins/security.js'

t.test('the service', async (t) => {
  const { app } = await startApp(t, { CORS_ORIGINS: 'https://tv.example.com' })

  t.test('reports that it is alive and ready', async (t) => {
    t.strictSame((await call(app, 'GET', '/health/live')).body, { status: 'ok' })
    t.strictSame((await call(app, 'GET', '/health/ready')).body, { status: 'ok', mail: 'none' })
  })

  t.test('responds to every error with a problem document', async (t) => {
    expectProblem(t, await call(app, 'GET', '/nowhere'), 'not-found', 404)
    expectProblem(
      t,
      await call(app, 'POST', '/v1/auth/login', { body: '{"broken', headers: { 'content-type': 'application/json' } }),
      'malformed-request',
      400,
    )
    expectProblem(
      t,
      await call(app, 'POST', '/v1/auth/login', { body: '<a/>', headers: { 'content-type': 'text/xml' } }),
      'unsupported-media-type',
      415,
    )
    expectProblem(
      t,
      await call(app, 'POST', '/v1/auth/login', { body: 'a', headers: { 'content-type': 'text/plain' } }),
      'unsupported-media-type',
      415,
    )
    expectProblem(
      t,
      await call(app, 'POST', '/v1/auth/login', { body: { email: 'x'.repeat(70_000), password: 'x' } }),
      'body-too-large',
      413,
    )
    expectProblem(
      t,
      await call(app, 'POST', '/v1/auth/login', {
        body: '{"__proto__":{"x":1},"email":"a","password":"b"}',
        headers: { 'content-type': 'application/json' },
      }),
      'malformed-request',
      400,
    )
    const { headers, body } = await call(app, 'GET', '/v1/account')
    t.equal(headers['x-request-id'], body.requestId)
  })

  t.test('responds to invalid HTTP with a problem document', async (t) => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const ask = async (text: string): Promise<string> =>
      await new Promise((resolve) => {
        const chunks: Buffer[] = []
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(text)
        })
        socket.on('data', (chunk) => chunks.push(chunk)).on('close', () => {
          resolve(Buffer.concat(chunks).toString())
        })
      })
    t.match(
      await ask(`GET /v1/plans?x=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
      /^HTTP\/1\.1 431 [^]*application\/problem\+json[^]*"code":"headers-too-large"/,
    )
    t.match(
      await ask('nonsense\r\n\r\n'),
      /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"code":"malformed-request"/,
    )
  })

  t.test('sends security headers, and allows only the configured origins', async (t) => {
    const allowed = await call(app, 'GET', '/v1/plans', { headers: { origin: 'https://tv.example.com' } })
    t.match(allowed.headers, {
      'access-control-allow-origin': 'https://tv.example.com',
      'x-content-type-options': 'nosniff',
      'content-security-policy': /default-src 'none'/,
    })
    t.notOk(
      (await call(app, 'GET', '/v1/plans', { headers: { origin: 'https://evil.example.com' } }))
        .headers['access-control-allow-origin'],
    )
  })

  t.test('serves its OpenAPI document, Swagger UI and metrics', async (t) => {
    const { body } = await call(app, 'GET', '/openapi.json')
    t.match(body, { openapi: '3.1.0', components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } })
    const ui = await call(app, 'GET', '/docs/')
    t.equal(ui.status, 200)
    t.match(ui.bytes.toString(), /swagger-ui/)
    const metrics = await call(app, 'GET', '/metrics')
    t.match(metrics.bytes.toString(), /http_request_duration_seconds_bucket/)
    t.match(metrics.bytes.toString(), /normflix_catalogue_titles 0/)
  })

  t.test('has an OpenAPI document that client generators can use', async (t) => {
    const { body } = await call(app, 'GET', '/openapi.json')
    const parameters = Object.values<any>(body.paths).flatMap((methods) =>
      Object.values<any>(methods).flatMap(({ parameters = [] }) => parameters)
    ).filter((one: any) => one.in === 'query')
    t.ok(parameters.length > 50)
    t.strictSame(
      parameters.filter(({ required, schema }: any) => required === true && schema.default !== undefined),
      [],
      'a parameter with a default is optional',
    )
    t.strictSame(
      parameters.filter(({ required, example }: any) => required !== true && example !== undefined),
      [],
      'optional filters have no example',
    )
    const untyped: unknown[] = []
    JSON.parse(JSON.stringify(body), (_key, value) => {
      if (typeof value?.enum?.[0] === 'string' && value.type === undefined) untyped.push(value)
      return value
    })
    t.strictSame(untyped, [], 'every enumeration has a type')
  })

  t.test('responds with 503 while the database is unavailable, and recovers', async (t) => {
    const kim = await signUp(app)
    const client = mongoose.connection.getClient()
    await client.close()
    const unavailable = await kim.get(`/v1/profiles/${kim.profileId}/history`)
    t.equal(unavailable.status, 503)
    t.equal(unavailable.body.code, 'database-unavailable')
    t.ok(unavailable.headers['retry-after'])
    t.equal((await call(app, 'GET', '/health/live')).status, 200)
    t.equal((await call(app, 'GET', '/health/ready')).status, 503)
    await client.connect()
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/history`)).status, 200)
    t.equal((await call(app, 'GET', '/health/ready')).status, 200)
  })
})

t.test('requests are limited per IP address', async (t) => {
  const { app } = await startApp(t, { RATE_LIMITS: 'on' })
  const answers = []
  for (let i = 0; i <= AUTH_RATE_LIMIT.max; i++) {
    answers.push(await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: 'x' } }))
  }
  t.equal(answers[AUTH_RATE_LIMIT.max - 1]?.status, 401)
  expectProblem(t, answers[AUTH_RATE_LIMIT.max]!, 'rate-limited', 429)
  t.ok(Number(answers[AUTH_RATE_LIMIT.max]?.headers['retry-after']) > 0)
})

t.test('a route that does not declare its access fails the start', async (t) => {
  const { app } = await startApp(t)
  const bare = Fastify()
  await bare.register(authPlugin, containerOf(app))
  t.throws(() => bare.get('/open', async () => 'everyone'), /does not declare its access/)
})
