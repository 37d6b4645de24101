// A database that is gone, or that is there and does not answer: a clear 503 soon, and everything goes on when it is back.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { startFaultProxy } from '../support/fault-proxy.js'
import { createTestDatabase } from '../support/app.js'
import { PASSWORD } from '../support/users.js'
import { send, startServer } from '../support/server-process.js'

const TOLD_WITHIN_MS = 3_000
const BACK_WITHIN_MS = 5_000
/** For a machine that is busy with other tests. */
const SLACK_MS = 1_000

async function timed<T> (work: () => Promise<T>): Promise<{ ms: number, result: T }> {
  const started = performance.now()
  const result = await work()
  return { ms: Math.round(performance.now() - started), result }
}

t.test('a database out of reach', { timeout: 200_000 }, async (t) => {
  const uri = new URL(await createTestDatabase(t))
  const proxy = await startFaultProxy(t, { host: uri.hostname, port: Number(uri.port) })
  uri.port = String(proxy.port)
  const server = await startServer(t, uri.href, mkdtempSync(path.join(tmpdir(), 'normflix-away-')))
  const signUp = async (name: string) =>
    await send(server, 'POST', '/v1/auth/signup', undefined, { email: `${name}@example.com`, password: PASSWORD })
  const { accessToken, account } = (await signUp('kim')).body
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

  for (const [fault, what] of [['refuse', 'gone'], ['hang', 'there, but silent']] as const) {
    t.test(`that is ${what} is told within 3 s, and 5 s after its return all is well`, async (t) => {
      proxy.fault = fault
      const answers = await Promise.all(
        requests.map(async ([method, url, body]) => ({
          what: `${method} ${url.replace(profile, '…')}`,
          ...await timed(async () => await send(server, method, url, accessToken, body)),
        })),
      )
      for (const { what, ms, result } of answers) {
        // What needs no database is answered as ever.
        if (result.status === 404) continue
        t.match(result, {
          status: 503,
          body: { code: /^(database-unavailable|busy)$/ },
          headers: { 'retry-after': /^\d+$/ },
        }, what)
        t.ok(ms < TOLD_WITHIN_MS + SLACK_MS, `${what}: after ${ms} ms`)
      }
      t.ok(answers.filter(({ result }) => result.status === 503).length >= 6)
      t.equal((await send(server, 'GET', '/health/live')).status, 200)
      const ready = await timed(async () => await send(server, 'GET', '/health/ready'))
      t.equal(ready.result.status, 503)
      t.ok(ready.ms < TOLD_WITHIN_MS + SLACK_MS, `readiness: after ${ready.ms} ms`)
      proxy.fault = null
      const back = await timed(async () => {
        const deadline = Date.now() + 60_000
        while ((await send(server, 'GET', `${profile}/history`, accessToken)).status !== 200 && Date.now() < deadline);
        while ((await send(server, 'GET', '/health/ready')).status !== 200 && Date.now() < deadline);
      })
      t.ok(back.ms < BACK_WITHIN_MS + SLACK_MS, `back after ${back.ms} ms`)
      t.equal((await send(server, 'PATCH', profile, accessToken, { name: `Robin ${fault}` })).status, 200)
      const made = await send(server, 'POST', '/v1/admin/movies', accessToken, { title: 'x' })
      t.equal(made.status, 403, 'rules hold as before')
    })
  }
})
