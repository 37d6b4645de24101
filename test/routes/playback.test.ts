// Playback: the start with its file and limits, heartbeats, and the stop.
import t from 'tap'
import { findStreamLeases } from '../../models/account-streams.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'
import { profileUrl } from './profile-requests.js'

t.test('playback', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en', '1080p-es', '2160p-en'])

  t.test('a start returns the file with a reason, the position, a signed URL and the lease', async (t) => {
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

  t.test('the plan and the client decide which file is chosen', async (t) => {
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
    const exceeding = await play(await signUp(app, { plan: 'basic' }), onlyUhd)
    expectProblem(t, exceeding, 'plan-resolution', 409)
    t.match(
      exceeding.body,
      { maxHeight: 720, neededHeight: 2160, plan: 'premium', detail: /Premium/ },
      'the problem names the plan that plays it',
    )
    const nothing = await addMovie(app, admin, {}, [])
    expectProblem(t, await play(standard, nothing), 'no-media', 409)
    expectProblem(t, await play(standard, movie, { client: { codecs: ['av01'] } }), 'client-unsupported', 409)
  })

  t.test('a second stream on basic is rejected with the first one, and can take it over', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const first = await play(kim, movie, { device: 'Living-room TV' })
    await kim.put(profileUrl(kim, `playback/${first.body.streamId}`), {
      positionMs: 12_345,
      watchedMs: 12_000,
      at: clock.now().toISOString(),
    })
    const rejected = await play(kim, movie, { device: 'Phone' })
    expectProblem(t, rejected, 'plan-stream-limit', 409)
    t.match(rejected.body.streams, [{
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
      await kim.put(profileUrl(kim, `playback/${first.body.streamId}`), {
        positionMs: 20_000,
        at: clock.now().toISOString(),
      }),
      'stream-ended',
      409,
    )
    t.equal((await kim.get('/v1/account/streams')).body.items.length, 1)
  })

  t.test('forty concurrent starts on premium give exactly four streams', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      const responses = await Promise.all(Array.from({ length: 40 }, async () => await play(kim, movie)))
      t.strictSame(
        [
          responses.filter(({ status }) => status === 201).length,
          responses.filter(({ body }) => body.code === 'plan-stream-limit').length,
        ],
        [4, 36],
        `round ${round + 1}`,
      )
    }
  })

  t.test('a heartbeat renews the lease; without one it ends after a minute and the position remains', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const { body } = await play(kim, movie)
    clock.advance(50_000)
    const beat = await kim.put(profileUrl(kim, `playback/${body.streamId}`), {
      positionMs: 40_000,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
      state: 'playing',
    })
    t.ok(beat.body.expiresAt > body.expiresAt)
    clock.advance(50_000)
    expectProblem(t, await play(kim, movie), 'plan-stream-limit', 409)
    clock.advance(11_000)
    t.match(await play(kim, movie), { status: 201, body: { positionMs: 40_000 } }, 'also before the clean-up job runs')
    expectProblem(
      t,
      await kim.put(profileUrl(kim, `playback/${body.streamId}`), {
        positionMs: 41_000,
        at: clock.now().toISOString(),
      }),
      'stream-ended',
      409,
    )
    t.ok(await flushExpiredLeases(containerOf(app).watching) >= 1)
    t.equal((await findStreamLeases(kim.accountId)).length, 1)
    t.match(
      (await kim.get(profileUrl(kim, `progress/${movie}`))).body,
      { positionMs: 41_000 },
      'a late heartbeat saves its position',
    )
    t.match((await kim.get(profileUrl(kim, 'history'))).body.items, [{ positionMs: 41_000, watchedMs: 20_000 }])
  })

  t.test('a stop ends the lease at once, also when it is repeated or late', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const { body } = await play(kim, movie)
    const stop = { positionMs: 23_456, watchedMs: 23_000, at: clock.now().toISOString() }
    const first = await kim.post(profileUrl(kim, `playback/${body.streamId}/stop`), stop)
    t.match(first.body, {
      progress: { positionMs: 23_456, watchedMs: 23_000, durationMs: 60_000, started: true, finished: false },
      next: null,
    })
    t.strictSame(
      (await kim.post(profileUrl(kim, `playback/${body.streamId}/stop`), stop)).body,
      first.body,
      'a repeated stop',
    )
    t.equal((await kim.get(profileUrl(kim, 'history'))).body.items.length, 1)
    const second = await play(kim, movie)
    t.equal(second.body.positionMs, 23_456)
    clock.advance(120_000)
    await flushExpiredLeases(containerOf(app).watching)
    t.match(
      (await kim.post(profileUrl(kim, `playback/${second.body.streamId}/stop`), {
        ...stop,
        positionMs: 31_000,
        watchedMs: 7_000,
        at: clock.now().toISOString(),
      })).body,
      { progress: { positionMs: 31_000, watchedMs: 30_000 } },
      'long after the lease ran out',
    )
    expectProblem(t, await kim.post(profileUrl(kim, 'playback/665f1c2e9b1e8a0012ab34cd/stop'), stop), 'not-found', 404)
  })

  t.test('events merge in any order, repeated, and from a fast client clock', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const base = clock.now().getTime()
    const send = async (seconds: number, positionMs: number, eventId?: string) =>
      await kim.put(profileUrl(kim, `playback/${body.streamId}`), {
        positionMs,
        at: new Date(base + seconds * 1_000).toISOString(),
        ...(eventId === undefined ? {} : { eventId }),
      })
    clock.advance(10_000)
    for (const [seconds, positionMs] of [[2, 20_000], [1, 10_000], [2, 20_000], [3, 15_000], [2, 30_000]] as const) {
      t.equal((await send(seconds, positionMs)).status, 200)
    }
    t.equal(
      (await kim.get(profileUrl(kim, `progress/${movie}`))).body.positionMs,
      15_000,
      'the newest event by client time decides',
    )
    await send(3, 16_000, 'b')
    await send(3, 17_000, 'a')
    t.equal(
      (await kim.get(profileUrl(kim, `progress/${movie}`))).body.positionMs,
      16_000,
      'of the same moment, the higher event ID decides',
    )
    await send(86_400, 18_000)
    const { lastWatchedAt } = (await kim.get(profileUrl(kim, `progress/${movie}`))).body
    t.ok(new Date(lastWatchedAt) <= clock.now(), 'a time in the future counts as now')
    clock.advance(1_000)
    await send(12, 19_000)
    t.equal((await kim.get(profileUrl(kim, `progress/${movie}`))).body.positionMs, 19_000)
  })

  t.test('an unplayed start changes nothing, and a private stream is not recorded', async (t) => {
    const kim = await signUp(app)
    const first = await play(kim, movie)
    const stopped = await kim.post(profileUrl(kim, `playback/${first.body.streamId}/stop`), {
      positionMs: 0,
      watchedMs: 0,
      at: clock.now().toISOString(),
    })
    t.strictSame(stopped.body, { progress: null, next: null })
    const stream = await play(kim, movie, { private: true })
    await kim.put(profileUrl(kim, `playback/${stream.body.streamId}`), {
      positionMs: 20_000,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
    })
    t.strictSame((await kim.get(profileUrl(kim, 'continue-watching'))).body.items, [])
    t.strictSame(
      (await kim.post(profileUrl(kim, `playback/${stream.body.streamId}/stop`), {
        positionMs: 50_000,
        watchedMs: 50_000,
        at: clock.now().toISOString(),
      })).body,
      { progress: null, next: null },
    )
    expectProblem(t, await kim.get(profileUrl(kim, `progress/${movie}`)), 'not-found', 404)
    t.strictSame((await kim.get(profileUrl(kim, 'history'))).body.items, [])
    t.equal((await kim.get(profileUrl(kim, 'continue'))).status, 204)
  })

  t.test('invalid requests are rejected', async (t) => {
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
      expectProblem(t, await kim.put(profileUrl(kim, `playback/${body.streamId}`), bad), 'validation-failed', 400)
    }
    for (
      const time of ['2016-12-31T23:59:60Z', '0001-01-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00']
    ) {
      for (
        const response of [
          await kim.put(profileUrl(kim, `progress/${movie}`), { positionMs: 5, at: time }),
          await kim.post(profileUrl(kim, 'progress/batch'), { events: [{ itemId: movie, positionMs: 5, at: time }] }),
          await kim.put(profileUrl(kim, `watched/${movie}`), { watchedAt: time }),
          await kim.get(profileUrl(kim, `history?from=${time}`)),
          await kim.post(profileUrl(kim, `playback/${body.streamId}/stop`), { positionMs: 5, at: time }),
        ]
      ) t.equal((response.body?.results?.[0] ?? response.body)?.code, 'validation-failed', time)
    }
    expectProblem(t, await kim.post(profileUrl(kim, 'playback'), { itemId: 'x' }), 'validation-failed', 400)
    expectProblem(t, await play(kim, '665f1c2e9b1e8a0012ab34cd'), 'not-found', 404)
  })
})
