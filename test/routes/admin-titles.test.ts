import t from 'tap'
import { Movie } from '../../models/movie.js'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { addEncodingJob } from '../support/encoding-jobs.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('editing of movies', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)

  t.test('is forbidden for members', async (t) => {
    expectProblem(t, await kim.post('/v1/admin/movies', { title: 'Mine' }), 'forbidden', 403)
  })

  t.test('requires only a title, and derives the year from the release date', async (t) => {
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
    }, 'PUT resets omitted fields')
  })

  t.test('rejects an outdated or invalid If-Match', async (t) => {
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

  t.test('leaves the stored title in memory after many concurrent edits', async (t) => {
    for (let round = 0; round < 10; round++) {
      const id = await addMovie(app, admin, {}, [])
      const responses = await Promise.all(
        Array.from({ length: 8 }, async (_, i) => await admin.patch(`/v1/admin/movies/${id}`, { title: `Cut ${i}` })),
      )
      t.ok(responses.every(({ status }) => status === 200 || status === 409), `round ${round + 1}`)
      const listed = (await kim.get('/v1/movies?sort=added&limit=1')).body.items[0]
      t.equal(listed.title, (await kim.get(`/v1/movies/${id}`)).body.title)
      t.equal(listed.title, (await Movie.findById(id).lean())?.title)
    }
  })

  t.test('rejects an external ID that another title has', async (t) => {
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

  t.test('rejects an availability window that ends before it starts', async (t) => {
    const inMs = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString()
    const id = await addMovie(app, admin, { availableFrom: inMs(60_000), availableUntil: inMs(120_000) }, [])
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${id}`, { availableUntil: inMs(-600_000) }),
      'validation-failed',
      400,
    )
    expectProblem(
      t,
      await admin.post('/v1/admin/shows', { title: 'Heimat', availableFrom: inMs(10), availableUntil: inMs(10) }),
      'validation-failed',
      400,
    )
  })

  t.test('accepts up to twenty alternative titles', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const patchTitles = async (count: number) =>
      await admin.patch(`/v1/admin/movies/${id}`, {
        alternativeTitles: Array.from({ length: count }, (_, i) => `Name ${i}`),
      })
    t.equal((await patchTitles(20)).status, 200)
    expectProblem(t, await patchTitles(21), 'validation-failed', 400)
  })

  t.test('deletes a movie with its files', async (t) => {
    const id = await addMovie(app, admin)
    t.equal((await admin.delete(`/v1/admin/movies/${id}`)).status, 204)
    expectProblem(t, await admin.get(`/v1/movies/${id}`), 'not-found', 404)
    expectProblem(t, await admin.delete(`/v1/admin/movies/${id}`), 'not-found', 404)
  })
})

t.test('a deletion preview', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const [kim, lee] = [await signUp(app), await signUp(app)]
  const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en'])
  const show = await addShow(app, admin)
  await watch(kim, clock, movie, 20_000)
  await watch(lee, clock, movie, 30_000)
  await watch(kim, clock, show.episodes[0]!, 30_000)
  await play(lee, show.episodes[1]!)
  for (const client of [kim, lee]) await client.put(`/v1/profiles/${client.profileId}/wishlist/${movie}`)
  await kim.put(`/v1/profiles/${kim.profileId}/ratings/${movie}`, { rating: 'love' })

  for (const state of ['running', 'done'] as const) await addEncodingJob({ itemId: movie }, { state, sizeBytes: 7 })

  t.test('counts what a deletion would remove, and deletes nothing', async (t) => {
    const { status, body } = await admin.delete(`/v1/admin/movies/${movie}?dryRun=true`)
    t.equal(status, 200)
    t.match(body, {
      episodes: 0,
      mediaFiles: 2,
      mediaBytes: Number,
      masters: 2,
      masterBytes: 14,
      encodingJobs: 1,
      plays: 2,
      streams: 0,
      wishlists: 2,
      ratings: 1,
      collections: 0,
    })
    t.ok(body.mediaBytes > 100_000)
    t.match((await admin.delete(`/v1/admin/shows/${show.id}?dryRun=true`)).body, {
      episodes: 5,
      mediaFiles: 4,
      masters: 0,
      plays: 1,
      streams: 1,
      wishlists: 0,
    })
    t.match((await admin.delete(`/v1/admin/shows/${show.id}/seasons/1?dryRun=true`)).body, {
      episodes: 2,
      mediaFiles: 2,
      plays: 1,
      streams: 1,
    })
    t.match((await admin.delete(`/v1/admin/shows/${show.id}/seasons/1/episodes/2?dryRun=true`)).body, {
      episodes: 1,
      mediaFiles: 1,
      plays: 0,
      streams: 1,
    })
    t.equal((await kim.get(`/v1/movies/${movie}`)).status, 200)
    t.equal((await kim.get(`/v1/shows/${show.id}`)).body.episodeCount, 5)
  })

  t.test('of an unknown title, season or episode is a 404', async (t) => {
    for (
      const url of [
        `movies/${show.id}`,
        `shows/${movie}`,
        `shows/${show.id}/seasons/9`,
        `shows/${show.id}/seasons/1/episodes/9`,
      ]
    ) expectProblem(t, await admin.delete(`/v1/admin/${url}?dryRun=true`), 'not-found', 404)
  })

  t.test('is returned only for dryRun=true', async (t) => {
    expectProblem(t, await kim.delete(`/v1/admin/shows/${show.id}?dryRun=true`), 'forbidden', 403)
    expectProblem(t, await admin.delete(`/v1/admin/movies/${movie}?dryRun=perhaps`), 'validation-failed', 400)
    t.equal((await admin.delete(`/v1/admin/movies/${movie}?dryRun=false`)).status, 204)
    expectProblem(t, await kim.get(`/v1/movies/${movie}`), 'not-found', 404)
  })
})
