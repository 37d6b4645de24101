// Progress: positions with and without a stream, from clients with wrong clocks, and watched marks.
import t from 'tap'
import { rebuildHistory } from '../../src/watching/history/rebuild.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('progress', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin)
  const [first = '', second = '', third = ''] = show.episodes
  const movie = await addMovie(app, admin)
  const listCards = async (kim: TestUser) =>
    (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items

  t.test('a report of the start of an item that was never played succeeds, and lists nothing', async (t) => {
    const kim = await signUp(app)
    const url = `/v1/profiles/${kim.profileId}/progress/${first}`
    const at = clock.now().toISOString()
    for (const body of [{ positionMs: 0, watchedMs: 0, at }, { positionMs: 0, at }]) {
      const response = await kim.put(url, body)
      t.equal(response.status, 200)
      t.match(response.body, {
        positionMs: 0,
        durationMs: Number,
        watchedMs: 0,
        started: false,
        finished: false,
        lastWatchedAt: at,
      })
    }
    t.equal((await kim.get(url)).status, 404)
    t.strictSame((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items, [])
    t.match((await kim.put(url, { positionMs: 5_000, at })).body, { positionMs: 5_000 })
    t.match((await kim.put(url, { positionMs: 0, at: '2020-01-01T00:00:00Z' })).body, { positionMs: 5_000 })
  })

  t.test('a movie is finished at its credits marker, and a playback has the markers to skip', async (t) => {
    const kim = await signUp(app)
    const markers = {
      recapStartMs: 0,
      recapEndMs: 2_000,
      introStartMs: 2_000,
      introEndMs: 5_000,
      creditsStartMs: 40_000,
    }
    const heat = await addMovie(app, admin, { title: 'Heat', markers })
    t.strictSame((await kim.get(`/v1/movies/${heat}`)).body.markers, markers)
    const started = await play(kim, heat)
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
      await admin.patch(`/v1/admin/movies/${heat}`, { markers: { recapStartMs: 9_000, recapEndMs: 1_000 } }),
      'validation-failed',
      400,
    )
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${heat}`, { markers: { introEndMs: 1_000 } }),
      'validation-failed',
      400,
    )
  })

  t.test('seeking to the end does not finish a movie', async (t) => {
    const kim = await signUp(app)
    const stop = await watch(kim, clock, movie, 59_500, 3_000)
    t.match(stop.body.progress, { finished: false, started: true, positionMs: 59_500 })
    t.strictSame(await listCards(kim), [])
    t.equal((await play(kim, movie)).body.positionMs, 0, 'playback starts again')
    t.equal(
      (await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body.positionMs,
      59_500,
      'the exact position remains in the progress',
    )
  })

  t.test('a repeated stop from a slow client clock does not move the start of the play', async (t) => {
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

  t.test('a stop counts before the start of its stream and within the second of a heartbeat', async (t) => {
    const kim = await signUp(app)
    const url = `/v1/profiles/${kim.profileId}/playback`
    const expired = (await play(kim, movie)).body.streamId
    clock.advance(61_000)
    await flushExpiredLeases(containerOf(app).watching)
    const late = await kim.post(`${url}/${expired}/stop`, {
      positionMs: 30_000,
      watchedMs: 30_000,
      at: new Date(clock.now().getTime() - 180_000).toISOString(),
    })
    t.match(late.body.progress, { positionMs: 30_000 }, 'the start of a stream is not an event')
    t.match(await listCards(kim), [{ kind: 'resume', positionMs: 30_000 }])

    const running = (await play(kim, second)).body.streamId
    const at = clock.now().toISOString()
    await kim.put(`${url}/${running}`, { positionMs: 20_000, watchedMs: 20_000, at })
    t.match((await kim.post(`${url}/${running}/stop`, { positionMs: 20_900, watchedMs: 20_900, at })).body.progress, {
      positionMs: 20_900,
    })
  })

  t.test('seeking back and forth leaves the history and the card consistent', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, movie, 20_000)
    const { streamId } = (await play(kim, movie)).body
    for (const [method, positionMs] of [['put', 50_000], ['post', 20_000]] as const) {
      clock.advance(1_000)
      await kim[method](`/v1/profiles/${kim.profileId}/playback/${streamId}${method === 'post' ? '/stop' : ''}`, {
        positionMs,
        watchedMs: 0,
        at: clock.now().toISOString(),
      })
    }
    const before = await listCards(kim)
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items.length, 2)
    await rebuildHistory(containerOf(app).watching, kim.email, () => undefined)
    t.strictSame(await listCards(kim), before)
  })

  t.test('progress without a stream merges in any order, single and in batches', async (t) => {
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
    t.match(await listCards(kim), [{ kind: 'next', item: { id: second } }])
    const late = await kim.put(`/v1/profiles/${kim.profileId}/progress/${first}`, {
      positionMs: 20_000,
      at: new Date(base).toISOString(),
      playId,
    })
    t.match(late.body, { positionMs: 57_000, finished: true }, 'an older event does not move the position back')
    expectProblem(
      t,
      await kim.post(`/v1/profiles/${kim.profileId}/progress/batch`, {
        events: Array.from({ length: 1_001 }, () => event(1, 1)),
      }),
      'validation-failed',
      400,
    )
  })

  t.test('watched marks finish and reset movies, episodes and shows', async (t) => {
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
    t.strictSame(await listCards(kim), [])
    clock.advance(1_000)
    t.equal((await kim.delete(`/v1/profiles/${kim.profileId}/watched/${movie}`)).status, 200)
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body, { finished: false })
    await kim.put(`/v1/profiles/${kim.profileId}/watched/${second}`)
    t.match(await listCards(kim), [{ kind: 'next', item: { id: third } }])
    await kim.put(`/v1/profiles/${kim.profileId}/watched/${show.id}`)
    t.strictSame(await listCards(kim), [])
    t.equal(
      (await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items.length,
      1,
      'marks are not in the history',
    )
  })
})
