// Changes of the account in the change feed: its settings, profiles, sessions and streams.
import t from 'tap'
import { Account } from '../../models/account.js'
import { openEventStream } from '../support/event-stream.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { logInAgain, signUp, signUpAdmin, type TestUser } from '../support/users.js'

const feedUrl = ({ profileId }: TestUser): string => `/v1/profiles/${profileId}/changes`
const ACCOUNT = { kind: 'account', title: null }
const STREAMS = { kind: 'streams', title: null }

t.test('changes of the account', { timeout: 90_000 }, async (t) => {
  const { app, clock } = await startApp(t)
  const origin = await app.listen({ port: 0 })
  const admin = await signUpAdmin(app)
  const matrix = await addMovie(app, admin)
  const kim = await signUp(app)
  const base = `/v1/profiles/${kim.profileId}`

  /** Returns the changes that an action causes. */
  async function changesOf (action: () => Promise<unknown>, reader = kim): Promise<any[]> {
    const { body: { cursor } } = await reader.get(feedUrl(reader))
    await action()
    return (await reader.get(`${feedUrl(reader)}?since=${cursor}`)).body.items
  }

  t.test('the plan, the role, the email and the profiles are one change without details', async (t) => {
    const actions: ReadonlyArray<readonly [name: string, action: () => Promise<unknown>]> = [
      ['plan', async () => await kim.put('/v1/account/plan', { plan: 'standard' })],
      ['new profile', async () => await kim.post('/v1/profiles', { name: 'Robin' })],
      ['name', async () => await kim.patch(base, { name: 'Kim Novak' })],
      // The route ends the sessions of the account, and with them its feeds.
      ['role', async () => await Account.updateOne({ _id: kim.accountId }, { $set: { role: 'support' } })],
      ['role again', async () => await Account.updateOne({ _id: kim.accountId }, { $set: { role: 'member' } })],
    ]
    for (const [name, action] of actions) t.strictSame(await changesOf(action), [ACCOUNT], name)
    t.strictSame(
      await changesOf(async () => {
        await kim.patch(base, { name: 'Kim Novak' })
        await kim.get('/v1/account')
      }),
      [],
      'nothing changed',
    )
  })

  t.test('sessions that start and end are a change; their use is not', async (t) => {
    const device = await logInAgain(app, kim)
    t.strictSame(await changesOf(async () => await logInAgain(app, kim)), [ACCOUNT])
    t.strictSame(await changesOf(async () => await device.get('/v1/account')), [])
    t.strictSame(await changesOf(async () => await device.post('/v1/auth/logout')), [ACCOUNT])
  })

  t.test('streams that start and end are a change; heartbeats are not', async (t) => {
    let streamId = ''
    const started = await changesOf(async () => {
      streamId = (await play(kim, matrix)).body.streamId
    })
    t.strictSame(started, [STREAMS])
    clock.advance(10_000)
    const event = { positionMs: 10_000, watchedMs: 10_000, at: clock.now().toISOString() }
    const beat = await changesOf(async () => await kim.put(`${base}/playback/${streamId}`, event))
    t.strictSame(beat.map(({ kind }) => kind), ['watching'])
    const ended = await changesOf(async () => await kim.delete(`/v1/account/streams/${streamId}`))
    t.match(ended.filter(({ kind }) => kind === 'streams'), [STREAMS])
  })

  t.test('actions of a profile and of other accounts are no change of the account', async (t) => {
    const sam = await signUp(app)
    const own = await changesOf(async () => {
      await kim.put(`${base}/wishlist/${matrix}`)
      await kim.put(`${base}/ratings/${matrix}`, { rating: 'love' })
    })
    t.strictSame(own.map(({ kind }) => kind).sort(), ['rating', 'wishlist'])
    const others = await changesOf(async () => {
      await sam.put('/v1/account/plan', { plan: 'standard' })
      await logInAgain(app, sam)
      await play(sam, matrix)
    })
    t.strictSame(others, [])
  })

  t.test('an open feed sends them within a second, also those of another profile', async (t) => {
    const feed = await openEventStream(origin + feedUrl(kim), kim.token)
    t.teardown(() => {
      feed.close()
    })
    await feed.next()
    let device = kim
    const actions: ReadonlyArray<readonly [kind: string, action: () => Promise<unknown>]> = [
      ['account', async () => await kim.patch(base, { autoplay: false })],
      ['account', async () => {
        device = await logInAgain(app, kim)
      }],
      ['streams', async () => await play(device, matrix)],
      ['account', async () => await device.post('/v1/auth/logout')],
    ]
    for (const [index, [kind, action]] of actions.entries()) {
      await action()
      const startedAt = Date.now()
      t.match((await feed.nextOfKind(kind)).items.filter((one: any) => one.kind === kind), [{ kind, title: null }])
      t.ok(Date.now() - startedAt < 2_000, `action ${index} after ${Date.now() - startedAt} ms`)
    }
  })

  t.test('a reconnected feed has the changes between', async (t) => {
    const first = await openEventStream(origin + feedUrl(kim), kim.token)
    const { id } = (await first.next())!
    first.close()
    await kim.patch(base, { autoplay: true })
    const second = await openEventStream(origin + feedUrl(kim), kim.token, { 'last-event-id': id })
    t.strictSame((await second.next())!.items, [ACCOUNT])
    second.close()
  })

  t.test('logging out everywhere ends the feeds of all devices', async (t) => {
    const devices = [await logInAgain(app, kim), await logInAgain(app, kim)]
    const feeds = await Promise.all(
      devices.map(async ({ token }) => await openEventStream(origin + feedUrl(kim), token)),
    )
    for (const feed of feeds) await feed.next()
    await kim.post('/v1/auth/logout-everywhere')
    const startedAt = Date.now()
    for (const feed of feeds) while (await feed.next() !== null);
    t.ok(Date.now() - startedAt < 5_000, `after ${Date.now() - startedAt} ms`)
  })
})
