import t from 'tap'
import {
  addMovie,
  call,
  clipBytes,
  expectProblem,
  play,
  signUp,
  signUpAdmin,
  startApp,
  containerOf,
} from '../helper.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { findStreamLeases } from '../../models/account-streams.js'

t.test('playing', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en', '1080p-es', '2160p-en'])
  const url = (kim: { profileId: string }, rest: string): string => `/v1/profiles/${kim.profileId}/${rest}`

  t.test('a start answers the file and why, the place, a signed address and the lease', async (t) => {
    const kim = await signUp(app)
    const { status, body } = await play(kim, movie)
    t.equal(status, 201)
    t.match(body, {
      streamId: /^[0-9a-f]{24}$/,
      positionMs: 0,
      item: { id: movie, season: null, title: 'The Matrix' },
      mediaFile: { height: 2160 },
      reason: { code: 'best-quality', text: String },
      hlsUrl: null,
      subtitles: [],
      heartbeatMs: 10_000,
      url: /^\/v1\/media\/[0-9a-f]{24}\?token=m1\./,
    })
    t.equal(body.alternatives.length, 3)
    t.equal(new Date(body.expiresAt).getTime() - clock.now().getTime() > 55_000, true)
  })

  t.test('the plan and the client decide what is chosen', async (t) => {
    const standard = await signUp(app, { plan: 'standard' })
    t.match((await play(standard, movie)).body, { mediaFile: { height: 1080 }, reason: { code: 'plan-cap' } })
    t.match((await play(standard, movie, { client: { languages: ['es'] } })).body, {
      mediaFile: { height: 1080, audioLanguages: ['es'] },
      reason: { code: 'preferred-language' },
    })
    const basic = await signUp(app, { plan: 'basic' })
    const { body } = await play(basic, movie)
    t.match(body, { mediaFile: { height: 480 }, alternatives: [] })
    const onlyUhd = await addMovie(app, admin, {}, ['2160p-en'])
    const tooSharp = await play(await signUp(app, { plan: 'basic' }), onlyUhd)
    expectProblem(t, tooSharp, 'plan-resolution', 409)
    t.match(
      tooSharp.body,
      { maxHeight: 720, neededHeight: 2160, plan: 'premium', detail: /Premium/ },
      'and says what would play it',
    )
    const nothing = await addMovie(app, admin, {}, [])
    expectProblem(t, await play(standard, nothing), 'no-media', 409)
    expectProblem(t, await play(standard, movie, { client: { codecs: ['av01'] } }), 'client-unsupported', 409)
  })

  t.test('a second stream on basic is told who holds the first, and may take it over', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const first = await play(kim, movie, { device: 'Living-room TV' })
    await kim.put(url(kim, `playback/${first.body.streamId}`), {
      positionMs: 12_345,
      watchedMs: 12_000,
      at: clock.now().toISOString(),
    })
    const refused = await play(kim, movie, { device: 'Phone' })
    expectProblem(t, refused, 'plan-stream-limit', 409)
    t.match(refused.body.streams, [{
      id: first.body.streamId,
      device: 'Living-room TV',
      profile: { name: 'Me' },
      title: { title: 'The Matrix' },
      since: String,
    }])
    const taken = await play(kim, movie, { device: 'Phone', takeOver: first.body.streamId })
    t.match(taken, { status: 201, body: { positionMs: 12_345 } })
    expectProblem(
      t,
      await kim.put(url(kim, `playback/${first.body.streamId}`), { positionMs: 20_000, at: clock.now().toISOString() }),
      'stream-ended',
      409,
    )
    t.equal((await kim.get('/v1/account/streams')).body.items.length, 1)
  })

  t.test('forty starts at once on premium leave exactly four', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      const answers = await Promise.all(Array.from({ length: 40 }, async () => await play(kim, movie)))
      t.strictSame(
        [
          answers.filter(({ status }) => status === 201).length,
          answers.filter(({ body }) => body.code === 'plan-stream-limit').length,
        ],
        [4, 36],
        `round ${round + 1}`,
      )
    }
  })

  t.test('a heartbeat renews the lease; without one the slot is free after a minute, and the place is kept', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const { body } = await play(kim, movie)
    clock.advance(50_000)
    const beat = await kim.put(url(kim, `playback/${body.streamId}`), {
      positionMs: 40_000,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
      state: 'playing',
    })
    t.ok(beat.body.expiresAt > body.expiresAt)
    clock.advance(50_000)
    expectProblem(t, await play(kim, movie), 'plan-stream-limit', 409)
    clock.advance(11_000)
    t.match(await play(kim, movie), { status: 201, body: { positionMs: 40_000 } }, 'also before the sweep')
    expectProblem(
      t,
      await kim.put(url(kim, `playback/${body.streamId}`), { positionMs: 41_000, at: clock.now().toISOString() }),
      'stream-ended',
      409,
    )
    t.ok(await flushExpiredLeases(containerOf(app).watching) >= 1)
    t.equal((await findStreamLeases(kim.accountId)).length, 1)
    t.match(
      (await kim.get(url(kim, `progress/${movie}`))).body,
      { positionMs: 41_000 },
      'a late heartbeat keeps its place',
    )
    t.match((await kim.get(url(kim, 'history'))).body.items, [{ positionMs: 41_000, watchedMs: 20_000 }])
  })

  t.test('a stop frees the slot at once, and may come again or late', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const { body } = await play(kim, movie)
    const stop = { positionMs: 23_456, watchedMs: 23_000, at: clock.now().toISOString() }
    const first = await kim.post(url(kim, `playback/${body.streamId}/stop`), stop)
    t.match(first.body, {
      progress: { positionMs: 23_456, watchedMs: 23_000, durationMs: 60_000, started: true, finished: false },
      next: null,
    })
    t.strictSame((await kim.post(url(kim, `playback/${body.streamId}/stop`), stop)).body, first.body, 'again')
    t.equal((await kim.get(url(kim, 'history'))).body.items.length, 1)
    const second = await play(kim, movie)
    t.equal(second.body.positionMs, 23_456)
    clock.advance(120_000)
    await flushExpiredLeases(containerOf(app).watching)
    t.match(
      (await kim.post(url(kim, `playback/${second.body.streamId}/stop`), {
        ...stop,
        positionMs: 31_000,
        watchedMs: 7_000,
        at: clock.now().toISOString(),
      })).body,
      { progress: { positionMs: 31_000, watchedMs: 30_000 } },
      'long after the lease ran out',
    )
    expectProblem(t, await kim.post(url(kim, 'playback/665f1c2e9b1e8a0012ab34cd/stop'), stop), 'not-found', 404)
  })

  t.test('events may come in any order, twice, and from a clock that runs ahead', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const base = clock.now().getTime()
    const send = async (seconds: number, positionMs: number, eventId?: string) =>
      await kim.put(url(kim, `playback/${body.streamId}`), {
        positionMs,
        at: new Date(base + seconds * 1_000).toISOString(),
        ...(eventId === undefined ? {} : { eventId }),
      })
    clock.advance(10_000)
    for (const [seconds, positionMs] of [[2, 20_000], [1, 10_000], [2, 20_000], [3, 15_000], [2, 30_000]] as const) {
      t.equal((await send(seconds, positionMs)).status, 200)
    }
    t.equal((await kim.get(url(kim, `progress/${movie}`))).body.positionMs, 15_000, 'the newest by its own time')
    await send(3, 16_000, 'b')
    await send(3, 17_000, 'a')
    t.equal(
      (await kim.get(url(kim, `progress/${movie}`))).body.positionMs,
      16_000,
      'the higher event id of the same moment',
    )
    await send(86_400, 18_000)
    const { lastWatchedAt } = (await kim.get(url(kim, `progress/${movie}`))).body
    t.ok(new Date(lastWatchedAt) <= clock.now(), 'tomorrow counts as now')
    clock.advance(1_000)
    await send(12, 19_000)
    t.equal((await kim.get(url(kim, `progress/${movie}`))).body.positionMs, 19_000)
  })

  t.test('a start that never played changes nothing; private leaves no trace', async (t) => {
    const kim = await signUp(app)
    const first = await play(kim, movie)
    const stopped = await kim.post(url(kim, `playback/${first.body.streamId}/stop`), {
      positionMs: 0,
      watchedMs: 0,
      at: clock.now().toISOString(),
    })
    t.strictSame(stopped.body, { progress: null, next: null })
    const hidden = await play(kim, movie, { private: true })
    await kim.put(url(kim, `playback/${hidden.body.streamId}`), {
      positionMs: 20_000,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
    })
    t.strictSame((await kim.get(url(kim, 'continue-watching'))).body.items, [])
    t.strictSame(
      (await kim.post(url(kim, `playback/${hidden.body.streamId}/stop`), {
        positionMs: 50_000,
        watchedMs: 50_000,
        at: clock.now().toISOString(),
      })).body,
      { progress: null, next: null },
    )
    expectProblem(t, await kim.get(url(kim, `progress/${movie}`)), 'not-found', 404)
    t.strictSame((await kim.get(url(kim, 'history'))).body.items, [])
    t.equal((await kim.get(url(kim, 'continue'))).status, 204)
  })

  t.test('bad bodies are refused by name', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const at = clock.now().toISOString()
    for (
      const bad of [
        {},
        { positionMs: -1, at },
        { positionMs: 1.5, at },
        { positionMs: '5', at },
        { positionMs: 5 },
        { positionMs: 5, at: 'yesterday' },
        { positionMs: 5, at, watchedMs: -3 },
        { positionMs: 5, at, extra: 1 },
        { positionMs: 1e15, at },
      ]
    ) {
      expectProblem(t, await kim.put(url(kim, `playback/${body.streamId}`), bad), 'validation-failed', 400)
    }
    for (
      const moment of ['2016-12-31T23:59:60Z', '0001-01-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00']
    ) {
      for (
        const answer of [
          await kim.put(url(kim, `progress/${movie}`), { positionMs: 5, at: moment }),
          await kim.post(url(kim, 'progress/batch'), { events: [{ itemId: movie, positionMs: 5, at: moment }] }),
          await kim.put(url(kim, `watched/${movie}`), { watchedAt: moment }),
          await kim.get(url(kim, `history?from=${moment}`)),
          await kim.post(url(kim, `playback/${body.streamId}/stop`), { positionMs: 5, at: moment }),
        ]
      ) t.equal(answer.body?.code, 'validation-failed', moment)
    }
    expectProblem(t, await kim.post(url(kim, 'playback'), { itemId: 'x' }), 'validation-failed', 400)
    expectProblem(t, await play(kim, '665f1c2e9b1e8a0012ab34cd'), 'not-found', 404)
  })
})

