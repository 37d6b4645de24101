// kill -9 between a change and its delivery loses no event, and two processes make each attempt once.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { createTestDatabase } from '../support/app.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'
import { PASSWORD } from '../support/users.js'
import { LOCAL_WEBHOOKS, startReceiver } from './receiver.js'

const CHANGES = 40

t.test('two processes, one of which is killed', { timeout: 280_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-webhooks-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const start = async (): Promise<ServerProcess> => await startServer(t, uri, dataDir, LOCAL_WEBHOOKS)
  const [a, b] = await Promise.all([start(), start()])
  const admin = await signUpAdminAt(a, uri)
  const receiver = await startReceiver(t)
  const created = await send(a, 'POST', '/v1/admin/webhooks', admin, {
    url: receiver.url,
    eventTypes: ['account.created', 'title.published'],
  })
  t.equal(created.status, 201)
  const url = `/v1/admin/webhooks/${created.body.id}`
  // The subscription reaches the other process within moments.
  await send(b, 'POST', `${url}/test`, admin)

  await t.test('each event is sent once', async (t) => {
    const before = receiver.received.length
    const titles = await Promise.all(
      Array.from(
        { length: 10 },
        async (_, i) =>
          (await send([a, b][i % 2]!, 'POST', '/v1/admin/movies', admin, { title: `Movie ${i}` })).body.id,
      ),
    )
    await receiver.waitFor(before + titles.length)
    const deliveries = await send(a, 'GET', `${url}/deliveries?type=title.published&limit=100`, admin)
    t.equal(deliveries.body.items.length, titles.length)
    const sent = receiver.received.slice(before).map(({ event }) => event.data['titleId'])
    t.strictSame([...sent].sort(), [...titles].sort(), 'one request per event')
  })

  await t.test('a failed attempt is repeated by one process', async (t) => {
    receiver.respond(500)
    const before = receiver.received.length
    await send(a, 'POST', '/v1/admin/movies', admin, { title: 'Nosferatu' })
    await receiver.waitFor(before + 2)
    receiver.respond(204)
    await receiver.waitFor(before + 3)
    const [delivery] = (await send(a, 'GET', `${url}/deliveries?limit=1`, admin)).body.items
    t.equal(receiver.received.slice(before).filter(({ id }) => id === delivery.eventId).length, delivery.attempts)
  })

  await t.test('kill -9 loses no event of an acknowledged change', async (t) => {
    const acknowledged: string[] = []
    // Nothing arrives before the kill: what was stored must be found by the other process.
    receiver.respond(503)
    const changing = Array.from({ length: 4 }, async (_, client) => {
      for (let i = 0; i < CHANGES; i++) {
        const credentials = { email: `kim-${client}-${i}@example.com`, password: PASSWORD }
        const response = await send(a, 'POST', '/v1/auth/signup', undefined, credentials).catch(() => null)
        if (response?.status !== 201) return
        acknowledged.push(response.body.account.id)
      }
    })
    while (acknowledged.length < CHANGES / 4) await new Promise((resolve) => setImmediate(resolve))
    process.kill(a.pid, 'SIGKILL')
    await Promise.all(changing)
    receiver.respond(204)
    const delivered = () => new Set(receiver.received.map(({ event }) => event.data['accountId']))
    const deadline = Date.now() + 120_000
    while (acknowledged.some((id) => !delivered().has(id)) && Date.now() < deadline) {
      await receiver.waitFor(receiver.received.length + 1)
    }
    const lost = acknowledged.filter((id) => !delivered().has(id))
    t.strictSame(lost, [], `${acknowledged.length} accounts were created before the kill`)
    const { body } = await send(b, 'GET', `${url}/deliveries?type=account.created&limit=100`, admin)
    const stored = body.items.map(({ payload }: { payload: string }) => JSON.parse(payload).data.accountId)
    t.equal(new Set(stored).size, stored.length, 'each account has one event')
    for (const id of stored) {
      const account = await send(b, 'GET', `/v1/admin/accounts/${id}`, admin)
      t.equal(account.status, 200, 'no event without its change')
    }
  })
})
