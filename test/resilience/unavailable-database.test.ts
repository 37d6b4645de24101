// The database is unreachable or does not respond. The service returns 503 in time and recovers without a restart.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { createTestDatabase } from '../support/app.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { send, startServer } from '../support/server-process.js'
import { PASSWORD } from '../support/users.js'

const RESPONSE_TIMEOUT_MS = 3_000
const RECOVERY_TIMEOUT_MS = 5_000
/** Allowance for a machine that runs other tests at the same time. */
const TOLERANCE_MS = 1_000

async function measure<T> (work: () => Promise<T>): Promise<{ ms: number, result: T }> {
  const startedAt = performance.now()
  const result = await work()
  return { ms: Math.round(performance.now() - startedAt), result }
}

t.test('an unavailable database', { timeout: 200_000 }, async (t) => {
  const uri = new URL(await createTestDatabase(t))
  const proxy = await startFaultProxy(t, { host: uri.hostname, port: Number(uri.port) })
  uri.port = String(proxy.port)
  const server = await startServer(t, uri.href, mkdtempSync(path.join(tmpdir(), 'normflix-unavailable-')))
  const { accessToken, account } =
    (await send(server, 'POST', '/v1/auth/signup', undefined, { email: 'kim@example.com', password: PASSWORD })).body
  const profile = `/v1/profiles/${account.profiles[0].id}`
  const requests = [
    ['GET', `${profile}/history`],
    ['GET', `${profile}/continue-watching`],
    ['GET', `${profile}/home`],
    ['GET', '/v1/account'],
    ['PATCH', profile, { name: 'Robin' }],
    ['PUT', `${profile}/progress/665f1c2e9b1e8a0012ab34cd`, { positionMs: 1, at: '2026-01-01T00:00:00Z' }],
    ['POST', '/v1/auth/login', { email: 'kim@example.com', password: PASSWORD }],
    ['POST', '/v1/auth/signup', { email: 'new@example.com', password: PASSWORD }],
  ] as const
  const faults = [['reject', 'rejects connections'], ['stall', 'does not respond']] as const

  for (const [fault, description] of faults) {
    t.test(`a database that ${description}: 503 within 3 s, recovery within 5 s`, async (t) => {
      proxy.fault = fault
      const responses = await Promise.all(
        requests.map(async ([method, url, body]) => ({
          name: `${method} ${url.replace(profile, '…')}`,
          ...await measure(async () => await send(server, method, url, accessToken, body)),
        })),
      )
      for (const { name, ms, result } of responses) {
        // An unknown item is a 404 from memory, without the database.
        if (result.status === 404) continue
        t.match(result, {
          status: 503,
          body: { code: /^(database-unavailable|busy)$/ },
          headers: { 'retry-after': /^\d+$/ },
        }, name)
        t.ok(ms < RESPONSE_TIMEOUT_MS + TOLERANCE_MS, `${name}: ${ms} ms`)
      }
      t.ok(responses.filter(({ result }) => result.status === 503).length >= 6)
      t.equal((await send(server, 'GET', '/health/live')).status, 200)
      const readiness = await measure(async () => await send(server, 'GET', '/health/ready'))
      t.equal(readiness.result.status, 503)
      t.ok(readiness.ms < RESPONSE_TIMEOUT_MS + TOLERANCE_MS, `readiness: ${readiness.ms} ms`)

      proxy.fault = null
      const recovery = await measure(async () => {
        const deadline = Date.now() + 60_000
        while ((await send(server, 'GET', `${profile}/history`, accessToken)).status !== 200 && Date.now() < deadline);
        while ((await send(server, 'GET', '/health/ready')).status !== 200 && Date.now() < deadline);
      })
      t.ok(recovery.ms < RECOVERY_TIMEOUT_MS + TOLERANCE_MS, `recovered after ${recovery.ms} ms`)
      t.equal((await send(server, 'PATCH', profile, accessToken, { name: `Robin ${fault}` })).status, 200)
      const forbidden = await send(server, 'POST', '/v1/admin/movies', accessToken, { title: 'Alien' })
      t.equal(forbidden.status, 403, 'access rules still apply')
    })
  }
})