t.test('bytes', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en'])
  const clip = clipBytes('1080p-en')
  const bytes = async (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    await call(app, method, url, { headers })

  t.test('are those of the file, whole or by range', async (t) => {
    const { body } = await play(await signUp(app), movie)
    const whole = await bytes(body.url)
    t.equal(whole.status, 200)
    t.ok(whole.bytes.equals(clip))
    t.match(whole.headers, { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', etag: /^"[0-9a-f]+"$/ })
    const part = await bytes(body.url, { range: 'bytes=1000-1999' })
    t.match(part, {
      status: 206,
      headers: { 'content-range': `bytes 1000-1999/${clip.length}`, 'content-length': '1000' },
    })
    t.ok(part.bytes.equals(clip.subarray(1000, 2000)))
    t.ok((await bytes(body.url, { range: 'bytes=-5' })).bytes.equals(clip.subarray(-5)))
    const beyond = await bytes(body.url, { range: `bytes=${clip.length}-` })
    t.match(beyond, { status: 416, headers: { 'content-range': `bytes */${clip.length}` } })
    t.match(await bytes(body.url, {}, 'HEAD'), { status: 200, headers: { 'content-length': String(clip.length) } })
    t.equal((await bytes(body.url, { 'if-none-match': String(whole.headers['etag']) })).status, 304)
  })

  t.test('need a token that was signed for this file and a stream that is live', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const [path = '', token = ''] = body.url.split('?token=')
    const changed = token.slice(0, 40) + (token[40] === 'A' ? 'B' : 'A') + token.slice(41)
    const other = body.alternatives[0].mediaFile.id
    for (
      const url of [
        path,
        `${path}?token=`,
        `${path}?token=${changed}`,
        `/v1/media/${other}?token=${token}`,
        `${path}?token=${token}A`,
      ]
    ) {
      const answer = await bytes(url)
      expectProblem(t, answer, 'media-refused', 403)
    }
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 1_000,
      watchedMs: 1_000,
      at: clock.now().toISOString(),
    })
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
  })

  t.test('logging out ends the stream with its address', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.post('/v1/auth/logout')
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
  })

  t.test('the owner can end a stream', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${body.streamId}`, {
      positionMs: 20_000,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
    })
    const stranger = await signUp(app)
    expectProblem(t, await stranger.delete(`/v1/account/streams/${body.streamId}`), 'not-found', 404)
    t.equal((await kim.delete(`/v1/account/streams/${body.streamId}`)).status, 204)
    t.strictSame((await kim.get('/v1/account/streams')).body.items, [])
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body.positionMs, 20_000)
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
  })
})
