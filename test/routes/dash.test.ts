// DASH over HTTP: the manifest offers what the HLS playlist offers, from the same segments, within the same limits.
import { gunzipSync } from 'node:zlib'
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny'
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, uploadClip } from '../support/catalogue.js'
import { heightsOf, readManifest, segmentsOf, type Node } from '../support/dash.js'
import { fetchRendition, get, packageAll, readPlaylist, readTracks, resolve } from '../support/hls.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

const AT = '2026-01-01T00:00:00Z'

t.test('DASH', async (t) => {
  const { app } = await startApp(t, { CORS_ORIGINS: 'https://player.example' })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en' }, ['480p-en', '1080p-en', '1080p-es', '2160p-en'])
  const startDash = async (person: TestUser, options = {}, id = movie): Promise<string> =>
    (await play(person, id, options)).body.dashUrl

  t.test('the manifest has a URL as soon as the chosen file is packaged', async (t) => {
    const kim = await signUp(app)
    t.match((await play(kim, movie)).body, { hlsUrl: null, dashUrl: null })
    await packageAll(app)
    const { body } = await play(kim, movie)
    t.match(body.dashUrl, new RegExp(`^/v1/hls/${movie}/manifest\\.mpd\\?token=h1\\.`))
    t.equal(body.dashUrl.split('?')[1], body.hlsUrl.split('?')[1], 'with the token of the playlist')
  })

  t.test('it has all renditions in one set, and each audio language in a set of its own', async (t) => {
    const manifest = await readManifest(app, t, await startDash(await signUp(app)))
    t.match(manifest.mpd, { type: 'static', mediaPresentationDuration: 'PT60.000S', minBufferTime: 'PT6S' })
    const videos = manifest.of('video')
    t.equal(videos.length, 1)
    t.match(videos[0], { mimeType: 'video/mp4', segmentAlignment: 'true', Role: [{ value: 'main' }] })
    t.strictSame(heightsOf(manifest), [480, 1080, 2160])
    for (const { codecs, bandwidth, width, frameRate } of videos[0]!['Representation']) {
      t.match(codecs, /^avc1\.[0-9a-f]{6}$/i)
      t.ok(Number(bandwidth) > 0 && Number(width) > 0)
      t.equal(frameRate, '12')
    }
    t.match(manifest.of('audio'), [
      { lang: 'en', selectionPriority: '2', Label: 'English', Role: [{ value: 'main' }] },
      { lang: 'es', selectionPriority: undefined, Label: 'Spanish', Role: [{ value: 'main' }] },
    ])
    const spanish = await readManifest(app, t, await startDash(await signUp(app), { audio: { language: 'es' } }))
    t.match(
      spanish.of('audio'),
      [{ lang: 'es', selectionPriority: '2' }, { lang: 'en', selectionPriority: undefined }],
      'the language of this playback is first',
    )
  })

  t.test('the segments are those of HLS, at the times of the timeline', async (t) => {
    const { body } = await play(await signUp(app), movie)
    const manifest = await readManifest(app, t, body.dashUrl)
    const representations = [...manifest.of('video'), ...manifest.of('audio')]
      .flatMap((set) => set['Representation'].map((one: Node) => ({ ...one, type: set['contentType'] })))
    t.equal(representations.length, 5)
    for (const representation of representations) {
      const { urls, starts, end } = segmentsOf(representation)
      const parts: Buffer[] = []
      for (const url of urls) {
        const response = await get(app, resolve(url, body.dashUrl))
        t.equal(response.status, 200)
        parts.push(response.bytes)
      }
      const bytes = Buffer.concat(parts)
      const found = await readTracks(bytes)
      t.strictSame(found.codecs, [representation.codecs])
      t.ok(Math.abs(found.seconds - end) < 0.1, `${found.seconds} s, ${end} s`)
      t.ok(Math.abs(end - 60) < 0.1)
      for (const [i, start] of starts.entries()) {
        const first = await firstTimestamp(Buffer.concat([parts[0]!, parts[i + 1]!]))
        // Audio decoders need some packets before 0.
        t.ok(
          Math.abs((i === 0 ? Math.max(0, first) : first) - start) < 0.03,
          `segment ${i} begins at ${first} s, not at ${start} s`,
        )
      }
      if (representation.type !== 'video') continue
      const playlist = body.hlsUrl.replace('master.m3u8', `${representation.id}.m3u8`)
      t.ok(bytes.equals((await fetchRendition(app, t, playlist)).bytes), 'the bytes of the HLS rendition')
    }
  })

  t.test('the plan and the client limit the resolutions', async (t) => {
    const heights = async (person: TestUser, options = {}): Promise<number[]> =>
      heightsOf(await readManifest(app, t, await startDash(person, options)))
    const premium = await signUp(app)
    t.strictSame(await heights(premium), [480, 1080, 2160])
    t.strictSame(await heights(await signUp(app, { plan: 'standard' })), [480, 1080])
    const basic = await signUp(app, { plan: 'basic' })
    t.strictSame(await heights(basic), [480])
    t.strictSame(await heights(premium, { client: { maxHeight: 1080 } }), [480, 1080])
    const all = await readManifest(app, t, await startDash(premium))
    const [, token] = (await startDash(basic, { takeOver: await firstStream(basic) })).split('?')
    const highest = all.of('video')[0]!['Representation'].at(-1)
    for (const url of segmentsOf(highest).urls) {
      expectProblem(t, await get(app, `/v1/hls/${movie}/${url.split('?')[0]}?${token}`), 'media-refused', 403)
    }
  })

  t.test('each request needs an unchanged token for the item and a live stream', async (t) => {
    const owner = await signUp(app)
    const other = await addMovie(app, admin, {}, ['480p-en'])
    await packageAll(app)
    const { body } = await play(owner, movie)
    const elsewhere = await startDash(owner, {}, other)
    const [path = '', token = ''] = body.dashUrl.split('?token=')
    const changed = token.slice(0, 40) + (token[40] === 'A' ? 'B' : 'A') + token.slice(41)
    for (const wrong of ['', changed, body.url.split('?token=')[1], elsewhere.split('?token=')[1]]) {
      expectProblem(t, await get(app, `${path}?token=${wrong}`), 'media-refused', 403)
    }
    expectProblem(t, await get(app, path), 'media-refused', 403)
    const stopUrl = `/v1/profiles/${owner.profileId}/playback/${body.streamId}/stop`
    await owner.post(stopUrl, { positionMs: 1_000, at: AT })
    expectProblem(t, await get(app, body.dashUrl), 'media-refused', 403)
  })

  t.test('HEAD, compression and CORS are those of the playlist', async (t) => {
    const { body } = await play(await signUp(app), movie)
    const headers = { origin: 'https://player.example' }
    for (const url of [body.dashUrl, body.hlsUrl]) {
      const whole = await get(app, url, headers)
      t.match(whole.headers, {
        'cache-control': 'private, no-store',
        'access-control-allow-origin': 'https://player.example',
        'cross-origin-resource-policy': 'cross-origin',
        vary: /Origin/,
      })
      const head = await call(app, 'HEAD', url, { headers })
      t.equal(head.bytes.length, 0)
      for (const name of ['content-type', 'content-length', 'cache-control', 'vary', 'access-control-allow-origin']) {
        t.equal(head.headers[name], whole.headers[name], name)
      }
      const compressed = await get(app, url, { ...headers, 'accept-encoding': 'gzip' })
      t.equal(compressed.headers['content-encoding'], 'gzip')
      t.ok(gunzipSync(compressed.bytes).equals(whole.bytes))
      const stale = await get(app, url, { 'if-none-match': '*', 'if-modified-since': new Date().toUTCString() })
      t.equal(stale.status, 200, 'it is never stored, and therefore has no validator')
    }
    const manifest = await readManifest(app, t, body.dashUrl)
    const [, segment = ''] = segmentsOf(manifest.of('video')[0]!['Representation'][0]).urls
    const response = await get(app, resolve(segment, body.dashUrl), headers)
    t.match(response.headers, { 'access-control-allow-origin': 'https://player.example', etag: String })
    const conditional = { 'if-none-match': String(response.headers['etag']) }
    t.equal((await get(app, resolve(segment, body.dashUrl), conditional)).status, 304)
  })

  t.test('another edition has another manifest, and the current language of a track takes precedence', async (t) => {
    const other = await addMovie(app, admin, {}, ['480p-en'])
    await uploadClip(app, admin, `movies/${other}`, '1080p-en', '?edition=cut')
    await packageAll(app)
    const url = await startDash(await signUp(app), {}, other)
    t.strictSame(heightsOf(await readManifest(app, t, url)), [1080])
    const { body } = await admin.get(`/v1/movies/${other}`)
    const cut = body.mediaFiles.find(({ edition }: Node) => edition === 'cut')
    await admin.patch(`/v1/admin/media/${cut.id}`, { audioLanguages: ['pt-BR'] })
    const manifest = await readManifest(app, t, await startDash(await signUp(app), {}, other))
    t.match(manifest.of('audio'), [{ lang: 'pt-BR', Label: 'Brazilian Portuguese' }])
  })

  t.test('subtitles have their language and role, and the one that is switched on has priority', async (t) => {
    const other = await addMovie(app, admin, { originalLanguage: 'en' }, ['480p-en'])
    await packageAll(app)
    for (const query of ['language=es', 'language=en&kind=sdh', 'language=de&kind=forced']) {
      const response = await call(app, 'POST', `/v1/admin/movies/${other}/subtitles?${query}`, {
        token: admin.token,
        body: Buffer.from('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nTom & <i>Jerry</i>\n'),
        headers: { 'content-type': 'text/vtt' },
      })
      t.equal(response.status, 201)
    }
    const url = await startDash(await signUp(app), { subtitles: { language: 'es', kind: 'full' } }, other)
    const manifest = await readManifest(app, t, url)
    t.match(manifest.of('text'), [
      { lang: 'es', selectionPriority: '2', Role: [{ value: 'subtitle' }], Label: 'Spanish' },
      { lang: 'en', Role: [{ value: 'caption' }], Accessibility: { value: '2' }, Label: 'English (SDH)' },
      { lang: 'de', Role: [{ value: 'forced-subtitle' }], Label: 'German (forced)' },
    ])
    for (const { mimeType, Representation } of manifest.of('text')) {
      t.equal(mimeType, 'text/vtt')
      const response = await get(app, resolve(Representation[0].BaseURL, url))
      t.equal(response.status, 200)
      t.match(response.bytes.toString(), /^WEBVTT[^]*Jerry/)
    }
    const { manifest: playlist } = await readPlaylist(app, t, (await play(await signUp(app), other)).body.hlsUrl)
    const names = Object.keys(playlist.mediaGroups!.SUBTITLES['subtitles']!)
    t.strictSame(manifest.of('text').map(({ Label }) => Label).sort(), names.sort(), 'the names of HLS')
  })
})

