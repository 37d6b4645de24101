// Deliveries: signatures, retries on the test clock, rotation, disabling and replay.
import { createHmac } from 'node:crypto'
import t, { type Test } from 'tap'
import { Audit } from '../../models/audit.js'
import { WebhookDelivery } from '../../models/webhook-delivery.js'
import { WebhookEndpoint } from '../../models/webhook-endpoint.js'
import { WEBHOOK_RETRY_WAITS_MS } from '../../src/domain/webhook-retries.js'
import { runChecks } from '../../src/doctor/doctor.js'
import { containerOf, startApp } from '../support/app.js'
import { createManualClock } from '../support/clock.js'
import { call, expectProblem } from '../support/requests.js'
import { logInAgain, signUpAdmin, type TestUser } from '../support/users.js'
import { createWebhook, LOCAL_WEBHOOKS, startReceiver, verify } from './receiver.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

async function startWebhookApp (t: Test) {
  const clock = createManualClock()
  const { app } = await startApp(t, LOCAL_WEBHOOKS, undefined, clock)
  const admin = await signUpAdmin(app)
  const receiver = await startReceiver(t)
  const webhook = await createWebhook(admin, receiver.url)
  const sendDue = async (): Promise<number> => await containerOf(app).webhooks.sender.sendDue()
  const publish = async (title = 'Alien'): Promise<string> => (await admin.post('/v1/admin/movies', { title })).body.id
  return { app, clock, admin, receiver, webhook, sendDue, publish, url: `/v1/admin/webhooks/${webhook.id}` }
}

async function listDeliveries (admin: TestUser, url: string, query = '') {
  const { status, body } = await admin.get(`${url}/deliveries${query}`)
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body.items
}

