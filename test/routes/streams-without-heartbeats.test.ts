// Players that send no heartbeats: reading keeps their stream alive, and their position is estimated on request.
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { findStreamLeases } from '../../models/account-streams.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { containerOf, openApp, startApp } from '../support/app.js'
import { addMovie, clipBytes } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

/** Renewals are written after the response. */
const WRITE_MS = 30

t.test('players without heartbeats', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {}, ['480p-en'])
  const { packaging, watching } = containerOf(app)
  await packaging.processPending()
  await packaging.onIdle()
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })

  async function read (url: string, range: string | null = 'bytes=0-99', from = app): Promise<TestResponse> {
    const response = await call(from, 'GET', url, range === null ? {} : { headers: { range } })
    await sleep(WRITE_MS)
    return response
  }

  /** Reads each 5 s. @returns how many reads were rejected */
  async function readFor (seconds: number, url: string, range: string | null = 'bytes=0-99'): Promise<number> {
    let rejected = 0
    for (let i = 0; i < seconds / 5; i++) {
      clock.advance(5_000)
      if ((await read(url, range)).status >= 400) rejected++
    }
    return rejected
  }

  const expiresAt = async (kim: TestUser): Promise<number> =>
    (await findStreamLeases(kim.accountId))[0]?.expiresAt.getTime() ?? 0

  t.test('a file and HLS segments are read for minutes, and the stream ends after reading', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const { body } = await play(kim, movie)
    t.equal(await readFor(180, body.url), 0)
    expectProblem(t, await play(kim, movie), 'plan-stream-limit', 409)
    const master = (await read(body.hlsUrl, null)).bytes.toString()
    const playlistUrl = new URL(/^[^#\n].*$/m.exec(master)![0], `http://x${body.hlsUrl}`)
    const playlist = (await read(playlistUrl.pathname + playlistUrl.search, null)).bytes.toString()
    const segmentUrl = new URL(/^[^#\n].*$/m.exec(playlist)![0], playlistUrl)
    t.equal(await readFor(180, segmentUrl.pathname + segmentUrl.search, null), 0)
    clock.advance(61_000)
    expectProblem(t, await read(body.url), 'media-refused', 403)
    expectProblem(t, await read(body.url), 'media-refused', 403)
    t.equal((await play(kim, movie)).status, 201)
  })

  t.test('a lease is renewed at most once each 10 s, and not while heartbeats renew it', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const start = await expiresAt(kim)
    clock.advance(9_000)
    await read(body.url)
    t.equal(await expiresAt(kim), start)
    clock.advance(11_000)
    await read(body.url)
    const renewed = await expiresAt(kim)
    t.ok(renewed > start + 10_000)
    for (let i = 0; i < 9; i++) {
      clock.advance(1_000)
      await read(body.url)
    }
    t.equal(await expiresAt(kim), renewed)
  })

  t.test('headers, playlists and a URL without access renew nothing', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const start = await expiresAt(kim)
    clock.advance(30_000)
    await app.inject({ method: 'HEAD', url: body.url })
    await read(body.hlsUrl, null)
    await read(`${body.url}A`)
    t.equal(await expiresAt(kim), start)
  })

  t.test('a download at the speed of playback continues, until another device ends the stream', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const long = await addLongMovie(t)
    const { body } = await play(kim, long)
    const [incoming] = await once(get(origin + body.url), 'response') as [IncomingMessage]
    let bytes = 0
    let isBroken = false
    incoming.on('error', () => {
      isBroken = true
    })
    /** Reads a chunk per second of the clock. */
    async function readSeconds (seconds: number): Promise<void> {
      for (let i = 0; i < seconds; i++) {
        if (isBroken) return
        const chunk = incoming.read() as Buffer | null
        bytes += chunk?.length ?? 0
        clock.advance(1_000)
        await sleep(15)
      }
    }
    await readSeconds(150)
    t.notOk(isBroken, `${bytes} bytes in 150 s`)
    t.ok(await expiresAt(kim) > clock.now().getTime())
    t.match(await play(kim, movie, { takeOver: body.streamId }), { status: 201 })
    clock.advance(5_000)
    // What the service sent before is still in the buffers of the connection.
    incoming.resume()
    await new Promise((resolve) => incoming.once('close', resolve))
    t.ok(isBroken)
    expectProblem(t, await read(body.url), 'media-refused', 403)
  })

  async function addLongMovie (t: Test): Promise<string> {
    const id = await addMovie(app, admin, {}, [])
    const clip = clipBytes('480p-en')
    const box = Buffer.alloc(100 * 1024 ** 2)
    box.writeUInt32BE(box.length)
    box.write('free', 4, 'latin1')
    const { status } = await call(app, 'POST', `/v1/admin/movies/${id}/media`, {
      token: admin.token,
      body: Buffer.concat([clip, box]),
      headers: { 'content-type': 'video/mp4' },
    })
    t.equal(status, 201)
    return id
  }

  t.test('reading in another process never revives a stream that was ended', async (t) => {
    const other = await openApp(config, databaseUri, { now: clock.now })
    t.teardown(async () => {
      await other.close()
    })
    const ends: Record<string, (kim: TestUser, streamId: string) => Promise<TestResponse>> = {
      'another device': async (kim, streamId) => await kim.delete(`/v1/account/streams/${streamId}`),
      'a stop': async (kim, streamId) =>
        await kim.post(`/v1/profiles/${kim.profileId}/playback/${streamId}/stop`, {
          positionMs: 1_000,
          at: clock.now().toISOString(),
        }),
      'a log-out': async (kim) => await kim.post('/v1/auth/logout'),
    }
    for (const [name, end] of Object.entries(ends)) {
      const kim = await signUp(app)
      const { body } = await play(kim, movie)
      clock.advance(11_000)
      t.equal((await read(body.url, 'bytes=0-99', other)).status, 206)
      t.ok((await end(kim, body.streamId)).status < 300, name)
      clock.advance(11_000)
      expectProblem(t, await read(body.url, 'bytes=0-99', other), 'media-refused', 403)
      const leases = await findStreamLeases(kim.accountId)
      t.notOk(leases.some((lease) => lease.expiresAt > clock.now()), `${name}: no live lease`)
    }
  })

  t.test('the position is estimated only on request', async (t) => {
    const positionAfter = async (options: Record<string, unknown>, range: string | null): Promise<number | null> => {
      const kim = await signUp(app)
      const { body } = await play(kim, movie, options)
      await readFor(30, body.url, range)
      clock.advance(61_000)
      await flushExpiredLeases(watching)
      return (await play(kim, movie)).body.positionMs
    }
    t.equal(await positionAfter({}, null), 0)
    const estimated = await positionAfter({ estimatePosition: true }, null)
    t.ok(estimated !== null && estimated >= 20_000 && estimated <= 31_000, `${estimated} ms after 30 s`)
    const sent = await positionAfter({ estimatePosition: true }, 'bytes=0-99') ?? 0
    t.ok(sent < 1_000, `${sent} ms: not more than was sent`)
    t.equal(await positionAfter({ estimatePosition: true, private: true }, null), 0, 'a private stream leaves nothing')
  })

  t.test('a reported position takes precedence over an estimate', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie, { estimatePosition: true })
    await readFor(20, body.url, null)
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${body.streamId}`, {
      positionMs: 7_000,
      at: clock.now().toISOString(),
    })
    await readFor(20, body.url, null)
    clock.advance(61_000)
    await flushExpiredLeases(watching)
    t.equal((await play(kim, movie)).body.positionMs, 7_000)
  })
})
