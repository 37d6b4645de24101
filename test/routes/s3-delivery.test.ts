// Media in S3 over HTTP: upload, probing, delivery and packaging; an unavailable store is a 503.
import { readdirSync } from 'node:fs'
import t from 'tap'
import { startApp, containerOf } from '../support/app.js'
import { addMovie, clipBytes } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'
import { startS3Server } from '../storage/s3-server.js'

const clip = clipBytes('480p-en')

t.test('a file in S3 is uploaded, probed, played by ranges and removed', async (t) => {
  const server = await startS3Server(t)
  const { app, config } = await startApp(t, server.variables)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  t.strictSame(readdirSync(config.dataDir), [], 'no local files')
  const { objects, uploads } = await server.contents()
  t.equal(objects.length, 1)
  t.match(objects[0], new RegExp(`^normflix/${movie}/`))
  t.strictSame(uploads, [])

  const { mediaFile, url } = (await play(await signUp(app), movie)).body
  t.match(mediaFile, { width: 854, height: 480, durationMs: 60_000 })
  const whole = await call(app, 'GET', url)
  t.equal(whole.status, 200)
  t.ok(whole.bytes.equals(clip))
  for (
    const [range, from, to] of [['bytes=0-0', 0, 1], ['bytes=1000-1999', 1_000, 2_000], [
      'bytes=-7',
      clip.length - 7,
      clip.length,
    ], [`bytes=${clip.length - 3}-`, clip.length - 3, clip.length]] as const
  ) {
    const part = await call(app, 'GET', url, { headers: { range } })
    t.equal(part.status, 206, range)
    t.ok(part.bytes.equals(clip.subarray(from, to)), range)
  }
  t.equal((await call(app, 'GET', url, { headers: { range: 'bytes=0-1,5-6' } })).status, 206)

  await admin.delete(`/v1/admin/media/${mediaFile.id}`)
  t.strictSame((await server.contents()).objects, [])
})

t.test('with redirects a client receives a short-lived URL of the store after all checks', async (t) => {
  const server = await startS3Server(t)
  const { app } = await startApp(t, { ...server.variables, S3_DELIVERY: 'redirect' })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const kim = await signUp(app)
  const { url } = (await play(kim, movie)).body

  const response = await call(app, 'GET', url, { headers: { range: 'bytes=1000-1999' } })
  t.equal(response.status, 307)
  t.equal(response.headers['cache-control'], 'no-store')
  const location = new URL(String(response.headers.location))
  t.equal(location.origin, server.endpoint)
  t.ok(Number(location.searchParams.get('X-Amz-Expires')) <= 120)
  const part = await fetch(location, { headers: { range: 'bytes=1000-1999' } })
  t.equal(part.status, 206)
  t.equal(part.headers.get('content-type'), 'video/mp4')
  t.equal(part.headers.get('content-disposition'), 'inline; filename="The Matrix (1999).mp4"')
  t.ok(Buffer.from(await part.arrayBuffer()).equals(clip.subarray(1_000, 2_000)))
  location.searchParams.set('X-Amz-Expires', '1000')
  t.equal((await fetch(location)).status, 403, 'the store rejects a changed URL')

  const amelie = await addMovie(app, admin, { title: 'Amélie: "100%"' })
  const named = await call(app, 'GET', (await play(await signUp(app), amelie)).body.url)
  const stored = await fetch(String(named.headers.location))
  t.equal(stored.status, 200, 'the name is signed as it is sent')
  t.equal(
    stored.headers.get('content-disposition'),
    'inline; filename="Amelie 100% (1999).mp4"; filename*=UTF-8\'\'Am%C3%A9lie%20100%25%20%281999%29.mp4',
  )

  const head = await call(app, 'HEAD', url)
  t.equal(head.status, 200)
  t.equal(head.headers['content-length'], String(clip.length))
  expectProblem(t, await call(app, 'GET', `${url.slice(0, -1)}x`), 'media-refused', 403)
  const ended = (await play(kim, movie)).body
  await kim.delete(`/v1/account/streams/${ended.streamId}`)
  expectProblem(t, await call(app, 'GET', ended.url), 'media-refused', 403)
})