t.test('a delivery is signed and listed', async (t) => {
  const { admin, receiver, webhook, sendDue, publish, url } = await startWebhookApp(t)
  t.match(webhook.secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const movie = await publish()
  t.match(await listDeliveries(admin, url), [{ status: 'pending', attempts: 0, lastAttempt: null }])
  receiver.respond(200, {}, 'x'.repeat(5_000))
  t.equal(await sendDue(), 1)
  const [request] = receiver.received
  t.match(verify(webhook.secret, request!), { type: 'title.published', data: { titleId: movie, title: 'Alien' } })
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request!.headers
  const key = Buffer.from(webhook.secret.slice('whsec_'.length), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${request!.text}`).digest('base64')
  t.equal(signature, `v1,${expected}`, 'as the specification computes it')
  t.throws(() => verify(webhook.secret, { ...request!, text: `${request!.text} ` }), /signature/i)
  const [delivery] = await listDeliveries(admin, url)
  t.match(delivery, {
    eventId: id,
    type: 'title.published',
    status: 'succeeded',
    attempts: 1,
    nextAttemptAt: null,
    lastAttempt: { statusCode: 200, error: null, responseText: 'x'.repeat(1_024), durationMs: Number },
  })
  t.equal(delivery.lastAttempt.responseText.length, 1_024)
  t.equal(await sendDue(), 0, 'nothing is sent twice')
})

t.test('secrets are shown once and encrypted at rest', async (t) => {
  const { app, admin, receiver, url } = await startWebhookApp(t)
  const headers = { 'idempotency-key': 'create-1' }
  const body = { url: receiver.url, eventTypes: ['plan.changed'] }
  const create = async () => await call(app, 'POST', '/v1/admin/webhooks', { token: admin.token, body, headers })
  const first = await create()
  const again = await create()
  t.strictSame(again.body, first.body, 'a repeated request has the same response')
  t.equal(await WebhookEndpoint.countDocuments(), 2)
  t.equal((await admin.get(url)).body.secret, undefined)
  const { secret } = first.body
  for (const name of ['webhookendpoints', 'idempotencyrecords', 'audits']) {
    const documents = await WebhookEndpoint.db.collection(name).find().toArray()
    const text = JSON.stringify(documents) + documents.map((one) => Buffer.from(JSON.stringify(one)).toString('latin1'))
    t.notOk(text.includes(secret) || text.includes(secret.slice(6)), `${name} does not contain the secret`)
  }
})

t.test('a failed attempt is repeated for three days, in order', async (t) => {
  const { clock, receiver, sendDue, publish } = await startWebhookApp(t)
  receiver.respond(500, {}, 'no')
  await publish()
  const start = clock.now().getTime()
  await sendDue()
  for (const [i, waitMs] of WEBHOOK_RETRY_WAITS_MS.entries()) {
    clock.advance(waitMs * 0.9 - 1)
    await sendDue()
    t.equal(receiver.received.length, i + 1, `attempt ${i + 2} is not due before ${waitMs} ms less the jitter`)
    clock.advance(waitMs * 0.2 + 2)
    await sendDue()
    t.equal(receiver.received.length, i + 2)
  }
  t.ok(clock.now().getTime() - start > 2.5 * DAY_MS)
  t.ok(clock.now().getTime() - start < 3.5 * DAY_MS)
  t.equal(new Set(receiver.received.map(({ id }) => id)).size, 1, 'each attempt has the same ID')
  const stored = await WebhookDelivery.findOne().lean()
  t.match(stored, {
    status: 'failed',
    attempts: 17,
    nextAttemptAt: null,
    lastAttempt: { statusCode: 500, error: 'status' },
  })
})

t.test('Retry-After postpones an attempt, and redirects are not followed', async (t) => {
  const { clock, admin, receiver, sendDue, publish, url } = await startWebhookApp(t)
  receiver.respond(429, { 'retry-after': '900' })
  await publish()
  await sendDue()
  clock.advance(899_000)
  t.equal(await sendDue(), 0)
  receiver.respond(302, { location: `${receiver.url}/elsewhere` })
  clock.advance(2_000)
  t.equal(await sendDue(), 1)
  t.equal(receiver.received.length, 2, 'the location was not requested')
  t.match(await listDeliveries(admin, url), [{ attempts: 2, lastAttempt: { statusCode: 302, error: 'redirect' } }])
  receiver.respond(204)
  clock.advance(60_000)
  await sendDue()
  t.match(await listDeliveries(admin, url, '?status=succeeded'), [{ attempts: 3, lastAttempt: { statusCode: 204 } }])
  t.match((await admin.get(url)).body, { failingSince: null })
})

t.test('an endpoint that does not respond is given up after 10 s', { timeout: 60_000 }, async (t) => {
  const { admin, receiver, sendDue, publish, url } = await startWebhookApp(t)
  receiver.respond('hang')
  await publish()
  await sendDue()
  const [{ status, lastAttempt }] = await listDeliveries(admin, url)
  t.match({ status, lastAttempt }, { status: 'pending', lastAttempt: { statusCode: null, error: 'timeout' } })
  t.ok(lastAttempt.durationMs >= 9_900, `${lastAttempt.durationMs} ms`)
})

t.test('410 disables the endpoint, and enabling it allows a replay', async (t) => {
  const { app, admin, receiver, sendDue, publish, url } = await startWebhookApp(t)
  receiver.respond(410)
  await publish()
  await sendDue()
  t.match((await admin.get(url)).body, { enabled: false, disabledReason: 'gone', disabledAt: String })
  await containerOf(app).audit.onIdle()
  t.match(await Audit.find({ action: 'webhook-disabled' }).lean(), [{ reason: 'gone', subject: { kind: 'webhook' } }])
  const [{ id }] = await listDeliveries(admin, url, '?status=failed')
  expectProblem(t, await admin.post(`${url}/deliveries/${id}/replay`), 'webhook-disabled', 409)
  await publish('Heat')
  t.equal((await listDeliveries(admin, url)).length, 1, 'events of a disabled endpoint are not stored')
  const { findings } = await runChecks({ ...containerOf(app) }, false, () => undefined)
  t.match(findings.filter(({ check }) => check === 'webhooks'), [{ problem: /responded with 410/, state: 'manual' }])
  receiver.respond(204)
  t.match((await admin.patch(url, { enabled: true })).body, { enabled: true, disabledReason: null })
  t.match((await admin.post(`${url}/deliveries/${id}/replay`)).body, { status: 'pending', attempts: 0 })
  t.equal(await sendDue(), 1)
  t.equal(receiver.received[1]?.id, receiver.received[0]?.id, 'a replay has the same ID')
})

t.test('five days of failures disable the endpoint; a success in between does not', async (t) => {
  const { app, clock, receiver, admin, sendDue, url } = await startWebhookApp(t)
  let user = admin
  const failFor = async (days: number) => {
    receiver.respond(503)
    for (let i = 0; i < days; i++) {
      user = await logInAgain(app, user)
      await user.post('/v1/admin/movies', { title: `Movie ${i}` })
      await sendDue()
      clock.advance(DAY_MS)
      await sendDue()
    }
  }
  await failFor(4)
  receiver.respond(204)
  clock.advance(6 * HOUR_MS)
  t.ok(await sendDue() > 0)
  user = await logInAgain(app, user)
  t.match((await user.get(url)).body, { enabled: true, failingSince: null })
  await failFor(5)
  user = await logInAgain(app, user)
  t.match((await user.get(url)).body, { enabled: false, disabledReason: 'failing', failingSince: String })
  t.equal(await WebhookDelivery.countDocuments({ status: 'pending' }), 0)
})

t.test('after a rotation, both secrets verify until the stated time', async (t) => {
  const { app, clock, admin, receiver, webhook, sendDue, publish, url } = await startWebhookApp(t)
  const { status, body } = await admin.post(`${url}/secret`, { overlapHours: 2 })
  t.equal(status, 200)
  t.not(body.secret, webhook.secret)
  t.equal(Date.parse(body.previousSecretUntil), clock.now().getTime() + 2 * HOUR_MS)
  await publish()
  await sendDue()
  const [request] = receiver.received
  t.equal(String(request!.headers['webhook-signature']).split(' ').length, 2)
  for (const secret of [webhook.secret, body.secret]) t.ok(verify(secret, request!))
  clock.advance(2 * HOUR_MS)
  const later = await logInAgain(app, admin)
  await later.post('/v1/admin/movies', { title: 'Heat' })
  await sendDue()
  t.equal(String(receiver.received[1]!.headers['webhook-signature']).split(' ').length, 1)
  t.match((await later.get(url)).body, { previousSecretUntil: null })
  for (let i = 0; i < 4; i++) t.equal((await later.post(`${url}/secret`)).status, 200)
  t.equal((await WebhookEndpoint.findById(webhook.id).lean())?.secrets.length, 3, 'the number of secrets is bounded')
  t.match((await later.post(`${url}/secret`, { overlapHours: 0 })).body, { previousSecretUntil: String })
})

t.test('tests, replay of all failed events, pages and deletion', async (t) => {
  const { clock, admin, receiver, sendDue, publish, url, webhook } = await startWebhookApp(t)
  receiver.respond(400, {}, 'wrong')
  t.match((await admin.post(`${url}/test`)).body, {
    type: 'webhook.test',
    status: 'failed',
    attempts: 1,
    lastAttempt: { statusCode: 400, responseText: 'wrong' },
  })
  receiver.respond(204)
  t.match((await admin.post(`${url}/test`)).body, { status: 'succeeded' })
  t.match(verify(webhook.secret, receiver.received[1]!), { type: 'webhook.test', data: {} })
  clock.advance(1_000)
  const since = clock.now().toISOString()
  for (const title of ['Alien', 'Heat', 'Ran']) await publish(title)
  await admin.patch(url, { enabled: false })
  t.match(await listDeliveries(admin, url, '?type=title.published&status=failed'), [{}, {}, {}])
  expectProblem(t, await admin.post(`${url}/replay`, { since }), 'webhook-disabled', 409)
  await admin.patch(url, { enabled: true })
  t.strictSame((await admin.post(`${url}/replay`, { since })).body, { count: 3 })
  t.equal(await sendDue(), 3)
  const first = await admin.get(`${url}/deliveries?limit=2`)
  const second = await admin.get(`${url}/deliveries?limit=2&cursor=${first.body.nextCursor}`)
  const third = await admin.get(`${url}/deliveries?limit=2&cursor=${second.body.nextCursor}`)
  const ids = [first, second, third].flatMap(({ body }) => body.items.map(({ id }: { id: string }) => id))
  t.equal(new Set(ids).size, 5, 'each delivery is on one page')
  t.equal(third.body.nextCursor, null)
  expectProblem(t, await admin.get(`${url}/deliveries?cursor=${first.body.nextCursor}&status=failed`), 'invalid-cursor')
  t.equal((await admin.delete(url)).status, 204)
  t.equal((await admin.delete(url)).status, 404)
  t.equal(await WebhookDelivery.countDocuments(), 0)
})
