// Events around the removal of their play, in any order and batch, and by two processes.
import fc from 'fast-check'
import t from 'tap'
import { call } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { buildWorld } from '../scenario-world.js'

const SECOND = 1_000

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
    for (let i = 1; i <= 6; i++) {
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
          const later = events.filter(({ seconds }) => seconds > 0).sort((a, b) => b.seconds - a.seconds)
          const { items } = (await send('GET', 'history')).body
          const rows = items.map((item: any) => [item.positionMs, item.watchedMs, item.lastWatchedAt])
          t.strictSame(
            rows,
            later.length === 0
              ? []
              : [[
                later[0]?.positionMs,
                Math.max(...later.map(({ watchedMs }) => watchedMs)),
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
