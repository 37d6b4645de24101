// Each event is stored by its real cause, once, and by nothing else.
import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsModule from 'ajv-formats'
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { WebhookDelivery, type StoredWebhookDelivery } from '../../models/webhook-delivery.js'
import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from '../../src/domain/webhook-events.js'
import { describeApi } from '../../src/cli/describe-api.js'
import { WEBHOOK_EVENTS } from '../../src/schemas/webhook-events.js'
import { createAccount } from '../../src/accounts/sign-up.js'
import { containerOf, startApp, type TestApp } from '../support/app.js'
import { addMovie, uploadClip } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { call } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { withInvalidSampleSize } from '../media/clips.js'
import { createWebhook, LOCAL_WEBHOOKS } from './receiver.js'

const formats = formatsModule as unknown as (ajv: Ajv2020) => void
let testApp: TestApp
let admin: TestUser

t.before(async () => {
  testApp = await startApp(t, LOCAL_WEBHOOKS)
  admin = await signUpAdmin(testApp.app)
  await createWebhook(admin, 'http://127.0.0.1:9/hook', WEBHOOK_EVENT_TYPES)
})

interface EventOperation {
  readonly post: { readonly requestBody: { readonly content: Record<string, { schema: object, example: object }> } }
}
const document = await describeApi() as unknown as { webhooks: Record<string, EventOperation>, components: object }
const ajv = new Ajv2020({ strict: false })
formats(ajv)
ajv.addSchema({ $id: 'document', components: document.components })

/** Checks an event with the schema of its type. */
function assertDocumented (t: Test, event: { type: string }): void {
  const { name } = WEBHOOK_EVENTS[event.type as WebhookEventType]
  const isValid = ajv.validate({ $ref: `document#/components/schemas/${name}` }, event)
  t.ok(isValid, `${event.type} as documented: ${ajv.errorsText()}`)
}

t.test('the examples of the OpenAPI document match their schemas', async (t) => {
  t.strictSame(Object.keys(document.webhooks), [...WEBHOOK_EVENT_TYPES, 'webhook.test'])
  for (const { post } of Object.values(document.webhooks)) {
    assertDocumented(t, post.requestBody.content['application/json']!.example as { type: string })
  }
})

/** The events that were stored since the last call, oldest first. */
async function takeEvents (): Promise<Array<{ type: string, data: any }>> {
  const stored = await WebhookDelivery.find().sort({ createdAt: 1, _id: 1 }).lean<StoredWebhookDelivery[]>()
  await WebhookDelivery.deleteMany({})
  return stored.map(({ payload }) => {
    const { type, timestamp, data } = JSON.parse(payload)
    assertDocumented(t, { type, timestamp, data } as never)
    t.ok(Math.abs(testApp.clock.now().getTime() - Date.parse(timestamp)) < 60_000)
    return { type, data }
  })
}

t.test('account.created and plan.changed', async (t) => {
  await takeEvents()
  const kim = await signUp(testApp.app, { plan: 'basic' })
  const events = await takeEvents()
  t.strictSame(events, [
    { type: 'account.created', data: { accountId: kim.accountId, plan: 'basic', role: 'member' } },
  ])
  t.notMatch(JSON.stringify(events), kim.email, 'without the email')
  const again = await call(testApp.app, 'POST', '/v1/auth/signup', { body: { email: kim.email, password: PASSWORD } })
  t.equal(again.status, 409)
  t.equal((await kim.put('/v1/account/plan', { plan: 'premium' })).status, 200)
  t.equal((await kim.put('/v1/account/plan', { plan: 'premium' })).status, 200, 'the same plan again')
  await admin.put(`/v1/admin/accounts/${kim.accountId}/plan`, { plan: 'standard' })
  t.strictSame(await takeEvents(), [
    { type: 'plan.changed', data: { accountId: kim.accountId, plan: 'premium', previousPlan: 'basic' } },
    { type: 'plan.changed', data: { accountId: kim.accountId, plan: 'standard', previousPlan: 'premium' } },
  ])
  const account = await createAccount(containerOf(testApp.app), {
    email: 'operator@example.com',
    password: PASSWORD,
    plan: 'premium',
    profileName: 'Admin',
    role: 'admin',
  })
  t.match(await takeEvents(), [{ data: { accountId: account._id.toString(), role: 'admin' } }], 'on the command line')
})

