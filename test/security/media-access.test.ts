// Media bytes require a signed URL of a live lease: files, HLS playlists and segments, subtitles and thumbnails.
import { Parser } from 'm3u8-parser'
import t from 'tap'
import { signHlsGrant, signMediaGrant } from '../../src/media/delivery/media-urls.js'
import { startApp, containerOf } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { createManualClock } from '../support/clock.js'
import { parseManifest } from '../support/dash.js'
import { play } from '../support/playback.js'
import { call } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

const AT = '2026-01-01T00:00:00Z'
const VTT = 'WEBVTT\n\n00:01.000 --> 00:02.500\nWhoa.\n'
const SPRITE_INDEX = 'WEBVTT\n\n00:00.000 --> 00:10.000\nsprite.jpg#xywh=0,0,160,90\n'
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(500, 1)])

t.test('media bytes require a signed URL of a live lease', async (t) => {
  const clock = createManualClock()
  const { app } = await startApp(t, {}, undefined, clock)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (const title of ['Alien', 'Aliens']) {
    const movie = await addMovie(app, admin, { title, originalLanguage: 'en' }, ['480p-en', '1080p-en'])
    await call(app, 'POST', `/v1/admin/movies/${movie}/subtitles?language=es`, {
      token: admin.token,
      body: VTT,
      headers: { 'content-type': 'text/vtt' },
    })
    await addThumbnails(movie)
    movies.push(movie)
  }
  const [movie = '', otherMovie = ''] = movies
  await containerOf(app).packaging.processPending()
  await containerOf(app).packaging.onIdle()

  async function addThumbnails (movie: string): Promise<void> {
    const part = (name: string, type: string, body: string | Buffer): Buffer =>
      Buffer.concat([
        Buffer.from(
          `--b\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`,
        ),
        Buffer.from(body),
        Buffer.from('\r\n'),
      ])
    const body = Buffer.concat([
      part('index', 'text/vtt', SPRITE_INDEX),
      part('image', 'image/jpeg', JPEG),
      Buffer.from('--b--\r\n'),
    ])
    const { status } = await call(app, 'POST', `/v1/admin/movies/${movie}/thumbnails`, {
      token: admin.token,
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
    t.equal(status, 204)
  }

  /** Starts a stream. @returns its URLs, and those in its playlists */
  async function startStream (
    viewer: TestUser,
    item: string,
  ): Promise<{ streamId: string, mediaFile: any, urls: string[] }> {
    const { body } = await play(viewer, item)
    const urls: string[] = [
      body.url,
      body.hlsUrl,
      body.dashUrl,
      ...body.subtitles.map(({ url }: { url: string }) => url),
      body.thumbnailsUrl,
    ]
    const resolveUri = (uri: string, from: string): string =>
      new URL(uri, `http://x${from}`).href.slice('http://x'.length)
    const parse = async (url: string): Promise<Parser['manifest']> => {
      const parser = new Parser()
      parser.push((await call(app, 'GET', url)).bytes.toString())
      parser.end()
      return parser.manifest
    }
    urls.push(
      resolveUri((await call(app, 'GET', body.thumbnailsUrl)).bytes.toString().split('\n')[3] ?? '', body.thumbnailsUrl)
        .replace(/#.*/, ''),
    )
    const manifest = parseManifest((await call(app, 'GET', body.dashUrl)).bytes.toString())
    for (const { Representation: [first] } of manifest.sets) {
      const uri = first.BaseURL ?? (first.SegmentTemplate.initialization ?? first.SegmentTemplate.media)
      urls.push(resolveUri(uri, body.dashUrl))
    }
    const master = await parse(body.hlsUrl)
    for (const { uri } of master.playlists ?? []) {
      const playlist = resolveUri(uri, body.hlsUrl)
      const { segments = [] } = await parse(playlist)
      urls.push(playlist, ...segments.slice(0, 1).map((segment) => resolveUri(segment.uri, playlist)))
    }
    return { streamId: body.streamId, mediaFile: body.mediaFile, urls: [...new Set(urls)] }
  }

  const kim = await signUp(app)
  const stranger = await signUp(app, { plan: 'basic' })
  const mine = await startStream(kim, movie)
  const other = await startStream(kim, otherMovie)
  let cases = 0

  async function expectNoBytes (what: string, url: string): Promise<void> {
    for (const headers of [{}, { range: 'bytes=0-99' }] as Array<Record<string, string>>) {
      cases++
      const { status, body, headers: received } = await call(app, 'GET', url, { headers })
      const isRejected = status === 403 && body?.code === 'media-refused' && received['accept-ranges'] === undefined &&
        received['content-range'] === undefined
      if (!isRejected) t.fail(`${what}: ${url.replace(/token=.*/, '')}: status ${status}`)
    }
  }
  const partsOf = (url: string): [path: string, token: string] => url.split('?token=') as [string, string]

  await t.test('every URL works with its own token', async (t) => {
    t.ok(mine.urls.length >= 8, `${mine.urls.length} URLs`)
    for (const url of mine.urls) {
      t.ok((await call(app, 'GET', url)).status === 200, partsOf(url)[0].replace(/[0-9a-f]{24}/g, '…'))
    }
  })

  await t.test('a missing, changed or foreign token is rejected', async (t) => {
    for (const [index, url] of mine.urls.entries()) {
      const [path, token] = partsOf(url)
      await expectNoBytes('no token', path)
      await expectNoBytes('an empty token', `${path}?token=`)
      const [kind = '', body = '', mac = ''] = token.split('.')
      const fields = JSON.parse(Buffer.from(body, 'base64url').toString()) as unknown[]
      for (const [at, value] of fields.entries()) {
        const changed = fields.map((field, i) =>
          i !== at ? field : typeof value === 'number' ? value + 1 : `${String(value)}0`
        )
        await expectNoBytes(
          `field ${at} changed`,
          `${path}?token=${kind}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${mac}`,
        )
      }
      for (const wrong of ['m1', 'h1', 's1', 'm2'].filter((one) => one !== kind)) {
        await expectNoBytes('another kind', `${path}?token=${wrong}.${body}.${mac}`)
      }
      for (const wrong of [mac.slice(0, -1), `${mac}A`, `A${mac.slice(1)}`.replace(mac, `B${mac.slice(1)}`), '']) {
        await expectNoBytes('another signature', `${path}?token=${kind}.${body}.${wrong}`)
      }
      await expectNoBytes(
        'the token of another movie',
        `${path}?token=${partsOf(other.urls[index] ?? other.urls[0] ?? '')[1]}`,
      )
    }
    t.pass(`${cases} requests`)
  })

  await t.test('a token of an unknown lease, another height, another profile or in the past is rejected', async (t) => {
    const { keys } = containerOf(app)
    const now = clock.now().getTime()
    const lease = { account: kim.accountId, profile: kim.profileId, lease: mine.streamId, expiresAt: now + 60_000 }
    const file = mine.mediaFile.id as string
    const good = signMediaGrant(keys, { ...lease, file, item: movie, maxHeight: 2_160 })
    t.equal((await call(app, 'GET', `/v1/media/${file}?token=${good}`)).status, 200, 'an unchanged token is valid')
    const forged: Array<[string, object]> = [
      ['no such lease', { lease: '665f1c2e9b1e8a0012ab34cd' }],
      ['another profile', { profile: stranger.profileId }],
      ['another account', { account: stranger.accountId }],
      ['expired', { expiresAt: now }],
      ['expired long ago', { expiresAt: 1 }],
    ]
    for (const [what, change] of forged) {
      await expectNoBytes(
        what,
        `/v1/media/${file}?token=${signMediaGrant(keys, { ...lease, ...change, file, item: movie, maxHeight: 2_160 })}`,
      )
      await expectNoBytes(
        what,
        `/v1/hls/${movie}/master.m3u8?token=${
          signHlsGrant(keys, { ...lease, ...change, file, item: movie, maxHeight: 2_160, audio: null, subtitle: null })
        }`,
      )
    }
    const files = (await admin.get(`/v1/movies/${movie}`)).body.mediaFiles as Array<{ id: string, height: number }>
    const taller = files.find(({ height }) => height === 1_080)?.id ?? ''
    const low = (await play(stranger, movie)).body
    await expectNoBytes('a token for another height', `/v1/media/${taller}?token=${partsOf(low.url)[1]}`)
    const tall = mine.urls.filter((url) => url.includes(`/${taller}`))
    for (const url of tall) {
      await expectNoBytes('a rendition above the height', `${partsOf(url)[0]}?token=${partsOf(low.hlsUrl)[1]}`)
    }
  })

  await t.test('an ended stream is rejected', async () => {
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${mine.streamId}/stop`, { positionMs: 1_000, at: AT })
    for (const url of mine.urls) await expectNoBytes('an ended lease', url)
  })

  await t.test('an expired stream is rejected', async () => {
    clock.advance(10 * 60_000)
    for (const url of other.urls) await expectNoBytes('an expired lease', url)
  })

  t.comment(`media access: ${mine.urls.length} URLs, ${cases} requests, 0 with bytes`)
})
