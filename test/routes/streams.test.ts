// Ending streams: the owner, other devices, log-outs, plan changes and expiry end leases with their media URLs.
import t, { type Test } from 'tap'
import { findStreamLeases } from '../../models/account-streams.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { containerOf, openApp, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('streams', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en'])
  const bytes = async (url: string, from = app): Promise<TestResponse> =>
    await call(from, 'GET', url, { headers: { range: 'bytes=0-99' } })
  const at = (): string => clock.now().toISOString()
  const sendHeartbeat = async (
    kim: TestUser,
    streamId: string,
    body: Record<string, unknown> = {},
  ): Promise<TestResponse> =>
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${streamId}`, { positionMs: 1_000, at: at(), ...body })

  /** Starts a playback and uses its URL, so that the lease check of the process caches the lease. */
  async function startStream (
    t: Test,
    kim: TestUser,
    options: Record<string, unknown> = {},
  ): Promise<{ streamId: string, url: string }> {
    const { status, body } = await play(kim, movie, options)
    t.equal(status, 201)
    t.equal((await bytes(body.url)).status, 206, 'its URL returns bytes')
    return body
  }

  async function expectEnded (
    t: Test,
    kim: TestUser,
    { streamId, url }: { streamId: string, url: string },
  ): Promise<void> {
    const response = await bytes(url)
    expectProblem(t, response, 'media-refused', 403)
    t.notOk(response.headers['content-range'] ?? response.headers['etag'])
    expectProblem(t, await call(app, 'GET', `${url}&x=1`), 'validation-failed', 400)
    t.equal((await app.inject({ method: 'HEAD', url })).statusCode, 403)
    expectProblem(t, await sendHeartbeat(kim, streamId), 'stream-ended', 409)
  }

  /** The same person with a session of their own on another device. */
  async function logInOnPhone (kim: TestUser): Promise<TestUser> {
    const { body } = await call(app, 'POST', '/v1/auth/login', {
      body: { email: kim.email, password: PASSWORD, device: 'Phone' },
    })
    return kim.with(body.accessToken)
  }

  t.test('the owner lists streams with profile, device, title, start, position and state', async (t) => {
    const kim = await signUp(app)
    const show = await addShow(app, admin)
    const [first = ''] = show.episodes
    const { body: kids } = await kim.post('/v1/profiles', { name: 'Kids' })
    const paused = await play(kim, movie, { device: 'Living-room TV' })
    const since = at()
    await sendHeartbeat(kim, paused.body.streamId, { positionMs: 12_345, state: 'paused' })
    clock.advance(1_000)
    await kim.post(`/v1/profiles/${kids.id}/playback`, { itemId: first, private: true })
    const { status, body } = await kim.get('/v1/account/streams')
    t.equal(status, 200)
    t.match(body.items, [
      {
        id: paused.body.streamId,
        profile: { id: kim.profileId, name: 'Me' },
        device: 'Living-room TV',
        title: { id: movie, title: 'The Matrix' },
        season: null,
        episode: null,
        state: 'paused',
        positionMs: 12_345,
        durationMs: 60_000,
        private: false,
      },
      {
        profile: { id: kids.id, name: 'Kids' },
        device: null,
        title: { id: show.id, title: 'Fawlty Towers' },
        season: 1,
        episode: 1,
        state: 'playing',
        positionMs: 0,
        private: true,
      },
    ])
    t.ok(Math.abs(new Date(body.items[0].since).getTime() - new Date(since).getTime()) < 5_000)
    t.strictSame(
      (await (await signUp(app)).get('/v1/account/streams')).body.items,
      [],
      'another account does not list them',
    )
    expectProblem(t, await call(app, 'GET', '/v1/account/streams'), 'unauthorized', 401)
  })

  t.test('taking a stream over invalidates its URL only', async (t) => {
    const kim = await signUp(app, { plan: 'standard' })
    const [first, second] = [await startStream(t, kim), await startStream(t, kim)]
    const rejected = await play(kim, movie)
    expectProblem(t, rejected, 'plan-stream-limit', 409)
    t.match(rejected.body.streams.map(({ id }: { id: string }) => id), [first.streamId, second.streamId])
    const third = await startStream(t, kim, { takeOver: first.streamId })
    await expectEnded(t, kim, first)
    for (const other of [second, third]) t.equal((await bytes(other.url)).status, 206)
    const stranger = await signUp(app)
    t.equal((await play(stranger, movie, { takeOver: second.streamId })).status, 201)
    t.equal((await bytes(second.url)).status, 206, 'another account cannot take it over')
  })

  t.test('ending a stream invalidates its URL at once', async (t) => {
    const kim = await signUp(app)
    const [one, other] = [await startStream(t, kim), await startStream(t, kim)]
    t.equal((await kim.delete(`/v1/account/streams/${one.streamId}`)).status, 204)
    await expectEnded(t, kim, one)
    t.equal((await bytes(other.url)).status, 206)
    expectProblem(t, await kim.delete(`/v1/account/streams/${one.streamId}`), 'not-found', 404)
    const stranger = await signUp(app)
    expectProblem(t, await stranger.delete(`/v1/account/streams/${other.streamId}`), 'not-found', 404)
    expectProblem(t, await call(app, 'DELETE', `/v1/account/streams/${other.streamId}`), 'unauthorized', 401)
    t.equal((await bytes(other.url)).status, 206, 'another account cannot end it')
  })

  t.test('a stop invalidates the URL at once', async (t) => {
    const kim = await signUp(app)
    const one = await startStream(t, kim)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${one.streamId}/stop`, { positionMs: 1_000, at: at() })
    expectProblem(t, await bytes(one.url), 'media-refused', 403)
  })

  t.test('logging out ends the streams of the session; logging out everywhere ends all', async (t) => {
    const kim = await signUp(app)
    const phone = await logInOnPhone(kim)
    const tablet = await logInOnPhone(kim)
    const [atHome, away, third] = [await startStream(t, kim), await startStream(t, phone), await startStream(t, tablet)]
    await phone.post('/v1/auth/logout')
    await expectEnded(t, kim, away)
    t.equal((await bytes(atHome.url)).status, 206, 'the other session continues')
    await tablet.post('/v1/auth/logout-everywhere')
    for (const { url } of [atHome, third]) expectProblem(t, await bytes(url), 'media-refused', 403)
  })

  t.test('a new password ends the streams of all other sessions', async (t) => {
    const kim = await signUp(app)
    const [own, other] = [await startStream(t, kim), await startStream(t, await logInOnPhone(kim))]
    await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: 'four deaf rats swam' })
    expectProblem(t, await bytes(other.url), 'media-refused', 403)
    t.equal((await bytes(own.url)).status, 206)
  })

  t.test('deleting a profile ends its streams', async (t) => {
    const kim = await signUp(app)
    const { body: guest } = await kim.post('/v1/profiles', { name: 'Guest' })
    const own = await startStream(t, kim)
    const { body } = await kim.post(`/v1/profiles/${guest.id}/playback`, { itemId: movie })
    t.equal((await bytes(body.url)).status, 206)
    t.equal((await kim.delete(`/v1/profiles/${guest.id}`)).status, 204)
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
    t.strictSame((await kim.get('/v1/account/streams')).body.items.map(({ id }: { id: string }) => id), [own.streamId])
    t.equal((await bytes(own.url)).status, 206)
  })

  t.test('a smaller plan ends the newest streams, as many as its preview states', async (t) => {
    const kim = await signUp(app)
    const streams = []
    for (let i = 0; i < 4; i++) {
      streams.push(await startStream(t, kim))
      clock.advance(100)
    }
    t.match((await kim.get('/v1/account/plan/preview?to=standard')).body, { endedStreams: 2 })
    await kim.put('/v1/account/plan', { plan: 'standard' })
    for (const ended of streams.slice(2)) await expectEnded(t, kim, ended)
    for (const staying of streams.slice(0, 2)) t.equal((await bytes(staying.url)).status, 206)
    await kim.put('/v1/account/plan', { plan: 'basic' })
    t.strictSame((await kim.get('/v1/account/streams')).body.items.map(({ id }: { id: string }) => id), [
      streams[0]?.streamId,
    ])
    expectProblem(t, await bytes(streams[1]?.url ?? ''), 'media-refused', 403)
  })

  t.test('locking a profile by a plan change ends its stream', async (t) => {
    const kim = await signUp(app)
    const { body: second } = await kim.post('/v1/profiles', { name: 'Two' })
    const { body } = await kim.post(`/v1/profiles/${second.id}/playback`, { itemId: movie })
    t.equal((await bytes(body.url)).status, 206)
    await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] })
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
  })

  t.test('a lease and its URL end exactly one minute after the last heartbeat, if nothing is read', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const one = await startStream(t, kim)
    clock.advance(55_000)
    const { body } = await sendHeartbeat(kim, one.streamId)
    clock.advance(new Date(body.expiresAt).getTime() - clock.now().getTime() - 1_500)
    t.equal((await app.inject({ method: 'HEAD', url: one.url })).statusCode, 200)
    expectProblem(t, await play(kim, movie), 'plan-stream-limit', 409)
    clock.advance(1_500)
    expectProblem(t, await bytes(one.url), 'media-refused', 403)
    t.strictSame((await kim.get('/v1/account/streams')).body.items, [])
    const next = await startStream(t, kim)
    expectProblem(t, await sendHeartbeat(kim, one.streamId), 'stream-ended', 409)
    t.equal((await bytes(next.url)).status, 206, 'a late heartbeat does not affect the next stream')
    expectProblem(t, await bytes(one.url), 'media-refused', 403)
  })

  t.test('private streams count towards the limit', async (t) => {
    const kim = await signUp(app, { plan: 'standard' })
    const hidden = await startStream(t, kim, { private: true })
    await startStream(t, kim)
    expectProblem(t, await play(kim, movie), 'plan-stream-limit', 409)
    const rejected = await play(kim, movie, { private: true })
    expectProblem(t, rejected, 'plan-stream-limit', 409)
    t.equal(rejected.body.streams.length, 2)
    await kim.delete(`/v1/account/streams/${hidden.streamId}`)
    expectProblem(t, await bytes(hidden.url), 'media-refused', 403)
    await flushExpiredLeases(containerOf(app).watching)
    expectProblem(t, await sendHeartbeat(kim, hidden.streamId), 'stream-ended', 409)
    await startStream(t, kim, { private: true })
    clock.advance(15_000)
    await flushExpiredLeases(containerOf(app).watching)
    expectProblem(t, await sendHeartbeat(kim, hidden.streamId), 'not-found', 404)
    t.equal((await findStreamLeases(kim.accountId)).length, 2, 'its lease is removed')
    const vanished = await signUp(app)
    const { streamId } = await startStream(t, vanished, { private: true })
    clock.advance(60_000)
    await flushExpiredLeases(containerOf(app).watching)
    expectProblem(t, await sendHeartbeat(vanished, streamId), 'stream-ended', 409)
    clock.advance(15_000)
    await flushExpiredLeases(containerOf(app).watching)
    t.strictSame(await findStreamLeases(vanished.accountId), [])
  })

  t.test('another process rejects the URL within five seconds after the end', async (t) => {
    const other = await openApp(config, databaseUri, { now: clock.now })
    t.teardown(async () => {
      await other.close()
    })
    const kim = await signUp(app)
    const [one, two] = [await startStream(t, kim), await startStream(t, kim)]
    for (const { url } of [one, two]) {
      t.equal((await bytes(url, other)).status, 206, 'the other process caches the lease')
    }
    await kim.delete(`/v1/account/streams/${one.streamId}`)
    expectProblem(t, await bytes(one.url), 'media-refused', 403)
    clock.advance(5_000)
    expectProblem(t, await bytes(one.url, other), 'media-refused', 403)
    t.equal((await bytes(two.url, other)).status, 206)
  })
})
