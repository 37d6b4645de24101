// Delivery by a real nginx with the configuration in docs/operations.md: its responses must equal those of the service.
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { startApp, containerOf, openApp } from '../../support/app.js'
import { addMovie, clipBytes } from '../../support/catalogue.js'
import { untilFilesOpenAgain } from '../../support/open-files.js'
import { play } from '../../support/playback.js'
import { signUp, signUpAdmin } from '../../support/users.js'
import { findNginx, NO_NGINX, startNginx } from '../../support/nginx.js'

const binary = findNginx()

interface NginxResponse {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

async function request (
  origin: string,
  url: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
): Promise<NginxResponse> {
  // Passing the whole URL would normalise its path.
  const { hostname, port } = new URL(origin)
  const outgoing = httpRequest({ hostname, port, path: url, method, headers, agent: false })
  outgoing.end()
  const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await buffer(incoming) }
}

/** The parts of a response to compare. Boundaries are random and problems contain a request ID. */
function comparable ({ status, headers, body }: NginxResponse): object {
  const boundary = /boundary=(\w+)/.exec(headers['content-type'] ?? '')?.[1] ?? 'none'
  const names = [
    'content-length',
    'content-range',
    'accept-ranges',
    'content-disposition',
    'etag',
    'last-modified',
    'cache-control',
    'x-content-type-options',
    'access-control-allow-origin',
    'vary',
    'cross-origin-resource-policy',
  ] as const
  return {
    status,
    type: headers['content-type']?.replace(boundary, '…'),
    ...Object.fromEntries(names.map((name) => [name, headers[name]])),
    body: status >= 400
      ? (body.length === 0 ? '' : JSON.parse(body.toString()).code)
      : body.toString('latin1').replaceAll(boundary, '…'),
  }
}

