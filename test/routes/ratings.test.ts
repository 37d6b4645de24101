// Ratings of titles: rating, listing in pages, and visibility.
import t from 'tap'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { movieTitle } from '../support/movie-titles.js'
import { profileUrl, titlesOf, withKidsProfile } from './profile-requests.js'

/** The same person with a token that is bound to the first profile. */
async function withProfileToken (kim: TestUser): Promise<TestUser> {
  return kim.with((await kim.post(profileUrl(kim, 'select'))).body.accessToken)
}

t.test('ratings', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (let i = 0; i < 5; i++) movies.push(await addMovie(app, admin, { title: movieTitle(i) }, []))
  const show = await addShow(app, admin, {}, [])
  const [first = '', second = ''] = movies

  t.test('a profile rates titles, changes ratings and removes them, also repeatedly', async (t) => {
    const kim = await signUp(app)
    t.equal((await kim.put(profileUrl(kim, `ratings/${first}`), { rating: 'up' })).status, 204)
    t.equal((await kim.put(profileUrl(kim, `ratings/${show.id}`), { rating: 'love' })).status, 204)
    t.match((await kim.get(profileUrl(kim, 'ratings'))).body, {
      items: [{
        title: { id: show.id, kind: 'show', rating: 'love', inWishlist: false, progress: null },
        rating: 'love',
        ratedAt: String,
      }, { title: { id: first }, rating: 'up' }],
      nextCursor: null,
    })
    t.equal((await kim.put(profileUrl(kim, `ratings/${first}`), { rating: 'down' })).status, 204)
    t.match((await kim.get(profileUrl(kim, 'ratings?rating=down'))).body.items, [{
      title: { id: first },
      rating: 'down',
    }])
    t.strictSame((await kim.get(profileUrl(kim, 'ratings?rating=up'))).body.items, [])
    for (let i = 0; i < 2; i++) t.equal((await kim.delete(profileUrl(kim, `ratings/${first}`))).status, 204)
    t.strictSame(titlesOf(await kim.get(profileUrl(kim, 'ratings'))), ['Fawlty Towers'])
    t.equal((await kim.delete(profileUrl(kim, `ratings/${second}`))).status, 204, 'a rating that does not exist')
  })

  t.test('pages list ratings newest first and are stable; the same rating again keeps its position', async (t) => {
    const kim = await signUp(app)
    for (const movie of movies) {
      clock.advance(1_000)
      await kim.put(profileUrl(kim, `ratings/${movie}`), { rating: 'up' })
    }
    const page = await kim.get(profileUrl(kim, 'ratings?limit=2'))
    t.strictSame(titlesOf(page), [movieTitle(4), movieTitle(3)])
    clock.advance(1_000)
    await kim.put(profileUrl(kim, `ratings/${show.id}`), { rating: 'up' })
    await kim.put(profileUrl(kim, `ratings/${first}`), { rating: 'up' })
    await kim.delete(profileUrl(kim, `ratings/${movies[3]}`))
    const rest = await kim.get(profileUrl(kim, `ratings?limit=2&cursor=${page.body.nextCursor}`))
    t.strictSame(titlesOf(rest), [movieTitle(2), movieTitle(1)])
    const last = await kim.get(profileUrl(kim, `ratings?limit=2&cursor=${rest.body.nextCursor}`))
    t.strictSame([titlesOf(last), last.body.nextCursor], [[movieTitle(0)], null])
    expectProblem(
      t,
      await kim.get(profileUrl(kim, `ratings?rating=up&cursor=${page.body.nextCursor}`)),
      'invalid-cursor',
      400,
    )
    const other = await signUp(app)
    expectProblem(
      t,
      await other.get(profileUrl(other, `ratings?cursor=${page.body.nextCursor}`)),
      'invalid-cursor',
      400,
    )
  })

  t.test('pages list all ratings of the same moment', async (t) => {
    const kim = await signUp(app)
    for (const movie of movies) await kim.put(profileUrl(kim, `ratings/${movie}`), { rating: 'up' })
    await ProfileTitlePreferences.updateMany({ profile: kim.profileId }, { $set: { ratedAt: clock.now() } })
    const seen: string[] = []
    for (let url: string | null = profileUrl(kim, 'ratings?limit=1'); url !== null;) {
      const page: TestResponse = await kim.get(url)
      seen.push(...titlesOf(page))
      url = page.body.nextCursor === null ? null : profileUrl(kim, `ratings?limit=1&cursor=${page.body.nextCursor}`)
    }
    t.strictSame(seen.sort(), [movieTitle(0), movieTitle(1), movieTitle(2), movieTitle(3), movieTitle(4)])
  })

  t.test('titles show the rating with a profile token, and on the wishlist', async (t) => {
    const kim = await signUp(app)
    await kim.put(profileUrl(kim, `ratings/${first}`), { rating: 'love' })
    await kim.put(profileUrl(kim, `wishlist/${first}`))
    const profile = await withProfileToken(kim)
    t.match((await profile.get(`/v1/movies/${first}`)).body, { rating: 'love', inWishlist: true })
    t.match((await profile.get(`/v1/shows/${show.id}`)).body, { rating: null })
    t.match((await profile.get('/v1/movies')).body.items.map(({ rating }: { rating: unknown }) => rating), [
      'love',
      null,
      null,
      null,
      null,
    ])
    t.match((await kim.get(profileUrl(kim, 'wishlist'))).body.items, [{
      rating: 'love',
      inWishlist: true,
      progress: null,
    }])
    t.notOk('rating' in (await kim.get(`/v1/movies/${first}`)).body, 'a token without a profile shows no rating')
  })

  t.test('twenty concurrent ratings of a title leave one', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      const responses = await Promise.all(
        Array.from(
          { length: 20 },
          async (_, i) => await kim.put(profileUrl(kim, `ratings/${first}`), { rating: i % 2 === 0 ? 'up' : 'down' }),
        ),
      )
      t.strictSame(new Set(responses.map(({ status }) => status)), new Set([204]), `round ${round + 1}`)
      t.equal((await kim.get(profileUrl(kim, 'ratings'))).body.items.length, 1)
    }
  })

  t.test('ratings belong to one profile and to titles that it may see', async (t) => {
    const kim = await signUp(app)
    const child = await withKidsProfile(kim)
    const toyStory = await addMovie(app, admin, { title: 'Toy Story', maturityRating: 'G' }, [])
    t.equal((await child.put(profileUrl(child, `ratings/${toyStory}`), { rating: 'up' })).status, 204)
    expectProblem(t, await child.put(profileUrl(child, `ratings/${first}`), { rating: 'up' }), 'not-found', 404)
    expectProblem(t, await child.delete(profileUrl(child, `ratings/${first}`)), 'not-found', 404)
    t.strictSame(titlesOf(await kim.get(profileUrl(kim, 'ratings'))), [])
    await admin.patch(`/v1/admin/movies/${toyStory}`, { maturityRating: 'R' })
    t.strictSame(
      titlesOf(await child.get(profileUrl(child, 'ratings'))),
      [],
      'a title that became invisible is not listed',
    )
    expectProblem(
      t,
      await kim.put(profileUrl(kim, 'ratings/665f1c2e9b1e8a0012ab34cd'), { rating: 'up' }),
      'not-found',
      404,
    )
    const stranger = await signUp(app)
    for (
      const response of [
        await stranger.put(profileUrl(kim, `ratings/${first}`), { rating: 'up' }),
        await stranger.get(profileUrl(kim, 'ratings')),
        await stranger.delete(profileUrl(kim, `ratings/${first}`)),
      ]
    ) expectProblem(t, response, 'not-found', 404)
    expectProblem(t, await call(app, 'GET', profileUrl(kim, 'ratings')), 'unauthorized', 401)
  })

  t.test('a page is full although some titles are invisible', async (t) => {
    const kim = await signUp(app)
    const hidden: string[] = []
    await kim.put(profileUrl(kim, `ratings/${first}`), { rating: 'up' })
    for (let i = 0; i < 4; i++) {
      clock.advance(1_000)
      hidden.push(await addMovie(app, admin, { title: movieTitle(10 + i) }, []))
      await kim.put(profileUrl(kim, `ratings/${hidden[i]}`), { rating: 'up' })
    }
    for (const movie of hidden) await admin.delete(`/v1/admin/movies/${movie}`)
    const page = await kim.get(profileUrl(kim, 'ratings?limit=1'))
    t.strictSame([titlesOf(page), page.body.nextCursor], [[movieTitle(0)], null])
  })

  t.test('invalid ratings are rejected', async (t) => {
    const kim = await signUp(app)
    for (const body of [{}, { rating: null }, { rating: 'meh' }, { rating: ['up'] }, { rating: 'up', extra: 1 }]) {
      expectProblem(t, await kim.put(profileUrl(kim, `ratings/${first}`), body), 'validation-failed', 400)
    }
    expectProblem(t, await kim.get(profileUrl(kim, 'ratings?rating=meh')), 'validation-failed', 400)
    expectProblem(t, await kim.get(profileUrl(kim, 'ratings?limit=101')), 'validation-failed', 400)
    expectProblem(t, await kim.get(profileUrl(kim, 'ratings?cursor=made.up')), 'invalid-cursor', 400)
  })

  t.test('deleting a profile deletes its ratings and its wishlist order', async (t) => {
    const kim = await signUp(app)
    const two = (await kim.post('/v1/profiles', { name: 'Two' })).body.id
    const other = { ...kim, profileId: two }
    await other.put(profileUrl(other, `ratings/${first}`), { rating: 'up' })
    await other.put(profileUrl(other, `wishlist/${first}`))
    await other.put(profileUrl(other, 'wishlist/order'), { titleIds: [first] })
    t.strictSame([
      await ProfileTitlePreferences.countDocuments({ profile: two }),
      await WishlistOrder.countDocuments({ _id: two }),
    ], [
      1,
      1,
    ])
    await kim.delete(`/v1/profiles/${two}`)
    t.strictSame([
      await ProfileTitlePreferences.countDocuments({ profile: two }),
      await WishlistOrder.countDocuments({ _id: two }),
    ], [
      0,
      0,
    ])
  })
})
