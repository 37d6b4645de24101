// Playback starts that race with the end of the right to play, on two server processes: no lease outlives it.
import { randomInt } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { createTestDatabase } from '../support/app.js'
import { clipBytes } from '../support/catalogue.js'
import { send, signUpAdminAt, startServer } from '../support/server-process.js'
import { PASSWORD } from '../support/users.js'

/** Rounds of each of the kinds: 250 together. */
const ROUNDS = 50
const KINDS = 5
const STARTS_PER_ROUND = 3
const MAX_DELAY_MS = 12
const BASIC_STREAMS = 1

t.test('a start that races with the end of its right leaves no live stream', { timeout: 400_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-races-'))
  const servers = await Promise.all([startServer(t, uri, dataDir), startServer(t, uri, dataDir)])
  const [a, b] = servers
  const adminToken = await signUpAdminAt(a, uri)
  const movie = (await send(a, 'POST', '/v1/admin/movies', adminToken, { title: 'Alien' })).body.id
  const upload = { 'content-type': 'video/mp4' }
  await send(a, 'POST', `/v1/admin/movies/${movie}/media`, adminToken, clipBytes('480p-en'), upload)
  const email = 'kim@example.com'
  const login = (await send(a, 'POST', '/v1/auth/signup', undefined, { email, password: PASSWORD, plan: 'premium' }))
    .body
  const { accessToken: token, account: { profiles: [{ id: first }] } } = login
  let started = 0

  /** Starts playbacks on both processes while the right ends on one of them. @returns the number of live streams */
  async function race (profileId: string, startToken: string, end: () => Promise<unknown>): Promise<number> {
    const startLater = async (i: number): Promise<void> => {
      await delay(randomInt(MAX_DELAY_MS))
      const server = servers[i % 2] ?? a
      const url = `/v1/profiles/${profileId}/playback`
      if ((await send(server, 'POST', url, startToken, { itemId: movie })).status === 201) started++
    }
    const endLater = async (): Promise<void> => {
      await delay(randomInt(MAX_DELAY_MS))
      await end()
    }
    await Promise.all([
      endLater(),
      ...Array.from({ length: STARTS_PER_ROUND }, async (_, i) => {
        await startLater(i)
      }),
    ])
    const streams = (await send(b, 'GET', '/v1/account/streams', token)).body.items
    return streams.filter(({ profile }: { profile: { id: string } }) => profile.id === profileId).length
  }

  const addProfile = async (name: string): Promise<string> =>
    (await send(a, 'POST', '/v1/profiles', token, { name })).body.id

  async function countLive (round: (i: number) => Promise<number>): Promise<number> {
    let live = 0
    for (let i = 0; i < ROUNDS; i++) live += await round(i)
    return live
  }

  await t.test('a lock by a smaller plan', async (t) => {
    const second = await addProfile('Second')
    const live = await countLive(async () => {
      const lock = { plan: 'basic', keepProfileIds: [first] }
      const count = await race(second, token, async () => await send(a, 'PUT', '/v1/account/plan', token, lock))
      await send(a, 'PUT', '/v1/account/plan', token, { plan: 'premium' })
      return count
    })
    t.equal(live, 0)
    await send(a, 'DELETE', `/v1/profiles/${second}`, token)
  })

  await t.test('a log-out', async (t) => {
    const live = await countLive(async () => {
      const session = (await send(a, 'POST', '/v1/auth/login', undefined, { email, password: PASSWORD })).body
      return await race(
        first,
        session.accessToken,
        async () => await send(a, 'POST', '/v1/auth/logout', session.accessToken),
      )
    })
    t.equal(live, 0)
  })

  await t.test('the deletion of the profile', async (t) => {
    const live = await countLive(async (i) => {
      const guest = await addProfile(`Guest ${i}`)
      return await race(guest, token, async () => await send(a, 'DELETE', `/v1/profiles/${guest}`, token))
    })
    t.equal(live, 0)
  })

  await t.test('a new PIN', async (t) => {
    const guest = await addProfile('Guest')
    const live = await countLive(async () => {
      const url = `/v1/profiles/${guest}`
      const count = await race(guest, token, async () => await send(a, 'PATCH', url, token, { pin: '2468' }))
      await send(a, 'PATCH', url, token, { pin: null, currentPin: '2468' })
      return count
    })
    t.equal(live, 0)
  })

  await t.test('a plan with fewer streams', async (t) => {
    const basic = { plan: 'basic', keepProfileIds: [first] }
    let above = 0
    for (let i = 0; i < ROUNDS; i++) {
      const live = await race(first, token, async () => await send(a, 'PUT', '/v1/account/plan', token, basic))
      if (live > BASIC_STREAMS) above++
      for (const { id } of (await send(a, 'GET', '/v1/account/streams', token)).body.items) {
        await send(a, 'DELETE', `/v1/account/streams/${id}`, token)
      }
      await send(a, 'PUT', '/v1/account/plan', token, { plan: 'premium' })
    }
    t.equal(above, 0)
  })

  t.comment(`${KINDS * ROUNDS} rounds, ${started} of ${KINDS * ROUNDS * STARTS_PER_ROUND} starts came before the end`)
  t.ok(started > 0)
})