t.test('concurrent plan changes have one event each', async (t) => {
  const kim = await signUp(testApp.app, { plan: 'basic' })
  await takeEvents()
  const results = await Promise.all(
    ['standard', 'premium', 'standard', 'premium'].map(async (plan) => await kim.put('/v1/account/plan', { plan })),
  )
  t.strictSame(results.map(({ status }) => status), [200, 200, 200, 200])
  let plan = 'basic'
  const changes = (await takeEvents()).map(({ data }) => data)
  t.ok(changes.length >= 1)
  // The events form a chain from the first plan to the last.
  const remaining = [...changes]
  while (remaining.length > 0) {
    const i = remaining.findIndex((one) => one.previousPlan === plan)
    if (i === -1) break
    plan = remaining.splice(i, 1)[0].plan
  }
  t.equal((await kim.get('/v1/account')).body.plan, plan)
})

t.test('title.published', async (t) => {
  const created = await admin.post('/v1/admin/movies', { title: 'Alien', year: 1979, published: false })
  t.strictSame(await takeEvents(), [], 'an unpublished title')
  const url = `/v1/admin/movies/${created.body.id}`
  await admin.patch(url, { published: true, availableFrom: '2030-01-01T00:00:00Z' })
  await admin.patch(url, { popularity: 9 })
  t.strictSame(await takeEvents(), [{
    type: 'title.published',
    data: {
      titleId: created.body.id,
      kind: 'movie',
      title: 'Alien',
      year: 1979,
      availableFrom: '2030-01-01T00:00:00.000Z',
      availableUntil: null,
    },
  }])
  await admin.put('/v1/admin/titles/publication', { titleIds: [created.body.id], published: false })
  t.strictSame(await takeEvents(), [])
  await admin.put('/v1/admin/titles/publication', { titleIds: [created.body.id], published: true })
  const show = await admin.post('/v1/admin/shows', { title: 'Firefly' })
  t.match(await takeEvents(), [{ data: { kind: 'movie' } }, { data: { kind: 'show', titleId: show.body.id } }])
})

t.test('an import reports the titles that it publishes, also beside one that it rejects', async (t) => {
  const line = (fields: object) => JSON.stringify({ kind: 'movie', ...fields })
  const send = async (...lines: string[]) =>
    await call(testApp.app, 'POST', '/v1/admin/import', {
      token: admin.token,
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    })
  await takeEvents()
  const lines = [line({ title: 'Heat', year: 1995 }), line({ title: 'Ran', year: 1985, published: false })]
  t.match((await send(...lines)).body, { created: 2 })
  t.match(await takeEvents(), [{ type: 'title.published', data: { title: 'Heat' } }])
  t.match((await send(...lines)).body, { unchanged: 2 })
  t.strictSame(await takeEvents(), [])
  t.match((await send(line({ title: 'Ran', year: 1985, published: true }))).body, { updated: 1 })
  t.match(await takeEvents(), [{ data: { title: 'Ran' } }])
  const taken = (title: string) => line({ title, externalIds: { imdb: 'tt0078748' } })
  await send(taken('Alien'))
  await takeEvents()
  const id = '665f1c2e9b1e8a0012ab34cd'
  await send(line({ id, title: 'Alien 3', externalIds: { imdb: 'tt0103644' } }), line({ title: 'Dune', year: 2021 }))
  t.same((await takeEvents()).map(({ data }) => data.title).sort(), ['Alien 3', 'Dune'])
})

