// Leases: whoever ends a stream ends its addresses, at once here and within seconds in another process.
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import t, { type Test } from 'tap'
import { findStreamLeases } from '../../models/account-streams.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import {
  addMovie,
  addShow,
  call,
  clipBytes,
  expectProblem,
  PASSWORD,
  play,
  signUp,
  signUpAdmin,
  startApp,
  type Answer,
  type Person,
  containerOf,
  openApp,
} from '../helper.js'

/** An MP4 file made longer by a box that every reader skips (ISO/IEC 14496-12, 8.1.2). */
function withFreeSpace (clip: Buffer, sizeBytes: number): Buffer {
  const box = Buffer.alloc(sizeBytes)
  box.writeUInt32BE(sizeBytes)
  box.write('free', 4, 'latin1')
  return Buffer.concat([clip, box])
}

/** Begins a download and takes nothing of its body until asked for the rest. */
async function startDownload (
  url: string,
): Promise<{ length: number, rest(): Promise<{ isBroken: boolean, bytes: number }> }> {
  const outgoing = request(url)
  outgoing.end()
  const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
  return {
    length: Number(incoming.headers['content-length']),
    async rest () {
      let bytes = 0
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      const isBroken = await new Promise<boolean>((resolve) => {
        incoming.once('end', () => {
          resolve(false)
        })
        incoming.once('error', () => {
          resolve(true)
        })
      })
      return { isBroken, bytes }
    },
  }
}

