// Subtitles, seek thumbnails and posters: uploaded by administrators, served to whoever may have them.
import { randomBytes } from 'node:crypto'
import { Parser } from 'm3u8-parser'
import t from 'tap'
import { MAX_IMAGE_BYTES } from '../../../src/media/images/images.js'
import { MAX_SUBTITLE_BYTES } from '../../../src/media/sidecar/subtitle-text.js'
import {
  addMovie,
  addShow,
  call,
  expectProblem,
  play,
  signUp,
  signUpAdmin,
  startApp,
  type Answer,
  containerOf,
} from '../../helper.js'

const AT = '2026-01-01T00:00:00Z'
const VTT = 'WEBVTT\n\n00:01.000 --> 00:02.500 line:0\n<v Neo>Whoa.\n'
const SRT =
  '\ufeff1\r\n00:00:01,000 --> 00:00:03,500\r\n{\\an8}<i>Hello</i> <font color="red">you</font> & me\r\nA --> B <3\r\n\r\n2\r\n01:00:06,000 --> 01:00:07,250\r\n- Hi\r\n- Ho\r\n'
const SPRITE_INDEX =
  'WEBVTT\n\n00:00.000 --> 00:10.000\nsprite.jpg#xywh=0,0,160,90\n\n00:10.000 --> 00:20.000\nhttps://cdn.example.com/sprite.jpg#xywh=pixel:160,0,160,90\n'
const PNG = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), randomBytes(2_000)])
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(1_000)])
const WEBP = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP'), randomBytes(1_000)])

