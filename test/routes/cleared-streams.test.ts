// The live numbers of a stream follow changes of the history: cleared plays, removed plays, marks and undos.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('a live stream after a change of the history', async (t) => {
  const { app, clock } = await startApp(t)
  const movie = await addMovie(app, await signUpAdmin(app))

  interface Viewer {
    kim: TestUser
    base: string
    beat(positionMs: number, watchedMs: number): Promise<void>
    stop(positionMs: number, watchedMs: number): Promise<any>
    progress(): Promise<any>
  }

  /** Signs up a user who has watched 29 s without a stream, and has started one since. */
  async function signUpViewer (positionMs = 29_000): Promise<Viewer> {
    const kim = await signUp(app)
    const base = `/v1/profiles/${kim.profileId}`
    const event = (positionMs: number, watchedMs: number) => ({ positionMs, watchedMs, at: clock.now().toISOString() })
    await kim.put(`${base}/progress/${movie}`, event(positionMs, positionMs))
    clock.advance(1_000)
    const { streamId } = (await play(kim, movie)).body
    return {
      kim,
      base,
      async beat (positionMs, watchedMs) {
        clock.advance(1_000)
        t.equal((await kim.put(`${base}/playback/${streamId}`, event(positionMs, watchedMs))).status, 200)
      },
      async stop (positionMs, watchedMs) {
        clock.advance(1_000)
        return await kim.post(`${base}/playback/${streamId}/stop`, event(positionMs, watchedMs))
      },
      progress: async () => await kim.get(`${base}/progress/${movie}`),
    }
  }

  for (const query of ['', `?titleId=${movie}`]) {
    for (const isFlushed of [false, true]) {
      t.test(`clearing ${query === '' ? 'the history' : 'a title'}, ${isFlushed ? '' : 'not '}flushed`, async (t) => {
        const { kim, base, beat, stop, progress } = await signUpViewer()
        await beat(30_000, 500)
        t.match((await progress()).body, { positionMs: 30_000, watchedMs: 29_500 })
        if (isFlushed) await kim.get(`${base}/history`)
        const cleared = await kim.delete(`${base}/history${query}`)
        t.equal(cleared.status, 200)
        const isCleared = async () => {
          expectProblem(t, await progress(), 'not-found', 404)
          t.equal((await kim.get(`${base}/continue`)).status, 204)
          t.strictSame((await kim.get(`${base}/continue-watching`)).body.items, [])
        }
        await isCleared()
        clock.advance(6_000)
        await isCleared()
        await beat(56_000, 2_000)
        t.match((await progress()).body, { positionMs: 56_000, watchedMs: 1_500, finished: false })
        t.match((await stop(56_500, 2_200)).body.progress, { positionMs: 56_500, watchedMs: 1_700, finished: false })
        t.match((await kim.get(`${base}/history`)).body.items, [{ positionMs: 56_500, watchedMs: 1_700 }])
        t.equal((await kim.post(`${base}/undo/${cleared.body.undo}`)).status, 204)
        t.match((await progress()).body, { positionMs: 56_500, watchedMs: 31_200, finished: true })
      })
    }
  }

  t.test('an undo counts the restored plays in the live stream', async (t) => {
    for (const query of ['', `?titleId=${movie}`]) {
      const { kim, base, beat, progress } = await signUpViewer()
      await beat(30_000, 500)
      const { body } = await kim.delete(`${base}/history${query}`)
      await beat(31_000, 1_500)
      await kim.post(`${base}/undo/${body.undo}`)
      await beat(32_000, 2_500)
      t.match((await progress()).body, { positionMs: 32_000, watchedMs: 31_500 })
    }
  })

  t.test('an undo restores the end that the stream had reached', async (t) => {
    for (const path of [`?titleId=${movie}`, '', null]) {
      const { kim, base, beat, stop, progress } = await signUpViewer()
      await beat(56_000, 40_000)
      const [live] = (await kim.get(`${base}/history`)).body.items
      const { body } = await kim.delete(`${base}/history${path ?? `/${live.id}`}`)
      await beat(10_000, 41_000)
      if (path !== null) t.match((await progress()).body, { positionMs: 10_000, watchedMs: 1_000, finished: false })
      await kim.post(`${base}/undo/${body.undo}`)
      await beat(11_000, 42_000)
      const restored = (await progress()).body
      t.match(restored, { positionMs: 11_000, finished: true })
      t.strictSame((await stop(11_000, 42_000)).body.progress.finishedAt, restored.finishedAt)
    }
  })

  t.test('removing an earlier play of the item', async (t) => {
    const { kim, base, beat, stop, progress } = await signUpViewer()
    await beat(30_000, 500)
    const { items } = (await kim.get(`${base}/history`)).body
    t.equal((await kim.delete(`${base}/history/${items[1].id}`)).status, 200)
    t.match((await progress()).body, { positionMs: 30_000, watchedMs: 500 })
    await beat(56_000, 2_000)
    t.match((await progress()).body, { positionMs: 56_000, watchedMs: 2_000, finished: false })
    t.match((await stop(56_500, 2_200)).body.progress, { watchedMs: 2_200, finished: false })
  })

  t.test('marking and unmarking the item, and a rewatch', async (t) => {
    const { kim, base, beat, stop, progress } = await signUpViewer()
    await beat(30_000, 500)
    await kim.put(`${base}/watched/${movie}`)
    await beat(31_000, 1_500)
    t.match((await progress()).body, { positionMs: 31_000, finished: true })
    await kim.delete(`${base}/watched/${movie}`)
    await beat(56_000, 2_500)
    const live = (await progress()).body
    t.match(live, { positionMs: 56_000, finished: false })
    const { lastWatchedAt: _, ...numbers } = live
    t.match((await stop(56_000, 2_500)).body.progress, numbers, 'as derived from all plays')

    const other = await signUpViewer(58_000)
    t.equal((await other.kim.put(`${other.base}/rewatch/${movie}`)).status, 200)
    await other.beat(30_000, 20_000)
    const { lastWatchedAt: __, ...numbersOfRun } = (await other.progress()).body
    t.match((await other.stop(30_000, 20_000)).body.progress, numbersOfRun)
  })

  t.test('another title and another profile keep their numbers', async (t) => {
    const viewer = await signUpViewer()
    const { kim, base, beat, progress } = viewer
    await beat(30_000, 500)
    const other = (await kim.post('/v1/account/profiles', { name: 'Two' })).body
    t.equal((await kim.delete(`${base}/history?titleId=${'0'.repeat(24)}`)).status, 200)
    t.ok(other)
    await beat(31_000, 1_500)
    t.match((await progress()).body, { positionMs: 31_000, watchedMs: 30_500 })
  })
})
