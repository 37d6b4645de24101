// Batches of progress from offline devices, and limits of what clients report.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { Play } from '../../models/play.js'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

const EPISODES = 1_000
const DAY_MS = 86_400_000

t.test('reported progress', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const at = (): string => clock.now().toISOString()
  const sendBatch = async (kim: TestUser, events: unknown): Promise<TestResponse> =>
    await kim.post(`/v1/profiles/${kim.profileId}/progress/batch`, { events })
  const progressOf = async (kim: TestUser, itemId: string) =>
    (await kim.get(`/v1/profiles/${kim.profileId}/progress/${itemId}`)).body

  t.test('1,000 events on 1,000 episodes of one show are recorded in under 2 s', async (t) => {
    const seasons = [1, 2, 3, 4].map((number) => ({
      number,
      episodes: Array.from({ length: EPISODES / 4 }, (_, i) => ({
        number: i + 1,
        title: `Episode ${i + 1}`,
        runtimeMs: 1_800_000,
      })),
    }))
    const { body: show, status: created } = await admin.post('/v1/admin/shows', { title: 'Gunsmoke', seasons })
    t.equal(created, 201, JSON.stringify(show).slice(0, 300))
    const ids: string[] = []
    for (const number of [1, 2, 3, 4]) {
      const { body } = await admin.get(`/v1/shows/${show.id}/seasons/${number}`)
      ids.push(...body.episodes.map(({ id }: { id: string }) => id))
    }
    t.equal(ids.length, EPISODES)
    let fastestMs = Infinity
    for (let attempt = 1; attempt <= 3 && fastestMs > 2_000; attempt++) {
      const kim = await signUp(app)
      const events = ids.map((itemId, i) => ({ itemId, positionMs: i + 1, watchedMs: i + 1, at: at() }))
      const startedAt = performance.now()
      const { status, body } = await sendBatch(kim, events)
      fastestMs = Math.min(fastestMs, performance.now() - startedAt)
      t.equal(status, 200)
      t.ok(body.results.every((result: { status: number }) => result.status === 200))
      t.strictSame(
        body.results.map(({ progress }: { progress: { positionMs: number } }) => progress.positionMs),
        events.map(({ positionMs }) => positionMs),
      )
      t.equal(await Play.countDocuments({ profile: kim.profileId }), EPISODES)
    }
    t.comment(`${EPISODES} events in ${fastestMs.toFixed(0)} ms`)
    t.ok(fastestMs < 2_000, `${fastestMs.toFixed(0)} ms`)
  })

  t.test('an invalid event is rejected with its errors, and the others are recorded', async (t) => {
    const kim = await signUp(app)
    const valid = { itemId: movie, positionMs: 20_000, watchedMs: 20_000, at: at() }
    const invalid: Array<[event: unknown, pointer: string]> = [
      [{ ...valid, positionMs: -1 }, '/positionMs'],
      [{ ...valid, positionMs: 12.5 }, '/positionMs'],
      [{ ...valid, positionMs: '7' }, '/positionMs'],
      [{ ...valid, at: '2016-12-31T23:59:60Z' }, '/at'],
      [{ ...valid, watchedMs: 61 * DAY_MS }, '/watchedMs'],
      [{ ...valid, itemId: 'x' }, '/itemId'],
      [{ ...valid, extra: 1 }, '/extra'],
      [{ ...valid, playId: '1' }, '/playId'],
      [{ positionMs: 1, at: at() }, '/itemId'],
      [null, ''],
      ['event', ''],
      [[], ''],
    ]
    const { status, body } = await sendBatch(kim, [valid, ...invalid.map(([event]) => event), {
      ...valid,
      positionMs: 30_000,
      at: new Date(clock.now().getTime() + 1).toISOString(),
    }])
    t.equal(status, 200)
    t.equal(body.results.length, invalid.length + 2)
    t.match(body.results.at(0), { status: 200, itemId: movie })
    t.match(body.results.at(-1), { status: 200, itemId: movie, progress: { positionMs: 30_000 } })
    for (const [i, [event, pointer]] of invalid.entries()) {
      const result = body.results[i + 1]
      t.match(result, { status: 400, code: 'validation-failed', detail: String }, JSON.stringify(event))
      t.equal(result.errors[0].pointer, `/events/${i + 1}${pointer}`)
    }
    t.match(await progressOf(kim, movie), { positionMs: 30_000 })
    for (const events of [[], null, 'x', {}, Array.from({ length: 1_001 }, () => valid)]) {
      expectProblem(t, await sendBatch(kim, events), 'validation-failed', 400)
    }
    const unknown = await kim.post(`/v1/profiles/${kim.profileId}/progress/batch`, { events: [valid], extra: 1 })
    expectProblem(t, unknown, 'validation-failed', 400)
    expectProblem(t, await kim.post(`/v1/profiles/${kim.profileId}/progress/batch`), 'validation-failed', 400)
  })

  t.test('positions and playing times beyond what is possible are limited, in every order', async (t) => {
    const kim = await signUp(app)
    const absurd = { positionMs: 60 * DAY_MS, watchedMs: 60 * DAY_MS }
    for (const send of ['stream', 'progress', 'batch', 'late'] as const) {
      const profile = `/v1/profiles/${kim.profileId}`
      const event = { ...absurd, at: at() }
      if (send === 'progress') await kim.put(`${profile}/progress/${movie}`, event)
      else if (send === 'batch') await sendBatch(kim, [{ ...event, itemId: movie, playId: randomUUID() }])
      else {
        const { streamId } = (await play(kim, movie)).body
        await kim.put(`${profile}/playback/${streamId}`, event)
        t.equal((await kim.get('/v1/account/streams')).body.items[0].positionMs, 60_000)
        await kim.post(`${profile}/playback/${streamId}/stop`, event)
        if (send === 'late') await kim.post(`${profile}/playback/${streamId}/stop`, event)
      }
      t.match(await progressOf(kim, movie), { positionMs: 60_000 }, send)
      clock.advance(1_000)
    }
    const { items } = (await kim.get(`/v1/profiles/${kim.profileId}/history`)).body
    for (const one of items) t.ok(one.positionMs === 60_000 && one.watchedMs <= 600_000, JSON.stringify(one))
  })

  t.test('the playing time of a stream is limited by its duration, before and after the lease ends', async (t) => {
    const results = []
    for (const isLate of [false, true]) {
      const kim = await signUp(app)
      const { streamId } = (await play(kim, movie)).body
      const events = [0, 5_000].map((ms) => ({
        positionMs: 10_000,
        watchedMs: 60 * DAY_MS,
        at: new Date(clock.now().getTime() + ms).toISOString(),
      }))
      const url = `/v1/profiles/${kim.profileId}/playback/${streamId}/stop`
      clock.advance(6_000)
      for (const event of isLate ? events : [...events].reverse()) await kim.post(url, event)
      results.push((await progressOf(kim, movie)).watchedMs)
      clock.advance(1_000)
    }
    t.equal(results[0], results[1], 'the order does not matter')
  })

  t.test('a player that fails to start does not move the position', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, movie, 34_567)
    for (const isHeartbeat of [true, false]) {
      const { body } = await play(kim, movie)
      t.equal(body.positionMs, 34_567)
      clock.advance(1_000)
      const url = `/v1/profiles/${kim.profileId}/playback/${body.streamId}`
      const failed = { positionMs: 0, watchedMs: 0, at: at() }
      if (isHeartbeat) t.equal((await kim.put(url, failed)).status, 200)
      t.match((await kim.post(`${url}/stop`, failed)).body, { progress: { positionMs: 34_567 } })
      t.match((await kim.post(`${url}/stop`, failed)).body, { progress: { positionMs: 34_567 } }, 'a repeated stop')
      t.match(await progressOf(kim, movie), { positionMs: 34_567 })
    }
    const { body } = await play(kim, movie)
    clock.advance(1_000)
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${body.streamId}`, { positionMs: 9, watchedMs: 5, at: at() })
    t.match(await progressOf(kim, movie), { positionMs: 9 }, 'rewinding and playing moves it')
  })

  t.test('a stop returns what continue watching offers', async (t) => {
    const show = await addShow(app, admin)
    const [first = '', second = '', third = ''] = show.episodes
    const kim = await signUp(app)
    const card = async () => (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items[0]
    const skipped = await watch(kim, clock, first, 58_000, 3_000)
    t.match(skipped.body, { progress: { finished: false }, next: { kind: 'next', item: { id: second } } })
    t.strictSame(skipped.body.next, await card())
    const unplayed = await watch(kim, clock, third, 0, 0)
    t.match(unplayed.body, { next: { kind: 'next', item: { id: second } } }, 'a start without playback')
    const partly = await watch(kim, clock, second, 20_000)
    t.equal(partly.body.next, null, 'the card resumes the stopped episode')
    const other = await watch(kim, clock, third, 0, 0)
    t.match(other.body, { next: { kind: 'resume', item: { id: second }, positionMs: 20_000 } })
    t.strictSame(other.body.next, await card())
  })
})
