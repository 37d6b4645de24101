import { Types } from 'mongoose'
import t, { type Test } from 'tap'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import {
  addMovie,
  addShow,
  expectProblem,
  play,
  signUp,
  signUpAdmin,
  startApp,
  watch,
  type Person,
  type TestApp,
  containerOf,
} from '../helper.js'

interface Card {
  id: string
  title: string
  inWishlist?: boolean
  rating?: string | null
  progress?: { finished: boolean } | null
  episode?: { season: number, episode: number }
}
interface Row {
  kind: string
  id: string
  title: string
  items: Card[]
  nextCursor: string | null
}

async function home (viewer: Person, profileId = viewer.profileId): Promise<Row[]> {
  const { body, status } = await viewer.get<{ rows: Row[] }>(`/v1/profiles/${profileId}/home`)
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body.rows
}

async function row (viewer: Person, id: string): Promise<Row | undefined> {
  return (await home(viewer)).find((one) => one.id === id)
}

const names = (one: Row | undefined): string[] => one?.items.map(({ title }) => title) ?? []

/** Reads a row to its end; `between` happens after each page. */
async function readRow (
  viewer: Person,
  id: string,
  limit: number,
  between: (page: number) => Promise<unknown> = async () => undefined,
): Promise<Card[]> {
  const cards: Card[] = []
  let cursor = ''
  for (let page = 0; page < 100; page++) {
    const { body } = await viewer.get<Row>(`/v1/profiles/${viewer.profileId}/home/${id}?limit=${limit}${cursor}`)
    cards.push(...body.items)
    if (body.nextCursor === null) return cards
    cursor = `&cursor=${body.nextCursor}`
    await between(page)
  }
  throw new Error('the row does not end')
}

async function startService (t: Test): Promise<TestApp & { admin: Person, kim: Person }> {
  const service = await startApp(t)
  return { ...service, admin: await signUpAdmin(service.app), kim: await signUp(service.app) }
}

const dayBefore = (now: Date, days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)

