// Subtitles: upload and conversion by administrators, signed URLs, selection at the start of playback, HLS renditions.
import { Parser } from 'm3u8-parser'
import t from 'tap'
import { MAX_SUBTITLE_BYTES } from '../../../src/media/sidecar/subtitle-reader.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { play } from '../../support/playback.js'
import { expectProblem, type TestResponse } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { expectTokenRequired, PNG, sidecarFilesOf, startSidecarTest, VTT } from '../sidecar-test.js'

const SRT = '\ufeff1\r\n00:00:01,000 --> 00:00:03,500\r\n{\\an8}<i>Hello</i> <font color="red">you</font> & me\r\n' +
  'A --> B <3\r\n\r\n2\r\n01:00:06,000 --> 01:00:07,250\r\n- Hi\r\n- Ho\r\n'

t.test('subtitles', async (t) => {
  const test = await startSidecarTest(t)
  const { app, admin, kim, movie, show, send, get, stop } = test
  const { storage, packaging } = containerOf(app)
  const addSubtitle = async (
    query: string,
    body: string | Buffer = VTT,
    type = 'text/vtt',
    item = `movies/${movie}`,
  ): Promise<TestResponse> => await send(`/v1/admin/${item}/subtitles?${query}`, body, type)

  t.test('a subtitle is available to the next playback as WebVTT with a signed URL', async (t) => {
    const added = await addSubtitle('language=es')
    t.match(added, { status: 201, body: { id: /^[0-9a-f]{24}$/, language: 'es', kind: 'full' } })
    const { body } = await play(kim, movie)
    t.match(body.subtitles, [{
      id: added.body.id,
      language: 'es',
      kind: 'full',
      url: new RegExp(`^/v1/subtitles/${added.body.id}\\?token=s1\\.`),
    }])
    const response = await get(body.subtitles[0].url)
    t.match(response.headers, { 'content-type': 'text/vtt; charset=utf-8', etag: /^"[0-9a-f]+"$/ })
    t.equal(response.bytes.toString(), VTT)
    const head = await app.inject({ method: 'HEAD', url: body.subtitles[0].url })
    t.strictSame([head.statusCode, Number(head.headers['content-length']), head.body], [200, VTT.length, ''])
    await expectTokenRequired(t, test, body.subtitles[0].url)
    const [, token] = body.subtitles[0].url.split('?')
    const other = await addSubtitle('language=de&kind=sdh')
    expectProblem(t, await get(`/v1/subtitles/${other.body.id}?${token}`), 'media-refused', 403)
    expectProblem(
      t,
      await get(`/v1/subtitles/${other.body.id}?token=${body.url.split('?token=')[1]}`),
      'media-refused',
      403,
    )
    for (const id of [added.body.id, other.body.id]) {
      t.equal((await admin.delete(`/v1/admin/subtitles/${id}`)).status, 204)
    }
    expectProblem(t, await admin.delete(`/v1/admin/subtitles/${added.body.id}`), 'not-found', 404)
    expectProblem(t, await get(body.subtitles[0].url), 'not-found', 404)
    await stop(body.streamId)
  })

  t.test('the URLs of an ended stream give no access to subtitles', async (t) => {
    const { body: { id } } = await addSubtitle('language=es')
    const { body } = await play(kim, movie)
    await stop(body.streamId)
    expectProblem(t, await get(body.subtitles[0].url), 'media-refused', 403)
    await admin.delete(`/v1/admin/subtitles/${id}`)
  })

  t.test('SubRip is converted to WebVTT with any line endings, byte order mark and encoding', async (t) => {
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
      body.subtitles.map(async ({ url }: { url: string }) => (await get(url)).bytes.toString()),
    )
    t.strictSame(texts, [
      'WEBVTT\n\n00:00:01.000 --> 00:00:03.500 line:0\n<i>Hello</i> you &amp; me\nA --&gt; B &lt;3\n\n' +
      '01:00:06.000 --> 01:00:07.250\n- Hi\n- Ho\n',
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nGrüße\n',
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nÇa\n',
    ])
    t.match(
      body.subtitle,
      { language: 'en', kind: 'forced', id: body.subtitles[0].id },
      'the forced subtitle of the audio language is selected',
    )
    await stop(body.streamId)
  })

  t.test('a file that is not a subtitle is rejected and leaves nothing', async (t) => {
    const invalid: Array<[string | Buffer, string]> = [
      ['hello', 'text/vtt'],
      ['WEBVTT\n\n', 'text/vtt'],
      [Buffer.concat([Buffer.from(VTT), Buffer.from([0xff, 0xfe])]), 'text/vtt'],
      [PNG, 'text/vtt'],
      ['hello', 'application/x-subrip'],
      [PNG, 'application/x-subrip'],
      ['1\n00:00:02,000 --> 00:00:01,000\nnegative duration\n', 'application/x-subrip'],
    ]
    for (const [body, type] of invalid) {
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
    const subtitleOfSize = (size: number): string => VTT + 'x'.repeat(size - VTT.length)
    expectProblem(t, await addSubtitle('language=en', subtitleOfSize(MAX_SUBTITLE_BYTES + 1)), 'body-too-large', 413)
    const largest = await addSubtitle('language=en', subtitleOfSize(MAX_SUBTITLE_BYTES))
    t.equal(largest.status, 201)
    await admin.delete(`/v1/admin/subtitles/${largest.body.id}`)
    t.strictSame(sidecarFilesOf(test, movie).subtitles, [])
  })

  t.test('an item has at most 64 subtitles, also with concurrent uploads', async (t) => {
    const other = await addMovie(app, admin, {}, [])
    let count = 0
    const addMany = async (length: number): Promise<TestResponse[]> =>
      await Promise.all(
        Array.from({ length }, async () =>
          await addSubtitle('language=en', `${VTT}\nNOTE ${count++}\n`, 'text/vtt', `movies/${other}`)),
      )
    for (let i = 0; i < 6; i++) t.ok((await addMany(10)).every(({ status }) => status === 201))
    const responses = await addMany(10)
    t.strictSame([
      responses.filter(({ status }) => status === 201).length,
      responses.filter(({ body }) => body.code === 'subtitle-limit').length,
    ], [4, 6])
    const keys = sidecarFilesOf(test, other).subtitles.map(({ storageKey }) => storageKey)
    t.equal(keys.length, 64)
    const again = await addSubtitle('language=en', `${VTT}\nNOTE 0\n`, 'text/vtt', `movies/${other}`)
    t.ok(
      sidecarFilesOf(test, other).subtitles.some(({ _id }) => _id.toString() === again.body.id),
      'a repeated upload returns the existing subtitle',
    )
    await admin.delete(`/v1/admin/movies/${other}`)
    t.strictSame(
      (await Promise.all(keys.map(async (key) => await storage.stat(key)))).filter((stat) => stat !== null),
      [],
      'they are removed with the movie',
    )
  })

  t.test('without a choice, the subtitle mode of the profile or the request selects a subtitle', async (t) => {
    const other = await addMovie(app, admin, { originalLanguage: 'en' })
    for (const query of ['language=en', 'language=en&kind=forced', 'language=de']) {
      await addSubtitle(query, VTT, 'text/vtt', `movies/${other}`)
    }
    const pat = await signUp(app)
    const selectedSubtitle = async (options: Record<string, unknown> = {}): Promise<string | null> => {
      const { body } = await play(pat, other, options)
      await pat.post(`/v1/profiles/${pat.profileId}/playback/${body.streamId}/stop`, {
        positionMs: 0,
        at: '2026-01-01T00:00:00Z',
      })
      return body.subtitle === null ? null : `${body.subtitle.language} ${body.subtitle.kind}`
    }
    t.equal(await selectedSubtitle(), 'en forced', 'the default is smart')
    t.match((await pat.get('/v1/profiles')).body.items, [{ subtitleMode: 'smart' }])
    t.match(
      await pat.patch(`/v1/profiles/${pat.profileId}`, { subtitleLanguages: ['de'], subtitleMode: 'none' }),
      { status: 200, body: { subtitleMode: 'none' } },
    )
    t.equal(await selectedSubtitle(), null)
    t.equal(await selectedSubtitle({ subtitleMode: 'always' }), 'de full')
    t.equal(await selectedSubtitle({ subtitleMode: 'forced' }), 'en forced')
    t.equal(
      await selectedSubtitle({ subtitles: { language: 'en', kind: 'sdh' } }),
      'en full',
      'the closest match to the requested subtitle',
    )
    t.equal(await selectedSubtitle(), 'en full', 'the choice is stored')
    t.equal(await selectedSubtitle({ subtitleMode: 'none' }), null, 'the mode of the request takes precedence')
    expectProblem(t, await play(pat, other, { subtitleMode: 'loud' }), 'validation-failed', 400)
    expectProblem(
      t,
      await pat.patch(`/v1/profiles/${pat.profileId}`, { subtitleMode: 'loud' }),
      'validation-failed',
      400,
    )
  })

  t.test('HLS playlists list subtitles as renditions with their characteristics', async (t) => {
    const other = await addMovie(app, admin, {})
    for (const query of ['language=en&kind=sdh', 'language=es', 'language=es&kind=forced']) {
      await addSubtitle(query, VTT, 'text/vtt', `movies/${other}`)
    }
    await packaging.processPending()
    await packaging.onIdle()
    const { body } = await play(kim, other, { subtitles: { language: 'es' } })
    const master = new Parser()
    master.push((await get(body.hlsUrl)).bytes.toString())
    master.end()
    const { SUBTITLES } = master.manifest.mediaGroups!
    t.match(SUBTITLES['subtitles'], {
      'English (SDH)': { language: 'en', default: false, forced: false, characteristics: /describes-music-and-sound/ },
      Spanish: { language: 'es', default: true, autoselect: true, forced: false },
      'Spanish (forced)': { language: 'es', default: false, forced: true },
    })
    t.equal(master.manifest.playlists![0]!.attributes['SUBTITLES'], 'subtitles')
    const url = new URL(SUBTITLES['subtitles']!['Spanish']!.uri, `http://x${body.hlsUrl}`)
    const list = new Parser()
    list.push((await get(url.pathname + url.search)).bytes.toString())
    list.end()
    t.match(list.manifest, { endList: true, targetDuration: 60, segments: [{ duration: 60 }] })
    const segment = new URL(list.manifest.segments![0]!.uri, url)
    t.match(segment.pathname, /\.vtt$/, 'ffmpeg requires the extension')
    const response = await get(segment.pathname + segment.search)
    t.match(response.headers['content-type'], /^text\/vtt/)
    t.equal(response.bytes.toString(), VTT.replace('WEBVTT\n', 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n'))
    expectProblem(t, await get(`/v1/hls/${other}/sub-${'0'.repeat(24)}.m3u8${url.search}`), 'not-found', 404)
    await stop(body.streamId)
  })
})
