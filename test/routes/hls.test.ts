// HLS over HTTP: playlists match the bytes, and each request needs a token of a live stream.
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { startApp, containerOf } from '../support/app.js'
import { addMovie, uploadClip } from '../support/catalogue.js'
import { fetchRendition, get, packageAll, readPlaylist, readTracks, resolve } from '../support/hls.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

const AT = '2026-01-01T00:00:00Z'

t.test('HLS', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en' }, ['480p-en', '1080p-en', '1080p-es', '2160p-en'])
  const kim = await signUp(app)
  const filesOf = async (id = movie): Promise<any[]> => (await admin.get(`/v1/movies/${id}`)).body.mediaFiles
  const startHls = async (person: TestUser, options = {}): Promise<string> =>
    (await play(person, movie, options)).body.hlsUrl

  t.test('a file is playable before it is packaged, and administrators see the progress', async (t) => {
    t.match(
      await filesOf(),
      Array(4).fill({ state: 'ready', failure: null, hls: { state: 'processing', progress: 0, reason: null } }),
    )
    t.match((await play(kim, movie)).body, { url: String, hlsUrl: null })
    t.notOk('hls' in (await kim.get(`/v1/movies/${movie}`)).body.mediaFiles[0], 'members do not see it')
    await packageAll(app)
    t.match(await filesOf(), Array(4).fill({ state: 'ready', hls: { state: 'ready', progress: 1, reason: null } }))
    t.match((await play(kim, movie)).body.hlsUrl, new RegExp(`^/v1/hls/${movie}/master\\.m3u8\\?token=h1\\.`))
  })

  t.test('the master playlist has each resolution and each language once', async (t) => {
    const { manifest, text } = await readPlaylist(app, t, await startHls(await signUp(app)))
    t.strictSame(manifest.playlists!.map(({ attributes }) => attributes['RESOLUTION']!.height), [480, 2160, 1080])
    for (const { attributes } of manifest.playlists!) {
      t.match(attributes, {
        CODECS: /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/i,
        AUDIO: 'mp4a',
        'FRAME-RATE': 12,
        'VIDEO-RANGE': 'SDR',
        'CLOSED-CAPTIONS': 'NONE',
      })
      t.ok(Number(attributes['BANDWIDTH']) >= Number(attributes['AVERAGE-BANDWIDTH']))
    }
    t.match(manifest.mediaGroups!.AUDIO['mp4a'], {
      English: { language: 'en', default: true, autoselect: true },
      Spanish: { language: 'es', default: false, autoselect: true },
    })
    t.match(text, /^#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n/)
    const spanish = await readPlaylist(app, t, await startHls(await signUp(app), { audio: { language: 'es' } }))
    t.match(
      spanish.manifest.mediaGroups!.AUDIO['mp4a'],
      { English: { default: false }, Spanish: { default: true } },
      'the language of this playback is the default',
    )
    t.equal(spanish.manifest.playlists![0]!.attributes['RESOLUTION']!.height, 480, 'playback starts soon')
  })

  t.test('the segments of a rendition form a complete track', async (t) => {
    const url = await startHls(await signUp(app))
    const { manifest } = await readPlaylist(app, t, url)
    for (const { uri, attributes } of manifest.playlists!) {
      const { bytes, seconds, manifest: media } = await fetchRendition(app, t, resolve(uri, url))
      t.equal(Math.round(seconds * 1_000), 60_000)
      t.strictSame(media.segments!.map(({ duration }) => duration), Array(10).fill(6), 'segments start at key frames')
      t.strictSame([media.playlistType, media.endList, media.targetDuration], ['VOD', true, 6])
      const found = await readTracks(bytes)
      t.strictSame(found.tracks, ['video'])
      t.ok(String(attributes['CODECS']).startsWith(found.codecs[0]!))
      t.ok(Math.abs(found.seconds - 60) < 0.01, `${found.seconds} s`)
    }
    for (const { uri } of Object.values(manifest.mediaGroups!.AUDIO['mp4a']!)) {
      const { bytes, seconds } = await fetchRendition(app, t, resolve(uri, url))
      const found = await readTracks(bytes)
      t.strictSame([found.tracks, found.codecs], [['audio'], ['mp4a.40.2']])
      t.ok(Math.abs(found.seconds - 60) < 0.1 && Math.abs(seconds - 60) < 0.1)
    }
  })

  t.test('HEAD has the headers of GET and no body', async (t) => {
    const url = await startHls(await signUp(app))
    const playlistUrl = resolve((await readPlaylist(app, t, url)).manifest.playlists![0]!.uri, url)
    for (const path of [url, ...['.m3u8', '.mp4', '/3.m4s'].map((end) => playlistUrl.replace('.m3u8', end))]) {
      const whole = await get(app, path)
      const head = await call(app, 'HEAD', path)
      t.equal(head.status, 200)
      t.equal(head.bytes.length, 0)
      t.equal(Number(head.headers['content-length']), whole.bytes.length, path)
      for (const name of ['content-type', 'etag', 'accept-ranges', 'cache-control']) {
        t.equal(head.headers[name], whole.headers[name], name)
      }
    }
  })

  t.test('a playlist is compressed if the client accepts gzip', async (t) => {
    const url = await startHls(await signUp(app))
    const plain = await get(app, url)
    const compressed = await get(app, url, { 'accept-encoding': 'gzip, br' })
    t.equal(compressed.headers['content-encoding'], 'gzip')
    t.equal(gunzipSync(compressed.bytes).toString(), plain.bytes.toString())
    for (const accepted of ['gzip;q=0', 'br', 'gzip;q=0.5, identity']) {
      t.notOk((await get(app, url, { 'accept-encoding': accepted })).headers['content-encoding'], accepted)
    }
  })

  t.test('the plan and the client limit the resolutions that are listed and served', async (t) => {
    const heights = async (person: TestUser, options = {}): Promise<number[]> =>
      (await readPlaylist(app, t, await startHls(person, options))).manifest.playlists!.map(({ attributes }) =>
        attributes['RESOLUTION']!.height
      )
    const premium = await signUp(app)
    const standard = await signUp(app, { plan: 'standard' })
    t.strictSame(await heights(premium), [480, 2160, 1080])
    t.strictSame(await heights(standard), [480, 1080])
    t.strictSame(await heights(await signUp(app, { plan: 'basic' })), [480])
    t.strictSame(await heights(premium, { client: { maxHeight: 1080 } }), [480, 1080])
    const master = await startHls(premium)
    const [, highest] = (await readPlaylist(app, t, master)).manifest.playlists!
    const [name] = highest!.uri.split('?')
    const [, token] = (await startHls(standard)).split('?')
    const files = ['.m3u8', '.mp4', '/init.m4s', '/0.m4s'].map((end) => name!.replace('.m3u8', end))
    for (const file of [...files, name!.replace('-v.', '-keyframes.')]) {
      expectProblem(t, await get(app, `/v1/hls/${movie}/${file}?${token}`), 'media-refused', 403)
    }
  })

  t.test('each request needs an unchanged token for the item and a live stream', async (t) => {
    const owner = await signUp(app)
    const other = await addMovie(app, admin, {}, ['480p-en'])
    await packageAll(app)
    const started = (await play(owner, movie)).body
    const elsewhere = (await play(owner, other)).body
    const [path = '', token = ''] = started.hlsUrl.split('?token=')
    const { manifest } = await readPlaylist(app, t, started.hlsUrl)
    const media = resolve(manifest.playlists![0]!.uri, started.hlsUrl).split('?')[0]!
    const fileToken = started.url.split('?token=')[1]
    const changed = token.slice(0, 40) + (token[40] === 'A' ? 'B' : 'A') + token.slice(41)
    const paths = [path, ...['.m3u8', '.mp4', '/init.m4s', '/9.m4s'].map((end) => media.replace('.m3u8', end))]
    for (const url of paths) {
      t.equal((await get(app, `${url}?token=${token}`)).status, 200)
      for (
        const wrong of [
          '',
          changed,
          `${token}A`,
          fileToken,
          elsewhere.hlsUrl.split('?token=')[1],
          token.replace('h1.', 'm1.'),
        ]
      ) {
        const response = await get(app, `${url}?token=${wrong}`)
        expectProblem(t, response, 'media-refused', 403)
      }
      expectProblem(t, await get(app, url), 'media-refused', 403)
    }
    expectProblem(t, await get(app, `${started.url.split('?')[0]}?token=${token}`), 'media-refused', 403)
    expectProblem(t, await get(app, `/v1/hls/${movie}/nothing.m3u8?token=${token}`), 'not-found', 404)
    expectProblem(t, await get(app, `/v1/hls/${movie}/${'0'.repeat(24)}-v.mp4?token=${token}`), 'not-found', 404)
    for (const segment of ['10', '-1', '1e1', '000000009', 'moov', '1.5']) {
      const response = await get(app, `${media.replace('.m3u8', '')}/${segment}.m4s?token=${token}`)
      expectProblem(t, response, 'not-found', 404)
    }
  })

  t.test('an ended stream gives no access', async (t) => {
    const owner = await signUp(app)
    const { manifest } = await readPlaylist(app, t, await startHls(kim))
    const { hlsUrl, streamId } = (await play(owner, movie)).body
    const token = hlsUrl.split('?token=')[1]
    await owner.post(`/v1/profiles/${owner.profileId}/playback/${streamId}/stop`, { positionMs: 1_000, at: AT })
    const media = manifest.playlists![0]!.uri.split('?')[0]!
    for (const name of ['master.m3u8', media, media.replace('.m3u8', '.mp4'), media.replace('.m3u8', '/0.m4s')]) {
      expectProblem(t, await get(app, `/v1/hls/${movie}/${name}?token=${token}`), 'media-refused', 403)
    }
  })

  t.test('another edition has another playlist', async (t) => {
    const other = await addMovie(app, admin, {}, ['480p-en'])
    await uploadClip(app, admin, `movies/${other}`, '1080p-en', '?edition=cut')
    await packageAll(app)
    const { body } = await play(await signUp(app), other)
    const { manifest } = await readPlaylist(app, t, body.hlsUrl)
    t.strictSame(manifest.playlists!.map(({ attributes }) => attributes['RESOLUTION']!.height), [1080])
  })

  t.test('the current language of an audio track takes precedence over that at the time of packaging', async (t) => {
    const other = await addMovie(app, admin, {}, ['480p-en'])
    await packageAll(app)
    const [file] = await filesOf(other)
    await admin.patch(`/v1/admin/media/${file.id}`, { audioLanguages: ['pt-BR'] })
    const { body } = await play(await signUp(app), other)
    const { manifest } = await readPlaylist(app, t, body.hlsUrl)
    t.match(manifest.mediaGroups!.AUDIO['mp4a'], { 'Brazilian Portuguese': { language: 'pt-BR' } })
  })

  t.test('playlists match their bytes during repackaging, and retired packages are removed later', async (t) => {
    const other = await addMovie(app, admin, {}, ['480p-en'])
    await packageAll(app)
    const pat = await signUp(app)
    const { hlsUrl } = (await play(pat, other)).body
    const [file] = await filesOf(other)
    const retiredUri = (await readPlaylist(app, t, hlsUrl)).manifest.playlists![0]!.uri
    const before = containerOf(app).catalogue.itemFiles(other)[0]!.hls!.packages[0]!
    const packagingState = { isDone: false }
    t.match(await admin.post(`/v1/admin/media/${file.id}/package`), {
      status: 202,
      body: { hls: { state: 'processing', progress: 0 } },
    })
    t.match((await play(pat, other)).body.hlsUrl, String, 'the current package stays available')
    const packaging = packageAll(app).finally(() => {
      packagingState.isDone = true
    })
    let rounds = 0
    do {
      const { manifest } = await readPlaylist(app, t, hlsUrl)
      const { bytes } = await fetchRendition(app, t, resolve(manifest.playlists![0]!.uri, hlsUrl))
      t.ok(Math.abs((await readTracks(bytes)).seconds - 60) < 0.01)
      rounds++
    } while (!packagingState.isDone)
    await packaging
    t.comment(`${rounds} rounds`)
    const currentUri = (await readPlaylist(app, t, hlsUrl)).manifest.playlists![0]!.uri
    t.not(currentUri, retiredUri, 'new bytes have new URLs')
    t.match(await filesOf(other), [{ hls: { state: 'ready' } }])
    const { bytes } = await fetchRendition(app, t, resolve(retiredUri, hlsUrl))
    t.ok(Math.abs((await readTracks(bytes)).seconds - 60) < 0.01, 'clients can finish with the retired package')
    clock.advance(25 * 3_600_000)
    await packageAll(app)
    t.equal(await containerOf(app).storage.stat(`${before.prefix}/v.mp4`), null)
    t.equal(containerOf(app).catalogue.itemFiles(other)[0]!.hls!.packages.length, 1)
    expectProblem(t, await admin.post('/v1/admin/media/665f1c2e9b1e8a0012ab34cd/package'), 'not-found', 404)
  })

  t.test('deleting a file or a title removes its packages', async (t) => {
    const other = await addMovie(app, admin, {}, ['480p-en', '1080p-en'])
    await packageAll(app)
    const keys = containerOf(app).catalogue.itemFiles(other).map(({ hls }) => `${hls!.packages[0]!.prefix}/index.json`)
    for (const key of keys) t.ok(await containerOf(app).storage.stat(key))
    const [first] = await filesOf(other)
    await admin.delete(`/v1/admin/media/${first.id}`)
    t.strictSame(await Promise.all(keys.map(async (key) => await containerOf(app).storage.stat(key) === null)), [
      true,
      false,
    ])
    await admin.delete(`/v1/admin/movies/${other}`)
    t.equal(await containerOf(app).storage.stat(keys[1]!), null)
  })
})
