import t from 'tap'
import { Types } from 'mongoose'
import { Media, type StoredMedia } from '../../models/media.js'
import { Movie } from '../../models/movie.js'
import {
  addMovie,
  addShow,
  call,
  clipBytes,
  expectProblem,
  signUp,
  signUpAdmin,
  startApp,
  upload,
  containerOf,
} from '../helper.js'

t.test('browsing', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const films: Array<
    [title: string, releaseDate: string, genres: string[], rating: string | null, popularity: number]
  > = [
    ['Toy Story', '1995-11-22', ['Animation', 'Family'], 'G', 80],
    ['Amélie', '2001-11-02', ['Comedy', 'Romance'], 'R', 70],
    ['amelia', '2009-10-23', ['Drama'], 'PG', 10],
    ['The Godfather', '1972-03-24', ['Drama', 'Crime'], 'R', 100],
    ['$9.99', '2008-01-01', ['Drama'], null, 5],
  ]
  for (const [title, releaseDate, genres, maturityRating, popularity] of films) {
    await addMovie(app, admin, { title, releaseDate, genres, maturityRating, popularity }, [])
  }
  await upload(app, admin, `movies/${(await kim.get('/v1/movies?genre=crime')).body.items[0].id}`, '2160p-en')
  const show = await addShow(app, admin)
  await addMovie(app, admin, { title: 'Hidden', published: false }, [])
  await addMovie(app, admin, { title: 'Tomorrow', availableFrom: '2199-01-01T00:00:00Z' }, [])
  const titles = async (query: string): Promise<string[]> =>
    (await kim.get(`/v1/titles?${query}`)).body.items.map(({ title }: { title: string }) => title)

  t.test('sorts, with accents and case folded', async (t) => {
    t.strictSame(await titles('sort=title'), [
      '$9.99',
      'amelia',
      'Amélie',
      'Fawlty Towers',
      'The Godfather',
      'Toy Story',
    ])
    t.strictSame(await titles('sort=release&type=movie'), ['amelia', '$9.99', 'Amélie', 'Toy Story', 'The Godfather'])
    t.strictSame(await titles('sort=popularity&type=movie&order=asc'), [
      '$9.99',
      'amelia',
      'Amélie',
      'Toy Story',
      'The Godfather',
    ])
    t.equal((await titles('sort=added'))[0], 'Fawlty Towers')
  })

  t.test('filters', async (t) => {
    t.strictSame(await titles('genre=drama'), ['$9.99', 'amelia', 'The Godfather'])
    t.strictSame(await titles('yearFrom=1990&yearTo=2001'), ['Amélie', 'Toy Story'])
    t.strictSame(await titles('rating=R'), ['Amélie', 'The Godfather'])
    t.strictSame(await titles('type=show'), ['Fawlty Towers'])
    t.strictSame(await titles('minHeight=2160'), ['The Godfather'])
    t.strictSame(await titles('language=en'), ['Fawlty Towers', 'The Godfather'])
    t.strictSame(await titles('language=es'), [])
    const basic = await signUp(app, { plan: 'basic' })
    t.strictSame(
      (await basic.get('/v1/titles?minHeight=1080')).body.items,
      [],
      'what the plan cannot play does not count',
    )
  })

  t.test('pages never repeat or skip, also when titles come in between', async (t) => {
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 10; page++) {
      const { body } = await kim.get(`/v1/titles?limit=2${cursor}`)
      seen.push(...body.items.map(({ title }: { title: string }) => title))
      if (page === 0) await addMovie(app, admin, { title: 'A film before the cursor' }, [])
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    t.strictSame(seen, ['$9.99', 'amelia', 'Amélie', 'Fawlty Towers', 'The Godfather', 'Toy Story'])
  })

  t.test("a changed cursor, or another list's, is refused", async (t) => {
    const { body } = await kim.get('/v1/titles?limit=1')
    for (
      const url of [
        `/v1/titles?limit=1&cursor=${body.nextCursor}x`,
        '/v1/titles?cursor=abc',
        `/v1/movies?limit=1&cursor=${body.nextCursor}`,
        `/v1/titles?limit=1&genre=drama&cursor=${body.nextCursor}`,
      ]
    ) {
      expectProblem(t, await kim.get(url), 'invalid-cursor', 400)
    }
  })

  t.test('bad parameters are refused by name', async (t) => {
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'sort=size', 'rating=XXX', 'colour=red', 'type=book']) {
      expectProblem(t, await kim.get(`/v1/titles?${query}`), 'validation-failed', 400)
    }
  })

  t.test('genres are counted as the viewer sees them', async (t) => {
    t.match((await kim.get('/v1/genres')).body.items.find(({ name }: { name: string }) => name === 'Drama'), {
      count: 3,
    })
  })

  t.test('what is not published or available is there for administrators only', async (t) => {
    const hidden = await addMovie(app, admin, { title: 'Secret', published: false }, [])
    expectProblem(t, await kim.get(`/v1/movies/${hidden}`), 'not-found', 404)
    t.equal((await admin.get(`/v1/movies/${hidden}`)).body.published, false)
  })

  t.test('details carry an ETag; a client that has them gets 304', async (t) => {
    const first = await kim.get(`/v1/shows/${show.id}`)
    const etag = String(first.headers['etag'])
    t.match(first.body, {
      title: 'Fawlty Towers',
      episodeCount: 5,
      seasons: [{ number: 0, episodeCount: 1 }, { number: 1, episodeCount: 2 }, { number: 2 }],
    })
    const again = await kim.get(`/v1/shows/${show.id}`, { 'if-none-match': etag })
    t.strictSame([again.status, again.bytes.length], [304, 0])
    const list = await kim.get('/v1/movies')
    t.equal((await kim.get('/v1/movies', { 'if-none-match': String(list.headers['etag']) })).status, 304)
  })

  t.test('one season and one episode are asked for by number', async (t) => {
    const season = await kim.get(`/v1/shows/${show.id}/seasons/1`)
    t.match(season.body, {
      number: 1,
      episodes: [{
        number: 1,
        title: 'A Touch of Class',
        airDate: '1975-09-19',
        mediaFiles: [{ height: 480, audioLanguages: ['en'], durationMs: 60_000 }],
      }, { number: 2 }],
    })
    t.equal((await kim.get(`/v1/shows/${show.id}/seasons/2/episodes/2`)).body.title, 'The Psychiatrist')
    for (
      const url of [
        `/v1/shows/${show.id}/seasons/9`,
        `/v1/shows/${show.id}/seasons/1/episodes/9`,
        `/v1/shows/${show.id}/seasons/x`,
        `/v1/movies/${show.id}`,
        '/v1/movies/nonsense',
        '/v1/shows/665f1c2e9b1e8a0012ab34cd',
      ]
    ) {
      expectProblem(t, await kim.get(url), 'not-found', 404)
    }
  })

  t.test('nobody browses without a token', async (t) => {
    expectProblem(t, await call(app, 'GET', '/v1/titles'), 'unauthorized', 401)
  })
})