t.test('leases', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en'])
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const bytes = async (url: string, from = app): Promise<Answer> =>
    await call(from, 'GET', url, { headers: { range: 'bytes=0-99' } })
  const at = (): string => clock.now().toISOString()
  const beat = async (viewer: Person, streamId: string, body: Record<string, unknown> = {}): Promise<Answer> =>
    await viewer.put(`/v1/profiles/${viewer.profileId}/playback/${streamId}`, { positionMs: 1_000, at: at(), ...body })

  /** Plays with an address that was used, so that the lease behind it is remembered. */
  async function playing (
    t: Test,
    viewer: Person,
    options: Record<string, unknown> = {},
  ): Promise<{ streamId: string, url: string }> {
    const { status, body } = await play(viewer, movie, options)
    t.equal(status, 201)
    t.equal((await bytes(body.url)).status, 206, 'its address gives bytes')
    return body
  }

  async function expectEnded (
    t: Test,
    viewer: Person,
    { streamId, url }: { streamId: string, url: string },
  ): Promise<void> {
    const answer = await bytes(url)
    expectProblem(t, answer, 'media-refused', 403)
    t.notOk(answer.headers['content-range'] ?? answer.headers['etag'])
    expectProblem(t, await call(app, 'GET', `${url}&x=1`), 'validation-failed', 400)
    t.equal((await app.inject({ method: 'HEAD', url })).statusCode, 403)
    expectProblem(t, await beat(viewer, streamId), 'stream-ended', 409)
  }

  /** The same person through a device that signs in on its own. */
  async function anotherDevice (viewer: Person): Promise<Person> {
    const { body } = await call(app, 'POST', '/v1/auth/login', {
      body: { email: viewer.email, password: PASSWORD, device: 'Phone' },
    })
    return viewer.with(body.accessToken)
  }

  t.test('the owner sees who is watching: profile, device, title, since when, where and in which state', async (t) => {
    const kim = await signUp(app)
    const show = await addShow(app, admin)
    const [first = ''] = show.episodes
    const { body: kids } = await kim.post('/v1/profiles', { name: 'Kids' })
    const film = await play(kim, movie, { device: 'Living-room TV' })
    const since = at()
    await beat(kim, film.body.streamId, { positionMs: 12_345, state: 'paused' })
    clock.advance(1_000)
    await kim.post(`/v1/profiles/${kids.id}/playback`, { itemId: first, private: true })
    const { status, body } = await kim.get('/v1/account/streams')
    t.equal(status, 200)
    t.match(body.items, [
      {
        id: film.body.streamId,
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
    t.strictSame((await (await signUp(app)).get('/v1/account/streams')).body.items, [], "nobody sees another account's")
    expectProblem(t, await call(app, 'GET', '/v1/account/streams'), 'unauthorized', 401)
  })

  t.test('a take-over kills the address of the stream that it ends, and of no other', async (t) => {
    const kim = await signUp(app, { plan: 'standard' })
    const [first, second] = [await playing(t, kim), await playing(t, kim)]
    const refused = await play(kim, movie)
    expectProblem(t, refused, 'plan-stream-limit', 409)
    t.match(refused.body.streams.map(({ id }: { id: string }) => id), [first.streamId, second.streamId])
    const third = await playing(t, kim, { takeOver: first.streamId })
    await expectEnded(t, kim, first)
    for (const other of [second, third]) t.equal((await bytes(other.url)).status, 206)
    const stranger = await signUp(app)
    t.equal((await play(stranger, movie, { takeOver: second.streamId })).status, 201)
    t.equal((await bytes(second.url)).status, 206, 'a stranger takes nothing over')
  })

  t.test('ending a stream from the list kills its address at once', async (t) => {
    const kim = await signUp(app)
    const [one, other] = [await playing(t, kim), await playing(t, kim)]
    t.equal((await kim.delete(`/v1/account/streams/${one.streamId}`)).status, 204)
    await expectEnded(t, kim, one)
    t.equal((await bytes(other.url)).status, 206)
    expectProblem(t, await kim.delete(`/v1/account/streams/${one.streamId}`), 'not-found', 404)
    const stranger = await signUp(app)
    expectProblem(t, await stranger.delete(`/v1/account/streams/${other.streamId}`), 'not-found', 404)
    expectProblem(t, await call(app, 'DELETE', `/v1/account/streams/${other.streamId}`), 'unauthorized', 401)
    t.equal((await bytes(other.url)).status, 206, 'a stranger ends nothing')
  })

  t.test('a stop kills the address at once', async (t) => {
    const kim = await signUp(app)
    const one = await playing(t, kim)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${one.streamId}/stop`, { positionMs: 1_000, at: at() })
    expectProblem(t, await bytes(one.url), 'media-refused', 403)
  })

  t.test('logging out ends what that session plays; logging out everywhere all of it', async (t) => {
    const kim = await signUp(app)
    const phone = await anotherDevice(kim)
    const tablet = await anotherDevice(kim)
    const [atHome, away, third] = [await playing(t, kim), await playing(t, phone), await playing(t, tablet)]
    await phone.post('/v1/auth/logout')
    await expectEnded(t, kim, away)
    t.equal((await bytes(atHome.url)).status, 206, 'the television goes on')
    await tablet.post('/v1/auth/logout-everywhere')
    for (const { url } of [atHome, third]) expectProblem(t, await bytes(url), 'media-refused', 403)
  })

  t.test('a new password ends the streams of every other session', async (t) => {
    const kim = await signUp(app)
    const [own, other] = [await playing(t, kim), await playing(t, await anotherDevice(kim))]
    await kim.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: 'four deaf rats swam' })
    expectProblem(t, await bytes(other.url), 'media-refused', 403)
    t.equal((await bytes(own.url)).status, 206)
  })

  t.test('a profile that is deleted takes its streams along', async (t) => {
    const kim = await signUp(app)
    const { body: guest } = await kim.post('/v1/profiles', { name: 'Guest' })
    const own = await playing(t, kim)
    const { body } = await kim.post(`/v1/profiles/${guest.id}/playback`, { itemId: movie })
    t.equal((await bytes(body.url)).status, 206)
    t.equal((await kim.delete(`/v1/profiles/${guest.id}`)).status, 204)
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
    t.strictSame((await kim.get('/v1/account/streams')).body.items.map(({ id }: { id: string }) => id), [own.streamId])
    t.equal((await bytes(own.url)).status, 206)
  })

  t.test('a smaller plan ends the newest streams with their addresses; the preview says how many', async (t) => {
    const kim = await signUp(app)
    const streams = []
    for (let i = 0; i < 4; i++) {
      streams.push(await playing(t, kim))
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

  t.test("a locked profile's stream ends with the plan that had place for it", async (t) => {
    const kim = await signUp(app)
    const { body: second } = await kim.post('/v1/profiles', { name: 'Two' })
    const { body } = await kim.post(`/v1/profiles/${second.id}/playback`, { itemId: movie })
    t.equal((await bytes(body.url)).status, 206)
    await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] })
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
  })

  t.test('a minute after the last heartbeat the slot is free and the address dead, not a moment earlier', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const one = await playing(t, kim)
    clock.advance(55_000)
    const { body } = await beat(kim, one.streamId)
    clock.advance(new Date(body.expiresAt).getTime() - clock.now().getTime() - 1_500)
    t.equal((await bytes(one.url)).status, 206)
    expectProblem(t, await play(kim, movie), 'plan-stream-limit', 409)
    clock.advance(1_500)
    expectProblem(t, await bytes(one.url), 'media-refused', 403)
    t.strictSame((await kim.get('/v1/account/streams')).body.items, [])
    const next = await playing(t, kim)
    expectProblem(t, await beat(kim, one.streamId), 'stream-ended', 409)
    t.equal((await bytes(next.url)).status, 206, 'a late heartbeat takes nothing from who came after')
    expectProblem(t, await bytes(one.url), 'media-refused', 403)
  })

  t.test('private streams take a slot like any other', async (t) => {
    const kim = await signUp(app, { plan: 'standard' })
    const hidden = await playing(t, kim, { private: true })
    await playing(t, kim)
    expectProblem(t, await play(kim, movie), 'plan-stream-limit', 409)
    const refused = await play(kim, movie, { private: true })
    expectProblem(t, refused, 'plan-stream-limit', 409)
    t.equal(refused.body.streams.length, 2)
    await kim.delete(`/v1/account/streams/${hidden.streamId}`)
    expectProblem(t, await bytes(hidden.url), 'media-refused', 403)
    await flushExpiredLeases(containerOf(app).watching)
    expectProblem(t, await beat(kim, hidden.streamId), 'stream-ended', 409)
    await playing(t, kim, { private: true })
    clock.advance(15_000)
    await flushExpiredLeases(containerOf(app).watching)
    expectProblem(t, await beat(kim, hidden.streamId), 'not-found', 404)
    t.equal((await findStreamLeases(kim.accountId)).length, 2, 'nothing tells of it any more')
    const vanished = await signUp(app)
    const { streamId } = await playing(t, vanished, { private: true })
    clock.advance(60_000)
    await flushExpiredLeases(containerOf(app).watching)
    expectProblem(t, await beat(vanished, streamId), 'stream-ended', 409)
    clock.advance(15_000)
    await flushExpiredLeases(containerOf(app).watching)
    t.strictSame(await findStreamLeases(vanished.accountId), [])
  })

  t.test('another process refuses the address five seconds after the end at the latest', async (t) => {
    const other = await openApp(config, databaseUri, { now: clock.now })
    t.teardown(async () => {
      await other.close()
    })
    const kim = await signUp(app)
    const [one, two] = [await playing(t, kim), await playing(t, kim)]
    for (const { url } of [one, two]) t.equal((await bytes(url, other)).status, 206, 'remembered there')
    await kim.delete(`/v1/account/streams/${one.streamId}`)
    expectProblem(t, await bytes(one.url), 'media-refused', 403)
    clock.advance(5_000)
    expectProblem(t, await bytes(one.url, other), 'media-refused', 403)
    t.equal((await bytes(two.url, other)).status, 206)
  })

  t.test('bytes that are under way break off when their stream ends', async (t) => {
    const kim = await signUp(app)
    const long = await addMovie(app, admin, { title: 'Heat' }, [])
    const film = withFreeSpace(clipBytes('480p-en'), 48 * 1024 ** 2)
    t.equal(
      (await call(app, 'POST', `/v1/admin/movies/${long}/media`, {
        token: admin.token,
        body: film,
        headers: { 'content-type': 'video/mp4' },
      })).status,
      201,
    )
    for (const end of ['DELETE', 'lease'] as const) {
      const { body } = await play(kim, long)
      const download = await startDownload(`${origin}${body.url}`)
      t.equal(download.length, film.length)
      if (end === 'DELETE') {
        await kim.delete(`/v1/account/streams/${body.streamId}`)
        clock.advance(1_000)
      } else clock.advance(61_000)
      const received = await download.rest()
      t.ok(received.isBroken && received.bytes < film.length, `${received.bytes} of ${film.length} bytes came`)
    }
    const { body } = await play(kim, long)
    const download = await startDownload(`${origin}${body.url}`)
    clock.advance(30_000)
    t.same(await download.rest(), { isBroken: false, bytes: film.length }, 'of a live stream all of them come')
  })
})