t.test('the rows of a home page', async (t) => {
  const { app, clock, admin, kim } = await startService(t)
  const director = [{ name: 'Francis Ford Coppola', role: 'Director' }]
  const godfather = await addMovie(app, admin, {
    title: 'The Godfather',
    releaseDate: '1972-03-24',
    genres: ['Drama', 'Crime'],
    crew: director,
    popularity: 400,
  })
  const second = await addMovie(app, admin, {
    title: 'The Godfather: Part II',
    releaseDate: '1974-12-20',
    genres: ['Drama', 'Crime'],
    crew: director,
    popularity: 300,
  }, [])
  const goodfellas = await addMovie(app, admin, {
    title: 'Goodfellas',
    releaseDate: '1990-09-19',
    genres: ['Drama', 'Crime'],
    popularity: 200,
  }, [])
  const toyStory = await addMovie(app, admin, {
    title: 'Toy Story',
    releaseDate: '1995-11-22',
    genres: ['Animation', 'Family'],
    maturityRating: 'G',
    popularity: 500,
  })
  const alien = await addMovie(app, admin, {
    title: 'Alien',
    releaseDate: '1979-05-25',
    genres: ['Science Fiction'],
    popularity: 100,
  })

  t.test('empty ones are left out: nobody began, wished or watched anything yet', async (t) => {
    const rows = await home(kim)
    t.strictSame(
      rows.map(({ id }) => id).filter((id) =>
        ['continue-watching', 'new-episodes', 'wishlist'].includes(id) || id.startsWith('because')
      ),
      [],
    )
    t.ok(rows.every(({ items }) => items.length > 0))
    t.strictSame(
      names(rows[0]),
      ['Toy Story', 'The Godfather', 'The Godfather: Part II', 'Goodfellas', 'Alien'],
      'popular falls back to popularity',
    )
  })

  t.test('what is recommended once is not recommended again, nor what was begun', async (t) => {
    await watch(kim, clock, alien, 20_000)
    const rows = await home(kim)
    t.match(rows[0], {
      kind: 'continue',
      id: 'continue-watching',
      items: [{ title: { id: alien }, kind: 'resume', positionMs: 20_000 }],
      nextCursor: null,
    })
    const recommended = rows.filter(({ kind }) => kind === 'titles').flatMap(({ items }) => items.map(({ id }) => id))
    t.equal(new Set(recommended).size, recommended.length)
    t.notOk(recommended.includes(alien))
    t.ok((await readRow(kim, 'popular', 10)).some(({ id }) => id === alien), 'the whole row has it')
  })

  t.test('the wishlist shows what was put on it, also if it is recommended elsewhere', async (t) => {
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${goodfellas}`)
    t.match(await row(kim, 'wishlist'), { items: [{ id: goodfellas, inWishlist: true, rating: null, progress: null }] })
    t.match((await row(kim, 'popular'))!.items.find(({ id }) => id === goodfellas), { inWishlist: true })
  })

  t.test('what was watched brings what is like it, the most alike first', async (t) => {
    await watch(kim, clock, godfather, 60_000, 60_000)
    const because = `because-${godfather}`
    t.strictSame(names(await kim.get(`/v1/profiles/${kim.profileId}/home/${because}`).then(({ body }) => body)), [
      'The Godfather: Part II',
      'Goodfellas',
    ])
    t.notOk(await row(kim, because), 'popular shows these already')
    await Promise.all(
      Array.from(
        { length: 20 },
        async (_, i) =>
          await addMovie(app, admin, { title: `Blockbuster ${i}`, genres: ['Action'], popularity: 10_000 + i }, []),
      ),
    )
    t.match(await row(kim, because), {
      title: 'Because you watched The Godfather',
      items: [{ id: second }, { id: goodfellas, inWishlist: true }],
    })
  })

  t.test('thumbs down and giving up take a title out of what is recommended, at once; taking it back brings it back', async (t) => {
    const rated = `/v1/profiles/${kim.profileId}/ratings/${second}`
    const because = `because-${godfather}`
    await kim.put(rated, { rating: 'down' })
    t.strictSame(names(await row(kim, because)), ['Goodfellas'])
    t.notOk((await readRow(kim, 'popular', 100)).some(({ id }) => id === second))
    await kim.put(rated, { rating: 'love' })
    t.match((await row(kim, because))!.items[0], { id: second, rating: 'love' })
    await kim.put(`/v1/profiles/${kim.profileId}/dropped/${alien}`)
    t.notOk((await readRow(kim, 'popular', 100)).some(({ id }) => id === alien))
    await kim.delete(`/v1/profiles/${kim.profileId}/dropped/${alien}`)
    t.ok((await readRow(kim, 'popular', 100)).some(({ id }) => id === alien))
  })

  t.test('what was disliked is left out also when hundreds of titles were rated since', async (t) => {
    const lou = await signUp(app)
    await lou.put(`/v1/profiles/${lou.profileId}/ratings/${alien}`, { rating: 'down' })
    const rate = async (count: number): Promise<unknown> =>
      await ProfileTitlePreferences.insertMany(Array.from({ length: count }, (_, i) => (
        {
          account: lou.accountId,
          profile: lou.profileId,
          title: new Types.ObjectId(),
          rating: 'up',
          ratedAt: new Date(clock.now().getTime() + i),
          updatedAt: clock.now(),
        }
      )))
    for (const count of [198, 1, 1, 100]) {
      await rate(count)
      t.notOk((await readRow(lou, 'popular', 100)).some(({ id }) => id === alien))
    }
  })

  t.test('genres come by taste: liked ones first, disliked ones not at all', async (t) => {
    const pat = await signUp(app)
    const genres = async (): Promise<string[]> =>
      (await home(pat)).map(({ id }) => id).filter((id) => id.startsWith('genre-'))
    for (let i = 0; i < 45; i++) {
      await addMovie(app, admin, {
        title: `Filler ${i}`,
        genres: [['Western', 'Musical', 'Horror'][i % 3]],
        popularity: i / 100,
      }, [])
    }
    t.ok((await genres()).includes('genre-western'))
    await pat.put(`/v1/profiles/${pat.profileId}/ratings/${(await readRow(pat, 'genre-musical', 1))[0]!.id}`, {
      rating: 'love',
    })
    t.equal((await genres())[0], 'genre-musical')
    await pat.put(`/v1/profiles/${pat.profileId}/ratings/${(await readRow(pat, 'genre-western', 1))[0]!.id}`, {
      rating: 'down',
    })
    t.notOk((await genres()).includes('genre-western'))
  })

  t.test('a title that is not there any more is in no row', async (t) => {
    await admin.patch(`/v1/admin/movies/${goodfellas}`, { published: false })
    t.notOk((await home(kim)).some(({ items }) => items.some(({ id }) => id === goodfellas)))
    await admin.patch(`/v1/admin/movies/${goodfellas}`, { published: true })
    await admin.delete(`/v1/admin/movies/${toyStory}`)
    t.notOk((await home(kim)).some(({ items }) => items.some(({ id }) => id === toyStory)))
  })

  t.test("somebody else's page, and a row that does not exist, are a 404", async (t) => {
    const stranger = await signUp(app)
    expectProblem(t, await stranger.get(`/v1/profiles/${kim.profileId}/home`), 'not-found', 404)
    expectProblem(t, await stranger.get(`/v1/profiles/${kim.profileId}/home/popular`), 'not-found', 404)
    for (const id of ['nothing', 'because-665f1c2e9b1e8a0012ab34cd', 'because-x', '%2e%2e']) {
      expectProblem(t, await kim.get(`/v1/profiles/${kim.profileId}/home/${id}`), 'not-found', 404)
    }
    t.strictSame((await kim.get(`/v1/profiles/${kim.profileId}/home/genre-nothing`)).body.items, [])
    for (const query of ['limit=0', 'limit=101', 'x=1']) {
      expectProblem(t, await kim.get(`/v1/profiles/${kim.profileId}/home/popular?${query}`), 'validation-failed', 400)
    }
  })
})

t.test("a child's page", async (t) => {
  const { app, clock, admin, kim } = await startService(t)
  for (let i = 0; i < 3; i++) {
    await addMovie(app, admin, {
      title: `For grown-ups ${i}`,
      maturityRating: 'R',
      genres: ['Horror', 'Family'],
      popularity: 100,
    }, [])
  }
  const seen = await addMovie(app, admin, { title: 'Toy Story', maturityRating: 'G', genres: ['Family'] })
  const other = await addMovie(app, admin, { title: 'Finding Nemo', maturityRating: 'G', genres: ['Family'] }, [])
  const grownUp = await addMovie(app, admin, { title: 'The Exorcist', maturityRating: 'R', genres: ['Family'] })
  await addMovie(app, admin, { title: 'Unrated', maturityRating: null, genres: ['Family'] }, [])
  const kids = (await kim.post('/v1/profiles', { name: 'Kids' })).body.id
  const child = {
    ...kim.with((await kim.post(`/v1/profiles/${kids}/select`)).body.accessToken),
    profileId: kids as string,
  }
  for (const id of [seen, grownUp]) await watch(child, clock, id, 60_000, 60_000)
  await child.put(`/v1/profiles/${kids}/wishlist/${grownUp}`)
  await kim.patch(`/v1/profiles/${kids}`, { kids: true })

  t.test('has nothing above its ceiling in any row, nor any name of it', async (t) => {
    const text = JSON.stringify(await home(child))
    t.match(text, /Finding Nemo/)
    for (const hidden of ['For grown-ups', 'The Exorcist', 'Unrated', 'Horror']) t.notMatch(text, hidden)
    t.strictSame(names(await row(child, 'popular')), ['Finding Nemo', 'Toy Story'], 'equally popular: the newer first')
    t.strictSame((await readRow(child, `because-${seen}`, 10)).map(({ id }) => id), [other])
    expectProblem(t, await child.get(`/v1/profiles/${kids}/home/because-${grownUp}`), 'not-found', 404)
    for (const id of ['popular', 'new', 'wishlist', 'genre-family', 'genre-horror', `because-${seen}`]) {
      t.notMatch(JSON.stringify(await readRow(child, id, 100)), /grown-ups|Exorcist|Unrated/, id)
    }
  })
})

t.test("new episodes of one's shows", async (t) => {
  const { app, clock, admin, kim } = await startService(t)
  const aired = (days: number): string => dayBefore(clock.now(), days)
  const seasons = (
    airDates: string[],
  ) => [{ number: 1, episodes: airDates.map((airDate, i) => ({ number: i + 1, title: `Chapter ${i + 1}`, airDate })) }]
  const running = await addShow(app, admin, { title: 'Running', seasons: seasons([aired(400), aired(3), aired(-5)]) })
  const over = await addShow(app, admin, { title: 'Over', seasons: seasons([aired(400), aired(390)]) })
  const wished = await addShow(app, admin, { title: 'Wished', seasons: seasons([aired(30), aired(1)]) })
  const unseen = await addShow(app, admin, { title: 'Unseen', seasons: seasons([aired(2)]) })
  const sharp = await addShow(app, admin, { title: 'Sharp', seasons: seasons([aired(2)]) }, ['2160p-en'])

  t.test('are those that aired within a month, beyond what was watched, and can be played', async (t) => {
    t.notOk(await row(kim, 'new-episodes'))
    await watch(kim, clock, running.episodes[0]!, 60_000, 60_000)
    await watch(kim, clock, over.episodes[0]!, 60_000, 60_000)
    for (const id of [wished.id, sharp.id]) await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${id}`)
    t.match((await row(kim, 'new-episodes'))!.items.map(({ title, episode }) => [title, episode?.episode]), [
      ['Wished', 2],
      ['Sharp', 1],
      ['Running', 2],
    ])
    t.notOk((await readRow(kim, 'new-episodes', 10)).some(({ id }) => id === unseen.id))
    await kim.put('/v1/account/plan', { plan: 'basic' })
    t.strictSame(names(await row(kim, 'new-episodes')), ['Wished', 'Running'], 'not what the plan cannot play')
    await watch(kim, clock, running.episodes[1]!, 60_000, 60_000)
    t.strictSame(names(await row(kim, 'new-episodes')), ['Wished'], 'not what was watched')
    await kim.put(`/v1/profiles/${kim.profileId}/ratings/${wished.id}`, { rating: 'down' })
    t.notOk(await row(kim, 'new-episodes'), 'not what is disliked')
  })
})

