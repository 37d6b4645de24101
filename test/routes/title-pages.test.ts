import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('pages of titles', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const matrix = await addMovie(app, admin, { cast: [{ name: 'Keanu Reeves', role: 'Neo' }] }, [
    '480p-en',
    '1080p-es',
    '2160p-en',
  ])
  const show = await addShow(app, admin)
  const account = await signUp(app)
  const profile = account.with((await account.post(`/v1/profiles/${account.profileId}/select`)).body.accessToken)

  t.test('have an ETag, and get a 304 if they have not changed', async (t) => {
    const first = await account.get(`/v1/shows/${show.id}`)
    t.match(first.body, {
      title: 'Fawlty Towers',
      episodeCount: 5,
      seasons: [{ number: 0, episodeCount: 1 }, { number: 1, episodeCount: 2 }, { number: 2 }],
    })
    const second = await account.get(`/v1/shows/${show.id}`, { 'if-none-match': String(first.headers['etag']) })
    t.strictSame([second.status, second.bytes.length], [304, 0])
  })

  t.test('exist for a season and an episode by number', async (t) => {
    const season = await account.get(`/v1/shows/${show.id}/seasons/1`)
    t.match(season.body, {
      number: 1,
      episodes: [{
        number: 1,
        title: 'A Touch of Class',
        airDate: '1975-09-19',
        mediaFiles: [{ height: 480, audioLanguages: ['en'], durationMs: 60_000 }],
      }, { number: 2 }],
    })
    t.equal((await account.get(`/v1/shows/${show.id}/seasons/2/episodes/2`)).body.title, 'The Psychiatrist')
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
      expectProblem(t, await account.get(url), 'not-found', 404)
    }
  })

  t.test('of unpublished titles exist only for administrators', async (t) => {
    const hidden = await addMovie(app, admin, { title: 'Secret', published: false }, [])
    expectProblem(t, await account.get(`/v1/movies/${hidden}`), 'not-found', 404)
    t.equal((await admin.get(`/v1/movies/${hidden}`)).body.published, false)
  })

  t.test('show the formats that the plan can play', async (t) => {
    t.match((await account.get(`/v1/movies/${matrix}`)).body.available, {
      heights: [2160, 1080, 480],
      audioLanguages: ['en', 'es'],
    })
    const basic = await signUp(app, { plan: 'basic' })
    const { body } = await basic.get(`/v1/movies/${matrix}`)
    t.strictSame([body.available.heights, body.available.audioLanguages, body.mediaFiles.length], [[480], ['en'], 1])
    t.strictSame((await basic.get(`/v1/shows/${show.id}`)).body.available.heights, [480])
  })

  t.test('show the progress of the profile in seasons and episodes, running streams included', async (t) => {
    t.notOk('finishedCount' in (await account.get(`/v1/shows/${show.id}`)).body.seasons[1], 'not for account tokens')
    t.match((await profile.get(`/v1/shows/${show.id}`)).body.seasons, [{ finishedCount: 0, lastWatchedAt: null }, {
      finishedCount: 0,
    }, { finishedCount: 0 }])
    const before = String((await profile.get(`/v1/shows/${show.id}`)).headers['etag'])
    await watch(profile, clock, show.episodes[0]!, 59_500)
    const stream = (await play(profile, show.episodes[1]!)).body
    clock.advance(1_000)
    await profile.put(`/v1/profiles/${account.profileId}/playback/${stream.streamId}`, {
      positionMs: 20_003,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
    })
    const { body, headers } = await profile.get(`/v1/shows/${show.id}`, { 'if-none-match': before })
    t.match(body.seasons, [{ finishedCount: 0 }, { number: 1, finishedCount: 1, lastWatchedAt: String }, {
      finishedCount: 0,
      lastWatchedAt: null,
    }])
    const season = (await profile.get(`/v1/shows/${show.id}/seasons/1`)).body
    t.match(season.episodes, [{ progress: { finished: true, positionMs: 59_500 } }, {
      progress: { finished: false, positionMs: 20_003 },
    }])
    t.match((await profile.get(`/v1/shows/${show.id}/seasons/1/episodes/2`)).body.progress, {
      positionMs: 20_003,
      durationMs: 60_000,
    })
    t.equal((await profile.get(`/v1/shows/${show.id}`, { 'if-none-match': String(headers['etag']) })).status, 304)
  })

  t.test('change their ETag with the state of the profile, for this profile only', async (t) => {
    const profileTag = String((await profile.get(`/v1/movies/${matrix}`)).headers['etag'])
    const accountTag = String((await account.get(`/v1/movies/${matrix}`)).headers['etag'])
    await profile.put(`/v1/profiles/${account.profileId}/wishlist/${matrix}`)
    const changed = await profile.get(`/v1/movies/${matrix}`, { 'if-none-match': profileTag })
    t.match([changed.status, changed.body], [200, { inWishlist: true, rating: null, progress: null }])
    t.equal((await account.get(`/v1/movies/${matrix}`, { 'if-none-match': accountTag })).status, 304)
  })

  t.test('have a list of similar visible titles, most similar first', async (t) => {
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
    await addMovie(app, admin, { title: 'Not available yet', cast, availableFrom: '2199-01-01T00:00:00Z' }, [])
    await addMovie(app, admin, { title: 'Not similar', genres: ['Musical'] }, [])
    const { status, body } = await account.get(`/v1/titles/${matrix}/similar`)
    t.equal(status, 200)
    t.strictSame(body.items.map(({ id }: { id: string }) => id), [speed, wick])
    t.strictSame((await account.get(`/v1/titles/${matrix}/similar?limit=1`)).body.items.length, 1)
    const similarToSpeed = (await profile.get(`/v1/titles/${speed}/similar`)).body.items
    t.equal(similarToSpeed.find(({ id }: { id: string }) => id === matrix).inWishlist, true)
    expectProblem(t, await account.get(`/v1/titles/${'0'.repeat(24)}/similar`), 'not-found', 404)
    expectProblem(t, await account.get(`/v1/titles/${matrix}/similar?limit=101`), 'validation-failed', 400)
  })
})