t.test('media.ready and media.failed', { timeout: 120_000 }, async (t) => {
  const movie = await addMovie(testApp.app, admin, { title: 'Metropolis' }, [])
  await takeEvents()
  const file = await uploadClip(testApp.app, admin, `movies/${movie}`, '480p-en')
  const { packaging } = containerOf(testApp.app)
  await packaging.processPending()
  await packaging.onIdle()
  const data = { titleId: movie, itemId: movie, mediaFileId: file.id }
  t.strictSame(await takeEvents(), [{ type: 'media.ready', data }])
  const { body: damaged } = await call(testApp.app, 'POST', `/v1/admin/movies/${movie}/media`, {
    token: admin.token,
    body: withInvalidSampleSize(),
    headers: { 'content-type': 'video/mp4' },
  })
  await packaging.processPending()
  await packaging.onIdle()
  t.match(await takeEvents(), [{
    type: 'media.failed',
    data: { ...data, mediaFileId: damaged.id, code: 'damaged', text: String },
  }])
})

t.test('play.finished once per play, and stream.refused', async (t) => {
  const movie = await addMovie(testApp.app, admin, { title: 'Sunrise' })
  const kim = await signUp(testApp.app, { plan: 'basic' })
  await takeEvents()
  t.equal((await watch(kim, testApp.clock, movie, 20_000)).status, 200)
  t.strictSame(await takeEvents(), [], 'a play that did not reach the end')
  const started = await play(kim, movie)
  const stream = `/v1/profiles/${kim.profileId}/playback/${started.body.streamId}`
  testApp.clock.advance(1_000)
  const end = { positionMs: 59_900, watchedMs: 39_000, at: testApp.clock.now().toISOString() }
  await kim.put(stream, { ...end, state: 'paused' })
  t.equal((await kim.post(`${stream}/stop`, end)).status, 200)
  t.equal((await kim.post(`${stream}/stop`, end)).status, 200, 'a repeated stop')
  t.match(await takeEvents(), [{
    type: 'play.finished',
    data: {
      accountId: kim.accountId,
      profileId: kim.profileId,
      titleId: movie,
      itemId: movie,
      playId: started.body.streamId,
      finishedAt: String,
    },
  }])
  const other = await addMovie(testApp.app, admin, { title: 'Stroszek' })
  const playId = randomUUID()
  const at = testApp.clock.now().toISOString()
  await kim.post(`/v1/profiles/${kim.profileId}/progress/batch`, {
    events: [movie, other].map((itemId) => ({ itemId, playId, positionMs: 59_900, watchedMs: 59_900, at })),
  })
  const sharedId = (await takeEvents()).filter(({ type }) => type === 'play.finished').map(({ data }) => data)
  t.strictSame(sharedId.map(({ itemId }) => itemId).sort(), [movie, other].sort(), 'two items with one play ID')
  for (const data of sharedId) t.equal(data.playId, playId)
  await play(kim, movie)
  for (let i = 0; i < 3; i++) t.equal((await play(kim, movie)).body.code, 'plan-stream-limit')
  const refused = await takeEvents()
  t.ok(refused.length === 1 || refused.length === 2, 'one event a minute')
  t.match(refused[0], {
    type: 'stream.refused',
    data: { profileId: kim.profileId, itemId: movie, reason: 'plan-stream-limit' },
  })
})

t.test('a type without a subscriber is not stored', async (t) => {
  const [{ id }] = (await admin.get('/v1/admin/webhooks')).body.items
  await admin.patch(`/v1/admin/webhooks/${id}`, { eventTypes: ['media.ready'] })
  await takeEvents()
  await signUp(testApp.app)
  await admin.post('/v1/admin/movies', { title: 'Stalker' })
  t.strictSame(await takeEvents(), [])
})

t.test('the events of an erased account are deleted', async (t) => {
  const [{ id }] = (await admin.get('/v1/admin/webhooks')).body.items
  await admin.patch(`/v1/admin/webhooks/${id}`, { eventTypes: ['account.created'] })
  const kim = await signUp(testApp.app)
  t.equal(await WebhookDelivery.countDocuments({ account: kim.accountId }), 1)
  const closed = await call(testApp.app, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } })
  t.ok(closed.status < 300, `${closed.status}`)
  testApp.clock.advance(15 * 86_400_000)
  const { eraseClosedAccounts } = await import('../../src/accounts/erase-account.js')
  t.equal(await eraseClosedAccounts(containerOf(testApp.app)), 1)
  t.equal(await WebhookDelivery.countDocuments({ account: kim.accountId }), 0)
})