t.test('side files', async (t) => {
  const { app } = await startApp(t)
  const { storage, packaging } = containerOf(app)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en' })
  const show = await addShow(app, admin)
  const send = async (url: string, body: string | Buffer, type: string, token = admin.token): Promise<Answer> =>
    await call(app, 'POST', url, { token, body, headers: { 'content-type': type } })
  const addSubtitle = async (
    query: string,
    body: string | Buffer = VTT,
    type = 'text/vtt',
    item = `movies/${movie}`,
  ): Promise<Answer> => await send(`/v1/admin/${item}/subtitles?${query}`, body, type)
  const read = async (url: string): Promise<Answer> => await call(app, 'GET', url)
  const stop = async (streamId: string): Promise<void> => {
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${streamId}/stop`, { positionMs: 1_000, at: AT })
  }
  const refusedFor = async (address: string): Promise<void> => {
    const [path = '', token = ''] = address.split('?token=')
    for (
      const wrong of [
        '',
        '?token=',
        `?token=${token}A`,
        `?token=${token.slice(0, 30)}${token[30] === 'A' ? 'B' : 'A'}${token.slice(31)}`,
      ]
    ) expectProblem(t, await read(path + wrong), 'media-refused', 403)
  }

  t.test('a subtitle is there for the next playback, as WebVTT, by a signed address', async (t) => {
    const added = await addSubtitle('language=es')
    t.match(added, { status: 201, body: { id: /^[0-9a-f]{24}$/, language: 'es', kind: 'full' } })
    const { body } = await play(kim, movie)
    t.match(body.subtitles, [{
      id: added.body.id,
      language: 'es',
      kind: 'full',
      url: new RegExp(`^/v1/subtitles/${added.body.id}\\?token=s1\\.`),
    }])
    const answer = await read(body.subtitles[0].url)
    t.match(answer.headers, { 'content-type': 'text/vtt; charset=utf-8', etag: /^"[0-9a-f]+"$/ })
    t.equal(answer.bytes.toString(), VTT)
    await refusedFor(body.subtitles[0].url)
    const [, token] = body.subtitles[0].url.split('?')
    const other = await addSubtitle('language=de&kind=sdh')
    expectProblem(t, await read(`/v1/subtitles/${other.body.id}?${token}`), 'media-refused', 403)
    expectProblem(
      t,
      await read(`/v1/subtitles/${other.body.id}?token=${body.url.split('?token=')[1]}`),
      'media-refused',
      403,
    )
    for (const id of [added.body.id, other.body.id]) {
      t.equal((await admin.delete(`/v1/admin/subtitles/${id}`)).status, 204)
    }
    expectProblem(t, await admin.delete(`/v1/admin/subtitles/${added.body.id}`), 'not-found', 404)
    expectProblem(t, await read(body.subtitles[0].url), 'not-found', 404)
    await stop(body.streamId)
  })

  t.test('an ended stream reads no subtitle', async (t) => {
    const { body: { id } } = await addSubtitle('language=es')
    const { body } = await play(kim, movie)
    await stop(body.streamId)
    expectProblem(t, await read(body.subtitles[0].url), 'media-refused', 403)
    await admin.delete(`/v1/admin/subtitles/${id}`)
  })

  t.test('SubRip becomes WebVTT, whatever its line ends, marks and encoding', async (t) => {
    const item = `shows/${show.id}/seasons/1/episodes/1`
    for (
      const [language, bytes] of [['en', Buffer.from(SRT)], [
        'de',
        Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGr\xfc\xdfe\n', 'latin1'),
      ], ['fr', Buffer.from('\ufeff1\n00:00:01,000 --> 00:00:02,000\nÇa\n', 'utf16le')]] as const
    ) {
      t.equal((await addSubtitle(`language=${language}&kind=forced`, bytes, 'application/x-subrip', item)).status, 201)
    }
    const { body } = await play(kim, show.episodes[0]!)
    const texts = await Promise.all(
      body.subtitles.map(async ({ url }: { url: string }) => (await read(url)).bytes.toString()),
    )
    t.strictSame(texts, [
      'WEBVTT\n\n00:00:01.000 --> 00:00:03.500 line:0\n<i>Hello</i> you &amp; me\nA --&gt; B &lt;3\n\n01:00:06.000 --> 01:00:07.250\n- Hi\n- Ho\n',
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nGrüße\n',
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nÇa\n',
    ])
    t.match(
      body.subtitle,
      { language: 'en', kind: 'forced', id: body.subtitles[0].id },
      'the forced one of what is heard is on',
    )
    await stop(body.streamId)
  })

  t.test('what is no subtitle is refused by name and leaves nothing', async (t) => {
    const bad: Array<[string | Buffer, string]> = [
      ['hello', 'text/vtt'],
      ['WEBVTT\n\n', 'text/vtt'],
      [SRT, 'text/vtt'],
      [Buffer.concat([Buffer.from(VTT), Buffer.from([0xff, 0xfe])]), 'text/vtt'],
      [PNG, 'text/vtt'],
      ['hello', 'application/x-subrip'],
      [PNG, 'application/x-subrip'],
      ['1\n00:00:02,000 --> 00:00:01,000\nbackwards\n', 'application/x-subrip'],
    ]
    for (const [body, type] of bad) {
      expectProblem(t, await addSubtitle('language=en', body, type), 'unreadable-subtitle', 422)
    }
    expectProblem(t, await addSubtitle('language=en', VTT, 'text/plain'), 'unsupported-media-type', 415)
    expectProblem(t, await addSubtitle('kind=full'), 'validation-failed', 400)
    expectProblem(t, await addSubtitle('language=--'), 'validation-failed', 400)
    expectProblem(t, await addSubtitle('language=en&kind=loud'), 'validation-failed', 400)
    expectProblem(t, await admin.post(`/v1/admin/movies/${movie}/subtitles?language=en`), 'empty-upload', 400)
    expectProblem(t, await addSubtitle('language=en', VTT, 'text/vtt', `movies/${show.id}`), 'not-found', 404)
    expectProblem(
      t,
      await addSubtitle('language=en', VTT, 'text/vtt', `shows/${show.id}/seasons/9/episodes/1`),
      'not-found',
      404,
    )
    const filled = (size: number): string => VTT + 'x'.repeat(size - VTT.length)
    expectProblem(t, await addSubtitle('language=en', filled(MAX_SUBTITLE_BYTES + 1)), 'body-too-large', 413)
    const largest = await addSubtitle('language=en', filled(MAX_SUBTITLE_BYTES))
    t.equal(largest.status, 201)
    await admin.delete(`/v1/admin/subtitles/${largest.body.id}`)
    t.strictSame(containerOf(app).catalogue.sidecarFiles(movie).subtitles, [])
  })

  t.test('64 subtitles fit, also when they come at once; the next one is told', async (t) => {
    const film = await addMovie(app, admin, {}, [])
    let count = 0
    const addMany = async (length: number): Promise<Answer[]> =>
      await Promise.all(
        Array.from({ length }, async () =>
          await addSubtitle('language=en', `${VTT}\nNOTE ${count++}\n`, 'text/vtt', `movies/${film}`)),
      )
    for (let i = 0; i < 6; i++) t.ok((await addMany(10)).every(({ status }) => status === 201))
    const answers = await addMany(10)
    t.strictSame([
      answers.filter(({ status }) => status === 201).length,
      answers.filter(({ body }) => body.code === 'subtitle-limit').length,
    ], [4, 6])
    const keys = containerOf(app).catalogue.sidecarFiles(film).subtitles.map(({ storageKey }) => storageKey)
    t.equal(keys.length, 64)
    const again = await addSubtitle('language=en', `${VTT}\nNOTE 0\n`, 'text/vtt', `movies/${film}`)
    t.ok(
      containerOf(app).catalogue.sidecarFiles(film).subtitles.some(({ _id }) => _id.toString() === again.body.id),
      'one that is there already is not kept twice',
    )
    await admin.delete(`/v1/admin/movies/${film}`)
    t.strictSame(
      (await Promise.all(keys.map(async (key) => await storage.stat(key)))).filter((one) => one !== null),
      [],
      'they go with the movie',
    )
  })

  t.test('the subtitle mode of the profile or the call decides where nobody chose', async (t) => {
    const film = await addMovie(app, admin, { originalLanguage: 'en' })
    for (const query of ['language=en', 'language=en&kind=forced', 'language=de']) {
      await addSubtitle(query, VTT, 'text/vtt', `movies/${film}`)
    }
    const reader = await signUp(app)
    const shown = async (options: Record<string, unknown> = {}): Promise<string | null> => {
      const { body } = await play(reader, film, options)
      await reader.post(`/v1/profiles/${reader.profileId}/playback/${body.streamId}/stop`, { positionMs: 0, at: AT })
      return body.subtitle === null ? null : `${body.subtitle.language} ${body.subtitle.kind}`
    }
    t.equal(await shown(), 'en forced', 'smart when nothing is said')
    t.match((await reader.get('/v1/profiles')).body.items, [{ subtitleMode: 'smart' }])
    t.match(
      await reader.patch(`/v1/profiles/${reader.profileId}`, { subtitleLanguages: ['de'], subtitleMode: 'none' }),
      { status: 200, body: { subtitleMode: 'none' } },
    )
    t.equal(await shown(), null)
    t.equal(await shown({ subtitleMode: 'always' }), 'de full')
    t.equal(await shown({ subtitleMode: 'forced' }), 'en forced')
    t.equal(await shown({ subtitles: { language: 'en', kind: 'sdh' } }), 'en full', 'the closest to what was asked for')
    t.equal(await shown(), 'en full', 'which is remembered')
    t.equal(await shown({ subtitleMode: 'none' }), null, 'but not against this call')
    expectProblem(t, await play(reader, film, { subtitleMode: 'loud' }), 'validation-failed', 400)
    expectProblem(
      t,
      await reader.patch(`/v1/profiles/${reader.profileId}`, { subtitleMode: 'loud' }),
      'validation-failed',
      400,
    )
  })

  t.test('HLS offers them as renditions, with what they are for', async (t) => {
    const film = await addMovie(app, admin, {})
    for (const query of ['language=en&kind=sdh', 'language=es', 'language=es&kind=forced']) {
      await addSubtitle(query, VTT, 'text/vtt', `movies/${film}`)
    }
    await packaging.processPending()
    await packaging.onIdle()
    const { body } = await play(kim, film, { subtitles: { language: 'es' } })
    const master = new Parser()
    master.push((await read(body.hlsUrl)).bytes.toString())
    master.end()
    const { SUBTITLES } = master.manifest.mediaGroups!
    t.match(SUBTITLES['subtitles'], {
      'English (SDH)': { language: 'en', default: false, forced: false, characteristics: /describes-music-and-sound/ },
      Spanish: { language: 'es', default: true, autoselect: true, forced: false },
      'Spanish (forced)': { language: 'es', default: false, forced: true },
    })
    t.equal(master.manifest.playlists![0]!.attributes['SUBTITLES'], 'subtitles')
    const address = new URL(SUBTITLES['subtitles']!['Spanish']!.uri, `http://x${body.hlsUrl}`)
    const list = new Parser()
    list.push((await read(address.pathname + address.search)).bytes.toString())
    list.end()
    t.match(list.manifest, { endList: true, targetDuration: 60, segments: [{ duration: 60 }] })
    const segment = new URL(list.manifest.segments![0]!.uri, address)
    t.equal((await read(segment.pathname + segment.search)).bytes.toString(), VTT)
    expectProblem(t, await read(`/v1/hls/${film}/sub-${'0'.repeat(24)}.m3u8${address.search}`), 'not-found', 404)
    await stop(body.streamId)
  })

  const form = (parts: Record<string, [bytes: Buffer | string, type: string]>): { body: Buffer, type: string } => {
    const pieces = Object.entries(parts).flatMap(([name, [bytes, type]]) => [
      Buffer.from(
        `--x\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`,
      ),
      Buffer.from(bytes),
      Buffer.from('\r\n'),
    ])
    return { body: Buffer.concat([...pieces, Buffer.from('--x--\r\n')]), type: 'multipart/form-data; boundary=x' }
  }
  const addThumbnails = async (index: string | Buffer, image: Buffer, item = `movies/${movie}`): Promise<Answer> => {
    const { body, type } = form({ index: [index, 'text/vtt'], image: [image, 'image/jpeg'] })
    return await send(`/v1/admin/${item}/thumbnails`, body, type)
  }

  t.test('seek thumbnails are served by signed addresses, the picture by the one in the index', async (t) => {
    const first = (await play(kim, movie)).body
    t.equal(first.thumbnailsUrl, null)
    t.equal((await addThumbnails(SPRITE_INDEX, JPEG)).status, 204)
    const old = containerOf(app).catalogue.sidecarFiles(movie).thumbnails!
    t.equal((await addThumbnails(SPRITE_INDEX, PNG)).status, 204, 'again')
    t.equal(await storage.stat(old.imageKey), null, 'the old ones are gone')
    const { body } = await play(kim, movie)
    const index = await read(body.thumbnailsUrl)
    t.match(index.headers['content-type'], 'text/vtt')
    const token = body.thumbnailsUrl.split('?token=')[1]
    t.equal(
      index.bytes.toString(),
      `WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nimage?token=${token}#xywh=0,0,160,90\n\n00:00:10.000 --> 00:00:20.000\nimage?token=${token}#xywh=160,0,160,90\n`,
    )
    const address = new URL(index.bytes.toString().split('\n')[3]!, `http://x${body.thumbnailsUrl}`)
    const image = await read(address.pathname + address.search)
    t.equal(image.headers['content-type'], 'image/png', 'what it is, not what it was called')
    t.ok(image.bytes.equals(PNG))
    for (const url of [body.thumbnailsUrl, address.pathname + address.search]) await refusedFor(url)
    await stop(first.streamId)
    await stop(body.streamId)
  })

  t.test('thumbnails that make no sense are refused and leave nothing', async (t) => {
    const before = containerOf(app).catalogue.sidecarFiles(movie).thumbnails
    expectProblem(t, await addThumbnails(SPRITE_INDEX, randomBytes(100)), 'unreadable-image', 422)
    expectProblem(
      t,
      await addThumbnails(SPRITE_INDEX, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
      'unreadable-image',
      422,
    )
    expectProblem(t, await addThumbnails(VTT, PNG), 'unreadable-thumbnails', 422)
    expectProblem(t, await addThumbnails('hello', PNG), 'unreadable-thumbnails', 422)
    const alone = form({ index: [SPRITE_INDEX, 'text/vtt'] })
    expectProblem(t, await send(`/v1/admin/movies/${movie}/thumbnails`, alone.body, alone.type), 'incomplete-form', 400)
    expectProblem(
      t,
      await send(`/v1/admin/movies/${movie}/thumbnails`, 'x', 'multipart/form-data'),
      'malformed-request',
      400,
    )
    for (const place of ['thumbnails', 'subtitles?language=en']) {
      expectProblem(
        t,
        await send(`/v1/admin/movies/${movie}/${place}`, '{}', 'application/json'),
        'unsupported-media-type',
        415,
      )
    }
    const tooLarge = await addThumbnails(
      SPRITE_INDEX,
      Buffer.concat([PNG, Buffer.alloc(MAX_IMAGE_BYTES + 1 - PNG.length)]),
    )
    t.equal(tooLarge.status, 413)
    t.equal(
      (await addThumbnails(
        SPRITE_INDEX,
        Buffer.concat([PNG, Buffer.alloc(MAX_IMAGE_BYTES - PNG.length)]),
        `shows/${show.id}/seasons/1/episodes/1`,
      )).status,
      204,
      'the largest',
    )
    expectProblem(t, await addThumbnails(SPRITE_INDEX, PNG, `movies/${show.id}`), 'not-found', 404)
    t.strictSame(containerOf(app).catalogue.sidecarFiles(movie).thumbnails, before)
  })

  t.test("a poster becomes the title's, is cached for ever, and goes with the next one or the title", async (t) => {
    const film = await addMovie(app, admin, {}, [])
    const post = async (bytes: Buffer, type: string, id = film): Promise<Answer> =>
      await send(`/v1/admin/titles/${id}/poster`, bytes, type)
    const first = await post(JPEG, 'image/jpeg')
    t.match(first, { status: 201, body: { posterUrl: `/v1/images/${first.body.imageId}` } })
    t.equal((await kim.get(`/v1/movies/${film}`)).body.posterUrl, first.body.posterUrl)
    const picture = await read(first.body.posterUrl)
    t.match(picture, {
      status: 200,
      headers: {
        'content-type': 'image/jpeg',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    })
    t.ok(picture.bytes.equals(JPEG))
    t.equal(
      (await call(app, 'GET', first.body.posterUrl, { headers: { 'if-none-match': String(picture.headers['etag']) } }))
        .status,
      304,
    )
    const second = await post(WEBP, 'image/png')
    t.equal((await read(second.body.posterUrl)).headers['content-type'], 'image/webp')
    expectProblem(t, await read(first.body.posterUrl), 'not-found', 404)
    const { body } = await admin.get(`/v1/movies/${film}`)
    t.match(
      await admin.patch(`/v1/admin/movies/${film}`, { posterUrl: body.posterUrl }),
      { status: 200 },
      'its address can be written back',
    )
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${film}`, { posterUrl: '/etc/passwd' }),
      'validation-failed',
      400,
    )
    expectProblem(t, await post(randomBytes(50), 'image/png'), 'unreadable-image', 422)
    expectProblem(t, await post(Buffer.from('x'), 'image/gif'), 'unsupported-media-type', 415)
    expectProblem(t, await post(PNG, 'image/png', '665f1c2e9b1e8a0012ab34cd'), 'not-found', 404)
    expectProblem(
      t,
      await post(Buffer.concat([PNG, Buffer.alloc(MAX_IMAGE_BYTES + 1 - PNG.length)]), 'image/png'),
      'body-too-large',
      413,
    )
    expectProblem(t, await send(`/v1/admin/titles/${film}/poster`, PNG, 'image/png', kim.token), 'forbidden', 403)
    t.equal((await post(PNG, 'image/png', show.id)).status, 201, 'a show too')
    await admin.delete(`/v1/admin/movies/${film}`)
    expectProblem(t, await read(second.body.posterUrl), 'not-found', 404)
  })

  t.test('two posters at once leave one', async (t) => {
    const film = await addMovie(app, admin, {}, [])
    const answers = await Promise.all(
      [JPEG, PNG, WEBP].map(async (bytes) => await send(`/v1/admin/titles/${film}/poster`, bytes, 'image/jpeg')),
    )
    t.ok(answers.some(({ status }) => status === 201))
    const { body } = await kim.get(`/v1/movies/${film}`)
    t.equal((await read(body.posterUrl)).status, 200)
    const gone = answers.filter(({ status, body: answer }) => status === 201 && answer.posterUrl !== body.posterUrl)
    for (const { body: answer } of gone) t.equal((await read(answer.posterUrl)).status, 404)
  })
})