for (const delivery of ['proxy', 'redirect'] as const) {
  t.test(`HLS packages are stored in S3 and delivered by ${delivery}`, async (t) => {
    const server = await startS3Server(t)
    const { app } = await startApp(t, { ...server.variables, S3_DELIVERY: delivery })
    const movie = await addMovie(app, await signUpAdmin(app))
    await containerOf(app).packaging.processPending()
    await containerOf(app).packaging.onIdle()
    const { hlsUrl } = (await play(await signUp(app), movie)).body
    const next = async (url: string, uri: RegExp): Promise<string> =>
      new URL(uri.exec((await call(app, 'GET', url)).bytes.toString())?.[0] ?? '', `http://x${url}`).href.slice(
        'http://x'.length,
      )
    const playlist = await next(hlsUrl, /^[\w-]+-v\.m3u8.*$/m)
    const first = /^[\w-]+-v[./].*$/m
    if (delivery === 'proxy') {
      const segment = await call(app, 'GET', await next(playlist, first))
      t.match(segment, { status: 200, headers: { 'content-type': 'video/mp4' } })
      t.equal(segment.bytes.toString('latin1', 4, 8), 'moof', 'each segment has a URL')
    } else {
      const headers = { range: 'bytes=4-7' }
      const response = await call(app, 'GET', await next(playlist, first), { headers })
      t.equal(response.status, 307, 'the store sends ranges of the whole file')
      const bytes = await (await fetch(String(response.headers.location), { headers })).text()
      t.equal(bytes, 'ftyp')
      const segment = await call(app, 'GET', playlist.replace('.m3u8', '/0.m4s'))
      t.equal(segment.status, 200, 'the service sends segments itself')
      t.equal(segment.bytes.toString('latin1', 4, 8), 'moof')
    }
    t.equal((await server.contents()).uploads.length, 0)
  })
}

t.test('an unavailable store is a 503 with Retry-After, and a failed upload leaves nothing', async (t) => {
  const server = await startS3Server(t)
  const { app } = await startApp(t, server.variables)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const { url } = (await play(await signUp(app), movie)).body
  server.fault = 'reject'
  for (
    const response of [
      await call(app, 'GET', url),
      await call(app, 'POST', `/v1/admin/movies/${movie}/media`, {
        token: admin.token,
        body: clip,
        headers: { 'content-type': 'video/mp4' },
      }),
    ]
  ) {
    expectProblem(t, response, 'storage-unavailable', 503)
    t.equal(response.headers['retry-after'], '5')
  }
  server.fault = null
  t.equal((await call(app, 'GET', url)).status, 200)
  t.equal((await server.contents()).objects.length, 1)
})

t.test('a store that becomes unavailable during probing is a 503, not a rejection of the file', async (t) => {
  const server = await startS3Server(t)
  const { app } = await startApp(t, server.variables)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, [])
  server.failsAfterPut = true
  const response = await call(app, 'POST', `/v1/admin/movies/${movie}/media`, {
    token: admin.token,
    body: clip,
    headers: { 'content-type': 'video/mp4' },
  })
  expectProblem(t, response, 'storage-unavailable', 503)
})

t.test('malformed files are rejected with the reason and leave nothing in the store', async (t) => {
  const server = await startS3Server(t)
  const { app } = await startApp(t, server.variables)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, [])
  const send = async (body: Buffer) =>
    await call(app, 'POST', `/v1/admin/movies/${movie}/media`, {
      token: admin.token,
      body,
      headers: { 'content-type': 'video/mp4' },
    })
  expectProblem(t, await send(clip.subarray(0, clip.length - 20_000)), 'unreadable-media', 422)
  expectProblem(t, await send(Buffer.alloc(50_000)), 'unsupported-media', 415)
  t.strictSame(await server.contents(), { objects: [], uploads: [] })
})
