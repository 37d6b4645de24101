// Pages of titles: in the reader's language, with what the plan plays and what the profile did; similar titles and facets.
import t from 'tap'
import { addMovie, addShow, expectProblem, play, signUp, signUpAdmin, startApp, upload, watch } from '../helper.js'

t.test("titles are told in the reader's language", async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const translations = {
    de: { title: 'Das Leben der Anderen', synopsis: 'Ost-Berlin, 1984.' },
    'pt-br': { title: 'A Vida dos Outros' },
  }
  const id = await addMovie(
    app,
    admin,
    { title: 'The Lives of Others', synopsis: 'East Berlin, 1984.', translations },
    [],
  )
  const url = `/v1/movies/${id}`
  const told = async (header?: string) => await kim.get(url, header === undefined ? {} : { 'accept-language': header })

  t.test("by Accept-Language, with what is missing from the catalogue's own", async (t) => {
    for (
      const [header, language, title, synopsis] of [
        [undefined, 'en', 'The Lives of Others', 'East Berlin, 1984.'],
        ['de', 'de', 'Das Leben der Anderen', 'Ost-Berlin, 1984.'],
        ['de-AT', 'de', 'Das Leben der Anderen', 'Ost-Berlin, 1984.'],
        ['en, de;q=0.9', 'en', 'The Lives of Others', 'East Berlin, 1984.'],
        ['fr, de;q=0.5', 'de', 'Das Leben der Anderen', 'Ost-Berlin, 1984.'],
        ['pt', 'pt-BR', 'A Vida dos Outros', 'East Berlin, 1984.'],
        ['ja', 'en', 'The Lives of Others', 'East Berlin, 1984.'],
        ['x'.repeat(3_000), 'en', 'The Lives of Others', 'East Berlin, 1984.'],
      ] as const
    ) {
      const { status, body, headers } = await told(header)
      t.equal(status, 200)
      t.match(body, { language, title, synopsis }, header?.slice(0, 20) ?? 'no header')
      t.equal(headers['content-language'], language)
      t.match(headers['vary'], /Accept-Language/)
      t.notOk('translations' in body, 'a viewer gets one language')
    }
  })

  t.test('in lists as well; one tag does not stand for another language', async (t) => {
    const list = await kim.get('/v1/titles', { 'accept-language': 'de' })
    t.equal(list.body.items[0].title, 'Das Leben der Anderen')
    t.equal(list.headers['content-language'], 'de')
    const etag = String((await told('de')).headers['etag'])
    t.equal((await kim.get(url, { 'accept-language': 'de', 'if-none-match': etag })).status, 304)
    t.equal((await kim.get(url, { 'accept-language': 'en', 'if-none-match': etag })).status, 200)
  })

  t.test('administrators read what is stored, and can send it back', async (t) => {
    const { body, headers } = await admin.get(url, { 'accept-language': 'de' })
    t.match(body, {
      title: 'The Lives of Others',
      language: 'en',
      translations: { de: translations.de, 'pt-BR': { title: 'A Vida dos Outros', synopsis: null } },
    })
    t.strictSame(
      (await admin.patch(`/v1/admin/movies/${id}`, { translations: body.translations }, {
        'if-match': String(headers['etag']),
      })).body.translations,
      body.translations,
    )
    t.strictSame(
      (await admin.patch(`/v1/admin/movies/${id}`, { translations: { de: translations.de } })).body.translations,
      { de: translations.de },
    )
    t.strictSame((await admin.put(`/v1/admin/movies/${id}`, { title: 'The Lives of Others' })).body.translations, {})
  })

  t.test('tags that are none, two of one language or too many are refused', async (t) => {
    const send = async (given: unknown) => await admin.patch(`/v1/admin/movies/${id}`, { translations: given })
    for (
      const given of [
        { 'not a tag': { title: 'X' } },
        { $set: { title: 'X' } },
        { de: { title: '' } },
        { de: { name: 'X' } },
        { de: { title: 'X' }, DE: { title: 'Y' } },
        { 'a-b-c-d': { title: 'X' } },
      ]
    ) {
      expectProblem(t, await send(given), 'validation-failed', 400)
    }
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`de-x-${i}`, { title: `T${i}` }]))
    t.equal((await send(many(60))).status, 200)
    expectProblem(t, await send(many(61)), 'validation-failed', 400)
  })

  t.test('seasons and episodes too', async (t) => {
    const show = (await admin.post('/v1/admin/shows', {
      title: 'Dark',
      seasons: [{
        number: 1,
        title: 'Season one',
        translations: { de: { title: 'Staffel eins' } },
        episodes: [{ number: 1, title: 'Secrets', translations: { de: { title: 'Geheimnisse' } } }],
      }],
    })).body
    const german = { 'accept-language': 'de' }
    t.equal((await kim.get(`/v1/shows/${show.id}`, german)).body.seasons[0].title, 'Staffel eins')
    const season = await kim.get(`/v1/shows/${show.id}/seasons/1`, german)
    t.match(season.body, { title: 'Staffel eins', episodes: [{ title: 'Geheimnisse' }] })
    t.equal(season.headers['content-language'], 'de')
    t.equal((await kim.get(`/v1/shows/${show.id}/seasons/1/episodes/1`)).body.title, 'Secrets')
  })
})

