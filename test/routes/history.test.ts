// The history of a profile: pages, filters, groups by title, and removing plays.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'
import { movieTitle } from '../support/movie-titles.js'

t.test('history', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (let i = 0; i < 5; i++) movies.push(await addMovie(app, admin, { title: movieTitle(i) }))
  const kim = await signUp(app)
  const url = `/v1/profiles/${kim.profileId}/history`
  for (const [i, movie] of movies.entries()) {
    const at = new Date(clock.now().getTime() - 86_400_000 * 200 * (movies.length - i)).toISOString()
    await kim.put(`/v1/profiles/${kim.profileId}/progress/${movie}`, {
      positionMs: 10_000 + i,
      watchedMs: 10_000 + i,
      at,
    })
  }
  const titlesOf = (body: { items: Array<{ title: { title: string } }> }): string[] =>
    body.items.map(({ title }) => title.title)

  t.test('lists every play of several years newest first, in pages', async (t) => {
    const page = await kim.get(`${url}?limit=2`)
    t.strictSame(titlesOf(page.body), [movieTitle(4), movieTitle(3)])
    t.match(page.body.items[0], {
      positionMs: 10_004,
      watchedMs: 10_004,
      finished: false,
      startedAt: String,
      lastWatchedAt: String,
      item: { season: null },
    })
    const rest = await kim.get(`${url}?limit=10&cursor=${page.body.nextCursor}`)
    t.strictSame([titlesOf(rest.body), rest.body.nextCursor], [[movieTitle(2), movieTitle(1), movieTitle(0)], null])
  })

  t.test('names the kind and the current poster of titles that the profile can see', async (t) => {
    const posterUrl = 'https://images.example/poster.jpg'
    const show = await addShow(app, admin, { posterUrl })
    const movie = await addMovie(app, admin, { title: 'The General', posterUrl })
    const lee = await signUp(app)
    const ofLee = `/v1/profiles/${lee.profileId}/history`
    for (const item of [show.episodes[0]!, movie]) await watch(lee, clock, item, 20_000)
    const read = async (): Promise<unknown[]> => {
      const [plays, groups] = [await lee.get(ofLee), await lee.get(`${ofLee}?group=title`)]
      t.strictSame(
        groups.body.items.map((group: any) => [group.title, group.last.title]),
        plays.body.items.map(({ title }: any) => [title, title]),
        'groups have the same fields',
      )
      return plays.body.items.map(({ title }: any) => title)
    }
    const movieEntry = { id: movie, kind: 'movie', title: 'The General', posterUrl, posterPlaceholder: null }
    t.strictSame(await read(), [movieEntry, {
      id: show.id,
      kind: 'show',
      title: 'Fawlty Towers',
      posterUrl,
      posterPlaceholder: null,
    }])
    await admin.patch(`/v1/admin/movies/${movie}`, { published: false })
    await admin.delete(`/v1/admin/shows/${show.id}`)
    t.strictSame(await read(), [
      { ...movieEntry, posterUrl: null },
      { id: show.id, kind: 'show', title: 'Fawlty Towers', posterUrl: null, posterPlaceholder: null },
    ], 'without the poster of a hidden or deleted title')
  })

  t.test('filters by title and time', async (t) => {
    t.strictSame(titlesOf((await kim.get(`${url}?titleId=${movies[1]}`)).body), [movieTitle(1)])
    const from = new Date(clock.now().getTime() - 86_400_000 * 500).toISOString()
    t.strictSame(titlesOf((await kim.get(`${url}?from=${from}`)).body), [movieTitle(4), movieTitle(3)])
    t.strictSame(titlesOf((await kim.get(`${url}?to=${from}`)).body), [movieTitle(2), movieTitle(1), movieTitle(0)])
  })

  t.test('lists each of many plays of the same moment once', async (t) => {
    const lee = await signUp(app)
    const at = new Date(clock.now().getTime() - 86_400_000).toISOString()
    const events = Array.from(
      { length: 130 },
      (_, i) => ({
        itemId: movies[i % 5],
        positionMs: 1_000 + i,
        watchedMs: 1_000,
        at,
        playId: `3f2c9d1e-8f0a-4b7e-9a51-${String(i).padStart(12, '0')}`,
      }),
    )
    await lee.post(`/v1/profiles/${lee.profileId}/progress/batch`, { events })
    for (const limit of [7, 50, 100]) {
      const seen: number[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body } = await lee.get(
          `/v1/profiles/${lee.profileId}/history?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        ) as { body: any }
        seen.push(...body.items.map((one: { positionMs: number }) => one.positionMs))
        cursor = body.nextCursor
      }
      t.strictSame(
        seen.sort((a, b) => a - b),
        events.map(({ positionMs }) => positionMs),
        `pages of ${limit}`,
      )
    }
  })

  t.test('lists the plays between many starts that were not played, in pages of any length', async (t) => {
    const lee = await signUp(app)
    const startedAt = clock.now().getTime() - 86_400_000
    const events = Array.from({ length: 190 }, (_, i) => ({
      itemId: movies[i % 5],
      // Every seventh event is a play; four of them in a row have the same time.
      positionMs: i % 7 === 0 ? 1_000 + i : 0,
      watchedMs: i % 7 === 0 ? 30_000 : 0,
      at: new Date(startedAt + Math.floor(i / 28) * 60_000).toISOString(),
      playId: `3f2c9d1e-8f0a-4b7e-9a52-${String(i).padStart(12, '0')}`,
    }))
    for (let i = 0; i < events.length; i += 100) {
      const { status } = await lee.post(`/v1/profiles/${lee.profileId}/progress/batch`, {
        events: events.slice(i, i + 100),
      })
      t.equal(status, 200)
    }
    const list = async (limit: number): Promise<string[]> => {
      const seen: string[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body } = await lee.get(
          `/v1/profiles/${lee.profileId}/history?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        ) as { body: any }
        seen.push(
          ...body.items.map((one: { positionMs: number, lastWatchedAt: string }) =>
            `${one.lastWatchedAt} ${one.positionMs}`
          ),
        )
        cursor = body.nextCursor
      }
      return seen
    }
    const whole = await list(100)
    t.equal(new Set(whole).size, events.filter(({ watchedMs }) => watchedMs > 0).length)
    t.strictSame(whole.map((row) => row.slice(0, 24)), whole.map((row) => row.slice(0, 24)).sort().reverse())
    for (const limit of [1, 3, 8]) t.strictSame(await list(limit), whole, `pages of ${limit}`)
  })

  t.test('filters by season and groups by title in pages', async (t) => {
    const lee = await signUp(app)
    const { id: show, episodes: [first = '', second = '', third = ''] } = await addShow(app, await signUpAdmin(app))
    const base = `/v1/profiles/${lee.profileId}/history`
    const watched: Array<[string, number]> = [
      [movies[0] ?? '', 1_000],
      [first, 2_000],
      [movies[1] ?? '', 3_000],
      [second, 4_000],
      [movies[0] ?? '', 5_000],
      [third, 6_000],
      [first, 7_000],
      [movies[2] ?? '', 8_000],
    ]
    for (const [i, [item, positionMs]] of watched.entries()) {
      const at = new Date(clock.now().getTime() - 86_400_000 * 40 * (watched.length - 1 - i)).toISOString()
      t.equal(
        (await lee.put(`/v1/profiles/${lee.profileId}/progress/${item}`, { positionMs, watchedMs: positionMs, at }))
          .status,
        200,
      )
    }
    const positions = async (query: string) =>
      (await lee.get(`${base}?${query}`)).body.items.map((one: { positionMs: number }) => one.positionMs)
    t.strictSame(await positions(`titleId=${show}&season=1`), [7_000, 4_000, 2_000])
    t.strictSame(await positions(`titleId=${show}&season=2`), [6_000])
    t.strictSame(await positions(`titleId=${show}&season=9`), [])
    expectProblem(t, await lee.get(`${base}?season=1`), 'validation-failed', 400)

    const groups: Array<[string, number, number]> = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await lee.get(`${base}?group=title&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`) as {
        body: any,
      }
      groups.push(...body.items.map((one: any) => [one.title.id, one.plays, one.last.positionMs]))
      cursor = body.nextCursor
    }
    t.strictSame(
      groups,
      [[movies[2], 1, 8_000], [show, 4, 7_000], [movies[0], 2, 5_000], [movies[1], 1, 3_000]],
      'each title is listed once, ordered by its newest play',
    )
    t.strictSame((await lee.get(`${base}?group=title`)).body.items.length, 4)
    const to = new Date(clock.now().getTime() - 86_400_000 * 100).toISOString()
    t.strictSame(
      (await lee.get(`${base}?group=title&to=${to}`)).body.items.map((one: any) => [one.title.id, one.plays]),
      [[movies[0], 2], [show, 2], [movies[1], 1]],
      'filtered by time',
    )
    t.strictSame(
      (await lee.get(`${base}?group=title&titleId=${show}&season=1`)).body.items.map((
        one: any,
      ) => [one.plays, one.last.positionMs]),
      [[3, 7_000]],
    )
    const page = (await lee.get(`${base}?limit=1`)).body.nextCursor
    expectProblem(t, await lee.get(`${base}?group=title&limit=1&cursor=${page}`), 'invalid-cursor', 400)
  })

  t.test('removes one play, the plays of a title, or all, and ignores late events of them', async (t) => {
    const play = (await kim.get(`${url}?titleId=${movies[0]}`)).body.items[0].id
    expectProblem(t, await (await signUp(app)).delete(`${url}/${play}`), 'not-found', 404)
    t.equal((await kim.delete(`${url}/${play}`)).status, 200)
    expectProblem(t, await kim.delete(`${url}/${play}`), 'not-found', 404)
    t.equal((await kim.delete(`${url}?titleId=${movies[1]}`)).status, 200)
    t.strictSame(titlesOf((await kim.get(url)).body), [movieTitle(4), movieTitle(3), movieTitle(2)])
    expectProblem(t, await kim.get(`/v1/profiles/${kim.profileId}/progress/${movies[1]}`), 'not-found', 404)
    await kim.put(`/v1/profiles/${kim.profileId}/progress/${movies[1]}`, {
      positionMs: 30_000,
      watchedMs: 30_000,
      at: new Date(clock.now().getTime() - 86_400_000).toISOString(),
    })
    t.strictSame(titlesOf((await kim.get(url)).body), [movieTitle(4), movieTitle(3), movieTitle(2)])
    t.equal((await kim.delete(url)).status, 200)
    t.strictSame((await kim.get(url)).body.items, [])
    t.strictSame((await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items, [])
    clock.advance(1_000)
    await watch(kim, clock, movies[2] ?? '', 12_000)
    t.strictSame(titlesOf((await kim.get(url)).body), [movieTitle(2)])
  })
})

t.test('a stream that continues after its history is cleared counts from then on', async (t) => {
  const { app, clock } = await startApp(t)
  const movie = await addMovie(app, await signUpAdmin(app))
  const kim = await signUp(app)
  const { body } = await play(kim, movie)
  const url = `/v1/profiles/${kim.profileId}`
  const send = async (positionMs: number) =>
    await kim.put(`${url}/playback/${body.streamId}`, {
      positionMs,
      watchedMs: positionMs,
      at: clock.now().toISOString(),
    })
  await send(10_000)
  clock.advance(1_000)
  for (const [path, positionMs] of [['history', 20_000], [`history?titleId=${movie}`, 22_000]] as const) {
    t.equal((await kim.delete(`${url}/${path}`)).status, 200)
    t.strictSame((await kim.get(`${url}/history`)).body.items, [], path)
    clock.advance(1_000)
    await send(positionMs)
    t.match((await kim.get(`${url}/history`)).body.items, [{ positionMs }])
  }
  await kim.post(`${url}/playback/${body.streamId}/stop`, {
    positionMs: 25_000,
    watchedMs: 25_000,
    at: clock.now().toISOString(),
  })
  t.equal((await play(kim, movie)).body.positionMs, 25_000)
})