t.test('what is watched these days', async (t) => {
  const { app, clock, admin } = await startService(t)
  const movies: string[] = []
  for (let i = 0; i < 4; i++) {
    movies.push(await addMovie(app, admin, { title: `Film ${i}`, genres: [`Genre ${i}`], popularity: 100 - i }))
  }
  const people = await Promise.all(Array.from({ length: 4 }, async () => await signUp(app)))
  const [kim] = people
  const { trends } = containerOf(app)
  const count = async (): Promise<void> => {
    await trends.countPopular(clock.now())
    await trends.countTogether(clock.now())
  }

  t.test('makes a title popular: by people, not by plays', async (t) => {
    t.strictSame(names(await row(kim!, 'popular')), ['Film 0', 'Film 1', 'Film 2', 'Film 3'])
    for (let i = 0; i < 5; i++) await watch(people[1]!, clock, movies[1]!, 5_000 + i)
    for (const one of people.slice(1)) await watch(one, clock, movies[3]!, 20_000)
    await count()
    t.strictSame(names(await row(kim!, 'popular')), ['Film 3', 'Film 1', 'Film 0', 'Film 2'])
  })

  t.test('brings titles together that the same people watch, from three on', async (t) => {
    const because = async (): Promise<string[]> =>
      (await readRow(kim!, `because-${movies[3]}`, 10)).map(({ title }) => title)
    for (const one of people.slice(1, 3)) await watch(one, clock, movies[2]!, 20_000)
    await count()
    t.strictSame(await because(), [], 'two are too few')
    await watch(people[3]!, clock, movies[2]!, 20_000)
    await count()
    t.strictSame(await because(), ['Film 2'])
  })

  t.test('does not count what was cleared from a history, nor what was watched a week ago', async (t) => {
    for (const one of people.slice(1)) await one.delete(`/v1/profiles/${one.profileId}/history`)
    await count()
    t.strictSame(names(await row(kim!, 'popular')), ['Film 0', 'Film 1', 'Film 2', 'Film 3'])
    for (const one of people.slice(1)) await watch(one, clock, movies[3]!, 20_000)
    await count()
    t.equal(names(await row(kim!, 'popular'))[0], 'Film 3')
    clock.advance(8 * 86_400_000)
    await count()
    const { accessToken } = (await app.inject({
      method: 'POST',
      url: '/v1/auth/login',
      payload: { email: kim!.email, password: 'three blind mice ran' },
    })).json()
    t.equal(names(await row(kim!.with(accessToken), 'popular'))[0], 'Film 0')
  })

  t.test('playing privately leaves no trace there', async (t) => {
    const { accessToken } = (await app.inject({
      method: 'POST',
      url: '/v1/auth/login',
      payload: { email: people[1]!.email, password: 'three blind mice ran' },
    })).json()
    const secret = people[1]!.with(accessToken)
    const { body } = await play(secret, movies[2]!, { private: true })
    clock.advance(1_000)
    await secret.post(`/v1/profiles/${secret.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 30_000,
      watchedMs: 30_000,
      at: clock.now().toISOString(),
    })
    await count()
    t.strictSame(trends.popular(), [])
  })
})

t.test('pages of a row', async (t) => {
  const { app, clock, admin, kim } = await startService(t)
  const ids: string[] = []
  for (let i = 0; i < 25; i++) {
    ids.push(
      await addMovie(
        app,
        admin,
        { title: `Film ${i}`, genres: ['Drama'], popularity: i, releaseDate: '2000-01-01' },
        i < 6 ? ['480p-en'] : [],
      ),
    )
  }

  t.test('go on where the one before ended, and hold while titles are added', async (t) => {
    for (
      const [id, expected] of [['popular', [...ids].reverse()], ['new', [...ids].reverse()], [
        'genre-drama',
        [...ids].reverse(),
      ]] as const
    ) {
      const cards = await readRow(kim, id, 7, async (page) => {
        ids.push(
          await addMovie(app, admin, { title: `Added ${page}`, genres: ['Drama'], popularity: 1_000 + page }, []),
        )
      })
      t.strictSame(cards.map((card) => card.id), expected, id)
      for (const added of ids.splice(25)) await admin.delete(`/v1/admin/movies/${added}`)
    }
  })

  t.test("the home page's cursor goes on behind its twenty cards", async (t) => {
    const popular = (await row(kim, 'popular'))!
    t.equal(popular.items.length, 20)
    const { body } = await kim.get<Row>(`/v1/profiles/${kim.profileId}/home/popular?cursor=${popular.nextCursor}`)
    t.strictSame([...popular.items, ...body.items].map(({ id }) => id), [...ids].reverse())
    t.equal(body.nextCursor, null)
  })

  t.test('of continue watching and the wishlist, too', async (t) => {
    for (const id of ids.slice(0, 6)) {
      await watch(kim, clock, id, 20_000)
      await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${id}`)
    }
    const newestFirst = ids.slice(0, 6).reverse()
    t.strictSame(
      (await readRow(kim, 'continue-watching', 4)).map((card) => (card as unknown as { title: Card }).title.id),
      newestFirst,
    )
    t.strictSame((await readRow(kim, 'wishlist', 4)).map(({ id }) => id), newestFirst)
  })

  t.test("take no other row's cursor, nor another profile's", async (t) => {
    const { nextCursor } = (await kim.get<Row>(`/v1/profiles/${kim.profileId}/home/popular?limit=1`)).body
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