t.test("a title's page", async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const matrix = await addMovie(app, admin, { cast: [{ name: 'Keanu Reeves', role: 'Neo' }] }, [
    '480p-en',
    '1080p-es',
    '2160p-en',
  ])
  const show = await addShow(app, admin)
  const premium = await signUp(app)
  const bound = premium.with((await premium.post(`/v1/profiles/${premium.profileId}/select`)).body.accessToken)

  t.test('tells what this plan can play', async (t) => {
    t.match((await premium.get(`/v1/movies/${matrix}`)).body.available, {
      heights: [2160, 1080, 480],
      audioLanguages: ['en', 'es'],
    })
    const basic = await signUp(app, { plan: 'basic' })
    const { body } = await basic.get(`/v1/movies/${matrix}`)
    t.strictSame([body.available.heights, body.available.audioLanguages, body.mediaFiles.length], [[480], ['en'], 1])
    t.strictSame((await basic.get(`/v1/shows/${show.id}`)).body.available.heights, [480])
  })

  t.test("with a profile's token tells its seasons' and episodes' progress, to the moment", async (t) => {
    t.notOk('finishedCount' in (await premium.get(`/v1/shows/${show.id}`)).body.seasons[1], 'an account has none')
    t.match((await bound.get(`/v1/shows/${show.id}`)).body.seasons, [{ finishedCount: 0, lastWatchedAt: null }, {
      finishedCount: 0,
    }, { finishedCount: 0 }])
    const before = String((await bound.get(`/v1/shows/${show.id}`)).headers['etag'])
    await watch(bound, clock, show.episodes[0]!, 59_500)
    const stream = (await play(bound, show.episodes[1]!)).body
    clock.advance(1_000)
    await bound.put(`/v1/profiles/${premium.profileId}/playback/${stream.streamId}`, {
      positionMs: 20_003,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
    })
    const { body, headers } = await bound.get(`/v1/shows/${show.id}`, { 'if-none-match': before })
    t.match(body.seasons, [{ finishedCount: 0 }, { number: 1, finishedCount: 1, lastWatchedAt: String }, {
      finishedCount: 0,
      lastWatchedAt: null,
    }])
    const season = (await bound.get(`/v1/shows/${show.id}/seasons/1`)).body
    t.match(season.episodes, [{ progress: { finished: true, positionMs: 59_500 } }, {
      progress: { finished: false, positionMs: 20_003 },
    }])
    t.match((await bound.get(`/v1/shows/${show.id}/seasons/1/episodes/2`)).body.progress, {
      positionMs: 20_003,
      durationMs: 60_000,
    })
    t.equal((await bound.get(`/v1/shows/${show.id}`, { 'if-none-match': String(headers['etag']) })).status, 304)
  })

  t.test("a profile's own facts move its ETag, and nobody else's", async (t) => {
    const etag = String((await bound.get(`/v1/movies/${matrix}`)).headers['etag'])
    const others = String((await premium.get(`/v1/movies/${matrix}`)).headers['etag'])
    await bound.put(`/v1/profiles/${premium.profileId}/wishlist/${matrix}`)
    const again = await bound.get(`/v1/movies/${matrix}`, { 'if-none-match': etag })
    t.match([again.status, again.body], [200, { inWishlist: true, rating: null, progress: null }])
    t.equal((await premium.get(`/v1/movies/${matrix}`, { 'if-none-match': others })).status, 304)
  })

  t.test('names titles like it, as this viewer may see them', async (t) => {
    const cast = [{ name: 'Keanu Reeves', role: 'John Wick' }]
    const wick = await addMovie(
      app,
      admin,
      { title: 'John Wick', genres: ['Action'], releaseDate: '2014-10-24', cast },
      [],
    )
    const speed = await addMovie(app, admin, {
      title: 'Speed',
      genres: ['Action', 'Science Fiction'],
      releaseDate: '1994-06-10',
      cast,
    }, [])
    await addMovie(app, admin, { title: 'Alike but not out yet', cast, availableFrom: '2199-01-01T00:00:00Z' }, [])
    await addMovie(app, admin, { title: 'Nothing like it', genres: ['Musical'] }, [])
    const { status, body } = await premium.get(`/v1/titles/${matrix}/similar`)
    t.equal(status, 200)
    t.strictSame(body.items.map(({ id }: { id: string }) => id), [speed, wick])
    t.strictSame((await premium.get(`/v1/titles/${matrix}/similar?limit=1`)).body.items.length, 1)
    t.equal(
      (await bound.get(`/v1/titles/${speed}/similar`)).body.items.find(({ id }: { id: string }) => id === matrix)
        .inWishlist,
      true,
    )
    expectProblem(t, await premium.get(`/v1/titles/${'0'.repeat(24)}/similar`), 'not-found', 404)
    expectProblem(t, await premium.get(`/v1/titles/${matrix}/similar?limit=101`), 'validation-failed', 400)
  })
})