t.test('where nginx sends the bytes, segments are byte ranges of one file', async (t) => {
  const { app } = await startApp(t, { X_ACCEL_REDIRECT_PREFIX: '/protected-media' })
  const other = await addMovie(app, await signUpAdmin(app), {}, ['480p-en'])
  await packageAll(app)
  const url = (await play(await signUp(app), other)).body.dashUrl
  const manifest = await readManifest(app, t, url)
  for (const { Representation: [{ BaseURL, SegmentList }] } of [...manifest.of('video'), ...manifest.of('audio')]) {
    const ranges = [SegmentList.Initialization.range, ...SegmentList.SegmentURL.map((one: Node) => one['mediaRange'])]
    t.ok(ranges.length > 10)
    const ends: number[][] = ranges.map((range: string) => range.split('-').map(Number))
    for (const [i, [start]] of ends.entries()) {
      t.equal(start, i === 0 ? 0 : (ends[i - 1]?.[1] ?? NaN) + 1, 'without gaps')
    }
    const response = await get(app, resolve(BaseURL, url), { range: `bytes=${ranges[1]}` })
    t.match(response.headers, { 'x-accel-redirect': /^\/protected-media\// })
  }
})

async function firstStream (person: TestUser): Promise<string> {
  return (await person.get('/v1/account/streams')).body.items[0].id
}

/** Time of the first packet of an initialisation segment and a segment, s. */
async function firstTimestamp (bytes: Buffer): Promise<number> {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS })
  const [track] = await input.getTracks()
  const packet = await new EncodedPacketSink(track!).getFirstPacket()
  input.dispose()
  return packet?.timestamp ?? NaN
}
