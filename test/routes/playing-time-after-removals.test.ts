// Playing time around the removal of a play: the counter of a client continues, and only what follows counts.
import t from 'tap'
import { findStreamLeases } from '../../models/account-streams.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { renewLeaseByReading } from '../../src/watching/streams/lease-reads.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('playing time around the removal of a play', async (t) => {
  const { app, clock } = await startApp(t)
  const movie = await addMovie(app, await signUpAdmin(app))
  const { watching } = containerOf(app)
  const removals = ['play', 'title', 'all'] as const
  type Removal = (typeof removals)[number]

  async function signUpViewer () {
    const kim = await signUp(app)
    const base = `/v1/profiles/${kim.profileId}`
    /** The position is the playing time. */
    const event = (ms: number) => ({ positionMs: ms, watchedMs: ms, at: clock.now().toISOString() })
    const history = async (): Promise<any[]> => (await kim.get(`${base}/history`)).body.items
    return {
      kim,
      base,
      history,
      async startStream (options: Record<string, unknown> = {}) {
        const { streamId } = (await play(kim, movie, options)).body
        const url = `${base}/playback/${streamId}`
        return {
          streamId,
          async beat (ms: number, positionMs = ms) {
            clock.advance(1_000)
            t.equal((await kim.put(url, { ...event(ms), positionMs })).status, 200)
          },
          async stop (ms: number) {
            clock.advance(1_000)
            const { status, body } = await kim.post(`${url}/stop`, event(ms))
            t.equal(status, 200)
            return body.progress
          },
        }
      },
      async report (ms: number, fields: object = {}) {
        clock.advance(1_000)
        return (await kim.put(`${base}/progress/${movie}`, { ...event(ms), ...fields })).body
      },
      async remove (removal: Removal) {
        const path = { play: `/${(await history())[0]?.id}`, title: `?titleId=${movie}`, all: '' }[removal]
        clock.advance(1_000)
        const { status, body } = await kim.delete(`${base}/history${path}`)
        t.equal(status, 200)
        return body.undo
      },
      async undo (token: string) {
        t.equal((await kim.post(`${base}/undo/${token}`)).status, 204)
      },
      progress: async () => (await kim.get(`${base}/progress/${movie}`)).body,
    }
  }

  for (const removal of removals) {
    t.test(`of a stream counts from the removal on: ${removal}`, async (t) => {
      const { startStream, remove, history, progress, undo } = await signUpViewer()
      const { beat, stop } = await startStream()
      await beat(50_000)
      const token = await remove(removal)
      await beat(57_000)
      t.match(await progress(), { positionMs: 57_000, watchedMs: 7_000, finished: false })
      t.match(await stop(58_000), { positionMs: 58_000, watchedMs: 8_000, finished: false })
      t.match(await history(), [{ positionMs: 58_000, watchedMs: 8_000, finished: false }])
      await undo(token)
      t.match(await progress(), { positionMs: 58_000, watchedMs: 58_000, finished: true }, 'restored, it counts once')
    })

    t.test(`of a stream counts once after an undo while it plays: ${removal}`, async (t) => {
      const { startStream, remove, progress, undo } = await signUpViewer()
      const { beat, stop } = await startStream()
      await beat(20_000)
      const token = await remove(removal)
      await beat(25_000)
      await undo(token)
      await beat(26_000)
      t.match(await progress(), { watchedMs: 26_000, finished: false })
      t.match(await stop(58_000), { watchedMs: 58_000, finished: true })
    })

    t.test(`of a stream that has ended counts from the removal on: ${removal}`, async (t) => {
      const { startStream, remove, history } = await signUpViewer()
      const { beat, stop } = await startStream()
      await beat(50_000)
      await remove(removal)
      await beat(52_000)
      clock.advance(120_000)
      await flushExpiredLeases(watching)
      t.match(await stop(57_000), { positionMs: 57_000, watchedMs: 7_000, finished: false })
      t.match(await history(), [{ watchedMs: 7_000, finished: false }])
    })

    t.test(`of two removals: ${removal}`, async (t) => {
      const { startStream, remove, progress, undo } = await signUpViewer()
      const { beat, stop } = await startStream()
      await beat(20_000)
      const first = await remove(removal)
      await beat(30_000)
      const second = await remove(removal)
      await beat(35_000)
      t.match(await progress(), { watchedMs: 5_000 })
      t.match(await stop(36_000), { watchedMs: 6_000 })
      await undo(second)
      t.match(await progress(), { watchedMs: 16_000 })
      await undo(first)
      t.match(await progress(), { watchedMs: 36_000 })
    })
  }

  t.test('of a player that reports no position is estimated from the removal on', async (t) => {
    for (const removal of ['title', 'all'] as const) {
      const { kim, startStream, remove, history } = await signUpViewer()
      const { streamId } = await startStream({ estimatePosition: true })
      const read = async (ms: number) => {
        clock.advance(ms)
        await renewLeaseByReading(kim.accountId, streamId, ms, clock.now())
      }
      await read(49_000)
      await remove(removal)
      await read(7_000)
      t.match(await findStreamLeases(kim.accountId), [{ restart: { positionMs: 49_000 } }])
      clock.advance(120_000)
      await flushExpiredLeases(watching)
      t.match(await history(), [{ positionMs: 56_000, watchedMs: 7_000, finished: false }])
    }
  })

  for (const fields of [{}, { playId: '3f2c9d1e-8f0a-4b7e-9a51-6d2f0c4b8e13' }]) {
    const client = 'playId' in fields ? 'with' : 'without'
    t.test(`of a client ${client} play IDs`, async (t) => {
      const { report, remove, history, progress, undo } = await signUpViewer()
      await report(50_000, fields)
      const token = await remove('play')
      t.match(await report(57_000, fields), { positionMs: 57_000, watchedMs: 7_000, finished: false })
      t.match(await history(), [{ positionMs: 57_000, watchedMs: 7_000, finished: false }])
      await undo(token)
      t.match(await progress(), { positionMs: 57_000, watchedMs: 57_000, finished: true })
      t.match(await report(58_000, fields), { watchedMs: 58_000, finished: true })
    })

    t.test(`of a client ${client} play IDs that counts from 0 again`, async (t) => {
      const { report, remove } = await signUpViewer()
      await report(50_000, fields)
      await remove('play')
      await report(5_000, fields)
      await report(30_000, fields)
      t.match(await report(57_000, fields), { watchedMs: 57_000, finished: true })
    })
  }

  t.test('an undo of the second removal restores the live numbers at once', async (t) => {
    const { startStream, remove, progress, undo } = await signUpViewer()
    const { beat, stop } = await startStream()
    await beat(5_000)
    const first = await remove('play')
    await beat(50_000)
    await beat(57_000)
    t.match(await progress(), { watchedMs: 52_000, finished: true })
    const second = await remove('play')
    await beat(58_000, 10_000)
    t.match(await progress(), { positionMs: 10_000, watchedMs: 1_000, finished: false })
    await undo(second)
    await beat(59_000, 11_000)
    const live = await progress()
    t.match(live, { positionMs: 11_000, watchedMs: 54_000, finished: true })
    await undo(first)
    await beat(60_000, 12_000)
    t.match(await progress(), { positionMs: 12_000, watchedMs: 60_000, finished: true })
    t.match(await stop(61_000), { watchedMs: 61_000, finished: true })
  })
})