t.test('facets', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const films: Array<[title: string, releaseDate: string, genres: string[], rating: string | null]> = [
    ['Alien', '1979-05-25', ['Horror', 'Science Fiction'], 'R'],
    ['Aliens', '1986-07-18', ['Action', 'Science Fiction'], 'R'],
    ['WALL·E', '2008-06-27', ['Animation', 'science fiction'], 'G'],
    ['Heat', '1995-12-15', ['Action'], 'R'],
  ]
  const ids: string[] = []
  for (const [title, releaseDate, genres, maturityRating] of films) {
    ids.push(await addMovie(app, admin, { title, releaseDate, genres, maturityRating }, []))
  }
  await upload(app, admin, `movies/${ids[0]}`, '1080p-en')
  await upload(app, admin, `movies/${ids[1]}`, '480p-en')
  await upload(app, admin, `movies/${ids[2]}`, '1080p-es')
  await addShow(app, admin, {}, [])
  await addMovie(app, admin, { title: 'Hidden', published: false }, [])
  const facets = async (query = '', who = kim) => (await who.get(`/v1/titles/facets${query}`)).body
  const counts = (facet: Array<{ value: unknown, count: number }>) => facet.map(({ value, count }) => [value, count])

  t.test('count everything this viewer may see', async (t) => {
    const all = await facets()
    t.equal(all.total, 5)
    t.strictSame(counts(all.types), [['movie', 4], ['show', 1]])
    t.strictSame(counts(all.genres), [['Science Fiction', 3], ['Action', 2], ['Animation', 1], ['Comedy', 1], [
      'Horror',
      1,
    ]])
    t.strictSame(counts(all.decades), [[2000, 1], [1990, 1], [1980, 1], [1970, 1]])
    t.strictSame(counts(all.years)[0], [2008, 1])
    t.strictSame(counts(all.ratings), [['R', 3], ['G', 1], ['TV-PG', 1]])
    t.strictSame(counts(all.languages), [['en', 2], ['es', 1]])
    t.strictSame(counts(all.heights), [[1080, 2], [480, 1]])
  })

  t.test('each is counted under all the other filters, so that a choice can be changed', async (t) => {
    const chosen = await facets('?genre=science%20fiction&rating=R')
    t.equal(chosen.total, 2)
    t.strictSame(counts(chosen.ratings), [['R', 2], ['G', 1]], 'ratings of science fiction')
    t.strictSame(
      counts(chosen.genres),
      [['Action', 2], ['Science Fiction', 2], ['Horror', 1]],
      'genres of what is rated R',
    )
    t.strictSame(counts(chosen.decades), [[1980, 1], [1970, 1]], 'both hold')
    for (const { value, count } of chosen.genres) {
      t.equal(
        (await kim.get(`/v1/titles?rating=R&genre=${encodeURIComponent(value)}`)).body.items.length,
        count,
        `the list of ${value} has as many`,
      )
    }
    const sharp = await facets('?minHeight=1000&language=en')
    t.strictSame([sharp.total, counts(sharp.languages), counts(sharp.heights)], [1, [['en', 1], ['es', 1]], [
      [1080, 1],
      [480, 1],
    ]])
  })

  t.test('what the plan cannot play is not counted; another ETag when something changes', async (t) => {
    t.strictSame(counts((await facets('', await signUp(app, { plan: 'basic' }))).heights), [[480, 1]])
    const first = await kim.get('/v1/titles/facets')
    t.equal((await kim.get('/v1/titles/facets', { 'if-none-match': String(first.headers['etag']) })).status, 304)
    await admin.patch(`/v1/admin/movies/${ids[3]}`, { genres: ['Crime'] })
    t.equal((await kim.get('/v1/titles/facets', { 'if-none-match': String(first.headers['etag']) })).status, 200)
  })

  t.test('of what is there no longer, or not yet, nothing is counted', async (t) => {
    await admin.patch(`/v1/admin/movies/${ids[0]}`, { availableUntil: '2020-01-01T00:00:00Z' })
    await admin.patch(`/v1/admin/movies/${ids[1]}`, { availableFrom: '2199-01-01T00:00:00Z' })
    t.equal((await facets()).total, 3)
    expectProblem(t, await kim.get('/v1/titles/facets?sort=title'), 'validation-failed', 400)
  })
})
