import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Readable } from 'node:stream'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import compressionPlugin from '../../src/plugins/compression.js'
import gracefulShutdown from '../../src/plugins/graceful-shutdown.js'
import problemsPlugin from '../../src/plugins/problems.js'
import { startApp } from '../support/app.js'
import { addMovie, clipBytes } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'

const DECODERS = { br: brotliDecompressSync, gzip: gunzipSync } as const
const ANY_ENCODING = { 'accept-encoding': 'br, gzip' }
const BUILT_ASSETS = path.resolve('dist', 'web', 'assets')

type Fetch = (url: string, headers?: Record<string, string>, method?: 'GET' | 'HEAD') => Promise<LightMyRequestResponse>

function createFetch (app: FastifyInstance, token: string): Fetch {
  return async (url, headers = {}, method = 'GET') =>
    await app.inject({ method, url, headers: { authorization: `Bearer ${token}`, ...headers } })
}

/** Expects that a URL has the same body in every encoding. @returns the identity response */
async function expectCompressed (t: Test, fetch: Fetch, url: string): Promise<LightMyRequestResponse> {
  const identity = await fetch(url)
  t.equal(identity.statusCode, 200, url)
  t.equal(identity.headers['content-encoding'], undefined)
  t.match(identity.headers.vary, /accept-encoding/i, 'the identity response varies too')
  for (const encoding of ['br', 'gzip'] as const) {
    const { headers, rawPayload } = await fetch(url, { 'accept-encoding': encoding })
    t.equal(headers['content-encoding'], encoding)
    t.equal(headers['content-type'], identity.headers['content-type'])
    t.equal(headers.vary, identity.headers.vary)
    t.ok(rawPayload.length < identity.rawPayload.length, `${rawPayload.length} of ${identity.rawPayload.length} bytes`)
    if (headers['content-encoding'] === encoding) t.ok(DECODERS[encoding](rawPayload).equals(identity.rawPayload))
  }
  return identity
}

t.test('compression', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const fetch = createFetch(app, admin.token)
  const movie = await addMovie(app, admin, { synopsis: 'A computer hacker learns about reality. '.repeat(40) })
  for (let i = 1; i <= 20; i++) await addMovie(app, admin, { title: `Rocky ${i}` }, [])

  t.test('covers JSON, the API description, and scripts and styles', async (t) => {
    const { headers } = await expectCompressed(t, fetch, '/v1/titles')
    t.match(headers.vary, /accept-language, authorization/i, 'other values of Vary remain')
    for (const url of ['/openapi.json', '/import-line.schema.json', '/docs/static/swagger-ui.css']) {
      await expectCompressed(t, fetch, url)
    }
  })

  t.test('covers the assets of the web apps', { skip: !existsSync(BUILT_ASSETS) }, async (t) => {
    // The build writes no compressed copy that is larger than the file.
    const names = readdirSync(BUILT_ASSETS).filter((name) => /\.(css|js)$/.test(name))
      .filter((name) => existsSync(path.join(BUILT_ASSETS, `${name}.br`)))
    t.ok(names.length > 1)
    for (const name of names) await expectCompressed(t, fetch, `/assets/${name}`)
  })

  t.test('prefers Brotli, and respects the quality values of the client', async (t) => {
    const encodingFor = async (accepted: string): Promise<unknown> =>
      (await fetch('/v1/titles', { 'accept-encoding': accepted })).headers['content-encoding']
    t.equal(await encodingFor('gzip, deflate, br'), 'br')
    t.equal(await encodingFor('br;q=0.5, gzip'), 'gzip')
    t.equal(await encodingFor('br;q=0, gzip;q=0.1'), 'gzip')
    t.equal(await encodingFor('br;q=0, gzip;q=0'), undefined)
    t.equal(await encodingFor('identity'), undefined)
    t.equal(await encodingFor('zstd, deflate'), undefined)
    t.equal(await encodingFor('*'), 'gzip')
    t.equal(await encodingFor('gzip;q=0, *'), 'br', 'a wildcard does not stand for a rejected encoding')
    t.equal(await encodingFor('br;q=0, *'), 'gzip')
    t.equal(await encodingFor('br;q=0, gzip;q=0, *'), undefined)
    t.equal(await encodingFor('br, *;q=0.5'), 'br')
    t.equal(await encodingFor('*;q=0'), undefined)
  })

  t.test('keeps the ETag of a response in every encoding', async (t) => {
    const { headers: { etag } } = await fetch('/v1/titles')
    for (const accepted of ['br', 'gzip', 'identity']) {
      t.equal((await fetch('/v1/titles', { 'accept-encoding': accepted })).headers.etag, etag)
      const response = await fetch('/v1/titles', { 'accept-encoding': accepted, 'if-none-match': String(etag) })
      t.equal(response.statusCode, 304)
      t.equal(response.rawPayload.length, 0)
      t.equal(response.headers.etag, etag)
      t.equal(response.headers['content-encoding'], undefined)
      t.match(response.headers.vary, /accept-encoding/)
    }
    const compressed = await fetch(`/v1/movies/${movie}`, ANY_ENCODING)
    t.equal(compressed.headers['content-encoding'], 'br')
    const changed = await admin.patch(`/v1/admin/movies/${movie}`, { synopsis: null }, {
      'if-match': String(compressed.headers.etag),
    })
    t.equal(changed.status, 200, 'If-Match accepts the tag of a compressed response')
  })

  t.test('gives HEAD the headers of GET', async (t) => {
    for (const url of ['/import-line.schema.json', '/v1/titles', '/openapi.json']) {
      for (const headers of [{}, ANY_ENCODING]) {
        const get = await fetch(url, headers)
        const head = await fetch(url, headers, 'HEAD')
        t.equal(head.statusCode, 200)
        t.equal(head.rawPayload.length, 0)
        for (const name of ['content-encoding', 'content-length', 'content-type', 'vary', 'etag']) {
          t.equal(head.headers[name], get.headers[name], `${url} ${name}`)
        }
      }
    }
  })

  t.test('excludes media bytes, ranges and small bodies', async (t) => {
    const kim = await signUp(app)
    const { body: stream } = await play(kim, movie)
    const whole = await fetch(stream.url, ANY_ENCODING)
    t.equal(whole.headers['content-encoding'], undefined)
    t.notMatch(String(whole.headers.vary), /accept-encoding/)
    t.ok(whole.rawPayload.equals(clipBytes('480p-en')))
    const part = await fetch(stream.url, { ...ANY_ENCODING, range: 'bytes=0-9999' })
    t.equal(part.statusCode, 206)
    t.equal(part.headers['content-encoding'], undefined)
    t.equal(part.rawPayload.length, 10_000)
    t.equal((await fetch('/health/live', ANY_ENCODING)).headers['content-encoding'], undefined)
  })

  t.test('excludes responses with tokens or personal data', async (t) => {
    const kim = await signUp(app)
    for (const name of ['Two', 'Three', 'Four', 'Five']) await kim.post('/v1/profiles', { name })
    const send = async (url: string, body: object): Promise<TestResponse> =>
      await call(app, 'POST', url, { body, headers: ANY_ENCODING })
    const loggedIn = await send('/v1/auth/login', { email: kim.email, password: PASSWORD })
    const refreshed = await send('/v1/auth/refresh', { refreshToken: loggedIn.body.refreshToken })
    for (const { status, headers, bytes } of [loggedIn, refreshed]) {
      t.equal(status, 200)
      t.ok(bytes.length > 1_024, `${bytes.length} bytes`)
      t.equal(headers['content-encoding'], undefined)
    }
    const accounts = await fetch('/v1/admin/accounts', ANY_ENCODING)
    t.equal(accounts.headers['content-encoding'], undefined)
  })

  t.test('does not decompress request bodies', async (t) => {
    const { status } = await call(app, 'POST', '/v1/auth/login', {
      body: Buffer.from('{}'),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    })
    t.equal(status, 415)
  })
})

