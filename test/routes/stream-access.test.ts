// What a token sees of the streams of its account, and streams that lose the right to play.
import t, { type Test } from 'tap'
import { findStreamLeases } from '../../models/account-streams.js'
import { Media } from '../../models/media.js'
import { openApp, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('access to streams', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { maturityRating: 'G' }, ['480p-en'])
  const at = (): string => clock.now().toISOString()
  const bytes = async (url: string, from = app): Promise<TestResponse> =>
    await call(from, 'GET', url, { headers: { range: 'bytes=0-99' } })
  const sendHeartbeat = async (kim: TestUser, streamId: string, profileId = kim.profileId): Promise<TestResponse> =>
    await kim.put(`/v1/profiles/${profileId}/playback/${streamId}`, { positionMs: 7_000, watchedMs: 7_000, at: at() })

  /** Adds a kids profile and returns its ID and a user with its profile token. */
  async function addKids (kim: TestUser): Promise<{ id: string, token: TestUser }> {
    const { body: { id } } = await kim.post('/v1/profiles', { name: 'Kids', kids: true })
    const { body } = await kim.post(`/v1/profiles/${id}/select`)
    return { id, token: kim.with(body.accessToken) }
  }

  t.test('a profile token sees and ends only streams of its profile', async (t) => {
    const kim = await signUp(app, { plan: 'standard' })
    const kids = await addKids(kim)
    const startAsKids = async (options: object = {}): Promise<TestResponse> =>
      await kids.token.post(`/v1/profiles/${kids.id}/playback`, { itemId: movie, ...options })
    const adult = await addMovie(app, admin, { title: 'Basic Instinct', maturityRating: 'NC-17' })
    const ofKim = (await play(kim, adult, { device: 'Bedroom TV' })).body.streamId
    const own = (await startAsKids({ device: 'Tablet' })).body.streamId

    const rejected = await startAsKids()
    expectProblem(t, rejected, 'plan-stream-limit', 409)
    t.match(rejected.body, { maxStreams: 2, otherStreams: 1, streams: [{ id: own, device: 'Tablet' }] })
    t.equal(rejected.body.streams.length, 1)
    t.notMatch(JSON.stringify(rejected.body), /Basic Instinct|Bedroom|Me|playing.*playing/)

    const takeOver = await startAsKids({ takeOver: ofKim })
    expectProblem(t, takeOver, 'plan-stream-limit', 409)
    t.notMatch(JSON.stringify(takeOver.body), new RegExp(ofKim))
    t.equal((await sendHeartbeat(kim, ofKim)).status, 200, 'the stream of the other profile continues')
    t.equal((await startAsKids({ takeOver: own })).status, 201, 'its own stream is replaced')

    const ofAccount = await play(kim, movie)
    expectProblem(t, ofAccount, 'plan-stream-limit', 409)
    t.match(ofAccount.body, { otherStreams: 0, streams: [{ title: { title: 'Basic Instinct' } }, {}] })
    t.equal((await play(kim, movie, { takeOver: ofAccount.body.streams[1].id })).status, 201)
  })

  t.test('a takeover of a stream of another profile leaves it alone when there is room', async (t) => {
    const kim = await signUp(app)
    const kids = await addKids(kim)
    const ofKim = (await play(kim, movie)).body.streamId
    const started = await kids.token.post(`/v1/profiles/${kids.id}/playback`, { itemId: movie, takeOver: ofKim })
    t.equal(started.status, 201)
    t.equal((await sendHeartbeat(kim, ofKim)).status, 200)
  })

  async function expectEnded (
    t: Test,
    kim: TestUser,
    { streamId, url }: { streamId: string, url: string },
    reason: string,
  ): Promise<void> {
    expectProblem(t, await bytes(url), 'media-refused', 403)
    const heartbeat = await sendHeartbeat(kim, streamId)
    expectProblem(t, heartbeat, 'stream-ended', 409)
    t.equal(heartbeat.body.reason, reason)
    t.strictSame((await kim.get('/v1/account/streams')).body.items, [], 'the stream does not count any more')
  }

  t.test('a lower maturity limit ends the streams of titles above it', async (t) => {
    const kim = await signUp(app)
    const thriller = await addMovie(app, admin, { title: 'Heat', maturityRating: 'R' })
    const { body } = await play(kim, thriller)
    t.equal((await bytes(body.url)).status, 206)
    t.equal((await sendHeartbeat(kim, body.streamId)).status, 200)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { maxMaturityAge: 13 })
    await expectEnded(t, kim, body, 'maturity')
    await kim.patch(`/v1/profiles/${kim.profileId}`, { maxMaturityAge: 18 })
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${thriller}`)).body, { positionMs: 7_000 })
    t.equal((await play(kim, thriller)).body.positionMs, 7_000, 'the position is saved')
  })

  t.test('a title that becomes unavailable ends its streams', async (t) => {
    const changes: Array<[name: string, change: (id: string) => Promise<unknown>, reason: string]> = [
      ['unpublished', async (id) => await admin.patch(`/v1/admin/movies/${id}`, { published: false }), 'unavailable'],
      [
        'past its last date',
        async (id) => await admin.patch(`/v1/admin/movies/${id}`, { availableUntil: '2020-01-01T00:00:00Z' }),
        'unavailable',
      ],
      ['deleted', async (id) => await admin.delete(`/v1/admin/movies/${id}`), 'unavailable'],
    ]
    for (const [name, change, reason] of changes) {
      const kim = await signUp(app)
      const { body } = await play(kim, await addMovie(app, admin, { title: name }))
      t.equal((await bytes(body.url)).status, 206)
      await change(body.item.id)
      if (name !== 'deleted') await expectEnded(t, kim, body, reason)
      else t.match((await sendHeartbeat(kim, body.streamId)).body, { code: 'stream-ended', reason })
    }
  })

  t.test('an episode, or the last file, that is deleted ends its streams and keeps the position', async (t) => {
    const kim = await signUp(app)
    const show = await addShow(app, admin)
    const [episode = ''] = show.episodes
    const { body: first } = await play(kim, episode)
    t.equal((await sendHeartbeat(kim, first.streamId)).status, 200)
    t.equal((await admin.delete(`/v1/admin/shows/${show.id}/seasons/1/episodes/1`)).status, 204)
    t.match((await sendHeartbeat(kim, first.streamId)).body, { code: 'stream-ended', reason: 'unavailable' })
    t.strictSame((await kim.get('/v1/account/streams')).body.items, [])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items, [{ positionMs: 7_000 }])

    const film = await addMovie(app, admin, { title: 'Ran' }, ['480p-en', '1080p-en'])
    const { body: second } = await play(kim, film)
    const files = (await Media.findById(film).lean())?.files.map(({ _id }) => _id.toString()) ?? []
    const others = files.filter((id) => id !== second.mediaFile.id)
    t.equal(others.length, 1)
    t.equal((await admin.delete(`/v1/admin/media/${second.mediaFile.id}`)).status, 204)
    t.equal((await sendHeartbeat(kim, second.streamId)).status, 200, 'another file is left')
    t.equal((await admin.delete(`/v1/admin/media/${others[0]}`)).status, 204)
    t.match((await sendHeartbeat(kim, second.streamId)).body, { code: 'stream-ended', reason: 'unavailable' })
    t.strictSame((await kim.get('/v1/account/streams')).body.items, [])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${film}`)).body, { positionMs: 7_000 })
  })

  t.test('another process stops the bytes within five seconds', async (t) => {
    const other = await openApp(config, databaseUri, { now: clock.now })
    t.teardown(async () => {
      await other.close()
    })
    const kim = await signUp(app)
    const { body } = await play(kim, await addMovie(app, admin, { title: 'Ran', maturityRating: 'R' }))
    t.equal((await bytes(body.url, other)).status, 206)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { maxMaturityAge: 13 })
    clock.advance(4_000)
    expectProblem(t, await bytes(body.url, other), 'media-refused', 403)
  })

  t.test('a smaller plan ends streams above its limits, and names the plan', async (t) => {
    const kim = await signUp(app)
    const sharp = await play(kim, await addMovie(app, admin, { title: 'Dune' }, ['2160p-en']))
    const first = await play(kim, movie)
    const second = await play(kim, movie)
    t.match((await kim.get('/v1/account/plan/preview?to=basic')).body, { endedStreams: 2 })
    await kim.put('/v1/account/plan', { plan: 'basic' })
    for (const { body } of [sharp, second]) {
      expectProblem(t, await bytes(body.url), 'media-refused', 403)
      const heartbeat = await sendHeartbeat(kim, body.streamId)
      expectProblem(t, heartbeat, 'stream-ended', 409)
      t.equal(heartbeat.body.reason, 'plan')
    }
    t.equal((await sendHeartbeat(kim, first.body.streamId)).status, 200)
    t.equal((await kim.delete(`/v1/account/streams/${first.body.streamId}`)).status, 204)
    t.match((await sendHeartbeat(kim, first.body.streamId)).body, { code: 'stream-ended', reason: 'ended' })
  })

  t.test('a new PIN ends the streams of its profile; a removed one ends none', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '2468' })
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
    t.strictSame((await kim.get('/v1/account/streams')).body.items, [])
    const selected = await kim.post(`/v1/profiles/${kim.profileId}/select`, { pin: '2468' })
    const second = await play(kim.with(selected.body.accessToken), movie)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: null, currentPin: '2468' })
    t.equal((await bytes(second.body.url)).status, 206)
    t.equal((await findStreamLeases(kim.accountId)).filter(({ expiresAt }) => expiresAt > clock.now()).length, 1)
  })
})