t.test('delivery by nginx', { timeout: 200_000, skip: binary === null ? NO_NGINX : false }, async (t) => {
  const { app, config, clock, databaseUri } = await startApp(t, {
    X_ACCEL_REDIRECT_PREFIX: '/protected-media/',
    CORS_ORIGINS: 'https://tv.example.com',
  })
  const plain = await openApp({ ...config, xAccelRedirectPrefix: null }, databaseUri, { now: clock.now })
  t.teardown(async () => {
    await plain.close()
  })
  const [serviceOrigin, plainOrigin] = [
    await app.listen({ port: 0, host: '127.0.0.1' }),
    await plain.listen({ port: 0, host: '127.0.0.1' }),
  ]
  const mediaFolder = path.join(config.dataDir, 'media')
  const nginx = await startNginx(binary ?? '', serviceOrigin, mediaFolder)
  t.teardown(nginx.stop)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en'])
  const clip = clipBytes('480p-en')
  const kim = await signUp(app)
  const { body: started } = await play(kim, movie)
  await containerOf(plain).catalogue.reloadTitle(movie)
  const storageKey = containerOf(app).catalogue.findFile(started.mediaFile.id)?.storageKey ?? ''

  t.test('nginx sends the file that the service names after checking the URL', async (t) => {
    const { status, headers, body } = await request(serviceOrigin, started.url)
    t.equal(status, 200)
    t.match(headers, {
      'x-accel-redirect': `/protected-media/${storageKey}`,
      'content-type': 'video/mp4',
      etag: /^"\w+"$/,
      'cache-control': /private/,
    })
    t.equal(body.length, 0)
    const sent = await request(nginx.origin, started.url)
    t.ok(sent.body.equals(clip))
    t.notOk(sent.headers['x-accel-redirect'], 'clients do not see the internal path')
    t.match(sent.headers, {
      server: /nginx/,
      etag: headers['etag'],
      'last-modified': headers['last-modified'],
      'x-request-id': /^[\w-]{36}$/,
    })
  })

  t.test('ranges and preconditions have the same responses as from the service', async (t) => {
    const { etag = '', 'last-modified': modified = '' } = (await request(plainOrigin, started.url)).headers
    const EARLIER = 'Sat, 01 Jan 2000 00:00:00 GMT'
    const range = { range: 'bytes=1000-1999' }
    const cases: ReadonlyArray<readonly [headers: OutgoingHttpHeaders, status: number]> = [
      [{}, 200],
      [range, 206],
      [{ range: 'bytes=0-' }, 206],
      [{ range: 'bytes=-5' }, 206],
      [{ range: `bytes=-${clip.length * 2}` }, 206],
      [{ range: `bytes=${clip.length - 1}-${clip.length + 5}` }, 206],
      [{ range: `bytes=${clip.length}-` }, 416],
      [{ range: 'bytes=-0' }, 416],
      [{ range: 'nonsense' }, 200],
      [{ range: 'bytes=5-4' }, 200],
      [{ range: 'items=0-1' }, 200],
      [{ range: 'bytes=0 - 9' }, 206],
      [{ range: 'bytes=0-9,20-29,-5' }, 206],
      [{ range: 'bytes=0-,1-,2-' }, 200],
      [{ range: `bytes=0-1,${clip.length}-` }, 206],
      [{ ...range, 'if-range': etag }, 206],
      [{ ...range, 'if-range': modified }, 206],
      [{ ...range, 'if-range': `W/${etag}` }, 200],
      [{ ...range, 'if-range': '"other"' }, 200],
      [{ ...range, 'if-range': EARLIER }, 200],
      [{ 'if-none-match': etag }, 304],
      [{ 'if-none-match': `W/${etag}` }, 304],
      [{ 'if-none-match': '*' }, 304],
      [{ 'if-none-match': '"other"' }, 200],
      [{ 'if-none-match': '"other"', ...range }, 206],
      [{ 'if-modified-since': modified }, 304],
      [{ 'if-modified-since': EARLIER }, 200],
      [{ 'if-modified-since': EARLIER, ...range }, 206],
      [{ 'if-match': etag }, 200],
      [{ 'if-match': etag, ...range }, 206],
      [{ 'if-match': '"other"' }, 412],
      [{ 'if-match': `W/${etag}` }, 412],
      [{ 'if-unmodified-since': modified }, 200],
      [{ 'if-unmodified-since': EARLIER }, 412],
      [{ 'if-unmodified-since': modified, ...range }, 206],
      [{ origin: 'https://tv.example.com' }, 200],
      [{ origin: 'https://tv.example.com', ...range }, 206],
      [{ origin: 'https://evil.example.com' }, 200],
    ]
    for (const [headers, status] of cases) {
      for (const method of ['GET', 'HEAD']) {
        const [through, direct] = [
          await request(nginx.origin, started.url, headers, method),
          await request(plainOrigin, started.url, headers, method),
        ]
        if (method === 'GET') t.equal(through.status, status, JSON.stringify(headers))
        t.same(comparable(through), comparable(direct), `${method} ${JSON.stringify(headers)}`)
      }
    }
  })

  t.test('1,000 random ranges have the same bytes as the file', async (t) => {
    let wrong = 0
    for (let i = 0; i < 1_000; i++) {
      const start = Math.floor(Math.random() * clip.length)
      const end = Math.min(clip.length - 1, start + Math.floor(Math.random() * 100_000))
      const { status, body } = await request(nginx.origin, started.url, { range: `bytes=${start}-${end}` })
      if (status !== 206 || !body.equals(clip.subarray(start, end + 1))) wrong++
    }
    t.equal(wrong, 0)
  })

  t.test('HLS fragments have the same responses as from the service', async (t) => {
    await containerOf(app).packaging.processPending()
    await containerOf(app).packaging.onIdle()
    await containerOf(plain).catalogue.reloadTitle(movie)
    const pat = await signUp(app)
    const { body: packaged } = await play(pat, movie)
    const next = async (url: string, uri: RegExp): Promise<string> =>
      new URL(uri.exec((await request(nginx.origin, url)).body.toString())?.[0] ?? '', `http://x${url}`).href.slice(
        'http://x'.length,
      )
    const playlist = await next(packaged.hlsUrl, /^[\w-]+-v\.m3u8.*$/m)
    const fragments = await next(playlist, /^[\w-]+-v\.mp4.*$/m)
    for (
      const headers of [{}, { range: 'bytes=0-99' }, { range: 'bytes=1000-' }, { range: 'bytes=-1' }, {
        range: 'bytes=99999999-',
      }]
    ) {
      const [through, direct] = [
        await request(nginx.origin, fragments, headers),
        await request(plainOrigin, fragments, headers),
      ]
      t.same(comparable(through), comparable(direct), JSON.stringify(headers))
    }
    t.match((await request(serviceOrigin, fragments)).headers, { 'x-accel-redirect': String })
    t.equal((await request(nginx.origin, `${fragments}A`)).status, 403)
    await pat.delete(`/v1/account/streams/${packaged.streamId}`)
    t.equal((await request(nginx.origin, fragments)).status, 403)
  })

  t.test('clients cannot access the media folder or its siblings directly', async (t) => {
    mkdirSync(`${mediaFolder}-beside`)
    for (
      const file of [
        path.join(config.dataDir, 'canary'),
        `${mediaFolder}-beside/canary`,
        path.join(mediaFolder, 'canary'),
      ]
    ) writeFileSync(file, 'c4n4ry')
    const urls = [
      `/protected-media/${storageKey}`,
      '/protected-media/canary',
      '/protected-media',
      '/protected-media/',
      '/protected-media../canary',
      '/protected-media/../canary',
      '/protected-media/%2e%2e/canary',
      '/protected-media/..%2fcanary',
      '/protected-media-beside/canary',
      '/protected-media../media-beside/canary',
      '//protected-media/canary',
      '/%70rotected-media/canary',
      '/v1/../protected-media/canary',
      '/v1/media/..%2f..%2fprotected-media%2fcanary',
      `/protected-media/canary?token=${started.url.split('token=')[1]}`,
      `/v1/media/${started.mediaFile.id}/../../../protected-media/canary?token=${started.url.split('token=')[1]}`,
    ]
    for (const url of urls) {
      for (const headers of [{}, { 'x-accel-redirect': '/protected-media/canary' }]) {
        const { status, body } = await request(nginx.origin, url, headers)
        t.ok([400, 403, 404].includes(status), `${url} is a ${status}`)
        t.notOk(body.includes('c4n4ry') || body.includes(clip.subarray(0, 100)))
      }
    }
  })

  t.test('metrics are not published', async (t) => {
    for (const url of ['/metrics', '//metrics', '/%6detrics', '/x/../metrics', '/metrics?a=b', '/metrics/']) {
      const { status, body } = await request(nginx.origin, url)
      t.equal(status, 404, url)
      t.notMatch(body.toString(), 'normflix_')
    }
  })

  t.test('a changed token or an ended stream gives no access', async (t) => {
    const { body } = await play(kim, movie)
    t.equal((await request(nginx.origin, body.url, { range: 'bytes=0-9' })).status, 206)
    t.equal((await request(nginx.origin, `${body.url}A`)).status, 403)
    await kim.delete(`/v1/account/streams/${body.streamId}`)
    for (const method of ['GET', 'HEAD']) {
      const rejected = await request(nginx.origin, body.url, { range: 'bytes=0-9' }, method)
      t.equal(rejected.status, 403)
      t.notOk(rejected.headers['etag'])
      t.notOk(rejected.body.includes(clip.subarray(0, 10)))
    }
  })

  t.test('the logs contain no tokens', async (t) => {
    const logs = readdirSync(nginx.folder).filter((file) => file.endsWith('.log'))
    t.ok(logs.includes('normflix.log'))
    const text = logs.map((file) => readFileSync(path.join(nginx.folder, file), 'utf8')).join('')
    t.match(text, `GET /v1/media/${started.mediaFile.id} 206 1000\n`)
    t.notMatch(text, /m1\.|token/)
  })

  t.test('a missing file is a problem response', async (t) => {
    rmSync(path.join(mediaFolder, ...storageKey.split('/')))
    await untilFilesOpenAgain()
    t.same(comparable(await request(nginx.origin, started.url)), {
      ...comparable(await request(plainOrigin, started.url)),
      status: 404,
      body: 'not-found',
    })
  })
})
