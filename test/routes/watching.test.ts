import t from 'tap'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { rebuildHistory } from '../../src/watching/history/rebuild.js'
import {
  addMovie,
  addShow,
  call,
  clipBytes,
  expectProblem,
  play,
  signUp,
  signUpAdmin,
  startApp,
  watch,
  containerOf,
} from '../helper.js'

t.test('watching', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin)
  const [first = '', second = '', third = '', fourth = ''] = show.episodes
  const movie = await addMovie(app, admin)
  const cards = async (kim: Awaited<ReturnType<typeof signUp>>) =>
    (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items

  t.test('the continue button goes back to the very moment', async (t) => {
    const kim = await signUp(app)
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).status, 204)
    await watch(kim, clock, movie, 34_567)
    const button = await kim.get(`/v1/profiles/${kim.profileId}/continue`)
    t.match(button.body, {
      kind: 'resume',
      title: { id: movie, title: 'The Matrix' },
      item: { id: movie },
      positionMs: 34_567,
      durationMs: 60_000,
      reason: { code: 'half-watched', text: String },
      waiting: null,
    })
    t.equal((await play(kim, button.body.item.id)).body.positionMs, 34_567)
  })

  t.test('a finished episode offers the next, across seasons, and a caught-up show leaves until there is more', async (t) => {
    const kim = await signUp(app)
    const stop = await watch(kim, clock, first, 58_000)
    t.match(stop.body, {
      progress: { finished: true, positionMs: 58_000 },
      next: {
        kind: 'next',
        item: { id: second, season: 1, episode: 2, title: 'The Builders' },
        positionMs: 0,
        reason: { code: 'next-episode' },
      },
    })
    await watch(kim, clock, second, 58_000)
    t.match(await cards(kim), [{ kind: 'next', item: { id: third, season: 2, episode: 1 } }])
    await watch(kim, clock, third, 20_000)
    t.match(await cards(kim), [{ kind: 'resume', item: { id: third }, positionMs: 20_000 }])
    await watch(kim, clock, third, 59_000, 39_000)
    t.match((await watch(kim, clock, fourth, 60_000)).body, { next: null })
    t.strictSame(await cards(kim), [])
    await admin.put(`/v1/admin/shows/${show.id}/seasons/2/episodes/3`, {
      title: 'Gourmet Night',
      airDate: '2999-01-01',
    })
    t.match(await cards(kim), [{
      kind: 'next',
      item: { season: 2, episode: 3 },
      waiting: { code: 'not-aired', from: '2999-01-01' },
    }], 'what has not aired is told with its date')
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).status, 204, 'and the button does not offer it')
    const added = (await admin.put(`/v1/admin/shows/${show.id}/seasons/2/episodes/3`, {
      title: 'Gourmet Night',
      airDate: '1975-10-17',
    })).body.id
    t.match(
      await cards(kim),
      [{ item: { id: added }, waiting: { code: 'no-media', from: null } }],
      'nor what has nothing to play',
    )
    await call(app, 'POST', `/v1/admin/shows/${show.id}/seasons/2/episodes/3/media`, {
      token: admin.token,
      body: clipBytes('480p-en'),
      headers: { 'content-type': 'video/mp4' },
    })
    t.match(await cards(kim), [{ kind: 'next', item: { id: added } }])
    await admin.delete(`/v1/admin/shows/${show.id}/seasons/2/episodes/3`)
  })

  t.test('the credits marker decides where an item ends; players are told what to skip', async (t) => {
    const kim = await signUp(app)
    const markers = {
      recapStartMs: 0,
      recapEndMs: 2_000,
      introStartMs: 2_000,
      introEndMs: 5_000,
      creditsStartMs: 40_000,
    }
    const film = await addMovie(app, admin, { title: 'Heat', markers })
    t.strictSame((await kim.get(`/v1/movies/${film}`)).body.markers, markers)
    const started = await play(kim, film)
    t.strictSame(started.body.markers, markers)
    clock.advance(1_000)
    const url = `/v1/profiles/${kim.profileId}/playback/${started.body.streamId}/stop`
    t.match(
      (await kim.post(url, { positionMs: 40_000, watchedMs: 31_000, at: clock.now().toISOString() })).body.progress,
      { finished: true, positionMs: 40_000 },
    )
    await admin.put(`/v1/admin/shows/${show.id}/seasons/1/episodes/1`, {
      title: 'A Touch of Class',
      airDate: '1975-09-19',
      markers: { introStartMs: 1_000, introEndMs: 3_000 },
    })
    t.match((await play(kim, first)).body.markers, {
      introStartMs: 1_000,
      introEndMs: 3_000,
      recapStartMs: null,
      creditsStartMs: null,
    })
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${film}`, { markers: { recapStartMs: 9_000, recapEndMs: 1_000 } }),
      'validation-failed',
      400,
    )
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${film}`, { markers: { introEndMs: 1_000 } }),
      'validation-failed',
      400,
    )
  })

  t.test('a stop that comes again from a slow clock does not move the beginning', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const url = `/v1/profiles/${kim.profileId}`
    clock.advance(1_000)
    await kim.post(`${url}/playback/${body.streamId}/stop`, {
      positionMs: 20_000,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
    })
    const before = (await kim.get(`${url}/history`)).body.items
    t.equal(
      (await kim.post(`${url}/playback/${body.streamId}/stop`, {
        positionMs: 15_000,
        at: new Date(clock.now().getTime() - 60_000).toISOString(),
      })).status,
      200,
    )
    t.strictSame((await kim.get(`${url}/history`)).body.items, before)
  })

  t.test('no stop is lost to a clock: behind the start, or within the same second as a heartbeat', async (t) => {
    const kim = await signUp(app)
    const url = `/v1/profiles/${kim.profileId}/playback`
    const slow = (await play(kim, movie)).body.streamId
    clock.advance(61_000)
    await flushExpiredLeases(containerOf(app).watching)
    const late = await kim.post(`${url}/${slow}/stop`, {
      positionMs: 30_000,
      watchedMs: 30_000,
      at: new Date(clock.now().getTime() - 180_000).toISOString(),
    })
    t.match(late.body.progress, { positionMs: 30_000 }, 'a start is no event')
    t.match(await cards(kim), [{ kind: 'resume', positionMs: 30_000 }])

    const whole = (await play(kim, second)).body.streamId
    const at = clock.now().toISOString()
    await kim.put(`${url}/${whole}`, { positionMs: 20_000, watchedMs: 20_000, at })
    t.match((await kim.post(`${url}/${whole}/stop`, { positionMs: 20_900, watchedMs: 20_900, at })).body.progress, {
      positionMs: 20_900,
    })
  })

  t.test('looking around and returning leaves history and card agreeing', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, movie, 20_000)
    const { streamId } = (await play(kim, movie)).body
    for (const [how, positionMs] of [['put', 50_000], ['post', 20_000]] as const) {
      clock.advance(1_000)
      await kim[how](`/v1/profiles/${kim.profileId}/playback/${streamId}${how === 'post' ? '/stop' : ''}`, {
        positionMs,
        watchedMs: 0,
        at: clock.now().toISOString(),
      })
    }
    const before = await cards(kim)
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items.length, 2)
    await rebuildHistory(containerOf(app).watching, kim.email, () => undefined)
    t.strictSame(await cards(kim), before)
  })

  t.test('seeking to the end is not watching', async (t) => {
    const kim = await signUp(app)
    const stop = await watch(kim, clock, movie, 59_500, 3_000)
    t.match(stop.body.progress, { finished: false, started: true, positionMs: 59_500 })
    t.strictSame(await cards(kim), [])
    t.equal((await play(kim, movie)).body.positionMs, 0, 'there is nothing left to resume')
    t.equal(
      (await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body.positionMs,
      59_500,
      'the exact place is still told',
    )
  })

  t.test('a finished movie leaves, and comes back when it is played again, staying watched', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, movie, 57_000)
    t.strictSame(await cards(kim), [])
    await watch(kim, clock, movie, 15_000)
    t.match(await cards(kim), [{ kind: 'resume', positionMs: 15_000 }])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body, {
      finished: true,
      positionMs: 15_000,
      watchedMs: 15_000,
    })
  })

  t.test('one card a title, newest activity first; what plays now counts', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, first, 10_000)
    await watch(kim, clock, movie, 20_000)
    t.strictSame((await cards(kim)).map(({ title }: { title: { id: string } }) => title.id), [movie, show.id])
    clock.advance(60_000)
    const { body } = await play(kim, second)
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${body.streamId}`, {
      positionMs: 5_000,
      watchedMs: 5_000,
      at: clock.now().toISOString(),
    })
    t.match(await cards(kim), [{ item: { id: second }, positionMs: 5_000 }, { item: { id: movie } }])
  })

  t.test('hidden until played again; brought back by a call', async (t) => {
    const kim = await signUp(app)
    const url = `/v1/profiles/${kim.profileId}/continue-watching/${movie}`
    await watch(kim, clock, movie, 20_000)
    clock.advance(1_000)
    t.equal((await kim.delete(url)).status, 200)
    t.strictSame(await cards(kim), [])
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body.positionMs, 20_000)
    t.equal((await kim.put(url)).status, 200)
    t.equal((await cards(kim)).length, 1)
    await kim.delete(url)
    const away = async () => (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching/hidden`)).body.items
    await watch(kim, clock, first, 58_000)
    await kim.put(`/v1/profiles/${kim.profileId}/dropped/${show.id}`)
    t.match(await away(), [{ title: { id: show.id }, droppedAt: String }, {
      title: { id: movie },
      hiddenAt: String,
      droppedAt: null,
    }])
    await kim.delete(`/v1/profiles/${kim.profileId}/dropped/${show.id}`)
    clock.advance(1_000)
    await watch(kim, clock, movie, 22_000, 2_000)
    t.equal((await cards(kim)).length, 2)
    t.strictSame(await away(), [])
  })

  t.test('hidden, played on a little, and hidden again while it runs', async (t) => {
    const kim = await signUp(app)
    const base = `/v1/profiles/${kim.profileId}`
    const { body } = await play(kim, movie)
    for (const positionMs of [10_000, 20_000]) {
      clock.advance(1_000)
      await kim.put(`${base}/playback/${body.streamId}`, {
        positionMs,
        watchedMs: positionMs,
        at: clock.now().toISOString(),
      })
      t.match(await cards(kim), [{ positionMs }])
      clock.advance(1_000)
      await kim.delete(`${base}/continue-watching/${movie}`)
      t.strictSame(await cards(kim), [])
    }
  })

  t.test('marks: watched leaves, unwatched starts over, a show is marked whole', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, movie, 20_000)
    clock.advance(1_000)
    t.equal(
      (await kim.put(`/v1/profiles/${kim.profileId}/watched/${movie}`, { watchedAt: '2020-05-05T00:00:00Z' })).status,
      200,
    )
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body, {
      finished: true,
      finishedAt: '2020-05-05T00:00:00.000Z',
      positionMs: 20_000,
    })
    t.strictSame(await cards(kim), [])
    clock.advance(1_000)
    t.equal((await kim.delete(`/v1/profiles/${kim.profileId}/watched/${movie}`)).status, 200)
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body, { finished: false })
    await kim.put(`/v1/profiles/${kim.profileId}/watched/${second}`)
    t.match(await cards(kim), [{ kind: 'next', item: { id: third } }])
    await kim.put(`/v1/profiles/${kim.profileId}/watched/${show.id}`)
    t.strictSame(await cards(kim), [])
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items.length, 1, 'marks are no plays')
  })

  t.test('progress without a slot: single, in batches, in any order, once', async (t) => {
    const kim = await signUp(app)
    const playId = '3f2c9d1e-8f0a-4b7e-9a51-1c2d3e4f5a6b'
    const base = clock.now().getTime() - 3_600_000
    const event = (seconds: number, positionMs: number) => ({
      itemId: first,
      positionMs,
      watchedMs: positionMs,
      at: new Date(base + seconds * 1_000).toISOString(),
      playId,
    })
    const events = [event(30, 30_000), event(10, 10_000), event(57, 57_000), event(30, 30_000), {
      ...event(5, 5_000),
      itemId: '665f1c2e9b1e8a0012ab34cd',
    }]
    const { status, body } = await kim.post(`/v1/profiles/${kim.profileId}/progress/batch`, { events })
    t.equal(status, 200)
    t.strictSame(body.results.map((result: { status: number }) => result.status), [200, 200, 200, 200, 404])
    t.match(body.results[0].progress, { positionMs: 57_000, finished: true })
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items.length, 1)
    t.match(await cards(kim), [{ kind: 'next', item: { id: second } }])
    const late = await kim.put(`/v1/profiles/${kim.profileId}/progress/${first}`, {
      positionMs: 20_000,
      at: new Date(base).toISOString(),
      playId,
    })
    t.match(late.body, { positionMs: 57_000, finished: true }, 'an older event moves nothing back')
    expectProblem(
      t,
      await kim.post(`/v1/profiles/${kim.profileId}/progress/batch`, {
        events: Array.from({ length: 1_001 }, () => event(1, 1)),
      }),
      'validation-failed',
      400,
    )
  })

  t.test('a replaced or deleted media file loses nothing', async (t) => {
    const kim = await signUp(app)
    const film = await addMovie(app, admin)
    await watch(kim, clock, film, 33_000)
    const old = (await admin.get(`/v1/movies/${film}`)).body.mediaFiles[0].id
    await admin.delete(`/v1/admin/media/${old}`)
    t.match(await cards(kim), [{ positionMs: 33_000, waiting: { code: 'no-media' } }])
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).status, 204, 'the button offers only what plays')
    await call(app, 'POST', `/v1/admin/movies/${film}/media`, {
      token: admin.token,
      body: clipBytes('1080p-en'),
      headers: { 'content-type': 'video/mp4' },
    })
    t.equal((await play(kim, film)).body.positionMs, 33_000)
  })

  t.test('a deleted title stays in history by its name and leaves continue watching', async (t) => {
    const kim = await signUp(app)
    const film = await addMovie(app, admin, { title: 'Gone Tomorrow' })
    await watch(kim, clock, film, 33_000)
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${film}`)
    await admin.delete(`/v1/admin/movies/${film}`)
    t.strictSame(await cards(kim), [])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items, [{
      title: { title: 'Gone Tomorrow' },
      positionMs: 33_000,
    }])
    t.strictSame((await kim.get(`/v1/profiles/${kim.profileId}/wishlist`)).body.items, [])
  })
})

t.test('history', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (let i = 0; i < 5; i++) movies.push(await addMovie(app, admin, { title: `Film ${i}` }))
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
  const names = (body: { items: Array<{ title: { title: string } }> }): string[] =>
    body.items.map(({ title }) => title.title)

  t.test('is every play, newest first, in pages over years', async (t) => {
    const page = await kim.get(`${url}?limit=2`)
    t.strictSame(names(page.body), ['Film 4', 'Film 3'])
    t.match(page.body.items[0], {
      positionMs: 10_004,
      watchedMs: 10_004,
      finished: false,
      startedAt: String,
      lastWatchedAt: String,
      item: { season: null },
    })
    const rest = await kim.get(`${url}?limit=10&cursor=${page.body.nextCursor}`)
    t.strictSame([names(rest.body), rest.body.nextCursor], [['Film 2', 'Film 1', 'Film 0'], null])
  })

  t.test('is filtered by title and time', async (t) => {
    t.strictSame(names((await kim.get(`${url}?titleId=${movies[1]}`)).body), ['Film 1'])
    const from = new Date(clock.now().getTime() - 86_400_000 * 500).toISOString()
    t.strictSame(names((await kim.get(`${url}?from=${from}`)).body), ['Film 4', 'Film 3'])
    t.strictSame(names((await kim.get(`${url}?to=${from}`)).body), ['Film 2', 'Film 1', 'Film 0'])
  })

  t.test('pages hold when many plays are of the same moment', async (t) => {
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
        `each once, ${limit} at a time`,
      )
    }
  })

  t.test('is filtered by season, and listed by title in pages', async (t) => {
    const lee = await signUp(app)
    const { id: show, episodes: [first = '', second = '', third = ''] } = await addShow(app, await signUpAdmin(app))
    const base = `/v1/profiles/${lee.profileId}/history`
    const seen: Array<[string, number]> = [
      [movies[0] ?? '', 1_000],
      [first, 2_000],
      [movies[1] ?? '', 3_000],
      [second, 4_000],
      [movies[0] ?? '', 5_000],
      [third, 6_000],
      [first, 7_000],
      [movies[2] ?? '', 8_000],
    ]
    for (const [i, [item, positionMs]] of seen.entries()) {
      const at = new Date(clock.now().getTime() - 86_400_000 * 40 * (seen.length - 1 - i)).toISOString()
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
      'each once, where it was played last',
    )
    t.strictSame((await lee.get(`${base}?group=title`)).body.items.length, 4)
    const to = new Date(clock.now().getTime() - 86_400_000 * 100).toISOString()
    t.strictSame(
      (await lee.get(`${base}?group=title&to=${to}`)).body.items.map((one: any) => [one.title.id, one.plays]),
      [[movies[0], 2], [show, 2], [movies[1], 1]],
      'within a span of time',
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

  t.test("one play, one title's, or all can be removed, and late events do not revive them", async (t) => {
    const play = (await kim.get(`${url}?titleId=${movies[0]}`)).body.items[0].id
    expectProblem(t, await (await signUp(app)).delete(`${url}/${play}`), 'not-found', 404)
    t.equal((await kim.delete(`${url}/${play}`)).status, 200)
    expectProblem(t, await kim.delete(`${url}/${play}`), 'not-found', 404)
    t.equal((await kim.delete(`${url}?titleId=${movies[1]}`)).status, 200)
    t.strictSame(names((await kim.get(url)).body), ['Film 4', 'Film 3', 'Film 2'])
    expectProblem(t, await kim.get(`/v1/profiles/${kim.profileId}/progress/${movies[1]}`), 'not-found', 404)
    await kim.put(`/v1/profiles/${kim.profileId}/progress/${movies[1]}`, {
      positionMs: 30_000,
      watchedMs: 30_000,
      at: new Date(clock.now().getTime() - 86_400_000).toISOString(),
    })
    t.strictSame(names((await kim.get(url)).body), ['Film 4', 'Film 3', 'Film 2'])
    t.equal((await kim.delete(url)).status, 200)
    t.strictSame((await kim.get(url)).body.items, [])
    t.strictSame((await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items, [])
    clock.advance(1_000)
    await watch(kim, clock, movies[2] ?? '', 12_000)
    t.strictSame(names((await kim.get(url)).body), ['Film 2'])
  })
})

t.test('what goes on playing while its history is cleared is kept from then on', async (t) => {
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
  for (const what of ['history', `history?titleId=${movie}`]) {
    t.equal((await kim.delete(`${url}/${what}`)).status, 200)
    t.strictSame((await kim.get(`${url}/history`)).body.items, [], what)
    clock.advance(1_000)
    await send(20_000)
    t.match((await kim.get(`${url}/history`)).body.items, [{ positionMs: 20_000 }])
  }
  await kim.post(`${url}/playback/${body.streamId}/stop`, {
    positionMs: 25_000,
    watchedMs: 25_000,
    at: clock.now().toISOString(),
  })
  t.equal((await play(kim, movie)).body.positionMs, 25_000)
})

t.test('the wishlist', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (let i = 0; i < 5; i++) movies.push(await addMovie(app, admin, { title: `Film ${i}` }, []))
  const kim = await signUp(app)
  const url = `/v1/profiles/${kim.profileId}/wishlist`

  t.test('holds each title once, newest first, in pages; also for twenty at once', async (t) => {
    for (const movie of movies) t.equal((await kim.put(`${url}/${movie}`)).status, 204)
    await Promise.all(Array.from({ length: 20 }, async () => await kim.put(`${url}/${movies[0]}`)))
    const page = (await kim.get(`${url}?limit=3`)).body
    t.strictSame(
      page.items.map(({ title, inWishlist }: { title: string, inWishlist: boolean }) => [title, inWishlist]),
      [['Film 4', true], ['Film 3', true], ['Film 2', true]],
    )
    t.strictSame(
      (await kim.get(`${url}?limit=3&cursor=${page.nextCursor}`)).body.items.map(({ title }: { title: string }) =>
        title
      ),
      ['Film 1', 'Film 0'],
    )
    t.equal((await kim.delete(`${url}/${movies[4]}`)).status, 204)
    t.equal((await kim.delete(`${url}/${movies[4]}`)).status, 204, 'again')
    t.equal((await kim.get(url)).body.items.length, 4)
  })

  t.test("shows on titles with the profile's token", async (t) => {
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

  t.test('takes only titles that are there for this profile', async (t) => {
    expectProblem(t, await kim.put(`${url}/665f1c2e9b1e8a0012ab34cd`), 'not-found', 404)
  })
})
