// Two service processes on one database cache sessions, accounts and profiles: what one changes, the other shows within
// five seconds, also while its change stream is stalled or lost.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { createTestDatabase } from '../support/app.js'
import { clipBytes } from '../support/catalogue.js'
import { startFaultProxy, type Fault } from '../support/fault-proxy.js'
import { send, signUpAdminAt, startServer } from '../support/server-process.js'
import { PASSWORD } from '../support/users.js'

const MAX_STALE_MS = 5_000
const PAGES = ['/home', '/continue-watching', '/wishlist', '/history', '/ratings']

t.test('the caches of two processes', { timeout: 120_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const proxied = new URL(uri)
  const proxy = await startFaultProxy(t, { host: proxied.hostname, port: Number(proxied.port) })
  proxied.port = String(proxy.port)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-caches-'))
  const [a, b] = await Promise.all([
    startServer(t, uri, dataDir, { BCRYPT_COST: '4' }),
    startServer(t, proxied.href, dataDir, { BCRYPT_COST: '4', LOG_LEVEL: 'fatal' }),
  ])
  const admin = await signUpAdminAt(a, uri)
  const createMovie = async (title: string, maturityRating: string): Promise<string> =>
    (await send(a, 'POST', '/v1/admin/movies', admin, { title, maturityRating })).body.id
  const movie = await createMovie('Paddington', 'PG')
  const adultMovie = await createMovie('Alien', 'R')
  await send(a, 'POST', `/v1/admin/movies/${movie}/media`, admin, clipBytes('480p-en'), { 'content-type': 'video/mp4' })
  let userCount = 0

  /** Signs an account up with two profiles; the second process reads everything twice. */
  async function createUser () {
    const credentials = { email: `user${++userCount}@example.com`, password: PASSWORD }
    const { body } = await send(a, 'POST', '/v1/auth/signup', undefined, { ...credentials, plan: 'premium' })
    const token: string = body.accessToken
    const otherProfileId: string = body.account.profiles[0].id
    const profile = `/v1/profiles/${(await send(a, 'POST', '/v1/profiles', token, { name: 'Kim' })).body.id}`
    const profileToken: string = (await send(a, 'POST', `${profile}/select`, token)).body.accessToken
    const write = async (method: string, url: string, content?: unknown) => {
      const response = await send(a, method, url, token, content)
      if (response.status >= 300) throw new Error(`${method} ${url} returned ${JSON.stringify(response)}`)
      return response
    }
    const read = async (url: string) => await send(b, 'GET', url, token)
    const readBound = async (url: string) => await send(b, 'GET', url, profileToken)
    for (let i = 0; i < 2; i++) {
      const pages = await Promise.all(PAGES.map(async (url) => await read(profile + url)))
      const others = [await read('/v1/account'), await readBound(`/v1/movies/${adultMovie}`)]
      if ([...pages, ...others].some(({ status }) => status !== 200)) throw new Error('the account is not readable')
    }
    return { profile, otherProfileId, write, read, readBound }
  }
  type User = Awaited<ReturnType<typeof createUser>>

  /** A change through one process, and whether the other shows it. */
  const CHANGES: Record<string, readonly [(user: User) => Promise<unknown>, (user: User) => Promise<boolean>]> = {
    'a log-out': [
      async ({ write }) => await write('POST', '/v1/auth/logout'),
      async ({ read }) => (await read('/v1/account')).status === 401,
    ],
    'a lower maturity ceiling': [
      async ({ write, profile }) => await write('PATCH', profile, { maxMaturityAge: 7 }),
      async ({ readBound }) => (await readBound(`/v1/movies/${adultMovie}`)).status === 404,
    ],
    'a locked profile': [
      async ({ write, otherProfileId }) =>
        await write('PUT', '/v1/account/plan', { plan: 'basic', keepProfileIds: [otherProfileId] }),
      async ({ read, profile }) => (await read(`${profile}/home`)).body.code === 'profile-locked',
    ],
    'a deleted profile': [
      async ({ write, profile }) => await write('DELETE', profile),
      async ({ read, profile }) => {
        const pages = await Promise.all(PAGES.map(async (url) => await read(profile + url)))
        return pages.every(({ status }) => status === 404)
      },
    ],
    'a stopped stream': [
      async ({ write, profile }) => {
        const { body } = await write('POST', `${profile}/playback`, { itemId: movie })
        const report = { positionMs: 23_457, watchedMs: 20_000, at: new Date().toISOString() }
        await write('POST', `${profile}/playback/${body.streamId}/stop`, report)
      },
      async ({ read, profile }) => {
        const [row, resume] = [await read(`${profile}/continue-watching`), await read(`${profile}/continue`)]
        return row.body.items?.[0]?.positionMs === 23_457 && resume.body.positionMs === 23_457
      },
    ],
    'a wish and a rating': [
      async ({ write, profile }) => {
        await write('PUT', `${profile}/wishlist/${movie}`)
        await write('PUT', `${profile}/ratings/${movie}`, { rating: 'love' })
      },
      async ({ read, profile }) => {
        const [wishes, ratings] = [await read(`${profile}/wishlist`), await read(`${profile}/ratings`)]
        return wishes.body.items?.length === 1 && ratings.body.items?.[0]?.rating === 'love'
      },
    ],
    'a closed account': [
      async ({ write }) => await write('DELETE', '/v1/account', { password: PASSWORD }),
      async ({ read }) => (await read('/v1/account')).status === 401,
    ],
    'a new PIN': [
      async ({ write, profile }) => await write('PATCH', profile, { pin: '2468' }),
      async ({ readBound, profile }) => (await readBound(`${profile}/home`)).status === 401,
    ],
  }

  /** @returns for each change, until when the other process showed the older state, ms */
  async function measureStaleMs (prepare: () => Promise<unknown>): Promise<Record<string, number>> {
    const users = await Promise.all(Object.keys(CHANGES).map(createUser))
    await prepare()
    const times = await Promise.all(
      Object.entries(CHANGES).map(async ([name, [change, isShown]], i) => {
        const user = users[i] as User
        await change(user)
        const startedAt = performance.now()
        while (!await isShown(user) && performance.now() - startedAt < 2 * MAX_STALE_MS) await delay(50)
        return [name, Math.round(performance.now() - startedAt)] as const
      }),
    )
    return Object.fromEntries(times)
  }

  const FAULTS: ReadonlyArray<readonly [name: string, fault: Fault, durationMs: number]> = [
    ['follows changes', null, 0],
    ['has a stalled change stream', 'stall-change-streams', 7_000],
    ['loses its connections', 'reject', 500],
    ['waits for its database', 'stall', 2_000],
  ]
  for (const [name, fault, durationMs] of FAULTS) {
    t.test(`no state is older than five seconds in a process that ${name}`, async (t) => {
      const staleMs = await measureStaleMs(async () => {
        proxy.fault = fault
        void delay(durationMs).then(() => {
          proxy.fault = null
        })
      })
      t.comment(JSON.stringify(staleMs))
      t.strictSame(Object.entries(staleMs).filter(([, ms]) => ms >= MAX_STALE_MS), [])
      t.strictSame(Object.keys(staleMs), Object.keys(CHANGES))
    })
  }
})
