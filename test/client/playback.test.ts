// Playback with the client package: exact positions, a lost network, closing pages, and why a stream ends.
import t, { type Test } from 'tap'
import {
  createMemoryQueue,
  isProblem,
  unwrap,
  type NormFlixClient,
  type PlaybackSession,
} from '../../packages/client/src/index.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import type { TestUser } from '../support/users.js'
import { createNetwork, startClientWorld, unavailable } from './client-world.js'

/** A player without a video: tests set its state. */
const createPlayer = () => ({ positionMs: 0, watchedMs: 0, isPaused: false })

async function readPosition (user: TestUser, itemId: string): Promise<number | undefined> {
  return (await user.get(`/v1/profiles/${user.profileId}/progress/${itemId}`)).body?.positionMs
}

t.test('playback', { timeout: 120_000 }, async (t) => {
  const { app, admin, clock, movieId, openClient, openProfile } = await startClientWorld(t)

  async function start (t: Test, client: NormFlixClient, player = createPlayer(), itemId = movieId) {
    const session: PlaybackSession = await client.startPlayback({ itemId }, () => player)
    t.teardown(session.stop)
    return { session, player }
  }

  t.test('stops at the exact position, and continues there', async (t) => {
    const { client, user } = await openProfile()
    const { session, player } = await start(t, client)
    t.equal(session.playback.positionMs, 0)
    Object.assign(player, { positionMs: 20_007, watchedMs: 20_001 })
    await session.sendHeartbeat()
    t.equal((await user.get('/v1/account/streams')).body.items.length, 1)
    Object.assign(player, { positionMs: 31_234, watchedMs: 31_000, isPaused: true })
    t.equal(await session.stop(), null)
    t.equal(await session.ended, 'stopped')
    t.equal(await readPosition(user, movieId), 31_234)
    t.strictSame((await user.get('/v1/account/streams')).body.items, [])
    const card = await unwrap(client.profileClient.GET('/v1/profiles/{profileId}/continue', {
      params: { path: { profileId: user.profileId } },
    }))
    t.equal(card.positionMs, 31_234)
    const { session: second } = await start(t, client)
    t.equal(second.playback.positionMs, 31_234)
  })

  t.test('a stop returns the next episode', async (t) => {
    const show = await addShow(app, admin)
    const { client } = await openProfile()
    const [first = '', second] = show.episodes
    const { session, player } = await start(t, client, createPlayer(), first)
    Object.assign(player, { positionMs: 59_500, watchedMs: 59_000 })
    t.equal((await session.stop())?.item.id, second)
  })

  t.test('heartbeats are sent while it plays', async (t) => {
    const network = createNetwork()
    const { client, user } = await openProfile(network)
    network.afterResponse = () => undefined
    const { session, player } = await start(t, client)
    player.positionMs = 5_000
    const heartbeat = `PUT /v1/profiles/${user.profileId}/playback/${session.playback.streamId}`
    t.equal(session.playback.heartbeatMs, 10_000)
    const deadline = Date.now() + 30_000
    while (network.count(heartbeat) === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    t.equal(network.count(heartbeat), 1)
  })

  t.test('progress without a network is queued, and sent once when the network is back', async (t) => {
    const network = createNetwork()
    const queue = createMemoryQueue()
    const { client, user } = await openProfile(network, { queue })
    const { session, player } = await start(t, client)
    network.isOnline = false
    for (const positionMs of [10_001, 20_002, 30_003]) {
      Object.assign(player, { positionMs, watchedMs: positionMs })
      await session.sendHeartbeat()
    }
    t.equal((await queue.list(user.profileId, 10)).length, 3)
    t.equal(await readPosition(user, movieId), undefined)
    network.isOnline = true
    network.requests.length = 0
    Object.assign(player, { positionMs: 31_111, watchedMs: 31_111 })
    await session.sendHeartbeat()
    t.strictSame(await queue.list(user.profileId, 10), [])
    t.equal(network.count(`POST /v1/profiles/${user.profileId}/progress/batch`), 1)
    await session.stop()
    t.equal(await readPosition(user, movieId), 31_111)
    const { body: { items } } = await user.get(`/v1/profiles/${user.profileId}/history`)
    t.equal(items.length, 1, 'as one viewing')
  })

  t.test('a stop without a network is sent later, with its exact position', async (t) => {
    const network = createNetwork()
    const queue = createMemoryQueue()
    const { client, user } = await openProfile(network, { queue })
    const { session, player } = await start(t, client)
    Object.assign(player, { positionMs: 12_345, watchedMs: 12_000 })
    network.isOnline = false
    t.equal(await session.stop(), null)
    // The app starts again.
    network.isOnline = true
    t.equal(await client.sendQueuedProgress(), 1)
    t.equal(await readPosition(user, movieId), 12_345)
    t.equal(await client.sendQueuedProgress(), 0)
  })

  t.test('an overloaded service delays progress and loses none', async (t) => {
    const network = createNetwork()
    const queue = createMemoryQueue()
    const { client, user } = await openProfile(network, { queue })
    const { session, player } = await start(t, client)
    network.intercept = ({ method }) => method === 'GET' ? null : unavailable(503, '1')
    Object.assign(player, { positionMs: 22_222, watchedMs: 22_000 })
    await session.stop()
    await t.rejects(client.sendQueuedProgress())
    t.equal((await queue.list(user.profileId, 10)).length, 1)
    network.intercept = () => null
    await client.sendQueuedProgress()
    t.equal(await readPosition(user, movieId), 22_222)
  })

  t.test('the end of the session keeps queued progress until the next log-in', async (t) => {
    const network = createNetwork()
    const queue = createMemoryQueue()
    const { client, user } = await openProfile(network, { queue })
    const { session, player } = await start(t, client)
    Object.assign(player, { positionMs: 18_018, watchedMs: 18_000 })
    network.isOnline = false
    await session.stop()
    await user.post('/v1/auth/logout-everywhere')
    network.isOnline = true
    await t.rejects(client.sendQueuedProgress())
    t.equal((await queue.list(user.profileId, 10)).length, 1)
    await client.logIn(user.email, 'three blind mice ran')
    await client.selectProfile(user.profileId)
    // The selection of the profile starts the sync.
    const deadline = Date.now() + 30_000
    while ((await queue.list(user.profileId, 10)).length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const token = await client.validToken('profile')
    t.equal(await readPosition(user.with(token), movieId), 18_018)
  })

  t.test('progress of an item that no longer exists leaves the queue', async (t) => {
    const network = createNetwork()
    const queue = createMemoryQueue()
    const deleted = await addMovie(app, admin, { title: 'London After Midnight' })
    const { client, user } = await openProfile(network, { queue })
    const { session, player } = await start(t, client, createPlayer(), deleted)
    player.positionMs = 9_000
    network.isOnline = false
    await session.stop()
    await admin.delete(`/v1/admin/movies/${deleted}`)
    network.isOnline = true
    t.equal(await client.sendQueuedProgress(), 1)
    t.strictSame(await queue.list(user.profileId, 10), [])
  })

  t.test('a stream that another device takes over ends, and its position is saved', async (t) => {
    const { client, user } = await openProfile()
    const { session, player } = await start(t, client)
    Object.assign(player, { positionMs: 15_015, watchedMs: 15_000 })
    t.equal((await play(user, movieId, { takeOver: session.playback.streamId })).status, 201)
    await session.sendHeartbeat()
    t.equal(await session.ended, 'ended')
    t.equal(await readPosition(user, movieId), 15_015)
    t.equal(await session.stop(), null)
  })

  t.test('a stream that was offline for a minute is expired, and its position is saved', async (t) => {
    const network = createNetwork()
    const { client, user } = await openProfile(network)
    const { session, player } = await start(t, client)
    Object.assign(player, { positionMs: 16_016, watchedMs: 16_000 })
    clock.advance(61_000)
    // The clock of the player has moved on too.
    const { now } = Date
    Date.now = () => now() + 61_000
    await session.sendHeartbeat()
    Date.now = now
    t.equal(await session.ended, 'expired')
    t.equal(await readPosition(user, movieId), 16_016)
  })

  t.test('a stream states that the title is too mature, unavailable, or that the session ended', async (t) => {
    for (
      const [reason, act] of [
        ['maturity', async (user: TestUser) => await user.patch(`/v1/profiles/${user.profileId}`, { kids: true })],
        [
          'unavailable',
          async () => await admin.put('/v1/admin/titles/publication', { titleIds: [movieId], published: false }),
        ],
        ['session', async (user: TestUser) => await user.post('/v1/auth/logout-everywhere')],
      ] as const
    ) {
      const { client, user } = await openProfile()
      const { session } = await start(t, client)
      t.ok((await act(user)).status < 300, reason)
      await session.sendHeartbeat()
      t.equal(await session.ended, reason)
      await admin.put('/v1/admin/titles/publication', { titleIds: [movieId], published: true })
    }
  })

  t.test('at the stream limit the start is a typed problem; a start after a stop waits for it', async (t) => {
    const { client, user } = await openProfile()
    const { session } = await start(t, client)
    await user.put('/v1/account/plan', { plan: 'basic' })
    const error: unknown = await client.startPlayback({ itemId: movieId }, createPlayer).catch((cause: unknown) =>
      cause
    )
    t.ok(isProblem(error, 'plan-stream-limit'))
    for (let round = 0; round < 5; round++) {
      void session.stop()
      const { session: next } = await start(t, client)
      await next.stop()
    }
  })

  t.test('a closing page sends its position without waiting', async (t) => {
    const network = createNetwork()
    const { client, user } = await openProfile(network)
    const { session, player } = await start(t, client)
    Object.assign(player, { positionMs: 27_027, watchedMs: 27_000 })
    let isKeptAlive = false
    const saved = new Promise<void>((resolve) => {
      network.afterResponse = ({ url, keepalive }) => {
        if (!url.endsWith('/stop')) return
        isKeptAlive = keepalive
        resolve()
      }
    })
    session.stopOnPageHide()
    await saved
    t.ok(isKeptAlive)
    t.equal(await session.ended, 'stopped')
    t.equal(await readPosition(user, movieId), 27_027)
    session.stopOnPageHide()
    await session.sendHeartbeat()
    t.equal(network.requests.filter((request) => request.endsWith('/stop')).length, 1)
  })

  t.test('a private stream queues nothing: queued events would enter the history', async (t) => {
    const network = createNetwork()
    const queue = createMemoryQueue()
    const { client, user } = await openProfile(network, { queue })
    const session = await client.startPlayback({ itemId: movieId, private: true }, () => ({
      positionMs: 25_025,
      watchedMs: 25_000,
      isPaused: false,
    }))
    network.isOnline = false
    await session.sendHeartbeat()
    await session.stop()
    t.strictSame(await queue.list(user.profileId, 10), [])
    network.isOnline = true
    t.equal(await client.sendQueuedProgress(), 0)
    t.equal(await readPosition(user, movieId), undefined)
  })

  t.test('a queue is sent by the next client of the device, and only for its profile', async (t) => {
    const network = createNetwork()
    const queue = createMemoryQueue()
    const { client, user } = await openProfile(network, { queue })
    const { session, player } = await start(t, client)
    Object.assign(player, { positionMs: 13_013, watchedMs: 13_000 })
    network.isOnline = false
    await session.stop()
    client.close()
    const { client: stranger } = await openProfile(undefined, { queue })
    t.equal(await stranger.sendQueuedProgress(), 0)
    const next = openClient(undefined, { queue })
    await next.logIn(user.email, 'three blind mice ran')
    await next.selectProfile(user.profileId)
    await next.sendQueuedProgress()
    t.equal(await readPosition(user, movieId), 13_013)
  })
})
