import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow, uploadClip } from '../support/catalogue.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

type MovieRow = [title: string, releaseDate: string, genres: string[], rating: string | null, popularity: number]

t.test('lists of titles', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const movies: MovieRow[] = [
    ['Toy Story', '1995-11-22', ['Animation', 'Family'], 'G', 80],
    ['Amélie', '2001-11-02', ['Comedy', 'Romance'], 'R', 70],
    ['amelia', '2009-10-23', ['Drama'], 'PG', 10],
    ['The Godfather', '1972-03-24', ['Drama', 'Crime'], 'R', 100],
    ['$9.99', '2008-01-01', ['Drama'], null, 5],
  ]
  for (const [title, releaseDate, genres, maturityRating, popularity] of movies) {
    await addMovie(app, admin, { title, releaseDate, genres, maturityRating, popularity }, [])
  }
  await uploadClip(app, admin, `movies/${(await kim.get('/v1/movies?genre=crime')).body.items[0].id}`, '2160p-en')
  await addShow(app, admin)
  await addMovie(app, admin, { title: 'Hidden', published: false }, [])
  await addMovie(app, admin, { title: 'Tomorrow', availableFrom: '2199-01-01T00:00:00Z' }, [])
  const titles = async (query: string): Promise<string[]> =>
    (await kim.get(`/v1/titles?${query}`)).body.items.map(({ title }: { title: string }) => title)

  t.test('are sorted without regard to accents and case', async (t) => {
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

  t.test('can be filtered', async (t) => {
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
      'files that the plan cannot play do not count',
    )
  })

  t.test('have pages that neither repeat nor skip titles while titles are added', async (t) => {
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 10; page++) {
      const { body } = await kim.get(`/v1/titles?limit=2${cursor}`)
      seen.push(...body.items.map(({ title }: { title: string }) => title))
      if (page === 0) await addMovie(app, admin, { title: 'A movie before the cursor' }, [])
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    t.strictSame(seen, ['$9.99', 'amelia', 'Amélie', 'Fawlty Towers', 'The Godfather', 'Toy Story'])
  })

  t.test('reject a modified cursor and the cursor of another list', async (t) => {
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

  t.test('reject invalid and unknown parameters', async (t) => {
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'sort=size', 'rating=XXX', 'colour=red', 'type=book']) {
      expectProblem(t, await kim.get(`/v1/titles?${query}`), 'validation-failed', 400)
    }
  })

  t.test('have genres with the number of visible titles', async (t) => {
    t.match((await kim.get('/v1/genres')).body.items.find(({ name }: { name: string }) => name === 'Drama'), {
      count: 3,
    })
  })

  t.test('get a 304 if they have not changed', async (t) => {
    const list = await kim.get('/v1/movies')
    t.equal((await kim.get('/v1/movies', { 'if-none-match': String(list.headers['etag']) })).status, 304)
  })

  t.test('need a token', async (t) => {
    expectProblem(t, await call(app, 'GET', '/v1/titles'), 'unauthorized', 401)
  })
})