t.test('streams', async (t) => {
  const app = Fastify()
  t.teardown(async () => {
    await app.close()
  })
  await app.register(gracefulShutdown)
  await app.register(problemsPlugin)
  await app.register(compressionPlugin)
  const line = (): string => `{"value":"${Math.random()}"}\n`
  const text = Array.from({ length: 10_000 }, line).join('')
  app.get('/complete', async (_request, reply) => await reply.type('application/x-ndjson').send(Readable.from([text])))
  app.get('/failing', async (_request, reply) => {
    async function* generate (): AsyncGenerator<string> {
      for (let i = 0; i < 20; i++) yield text
      throw new Error('the source fails')
    }
    return await reply.type('application/x-ndjson').send(Readable.from(generate()))
  })
  app.get('/failing-early', async (_request, reply) => {
    async function* generate (): AsyncGenerator<string> {
      yield 'a short line\n'
      throw new Error('the source fails')
    }
    return await reply.type('application/x-ndjson').send(Readable.from(generate()))
  })
  app.get('/events', async (_request, reply) => await reply.type('text/event-stream').send(Readable.from([text])))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const get = async (path: string): Promise<{ encoding: unknown, bytes: Buffer, isComplete: boolean }> =>
    await new Promise((resolve) => {
      request({ port, host: '127.0.0.1', path, headers: { 'accept-encoding': 'gzip' } }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined).on('close', () => {
          const encoding = response.headers['content-encoding']
          resolve({ encoding, bytes: Buffer.concat(chunks), isComplete: response.complete })
        })
      }).end()
    })

  const complete = await get('/complete')
  t.equal(complete.encoding, 'gzip')
  t.ok(complete.isComplete)
  t.equal(gunzipSync(complete.bytes).toString(), text)
  t.notOk((await get('/failing')).isComplete, 'a stream that fails is cut off')
  const problem = await get('/failing-early')
  t.equal(problem.encoding, undefined, 'a stream that fails before its first byte becomes a problem')
  t.match(JSON.parse(problem.bytes.toString()), { code: 'internal-error' })
  const events = await get('/events')
  t.equal(events.encoding, undefined, 'events are not compressed')
  t.equal(events.bytes.toString(), text)
})