t.test('running the catalogue', async (t) => {
  const { app, config } = await startApp(t, { MAX_UPLOAD_BYTES: '500000' })
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)

  t.test('members may not', async (t) => {
    expectProblem(t, await kim.post('/v1/admin/movies', { title: 'Mine' }), 'forbidden', 403)
  })

  t.test('only a title is needed; the year follows the release date', async (t) => {
    const { status, body, headers } = await admin.post('/v1/admin/movies', { title: 'Alien' })
    t.equal(status, 201)
    t.equal(headers['location'], `/v1/movies/${body.id}`)
    t.match(body, { kind: 'movie', title: 'Alien', genres: [], maturityRating: null, published: true, mediaFiles: [] })
    t.match(
      (await admin.patch(`/v1/admin/movies/${body.id}`, { releaseDate: '1979-05-25', genres: ['Horror', 'Horror'] }))
        .body,
      { year: 1979, genres: ['Horror'], title: 'Alien' },
    )
    t.match((await admin.put(`/v1/admin/movies/${body.id}`, { title: 'Alien³' })).body, {
      title: 'Alien³',
      genres: [],
      releaseDate: null,
      year: null,
    }, 'PUT resets what is left out')
  })

  t.test('If-Match keeps two administrators apart', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const etag = String((await admin.get(`/v1/movies/${id}`)).headers['etag'])
    t.equal((await admin.patch(`/v1/admin/movies/${id}`, { synopsis: 'One' }, { 'if-match': etag })).status, 200)
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${id}`, { synopsis: 'Two' }, { 'if-match': etag }),
      'precondition-failed',
      412,
    )
    expectProblem(t, await admin.delete(`/v1/admin/movies/${id}`, { 'if-match': etag }), 'precondition-failed', 412)
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${id}`, { synopsis: 'Two' }, { 'if-match': 'xyz' }),
      'invalid-if-match',
      400,
    )
    t.equal((await admin.get(`/v1/movies/${id}`)).body.synopsis, 'One')
  })

  t.test('many edits of one title at once end with the stored one in memory', async (t) => {
    for (let round = 0; round < 10; round++) {
      const id = await addMovie(app, admin, {}, [])
      const answers = await Promise.all(
        Array.from({ length: 8 }, async (_, i) => await admin.patch(`/v1/admin/movies/${id}`, { title: `Cut ${i}` })),
      )
      t.ok(answers.every(({ status }) => status === 200 || status === 409), `round ${round + 1}`)
      const listed = (await kim.get('/v1/movies?sort=added&limit=1')).body.items[0]
      t.equal(listed.title, (await kim.get(`/v1/movies/${id}`)).body.title)
      t.equal(listed.title, (await Movie.findById(id).lean())?.title)
    }
  })

  t.test('external ids are unique', async (t) => {
    t.equal(
      (await admin.post('/v1/admin/movies', { title: 'The Matrix', externalIds: { imdb: 'tt0133093' } })).status,
      201,
    )
    expectProblem(
      t,
      await admin.post('/v1/admin/movies', { title: 'Matrix', externalIds: { imdb: 'tt0133093' } }),
      'already-exists',
      409,
    )
  })

  t.test('a show sent whole again keeps the ids of its episodes, and their files', async (t) => {
    const show = await addShow(app, admin)
    const seasons = [{ number: 1, episodes: [{ number: 1, title: 'Renamed' }, { number: 3, title: 'New' }] }, {
      number: 3,
      episodes: [{ id: show.episodes[2], number: 7, title: 'Moved' }],
    }]
    t.equal((await admin.put(`/v1/admin/shows/${show.id}`, { title: 'Fawlty Towers', seasons })).status, 200)
    const first = (await admin.get(`/v1/shows/${show.id}/seasons/1`)).body.episodes
    t.match(first, [{ id: show.episodes[0], title: 'Renamed', mediaFiles: [{ height: 480 }] }, {
      number: 3,
      mediaFiles: [],
    }])
    const moved = (await admin.get(`/v1/shows/${show.id}/seasons/3/episodes/7`)).body
    t.match(moved, { id: show.episodes[2], mediaFiles: [{ height: 480 }] })
    expectProblem(
      t,
      await admin.put(`/v1/admin/shows/${show.id}`, {
        title: 'X',
        seasons: [{ number: 1, episodes: [{ id: show.id, number: 1, title: 'Not its own' }] }],
      }),
      'unknown-episode',
      409,
    )
    expectProblem(
      t,
      await admin.put(`/v1/admin/shows/${show.id}`, { title: 'X', seasons: [{ number: 1 }, { number: 1 }] }),
      'duplicate-number',
      409,
    )
  })

  t.test('seasons and episodes are edited by number', async (t) => {
    const show = await addShow(app, admin, {}, [])
    t.match(
      (await admin.put(`/v1/admin/shows/${show.id}/seasons/1/episodes/1`, {
        title: 'Retitled',
        runtimeMs: 1_800_000,
        markers: { creditsStartMs: 1_700_000 },
      })).body,
      { id: show.episodes[0], title: 'Retitled', markers: { creditsStartMs: 1_700_000, introStartMs: null } },
    )
    t.equal((await admin.put(`/v1/admin/shows/${show.id}/seasons/4/episodes/1`, { title: 'Pilot' })).status, 200)
    t.equal((await admin.get(`/v1/shows/${show.id}`)).body.episodeCount, 6)
    t.equal((await admin.delete(`/v1/admin/shows/${show.id}/seasons/4`)).status, 204)
    t.equal((await admin.delete(`/v1/admin/shows/${show.id}/seasons/1/episodes/2`)).status, 204)
    expectProblem(t, await admin.delete(`/v1/admin/shows/${show.id}/seasons/1/episodes/2`), 'not-found', 404)
    t.equal((await admin.get(`/v1/shows/${show.id}`)).body.episodeCount, 4)
    t.equal(
      (await admin.put(`/v1/admin/shows/${show.id}/seasons/2`, {
        title: 'Series two',
        episodes: [{ number: 1, title: 'Only' }],
      })).body.episodes[0].id,
      show.episodes[2],
    )
  })

  t.test('a show that would be too large is refused before anything is written', async (t) => {
    const show = await addShow(app, admin, {}, [])
    const episodes = (count: number, synopsis: string) =>
      Array.from({ length: count }, (_, i) => ({ number: i + 1, title: `Episode ${i + 1}`, synopsis }))
    const seasons = (
      count: number,
      synopsis: string,
    ) => [{ number: 1, episodes: episodes(Math.ceil(count / 2), synopsis) }, {
      number: 2,
      episodes: episodes(Math.floor(count / 2), synopsis),
    }]
    const many = await admin.put(`/v1/admin/shows/${show.id}`, { title: 'Endless', seasons: seasons(3_001, '') })
    expectProblem(t, many, 'show-too-large', 409)
    t.match(many.body, { episodes: 3_001, maxEpisodes: 3_000 })
    expectProblem(
      t,
      await admin.put(`/v1/admin/shows/${show.id}`, { title: 'Endless', seasons: seasons(400, 'x'.repeat(4_000)) }),
      'show-too-large',
      409,
    )
    t.match((await admin.get(`/v1/shows/${show.id}`)).body, { title: 'Fawlty Towers', episodeCount: 5 })
    t.equal((await admin.put(`/v1/admin/shows/${show.id}`, { title: 'Long', seasons: seasons(3_000, '') })).status, 200)
  })

  t.test('a deleted movie is gone with its files', async (t) => {
    const id = await addMovie(app, admin)
    t.equal((await admin.delete(`/v1/admin/movies/${id}`)).status, 204)
    expectProblem(t, await admin.get(`/v1/movies/${id}`), 'not-found', 404)
    expectProblem(t, await admin.delete(`/v1/admin/movies/${id}`), 'not-found', 404)
  })

  t.test('an upload is probed; what the file says is kept, its language may be told', async (t) => {
    const id = await addMovie(app, admin, {}, ['1080p-es'])
    const file = (await admin.get(`/v1/movies/${id}`)).body.mediaFiles[0]
    t.match(file, {
      state: 'ready',
      height: 1080,
      width: 1920,
      audioLanguages: ['es'],
      videoCodec: /^avc1/,
      container: 'mp4',
      durationMs: 60_000,
      sizeBytes: 426_721,
      sha256: /^e3cf5c01671562d8/,
    })
    t.match(await upload(app, admin, `movies/${id}`, '480p-en', '?language=en-GB&edition=festival'), {
      audioLanguages: ['en-GB'],
      edition: 'festival',
    })
    t.match((await admin.patch(`/v1/admin/media/${file.id}`, { edition: null, audioLanguages: ['es-MX'] })).body, {
      audioLanguages: ['es-MX'],
    })
    t.equal((await admin.delete(`/v1/admin/media/${file.id}`)).status, 204)
    t.equal((await admin.get(`/v1/movies/${id}`)).body.mediaFiles.length, 1)
    expectProblem(t, await admin.delete(`/v1/admin/media/${file.id}`), 'not-found', 404)
  })

  t.test('an administrator sees every file, whatever their plan', async (t) => {
    const id = await addMovie(app, admin, {}, ['1080p-en'])
    await admin.put('/v1/account/plan', { plan: 'basic' })
    t.equal((await admin.get(`/v1/movies/${id}`)).body.mediaFiles.length, 1)
    const member = await signUp(app, { plan: 'basic' })
    t.equal((await member.get(`/v1/movies/${id}`)).body.mediaFiles.length, 0)
    await admin.put('/v1/account/plan', { plan: 'premium' })
  })

  t.test('bytes that several files share go with the last of them', async (t) => {
    const [first, second, third] = [
      await addMovie(app, admin),
      await addMovie(app, admin, {}, []),
      await addMovie(app, admin, {}, []),
    ]
    await containerOf(app).packaging.sweep()
    await containerOf(app).packaging.settle()
    const { files } = (await Media.findById(first).lean<StoredMedia>())!
    const fragments = `${files[0]!.hls!.packages[0]!.prefix}/v.mp4`
    for (const _id of [second, third]) {
      await Media.create({ _id, title: _id, files: files.map((file) => ({ ...file, _id: new Types.ObjectId() })) })
    }
    const { storage, catalogue } = containerOf(app)
    for (const id of [second, third]) await catalogue.refresh(id)
    const isThere = async (): Promise<boolean> => {
      const found = await Promise.all(
        [files[0]!.storageKey, fragments].map(async (key) => await storage.stat(key) !== null),
      )
      t.equal(found[0], found[1], 'what was uploaded and what was packaged')
      return found[0]!
    }
    await admin.delete(`/v1/admin/movies/${first}`)
    t.ok(await isThere())
    await admin.delete(`/v1/admin/media/${catalogue.filesOf(second)[0]!.id}`)
    t.ok(await isThere())
    await admin.delete(`/v1/admin/movies/${third}`)
    t.notOk(await isThere())
  })

  t.test('a form may carry the file', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const form = new FormData()
    form.append('edition', "director's cut")
    form.append('file', new Blob([new Uint8Array(clipBytes('480p-en'))], { type: 'video/mp4' }), 'clip.mp4')
    const encoded = new Response(form)
    const answer = await call(app, 'POST', `/v1/admin/movies/${id}/media`, {
      token: admin.token,
      body: Buffer.from(await encoded.arrayBuffer()),
      headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    })
    t.equal(answer.status, 201)
    t.match(answer.body, { edition: "director's cut", height: 480 })
  })

  t.test('a claim against what a file certainly is is refused with what it is; a note in the file gives way', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const send = async (query: string) =>
      await call(app, 'POST', `/v1/admin/movies/${id}/media${query}`, {
        token: admin.token,
        body: clipBytes('480p-en'),
        headers: { 'content-type': 'video/mp4' },
      })
    const refused = await send('?language=en,es')
    expectProblem(t, refused, 'claim-mismatch', 422)
    t.match(refused.body, { claimed: { audioLanguages: ['en', 'es'] }, found: { audioTracks: ['en'] } })
    expectProblem(t, await send('?height=1080'), 'validation-failed', 400)
    t.strictSame(containerOf(app).catalogue.filesOf(id), [], 'nothing was kept')
    t.match((await send('?language=es')).body, {
      audioLanguages: ['es'],
      audioTracks: [{ language: 'es', kind: 'main', channels: 1, codec: 'mp4a.40.2' }],
      frameRate: 12,
      height: 480,
    })
  })

  t.test('what is said of a file is checked, in the address and in a form', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    for (
      const query of ['?language=--', '?language=', '?language=en,', '?subtitles=%3Cb%3E', '?edition=', '?colour=red']
    ) {
      const answer = await call(app, 'POST', `/v1/admin/movies/${id}/media${query}`, {
        token: admin.token,
        body: clipBytes('480p-en'),
        headers: { 'content-type': 'video/mp4' },
      })
      expectProblem(t, answer, 'validation-failed', 400)
    }
    for (
      const [name, value] of [['language', '<b>none</b>'], ['language', ''], ['colour', 'red'], [
        'edition',
        'x'.repeat(101),
      ]] as const
    ) {
      const form = new FormData()
      form.append(name, value)
      form.append('file', new Blob([new Uint8Array(clipBytes('480p-en'))], { type: 'video/mp4' }), 'clip.mp4')
      const encoded = new Response(form)
      const answer = await call(app, 'POST', `/v1/admin/movies/${id}/media`, {
        token: admin.token,
        body: Buffer.from(await encoded.arrayBuffer()),
        headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
      })
      expectProblem(t, answer, 'validation-failed', 400)
    }
    t.strictSame((await admin.get(`/v1/movies/${id}`)).body.mediaFiles, [])
  })

  t.test('what is no media file, broken or too large is refused and leaves nothing', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const send = async (body: Buffer, type = 'video/mp4') =>
      await call(app, 'POST', `/v1/admin/movies/${id}/media`, {
        token: admin.token,
        body,
        headers: { 'content-type': type },
      })
    expectProblem(t, await send(Buffer.from('<html>not a film at all</html>')), 'unsupported-media', 415)
    expectProblem(t, await send(clipBytes('480p-en').subarray(0, 5_000)), 'unreadable-media', 422)
    expectProblem(t, await send(clipBytes('2160p-en')), 'upload-too-large', 413)
    expectProblem(t, await send(Buffer.alloc(0)), 'empty-upload', 400)
    for (const type of ['image/png', 'application/json', 'text/plain']) {
      expectProblem(t, await send(clipBytes('480p-en'), type), 'unsupported-media-type', 415)
    }
    expectProblem(t, await send(Buffer.from('x'), 'multipart/form-data'), 'malformed-request', 400)
    expectProblem(
      t,
      await send(Buffer.from('--b\r\n\r\nx\r\n--b--'), 'multipart/form-data; boundary=b'),
      'empty-upload',
      400,
    )
    t.strictSame((await admin.get(`/v1/movies/${id}`)).body.mediaFiles, [])
    t.equal(config.maxUploadBytes, 500_000)
  })
})
