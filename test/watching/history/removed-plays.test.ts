// Events around the removal of their play, in any order and batch, and by two processes.
import fc from 'fast-check'
import { Types } from 'mongoose'
import t from 'tap'
import { derivePlayId, type StoredPlay } from '../../../models/play.js'
import type { PlayProgress } from '../../../src/domain/progress.js'
import { continueRemovedPlays } from '../../../src/watching/history/removed-plays.js'
import { call } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { buildWorld } from '../scenario-world.js'

const SECOND = 1_000
/** Playing time of the removed play. */
const REMOVED_MS = 6 * SECOND

t.test('events around the removal of their play', async (t) => {
  const { apps, clock, titles: [movie = ''] } = await buildWorld(t)

  /** Signs up a user whose play is removed; the requests that follow go to both processes in turn. */
  async function signUpWithRemovedPlay () {
    const kim = await signUp(apps[0]!)
    const base = `/v1/profiles/${kim.profileId}`
    let requests = 0
    const send = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) => {
      const app = apps[requests++ % 2]!
      return await call(app, method, `${base}/${path}`, { token: kim.token, ...(body === undefined ? {} : { body }) })
    }
    // Both processes know the title.
    for (let i = 1; i <= REMOVED_MS / SECOND; i++) {
      clock.advance(SECOND)
      const event = { positionMs: i * SECOND, watchedMs: i * SECOND, at: clock.now().toISOString() }
      t.equal((await send('PUT', `progress/${movie}`, event)).status, 200)
    }
    const [play] = (await send('GET', 'history')).body.items
    t.equal((await send('DELETE', `history/${play.id}`)).status, 200)
    return { send, removedAt: clock.now().getTime() }
  }

  const anyEvent = fc.record({
    seconds: fc.integer({ min: -5, max: 20 }),
    positionMs: fc.integer({ min: 1, max: 60_000 }),
    watchedMs: fc.integer({ min: 1, max: 60_000 }),
  })

  t.test('later ones are one new play, and earlier ones are ignored', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anyEvent, { minLength: 1, maxLength: 6, selector: ({ seconds }) => seconds }),
        fc.boolean(),
        async (events, isBatch) => {
          const { send, removedAt } = await signUpWithRemovedPlay()
          clock.advance(30 * SECOND)
          const bodies = events.map(({ seconds, positionMs, watchedMs }) => ({
            positionMs,
            watchedMs,
            at: new Date(removedAt + seconds * SECOND).toISOString(),
          }))
          if (isBatch) {
            await send('POST', 'progress/batch', { events: bodies.map((body) => ({ ...body, itemId: movie })) })
          } else for (const body of bodies) await send('PUT', `progress/${movie}`, body)
          // A counter below that of the removed play has started at 0 again.
          const counters = events.filter(({ seconds }) => seconds > 0).map(({ watchedMs }) => watchedMs)
          const countedFrom = counters.some((watchedMs) => watchedMs < REMOVED_MS) ? 0 : REMOVED_MS
          const later = events.filter(({ seconds }) => seconds > 0).sort((a, b) => b.seconds - a.seconds)
          const { items } = (await send('GET', 'history')).body
          const rows = items.map((item: any) => [item.positionMs, item.watchedMs, item.lastWatchedAt])
          t.strictSame(
            rows,
            later.length === 0
              ? []
              : [[
                later[0]?.positionMs,
                Math.max(...counters) - countedFrom,
                new Date(removedAt + later[0]!.seconds * SECOND).toISOString(),
              ]],
          )
          const { status, body } = await send('GET', `progress/${movie}`)
          t.equal(status === 404 ? null : body.positionMs, later[0]?.positionMs ?? null)
        },
      ),
      { numRuns: 25, endOnFailure: true, seed: 20_261_128 },
    )
  })
})

t.test('merged events of a stream that was read before the removal', (t) => {
  const ref = { account: new Types.ObjectId().toString(), profile: new Types.ObjectId().toString() }
  const subject = {
    title: new Types.ObjectId().toString(),
    item: new Types.ObjectId().toString(),
    season: null,
    episode: null,
    titleName: 'Alien',
    itemName: null,
    mediaFile: null,
  }
  const removedAt = 60_000
  const removed = (fields: Partial<StoredPlay>) =>
    [{ _id: derivePlayId(ref.profile, 'stream'), removedAt: new Date(removedAt), ...fields }] as StoredPlay[]
  const stream: PlayProgress = {
    startedAt: 0,
    startPositionMs: 0,
    at: 61_000,
    eventId: '',
    positionMs: 5_000,
    durationMs: 60_000,
    furthestMs: 58_000,
    watchedMs: 59_000,
    reachedEndAt: 58_000,
    reachedEndWatchedMs: 58_000,
  }
  const split = (progress: PlayProgress, records: readonly StoredPlay[]): PlayProgress => {
    const [write, ...others] = continueRemovedPlays(
      ref,
      [{ playKey: 'stream', subject, progress, isPlayed: true }],
      records,
    )
    t.strictSame(others, [])
    return write!.progress
  }
  const started = { ...stream, startedAt: 61_000, startPositionMs: 5_000, furthestMs: 5_000, watchedBeforeMs: 57_000 }

  // An earlier version stores no playing time at the removal.
  for (const fields of [{ watchedMsAtRemoval: 57_000 }, { watchedMs: 56_000, watchedBeforeMs: 1_000 }]) {
    t.strictSame(
      split(stream, removed(fields)),
      { ...started, watchedMs: 2_000, reachedEndAt: null, reachedEndWatchedMs: null },
      'an end before the removal does not count',
    )
    const ended = { positionMs: 59_000, reachedEndAt: 61_000, reachedEndWatchedMs: 59_000 }
    t.strictSame(
      split({ ...stream, ...ended }, removed(fields)),
      {
        ...started,
        ...ended,
        startPositionMs: 59_000,
        furthestMs: 59_000,
        watchedMs: 2_000,
        reachedEndWatchedMs: 2_000,
      },
      'an end after it counts',
    )
  }
  t.end()
})
