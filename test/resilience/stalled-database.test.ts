// Every operation while the database accepts connections and does not respond.
import t, { type Test } from 'tap'
import { operations, send, createWorld, type Operation } from '../security/operations.js'
import { containerOf, createTestDatabase, startApp } from '../support/app.js'
import { createIndexes } from '../../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { call, type TestResponse } from '../support/requests.js'

const MAX_RESPONSE_MS = 3_000
/** For a machine that is busy with other tests. */
const SLACK_MS = 1_000
/** The response has begun when the database stalls: the connection breaks. */
const STREAMED = new Set(['GET /v1/admin/export', 'GET /v1/profiles/{profileId}/history/export'])
const INTERRUPTED: TestResponse = { status: 0, body: null, headers: {}, bytes: Buffer.alloc(0) }

interface Outcome extends Pick<Operation, 'name' | 'isPublic'> {
  readonly ms: number
  readonly response: TestResponse
}

async function measure (
  { name, isPublic }: Pick<Operation, 'name' | 'isPublic'>,
  request: () => Promise<TestResponse>,
): Promise<Outcome> {
  const startedAt = performance.now()
  const response = await request().catch(() => INTERRUPTED)
  return { name, isPublic, ms: Math.round(performance.now() - startedAt), response }
}

t.test('a database that does not respond', { timeout: 250_000 }, async (t) => {
  const uri = new URL(await createTestDatabase(t))
  const proxy = await startFaultProxy(t, { host: uri.hostname, port: Number(uri.port) })
  uri.port = String(proxy.port)
  await connectDatabase(uri.href)
  await createIndexes()
  await disconnectDatabase()
  const started = await startApp(t, { BCRYPT_COST: '4' }, uri.href)
  const world = await createWorld(started)
  const { app, admin, owner } = world
  const { access } = containerOf(app)
  const tokenOf = ({ path, isPublic }: Operation): string | undefined => {
    if (isPublic) return undefined
    return path.startsWith('/v1/admin') ? admin.token : owner.token
  }
  proxy.fault = 'stall'

  function expectUnavailable (t: Test, { name, ms, response }: Outcome): void {
    t.ok(ms < MAX_RESPONSE_MS + SLACK_MS, `${name}: ${ms} ms`)
    t.match(response, {
      status: 503,
      ...(name.startsWith('HEAD ') ? {} : { body: { code: /^(database-unavailable|busy|search-busy)$/ } }),
      headers: { 'retry-after': /^\d+$/ },
    }, name)
  }

  const sendAll = async (): Promise<Outcome[]> =>
    await Promise.all(
      operations.map(async (operation) =>
        await measure(operation, async () => await send(world, operation, tokenOf(operation)))
      ),
    )

  t.test('delays no operation by more than 3 s while access is cached', async (t) => {
    const outcomes = await sendAll()
    for (const { name, ms, response } of outcomes) {
      t.ok(ms < MAX_RESPONSE_MS + SLACK_MS, `${name}: ${ms} ms`)
      t.not(response.status, 500, name)
      if (response.status === 503) t.match(response.headers['retry-after'], /^\d+$/, name)
      if (response === INTERRUPTED) t.ok(STREAMED.has(name), name)
    }
    const unavailable = outcomes.filter(({ response }) => response.status === 503).length
    t.comment(`slowest: ${Math.max(...outcomes.map(({ ms }) => ms))} ms; ${unavailable} of ${outcomes.length} are 503`)
    t.ok(unavailable > outcomes.length / 3)
  })

  t.test('is a 503 within 3 s on every operation with a token when access is not cached', async (t) => {
    for (const { accountId, token } of [admin, owner]) {
      access.invalidateAccount(accountId)
      access.invalidateSession(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid)
    }
    for (const outcome of await sendAll()) if (!outcome.isPublic) expectUnavailable(t, outcome)
  })

  t.test('is a 503 within 3 s for a batch of many items', async (t) => {
    const events = [world.movie, ...world.show.episodes].flatMap((itemId) =>
      [1_000, 2_000].map((positionMs) => ({ itemId, positionMs, at: '2026-01-01T00:00:00Z' }))
    )
    const url = `/v1/profiles/${owner.profileId}/progress/batch`
    expectUnavailable(
      t,
      await measure({ name: 'batch', isPublic: false }, async () => await owner.post(url, { events })),
    )
  })

  t.test('is a 503 within 3 s for a request with an idempotency key', async (t) => {
    expectUnavailable(
      t,
      await measure({ name: 'profile', isPublic: false }, async () =>
        await call(app, 'POST', '/v1/profiles', {
          token: owner.token,
          body: { name: 'Second' },
          headers: { 'idempotency-key': 'a' },
        })),
    )
  })

  t.test('loses nothing: everything works when it responds again', async (t) => {
    proxy.fault = null
    const deadline = Date.now() + 20_000
    while ((await call(app, 'GET', '/health/ready')).status !== 200 && Date.now() < deadline);
    t.equal((await owner.get(`/v1/profiles/${owner.profileId}/history`)).status, 200)
    const url = `/v1/profiles/${owner.profileId}/progress/batch`
    const events = world.show.episodes.map((itemId) => ({ itemId, positionMs: 1_000, at: '2026-01-01T00:00:00Z' }))
    const { status, body } = await owner.post(url, { events })
    t.equal(status, 200)
    t.strictSame(body.results.map((result: any) => result.status), events.map(() => 200))
  })
})
