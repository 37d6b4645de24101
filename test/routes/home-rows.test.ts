import t from 'tap'
import { containerOf } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { movieTitle } from '../support/movie-titles.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp } from '../support/users.js'
import { findHomeRow, readWholeRow, startHomeApp, titlesOf, type HomeCard, type HomeRow } from './home-page.js'

t.test('pages of home rows', async (t) => {
  const { app, clock, admin, kim } = await startHomeApp(t)
  const ids: string[] = []
  for (let i = 0; i < 25; i++) {
    ids.push(
      await addMovie(
        app,
        admin,
        { title: movieTitle(i), genres: ['Drama'], popularity: i, releaseDate: '2000-01-01' },
        i < 6 ? ['480p-en'] : [],
      ),
    )
  }

  const playableFirst = [...ids.slice(0, 6).reverse(), ...ids.slice(6).reverse()]

  t.test('neither repeat nor skip titles while titles are added', async (t) => {
    for (const id of ['popular', 'new', 'genre-drama']) {
      const cards = await readWholeRow(kim, id, 7, async (page) => {
        ids.push(
          await addMovie(app, admin, { title: movieTitle(25 + page), genres: ['Drama'], popularity: 1_000 + page }, []),
        )
      })
      t.strictSame(cards.map((card) => card.id), playableFirst, id)
      for (const added of ids.splice(25)) await admin.delete(`/v1/admin/movies/${added}`)
    }
  })

  t.test('start behind the twenty cards of the home page with its cursor', async (t) => {
    const popular = (await findHomeRow(kim, 'popular'))!
    t.equal(popular.items.length, 20)
    const { body } = await kim.get<HomeRow>(`/v1/profiles/${kim.profileId}/home/popular?cursor=${popular.nextCursor}`)
    t.strictSame([...popular.items, ...body.items].map(({ id }) => id), playableFirst)
    t.equal(body.nextCursor, null)
  })

  t.test('exist for continue watching and the wishlist', async (t) => {
    for (const id of ids.slice(0, 6)) {
      await watch(kim, clock, id, 20_000)
      await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${id}`)
    }
    const newestFirst = ids.slice(0, 6).reverse()
    t.strictSame(
      (await readWholeRow(kim, 'continue-watching', 4)).map((card) =>
        (card as unknown as { title: HomeCard }).title.id
      ),
      newestFirst,
    )
    t.strictSame((await readWholeRow(kim, 'wishlist', 4)).map(({ id }) => id), newestFirst)
  })

  t.test('reject the cursor of another row or another profile', async (t) => {
    const { nextCursor } = (await kim.get<HomeRow>(`/v1/profiles/${kim.profileId}/home/popular?limit=1`)).body
    expectProblem(
      t,
      await kim.get(`/v1/profiles/${kim.profileId}/home/new?cursor=${nextCursor}`),
      'invalid-cursor',
      400,
    )
    const pat = await signUp(app)
    expectProblem(
      t,
      await pat.get(`/v1/profiles/${pat.profileId}/home/popular?cursor=${nextCursor}`),
      'invalid-cursor',
      400,
    )
  })
})

t.test('trends', async (t) => {
  const { app, clock, admin } = await startHomeApp(t)
  const movies: string[] = []
  for (let i = 0; i < 4; i++) {
    movies.push(await addMovie(app, admin, { title: movieTitle(i), genres: [`Drama ${i}`], popularity: 100 - i }))
  }
  const clients = await Promise.all(Array.from({ length: 4 }, async () => await signUp(app)))
  const [kim] = clients
  const { trends } = containerOf(app)
  const countTrends = async (): Promise<void> => {
    await trends.countPopular(clock.now())
    await trends.countCoWatched(clock.now())
  }

  t.test('order popular titles by the number of profiles, not of plays', async (t) => {
    t.strictSame(titlesOf(await findHomeRow(kim!, 'popular')), [0, 1, 2, 3].map(movieTitle))
    for (let i = 0; i < 5; i++) await watch(clients[1]!, clock, movies[1]!, 5_000 + i)
    for (const one of clients.slice(1)) await watch(one, clock, movies[3]!, 20_000)
    await countTrends()
    t.strictSame(titlesOf(await findHomeRow(kim!, 'popular')), [3, 1, 0, 2].map(movieTitle))
  })

  t.test('relate titles that at least three profiles have both watched', async (t) => {
    const because = async (): Promise<string[]> =>
      (await readWholeRow(kim!, `because-${movies[3]}`, 10)).map(({ title }) => title)
    for (const one of clients.slice(1, 3)) await watch(one, clock, movies[2]!, 20_000)
    await countTrends()
    t.strictSame(await because(), [], 'two profiles are not enough')
    await watch(clients[3]!, clock, movies[2]!, 20_000)
    await countTrends()
    t.strictSame(await because(), [movieTitle(2)])
  })

  t.test('do not count plays that were removed from the history or are older than a week', async (t) => {
    for (const one of clients.slice(1)) await one.delete(`/v1/profiles/${one.profileId}/history`)
    await countTrends()
    t.strictSame(titlesOf(await findHomeRow(kim!, 'popular')), [0, 1, 2, 3].map(movieTitle))
    for (const one of clients.slice(1)) await watch(one, clock, movies[3]!, 20_000)
    await countTrends()
    t.equal(titlesOf(await findHomeRow(kim!, 'popular'))[0], movieTitle(3))
    clock.advance(8 * 86_400_000)
    await countTrends()
    const { accessToken } = (await app.inject({
      method: 'POST',
      url: '/v1/auth/login',
      payload: { email: kim!.email, password: 'three blind mice ran' },
    })).json()
    t.equal(titlesOf(await findHomeRow(kim!.with(accessToken), 'popular'))[0], movieTitle(0))
  })

  t.test('do not count private streams', async (t) => {
    const { accessToken } = (await app.inject({
      method: 'POST',
      url: '/v1/auth/login',
      payload: { email: clients[1]!.email, password: 'three blind mice ran' },
    })).json()
    const pat = clients[1]!.with(accessToken)
    const { body } = await play(pat, movies[2]!, { private: true })
    clock.advance(1_000)
    await pat.post(`/v1/profiles/${pat.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 30_000,
      watchedMs: 30_000,
      at: clock.now().toISOString(),
    })
    await countTrends()
    t.strictSame(trends.popular(), [])
  })
})
