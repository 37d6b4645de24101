// Endpoints: the limit on their number, the roles that may see them, and the encryption of their secrets.
import t from 'tap'
import { Account } from '../../models/account.js'
import { WebhookEndpoint } from '../../models/webhook-endpoint.js'
import { createKeyRing } from '../../src/security/key-ring.js'
import { openSecrets, resealSecrets } from '../../src/webhooks/secrets.js'
import { findWebhookEndpoint } from '../../models/webhook-endpoint.js'
import { runChecks } from '../../src/doctor/doctor.js'
import { containerOf, openApp, startApp } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'
import { createWebhook, LOCAL_WEBHOOKS, startReceiver, verify } from './receiver.js'
import { MAX_WEBHOOK_ENDPOINTS } from '../../src/domain/webhook-states.js'

const body = { url: 'https://hooks.example.com/', eventTypes: ['media.ready'] }

t.test('of concurrent requests, the limit is exact, and a deletion makes room', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const create = async () => await admin.post('/v1/admin/webhooks', body)
  const results = await Promise.all(Array.from({ length: MAX_WEBHOOK_ENDPOINTS + 4 }, create))
  t.equal(results.filter(({ status }) => status === 201).length, MAX_WEBHOOK_ENDPOINTS)
  for (const result of results.filter(({ status }) => status !== 201)) expectProblem(t, result, 'webhook-limit', 409)
  t.equal(await WebhookEndpoint.countDocuments(), MAX_WEBHOOK_ENDPOINTS)
  const list = (await admin.get('/v1/admin/webhooks')).body
  t.match(list, { maxWebhooks: MAX_WEBHOOK_ENDPOINTS })
  t.equal(list.items.length, MAX_WEBHOOK_ENDPOINTS)
  t.equal((await admin.delete(`/v1/admin/webhooks/${list.items[3].id}`)).status, 204)
  t.equal((await create()).status, 201)
  expectProblem(t, await create(), 'webhook-limit', 409)
})

t.test('only administrators manage webhooks', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const { id } = (await admin.post('/v1/admin/webhooks', body)).body
  for (const role of ['member', 'support', 'editor']) {
    const kim = await signUp(app)
    await Account.updateOne({ _id: kim.accountId }, { $set: { role } })
    const { body: { accessToken: token } } = await call(app, 'POST', '/v1/auth/login', {
      body: { email: kim.email, password: PASSWORD },
    })
    const user = kim.with(token)
    expectProblem(t, await user.get('/v1/admin/webhooks'), 'forbidden', 403)
    expectProblem(t, await user.post('/v1/admin/webhooks', body), 'forbidden', 403)
    expectProblem(t, await user.post(`/v1/admin/webhooks/${id}/secret`, {}), 'forbidden', 403)
    expectProblem(t, await user.get(`/v1/admin/webhooks/${id}/deliveries`), 'forbidden', 403)
  }
  t.equal((await admin.get('/v1/admin/webhooks/665f1c2e9b1e8a0012ab34cd')).status, 404)
  const other = (await admin.post('/v1/admin/webhooks', body)).body.id
  const delivery = (await admin.post(`/v1/admin/webhooks/${id}/test`)).body.id
  expectProblem(t, await admin.post(`/v1/admin/webhooks/${other}/deliveries/${delivery}/replay`), 'not-found', 404)
})

t.test('rotating the signing keys encrypts the secrets again', async (t) => {
  const [oldKey, newKey] = ['old', 'new'].map((kid) => ({ kid, secret: `${kid}-3f9KcL2vQ8xZ7mN4bR6tY1wE5` })) as [
    { kid: string, secret: string },
    { kid: string, secret: string },
  ]
  const { config, databaseUri } = await startApp(t, LOCAL_WEBHOOKS)
  const openWith = async (signingKeys: Array<typeof oldKey>) => {
    const opened = await openApp({ ...config, signingKeys }, databaseUri)
    t.teardown(async () => {
      await opened.close()
    })
    return opened
  }
  const receiver = await startReceiver(t)
  const first = await openWith([oldKey])
  const { id, secret } = await createWebhook(await signUpAdmin(first), receiver.url)
  await first.close()
  const second = await openWith([newKey, oldKey])
  await containerOf(second).webhooks.sender.sendDue()
  t.equal((await WebhookEndpoint.findById(id).lean())?.secrets[0]?.kid, 'new')
  await second.close()
  const third = await openWith([newKey])
  const admin = await signUpAdmin(third)
  await admin.post('/v1/admin/movies', { title: 'Alien' })
  t.equal(await containerOf(third).webhooks.sender.sendDue(), 1)
  t.ok(verify(secret, receiver.received[0]!))

  const endpoint = (await findWebhookEndpoint(id))!
  const strangers = createKeyRing([oldKey])
  t.throws(() => openSecrets(strangers, endpoint, new Date()), /not in the ring/)
  t.throws(() => resealSecrets(strangers, endpoint), /not in the ring/)
  await third.close()
  const fourth = await openWith([oldKey])
  const { findings } = await runChecks({ ...containerOf(fourth) }, false, () => undefined)
  t.match(findings.filter(({ check }) => check === 'webhooks'), [{ problem: /cannot be decrypted/ }])
})
