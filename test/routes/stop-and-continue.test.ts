// The response to a stop offers what continue watching offers, also after skipping ahead.
import t, { type Test } from 'tap'
import { startApp } from '../support/app.js'
import { addShow } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

/** Steps of a player: a report of a position after some real time. */
type Step = readonly [positionMs: number, watchedMs: number]

t.test('a stop agrees with continue watching', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin)
  const [first = '', second = '', third = ''] = show.episodes
  const url = (kim: TestUser, path: string): string => `/v1/profiles/${kim.profileId}/${path}`

  async function report (kim: TestUser, streamId: string, [positionMs, watchedMs]: Step): Promise<void> {
    clock.advance(1_000)
    await kim.put(url(kim, `playback/${streamId}`), { positionMs, watchedMs, at: clock.now().toISOString() })
  }

  async function stop (kim: TestUser, streamId: string, [positionMs, watchedMs]: Step): Promise<any> {
    clock.advance(1_000)
    const body = { positionMs, watchedMs, at: clock.now().toISOString() }
    return (await kim.post(url(kim, `playback/${streamId}/stop`), body)).body
  }

  async function playThrough (kim: TestUser, itemId: string, steps: readonly Step[]): Promise<any> {
    const { streamId } = (await play(kim, itemId)).body
    for (const step of steps.slice(0, -1)) await report(kim, streamId, step)
    return await stop(kim, streamId, steps.at(-1) ?? [0, 0])
  }

  /** Compares `next` with the card of the show, which must not resume what was stopped. */
  async function expectAgreement (t: Test, kim: TestUser, stopped: any, itemId: string, name: string): Promise<void> {
    const [card] = (await kim.get(url(kim, 'continue-watching'))).body.items
    const isOffered = card !== undefined && card.waiting === null &&
      !(card.kind === 'resume' && card.item.id === itemId)
    t.strictSame(stopped.next, isOffered ? card : null, name)
  }

  t.test('after skipping ahead to the credits or the end, both offer the next episode', async (t) => {
    const sequences: Array<readonly Step[]> = [
      [[5_000, 5_000], [57_000, 5_000]],
      [[5_000, 5_000], [60_000, 5_000]],
      [[5_000, 5_000], [57_000, 5_000], [57_500, 5_500], [60_000, 8_000]],
      [[1_000, 1_000], [30_000, 1_000], [60_000, 2_000]],
      [[60_000, 1_000]],
      [[54_000, 700]],
    ]
    for (const steps of sequences) {
      const kim = await signUp(app)
      const stopped = await playThrough(kim, first, steps)
      t.match(stopped, { progress: { finished: false }, next: { kind: 'next', item: { id: second } } })
      await expectAgreement(t, kim, stopped, first, JSON.stringify(steps))
    }
  })

  t.test('a seek to the end without playing offers nothing', async (t) => {
    const kim = await signUp(app)
    const stopped = await playThrough(kim, first, [[60_000, 0]])
    t.equal(stopped.next, null)
    await expectAgreement(t, kim, stopped, first, 'unplayed')
  })

  t.test('a repeated stop offers the same', async (t) => {
    const kim = await signUp(app)
    const { streamId } = (await play(kim, first)).body
    const once = await stop(kim, streamId, [58_000, 3_000])
    const again = await stop(kim, streamId, [58_000, 3_000])
    t.equal(again.next.item.id, once.next.item.id)
    await expectAgreement(t, kim, again, first, 'repeated')
  })

  t.test('another device that plays the show changes nothing', async (t) => {
    const kim = await signUp(app)
    const tv = (await play(kim, first)).body.streamId
    const phone = (await play(kim, third)).body.streamId
    await report(kim, tv, [5_000, 5_000])
    await report(kim, phone, [20_000, 20_000])
    const stopped = await stop(kim, tv, [58_000, 6_000])
    await expectAgreement(t, kim, stopped, first, 'the stop is newer than the report of the other device')
  })

  t.test('a hidden show returns with the next episode, a dropped one offers it only at the stop', async (t) => {
    const kim = await signUp(app)
    await playThrough(kim, first, [[10_000, 10_000]])
    await kim.delete(url(kim, `continue-watching/${show.id}`))
    const hidden = await playThrough(kim, first, [[58_000, 3_000]])
    await expectAgreement(t, kim, hidden, first, 'hidden')
    await kim.put(url(kim, `dropped/${show.id}`))
    const dropped = await playThrough(kim, second, [[58_000, 3_000]])
    t.equal(dropped.next.item.id, third)
    t.strictSame((await kim.get(url(kim, 'continue-watching'))).body.items, [])
  })
})
