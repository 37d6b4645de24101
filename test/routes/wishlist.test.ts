// The wishlist: adding and removing titles, and the removal of watched movies.
import t, { type Test } from 'tap'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { movieTitle } from '../support/movie-titles.js'
import { profileUrl, titlesOf } from './profile-requests.js'

t.test('wishlist', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (let i = 0; i < 5; i++) movies.push(await addMovie(app, admin, { title: movieTitle(i) }, []))
  const kim = await signUp(app)
  const url = `/v1/profiles/${kim.profileId}/wishlist`

  t.test('lists each title once, newest first, in pages, also after twenty concurrent requests', async (t) => {
    for (const movie of movies) t.equal((await kim.put(`${url}/${movie}`)).status, 204)
    await Promise.all(Array.from({ length: 20 }, async () => await kim.put(`${url}/${movies[0]}`)))
    const page = (await kim.get(`${url}?limit=3`)).body
    t.strictSame(
      page.items.map(({ title, inWishlist }: { title: string, inWishlist: boolean }) => [title, inWishlist]),
      [[movieTitle(4), true], [movieTitle(3), true], [movieTitle(2), true]],
    )
    t.strictSame(
      (await kim.get(`${url}?limit=3&cursor=${page.nextCursor}`)).body.items.map(({ title }: { title: string }) =>
        title
      ),
      [movieTitle(1), movieTitle(0)],
    )
    t.equal((await kim.delete(`${url}/${movies[4]}`)).status, 204)
    t.equal((await kim.delete(`${url}/${movies[4]}`)).status, 204, 'a repeated removal succeeds')
    t.equal((await kim.get(url)).body.items.length, 4)
  })

  t.test('titles show it with a profile token', async (t) => {
    const { body } = await kim.post(`/v1/profiles/${kim.profileId}/select`)
    t.match((await kim.with(body.accessToken).get(`/v1/movies/${movies[0]}`)).body, {
      inWishlist: true,
      progress: null,
    })
    t.match(
      (await kim.with(body.accessToken).get('/v1/movies')).body.items.map(({ inWishlist }: { inWishlist: boolean }) =>
        inWishlist
      ),
      [true, true, true, true, false],
    )
    t.notOk('inWishlist' in (await kim.get(`/v1/movies/${movies[0]}`)).body)
  })

  t.test('rejects titles that the profile may not see', async (t) => {
    expectProblem(t, await kim.put(`${url}/665f1c2e9b1e8a0012ab34cd`), 'not-found', 404)
  })
})

t.test('a finished movie is removed from the wishlist if the profile has that setting', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const show = await addShow(app, admin)
  const signUpWithSetting = async (hasSetting = true): Promise<TestUser> => {
    const kim = await signUp(app)
    if (hasSetting) {
      t.match((await kim.patch(`/v1/profiles/${kim.profileId}`, { dropWatchedMovies: true })).body, {
        dropWatchedMovies: true,
      })
    }
    for (const id of [movie, show.id]) await kim.put(profileUrl(kim, `wishlist/${id}`))
    return kim
  }
  const expectWishlist = async (t: Test, kim: TestUser, expected: string[]): Promise<void> => {
    t.strictSame(titlesOf(await kim.get(profileUrl(kim, 'wishlist?order=own'))).sort(), expected)
  }
  const BOTH = ['Fawlty Towers', 'The Matrix']

  t.test('by a stop at its end, but not privately, and never a show', async (t) => {
    const kim = await signUpWithSetting()
    await watch(kim, clock, movie, 30_000)
    const stream = await play(kim, movie, { private: true })
    await kim.post(profileUrl(kim, `playback/${stream.body.streamId}/stop`), {
      positionMs: 60_000,
      watchedMs: 60_000,
      at: clock.now().toISOString(),
    })
    for (const episode of show.episodes) await watch(kim, clock, episode, 60_000)
    await expectWishlist(t, kim, BOTH)
    await watch(kim, clock, movie, 59_500, 30_000)
    await expectWishlist(t, kim, ['Fawlty Towers'])
  })

  t.test('by the clean-up job after the client crashed', async (t) => {
    const kim = await signUpWithSetting()
    const { body } = await play(kim, movie)
    clock.advance(1_000)
    await kim.put(profileUrl(kim, `playback/${body.streamId}`), {
      positionMs: 59_500,
      watchedMs: 59_000,
      at: clock.now().toISOString(),
    })
    await expectWishlist(t, kim, BOTH)
    clock.advance(120_000)
    await flushExpiredLeases(containerOf(app).watching)
    await expectWishlist(t, kim, ['Fawlty Towers'])
  })

  t.test('by an offline report, and by a mark', async (t) => {
    const kim = await signUpWithSetting()
    await kim.post(profileUrl(kim, 'progress/batch'), {
      events: [{ itemId: movie, positionMs: 59_500, watchedMs: 59_000, at: clock.now().toISOString() }],
    })
    await expectWishlist(t, kim, ['Fawlty Towers'])
    const lee = await signUpWithSetting()
    await lee.put(profileUrl(lee, `watched/${movie}`))
    await expectWishlist(t, lee, ['Fawlty Towers'])
  })

  t.test('but not while it is rewatched', async (t) => {
    const kim = await signUpWithSetting()
    await watch(kim, clock, movie, 60_000)
    await kim.put(profileUrl(kim, `wishlist/${movie}`))
    await watch(kim, clock, movie, 20_000)
    await expectWishlist(t, kim, BOTH)
  })

  t.test('but not without the setting, which a new profile can have', async (t) => {
    const kim = await signUpWithSetting(false)
    t.match((await kim.get(`/v1/profiles/${kim.profileId}`)).body, { dropWatchedMovies: false })
    await watch(kim, clock, movie, 60_000)
    await expectWishlist(t, kim, BOTH)
    t.match((await kim.post('/v1/profiles', { name: 'Two', dropWatchedMovies: true })).body, {
      dropWatchedMovies: true,
    })
    expectProblem(
      t,
      await kim.patch(`/v1/profiles/${kim.profileId}`, { dropWatchedMovies: 'yes' }),
      'validation-failed',
      400,
    )
  })
})