t.test('translations', async (t) => {
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
  const getPage = async (acceptLanguage?: string) =>
    await kim.get(url, acceptLanguage === undefined ? {} : { 'accept-language': acceptLanguage })

  t.test('are selected by Accept-Language; missing fields are in the language of the catalogue', async (t) => {
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
      const { status, body, headers } = await getPage(header)
      t.equal(status, 200)
      t.match(body, { language, title, synopsis }, header?.slice(0, 20) ?? 'no header')
      t.equal(headers['content-language'], language)
      t.match(headers['vary'], /Accept-Language/)
      t.notOk('translations' in body, 'members get one language')
    }
  })

  t.test('apply to lists, and each language has an ETag of its own', async (t) => {
    const list = await kim.get('/v1/titles', { 'accept-language': 'de' })
    t.equal(list.body.items[0].title, 'Das Leben der Anderen')
    t.equal(list.headers['content-language'], 'de')
    const etag = String((await getPage('de')).headers['etag'])
    t.equal((await kim.get(url, { 'accept-language': 'de', 'if-none-match': etag })).status, 304)
    t.equal((await kim.get(url, { 'accept-language': 'en', 'if-none-match': etag })).status, 200)
  })

  t.test('are complete for administrators, who can send them back', async (t) => {
    const { body, headers } = await admin.get(url, { 'accept-language': 'de' })
    t.match(body, {
      title: 'The Lives of Others',
      language: 'en',
      translations: { de: translations.de, 'pt-BR': { title: 'A Vida dos Outros', synopsis: null } },
    })
    const ifMatch = { 'if-match': String(headers['etag']) }
    t.strictSame(
      (await admin.patch(`/v1/admin/movies/${id}`, { translations: body.translations }, ifMatch)).body.translations,
      body.translations,
    )
    t.strictSame(
      (await admin.patch(`/v1/admin/movies/${id}`, { translations: { de: translations.de } })).body.translations,
      { de: translations.de },
    )
    t.strictSame((await admin.put(`/v1/admin/movies/${id}`, { title: 'The Lives of Others' })).body.translations, {})
  })

  t.test('are rejected with invalid tags, two tags of one language, or more than 60', async (t) => {
    const patch = async (body: unknown) => await admin.patch(`/v1/admin/movies/${id}`, { translations: body })
    for (
      const invalid of [
        { 'not a tag': { title: 'Das Boot' } },
        { $set: { title: 'Das Boot' } },
        { de: { title: '' } },
        { de: { name: 'Das Boot' } },
        { de: { title: 'Das Boot' }, DE: { title: 'Das Boot' } },
        { 'a-b-c-d': { title: 'Das Boot' } },
      ]
    ) {
      expectProblem(t, await patch(invalid), 'validation-failed', 400)
    }
    const createTranslations = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`de-x-${i}`, { title: `T${i}` }]))
    t.equal((await patch(createTranslations(60))).status, 200)
    expectProblem(t, await patch(createTranslations(61)), 'validation-failed', 400)
  })

  t.test('exist for seasons and episodes', async (t) => {
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
