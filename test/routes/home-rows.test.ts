import t, { type Test } from 'tap'
import { containerOf } from '../support/app.js'
import { addMovie, uploadClip } from '../support/catalogue.js'
import { movieTitle } from '../support/movie-titles.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { logInAgain, signUp, type TestUser } from '../support/users.js'
import {
  findHomeRow,
  readHome,
  readWholeRow,
  startHomeApp,
  titlesOf,
  type HomeCard,
  type HomeRow,
} from './home-page.js'

const MINUTE_MS = 60_000

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

t.test('discovery rows follow the catalogue and the limits of each profile', async (t) => {
  const { app, clock, admin, kim: user } = await startHomeApp(t)
  let kim = user
  const inMinutes = (minutes: number): string => new Date(clock.now().getTime() + minutes * MINUTE_MS).toISOString()
  const ROWS = ['popular', 'new', 'genre-drama']
  const add = async (
    title: string,
    popularity: number,
    fields: object = {},
    clips: Array<'480p-en' | '2160p-en'> = [],
  ) => await addMovie(app, admin, { title, genres: ['Drama'], popularity, maturityRating: 'G', ...fields }, clips)

  async function expectRows (t: Test, titles: readonly string[], one = kim, profileId = kim.profileId): Promise<void> {
    const rows = await readHome(one, profileId)
    for (const id of ROWS) {
      // Each title is in one row of the home page only, so the rows are read by themselves.
      const { body } = await one.get<HomeRow>(`/v1/profiles/${profileId}/home/${id}`)
      t.strictSame(titlesOf(body).sort(), [...titles].sort(), id)
    }
    t.strictSame(rows.flatMap(titlesOf).sort(), [...titles].sort(), 'the home page')
  }

  await add('Always', 3)
  await add('For an hour', 2, { availableFrom: inMinutes(10), availableUntil: inMinutes(70) })
  const adult = await add('Adult', 1, { maturityRating: 'R' })

  t.test('titles appear and disappear at the times of their availability', async (t) => {
    await expectRows(t, ['Always', 'Adult'])
    clock.advance(9 * MINUTE_MS)
    await expectRows(t, ['Always', 'Adult'])
    clock.advance(2 * MINUTE_MS)
    await expectRows(t, ['Always', 'For an hour', 'Adult'])
    clock.advance(58 * MINUTE_MS)
    kim = await logInAgain(app, kim)
    await expectRows(t, ['Always', 'For an hour', 'Adult'])
    clock.advance(2 * MINUTE_MS)
    await expectRows(t, ['Always', 'Adult'])
  })

  t.test('profiles with other maturity limits, ratings and histories see their own titles', async (t) => {
    const kids = (await kim.post<{ id: string }>('/v1/profiles', { name: 'Kit', kids: true })).body.id
    const { accessToken } = (await kim.post<{ accessToken: string }>(`/v1/profiles/${kids}/select`)).body
    await expectRows(t, ['Always'], kim.with(accessToken), kids)
    await expectRows(t, ['Always', 'Adult'])
    const robin = await signUp(app)
    await robin.put(`/v1/profiles/${robin.profileId}/ratings/${adult}`, { rating: 'down' })
    await expectRows(t, ['Always'], robin, robin.profileId)
    await expectRows(t, ['Always', 'Adult'])
  })

  t.test('what a plan can play comes first as soon as it has a file', async (t) => {
    const basic = await signUp(app, { plan: 'basic' })
    const order = async (one: TestUser): Promise<string[]> =>
      titlesOf((await one.get<HomeRow>(`/v1/profiles/${one.profileId}/home/genre-drama`)).body)
    t.strictSame([await order(basic), await order(kim)], [['Always', 'Adult'], ['Always', 'Adult']])
    await uploadClip(app, admin, `movies/${adult}`, '2160p-en')
    t.strictSame([await order(basic), await order(kim)], [['Always', 'Adult'], ['Adult', 'Always']])
    await add('Small', 0, {}, ['480p-en'])
    t.strictSame(await order(basic), ['Small', 'Always', 'Adult'])
    t.strictSame(await order(kim), ['Adult', 'Small', 'Always'])
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
