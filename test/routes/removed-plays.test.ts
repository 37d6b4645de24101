// Progress after a play was removed or cleared: events from before the removal are ignored, later ones count.
import t from 'tap'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('progress after a play was removed', async (t) => {
  const { app, clock } = await startApp(t)
  const movie = await addMovie(app, await signUpAdmin(app))
  const base = (kim: TestUser): string => `/v1/profiles/${kim.profileId}`
  const event = (positionMs: number, watchedMs: number, msAgo = 0) => ({
    positionMs,
    watchedMs,
    at: new Date(clock.now().getTime() - msAgo).toISOString(),
  })
  const report = async (kim: TestUser, positionMs: number, watchedMs: number, fields: object = {}) =>
    await kim.put(`${base(kim)}/progress/${movie}`, { ...event(positionMs, watchedMs), ...fields })
  const history = async (kim: TestUser): Promise<any[]> => (await kim.get(`${base(kim)}/history`)).body.items
  const remove = async (kim: TestUser, id?: string) => {
    const { status, body } = await kim.delete(`${base(kim)}/history/${id ?? (await history(kim))[0].id}`)
    t.equal(status, 200)
    return body
  }
  const heartbeat = async (kim: TestUser, streamId: string, positionMs: number, watchedMs = positionMs) => {
    clock.advance(10_000)
    const { status } = await kim.put(`${base(kim)}/playback/${streamId}`, event(positionMs, watchedMs))
    t.equal(status, 200)
  }
  const stop = async (kim: TestUser, streamId: string, positionMs: number, watchedMs = positionMs) => {
    clock.advance(1_000)
    return await kim.post(`${base(kim)}/playback/${streamId}/stop`, event(positionMs, watchedMs))
  }
  const progress = async (kim: TestUser) => await kim.get(`${base(kim)}/progress/${movie}`)
  const undo = async (kim: TestUser, token: string): Promise<void> => {
    t.equal((await kim.post(`${base(kim)}/undo/${token}`)).status, 204)
  }

  for (const fields of [{}, { playId: '3f2c9d1e-8f0a-4b7e-9a51-6d2f0c4b8e13' }]) {
    const client = 'playId' in fields ? 'with' : 'without'
    t.test(`a client ${client} play IDs continues in a new play`, async (t) => {
      const kim = await signUp(app)
      const send = async (positionMs: number, watchedMs: number, msAgo = 0) =>
        await report(kim, positionMs, watchedMs, { ...event(positionMs, watchedMs, msAgo), ...fields })
      await send(20_000, 20_000)
      await remove(kim)
      expectProblem(t, await progress(kim), 'not-found', 404)
      clock.advance(1_000)
      t.match(await send(30_000, 5_000), { status: 200, body: { positionMs: 30_000, watchedMs: 5_000 } })
      t.match(await history(kim), [{ positionMs: 30_000, watchedMs: 5_000 }])
      t.equal((await kim.get(`${base(kim)}/continue`)).body.positionMs, 30_000)
      clock.advance(1_000)
      t.match((await send(31_000, 6_000)).body, { positionMs: 31_000, watchedMs: 6_000 })
      t.match((await send(55_000, 40_000, 5_000)).body, { positionMs: 31_000, watchedMs: 6_000, finished: false })
      t.match(await history(kim), [{ positionMs: 31_000, watchedMs: 6_000 }], 'an earlier event is ignored')
    })
  }

  t.test('a batch counts only the events after the removal, in any order', async (t) => {
    for (const isFirstKnown of [true, false]) {
      const kim = await signUp(app)
      await report(kim, 20_000, 20_000)
      await remove(kim)
      clock.advance(5_000)
      if (isFirstKnown) await report(kim, 28_000, 1_000)
      const { body } = await kim.post(`${base(kim)}/progress/batch`, {
        events: [event(30_000, 3_000), event(56_000, 50_000, 7_000), event(29_000, 2_000, 1_000)]
          .map((one) => ({ ...one, itemId: movie })),
      })
      t.match(body.results[0].progress, { positionMs: 30_000, watchedMs: 3_000, finished: false })
      t.match(await history(kim), [{ positionMs: 30_000, watchedMs: 3_000, finished: false }])
    }
  })

  t.test('a process that knows the title from before the removal loses nothing', async (t) => {
    const kim = await signUp(app)
    for (let i = 1; i <= 4; i++) {
      clock.advance(1_000)
      await report(kim, i * 1_000, i * 1_000)
    }
    const [first] = await history(kim)
    await remove(kim, first.id)
    clock.advance(1_000)
    t.match((await report(kim, 30_000, 3_000)).body, { positionMs: 30_000, watchedMs: 3_000 })
    clock.advance(1_000)
    t.match((await report(kim, 31_000, 4_000)).body, { positionMs: 31_000, watchedMs: 4_000 })
    const [second] = await history(kim)
    t.not(second.id, first.id)
    await remove(kim)
    clock.advance(1_000)
    t.match(
      (await report(kim, 32_000, 900)).body,
      { positionMs: 32_000, watchedMs: 900 },
      'also after a second removal',
    )
    t.match(await history(kim), [{ positionMs: 32_000, watchedMs: 900 }])
  })

  t.test('an undo restores the removed play, and its later events count once', async (t) => {
    const kim = await signUp(app)
    await report(kim, 20_000, 20_000)
    const removed = await remove(kim)
    clock.advance(1_000)
    const later = { ...event(32_000, 32_000) }
    await report(kim, 32_000, 32_000, later)
    await undo(kim, removed.undo)
    const isRestored = async () => {
      t.match((await progress(kim)).body, { positionMs: 32_000, watchedMs: 32_000 })
      t.match(await history(kim), [{ positionMs: 32_000 }, { positionMs: 20_000, watchedMs: 20_000 }])
    }
    await isRestored()
    clock.advance(1_000)
    await report(kim, 32_000, 32_000, later)
    t.match((await progress(kim)).body, { positionMs: 32_000, watchedMs: 32_000 }, 'a repeated event counts once')
  })

  t.test('a stream starts a play again', async (t) => {
    const kim = await signUp(app)
    const { streamId } = (await play(kim, movie)).body
    await heartbeat(kim, streamId, 10_000)
    const [live] = await history(kim)
    clock.advance(500)
    await kim.put(`${base(kim)}/playback/${streamId}`, event(12_000, 12_000))
    const removed = await remove(kim, live.id)
    expectProblem(t, await progress(kim), 'not-found', 404)
    t.equal((await kim.get(`${base(kim)}/continue`)).status, 204)
    t.strictSame(await history(kim), [])
    for (const positionMs of [20_000, 30_000, 40_000]) {
      await heartbeat(kim, streamId, positionMs)
      t.equal((await progress(kim)).body.positionMs, positionMs)
      t.match(await history(kim), [{ positionMs }])
    }
    t.match((await stop(kim, streamId, 41_000)).body, { progress: { positionMs: 41_000 } })
    t.match((await progress(kim)).body, { positionMs: 41_000, watchedMs: 29_000 })
    t.equal((await history(kim)).length, 1)
    await undo(kim, removed.undo)
    t.match((await progress(kim)).body, { positionMs: 41_000, watchedMs: 41_000 }, 'nothing counts twice')
    t.match((await history(kim)).map(({ positionMs }) => positionMs), [41_000, 12_000])
  })

  t.test('an end that was reached before the removal does not count', async (t) => {
    for (const path of ['play', 'title', 'all']) {
      const kim = await signUp(app)
      const { streamId } = (await play(kim, movie)).body
      for (const positionMs of [20_000, 40_000, 56_000]) await heartbeat(kim, streamId, positionMs)
      t.equal((await progress(kim)).body.finished, true)
      clock.advance(1_000)
      if (path === 'play') await remove(kim)
      else await kim.delete(`${base(kim)}/history${path === 'all' ? '' : `?titleId=${movie}`}`)
      const late = event(57_000, 57_000, 3_000)
      await heartbeat(kim, streamId, 5_000, 57_500)
      await kim.put(`${base(kim)}/playback/${streamId}`, late)
      t.match((await progress(kim)).body, { positionMs: 5_000, finished: false }, path)
      await stop(kim, streamId, 6_000, 58_000)
      t.match((await progress(kim)).body, { positionMs: 6_000, finished: false }, path)
    }
  })

  t.test('a stop after the stream ended counts from the removal', async (t) => {
    const kim = await signUp(app)
    const { streamId } = (await play(kim, movie)).body
    await heartbeat(kim, streamId, 10_000)
    await remove(kim)
    clock.advance(120_000)
    await flushExpiredLeases(containerOf(app).watching)
    t.match((await stop(kim, streamId, 15_000)).body, { progress: { positionMs: 15_000 } })
    t.match(await history(kim), [{ positionMs: 15_000 }])
  })
})