t.test('a title with an availability window is visible everywhere during it, and nowhere outside it', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const inMs = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString()
  const id = await addMovie(app, admin, {
    availableFrom: inMs(60_000),
    availableUntil: inMs(120_000),
    genres: ['Science Fiction', 'Timed'],
  })
  await addMovie(app, admin, { title: 'The Matrix Reloaded' }, [])
  const isVisible = async (): Promise<boolean> => {
    const pages = await Promise.all(
      [`/v1/movies/${id}`, `/v1/titles/${id}/similar`].map(async (url) => (await kim.get(url)).status === 200),
    )
    const lists = await Promise.all(
      ['/v1/titles', '/v1/movies', '/v1/search?q=matrix'].map(async (url) =>
        (await kim.get(url)).body.items.some((one: { id: string }) => one.id === id)
      ),
    )
    lists.push(
      (await kim.get('/v1/titles/facets')).body.total === 2,
      (await kim.get('/v1/genres')).body.items.some((one: { name: string }) => one.name === 'Timed'),
      (await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${id}`)).status === 204,
    )
    const results = new Set([...pages, ...lists])
    t.equal(results.size, 1, 'all routes agree')
    return [...results][0]!
  }
  t.equal(await isVisible(), false, 'before the window')
  clock.advance(61_000)
  t.equal(await isVisible(), true)
  clock.advance(60_000)
  t.equal(await isVisible(), false, 'after the window')
})

t.test('facets', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const movies: Array<[title: string, releaseDate: string, genres: string[], rating: string | null]> = [
    ['Alien', '1979-05-25', ['Horror', 'Science Fiction'], 'R'],
    ['Aliens', '1986-07-18', ['Action', 'Science Fiction'], 'R'],
    ['WALL·E', '2008-06-27', ['Animation', 'science fiction'], 'G'],
    ['Heat', '1995-12-15', ['Action'], 'R'],
  ]
  const ids: string[] = []
  for (const [title, releaseDate, genres, maturityRating] of movies) {
    ids.push(await addMovie(app, admin, { title, releaseDate, genres, maturityRating }, []))
  }
  await uploadClip(app, admin, `movies/${ids[0]}`, '1080p-en')
  await uploadClip(app, admin, `movies/${ids[1]}`, '480p-en')
  await uploadClip(app, admin, `movies/${ids[2]}`, '1080p-es')
  await addShow(app, admin, {}, [])
  await addMovie(app, admin, { title: 'Hidden', published: false }, [])
  const facets = async (query = '', client = kim) => (await client.get(`/v1/titles/facets${query}`)).body
  const counts = (facet: Array<{ value: unknown, count: number }>) => facet.map(({ value, count }) => [value, count])

  t.test('count the visible titles', async (t) => {
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

  t.test('count each dimension under the filters of all other dimensions', async (t) => {
    const filtered = await facets('?genre=science%20fiction&rating=R')
    t.equal(filtered.total, 2)
    t.strictSame(counts(filtered.ratings), [['R', 2], ['G', 1]], 'ratings of science fiction')
    t.strictSame(
      counts(filtered.genres),
      [['Action', 2], ['Science Fiction', 2], ['Horror', 1]],
      'genres of titles with the rating R',
    )
    t.strictSame(counts(filtered.decades), [[1980, 1], [1970, 1]], 'both filters apply')
    for (const { value, count } of filtered.genres) {
      t.equal(
        (await kim.get(`/v1/titles?rating=R&genre=${encodeURIComponent(value)}`)).body.items.length,
        count,
        `the list of ${value} has the same number of titles`,
      )
    }
    const highInEnglish = await facets('?minHeight=1000&language=en')
    t.strictSame(
      [highInEnglish.total, counts(highInEnglish.languages), counts(highInEnglish.heights)],
      [1, [['en', 1], ['es', 1]], [[1080, 1], [480, 1]]],
    )
  })

  t.test('leave out files that the plan cannot play, and change their ETag with the catalogue', async (t) => {
    t.strictSame(counts((await facets('', await signUp(app, { plan: 'basic' }))).heights), [[480, 1]])
    const first = await kim.get('/v1/titles/facets')
    t.equal((await kim.get('/v1/titles/facets', { 'if-none-match': String(first.headers['etag']) })).status, 304)
    await admin.patch(`/v1/admin/movies/${ids[3]}`, { genres: ['Crime'] })
    t.equal((await kim.get('/v1/titles/facets', { 'if-none-match': String(first.headers['etag']) })).status, 200)
  })

  t.test('leave out titles outside their availability window', async (t) => {
    await admin.patch(`/v1/admin/movies/${ids[0]}`, { availableUntil: '2020-01-01T00:00:00Z' })
    await admin.patch(`/v1/admin/movies/${ids[1]}`, { availableFrom: '2199-01-01T00:00:00Z' })
    t.equal((await facets()).total, 3)
    expectProblem(t, await kim.get('/v1/titles/facets?sort=title'), 'validation-failed', 400)
  })
})
