import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { IdempotencyRecord } from '../../models/idempotency-record.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('a request with an Idempotency-Key', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const kim = await signUp(app)
  const addProfile = async (
    key: string,
    body: unknown = { name: 'Robin' },
    who: TestUser = kim,
  ): Promise<TestResponse> =>
    await call(app, 'POST', '/v1/profiles', { token: who.token, body, headers: { 'idempotency-key': key } })
  const names = async (who = kim): Promise<string[]> =>
    (await who.get('/v1/profiles')).body.items.map(({ name }: { name: string }) => name)

  t.test('is replayed when it is retried', async (t) => {
    const first = await addProfile('a')
    const again = await addProfile('a')
    t.equal(first.status, 201)
    t.equal(first.headers['idempotent-replayed'], undefined)
    t.match(again, {
      status: 201,
      body: first.body,
      headers: {
        location: first.headers.location,
        'idempotent-replayed': 'true',
        'content-type': first.headers['content-type'],
      },
    })
    t.equal((await names()).filter((name) => name === 'Robin').length, 1)
  })

  t.test('is independent of the same key of another account', async (t) => {
    const pat = await signUp(app)
    const answer = await addProfile('a', undefined, pat)
    t.equal(answer.status, 201)
    t.equal(answer.headers['idempotent-replayed'], undefined)
  })

  t.test('rejects another request with the same key', async (t) => {
    const rejected = await addProfile('a', { name: 'Alex' })
    expectProblem(t, rejected, 'idempotency-key-reused', 422)
    t.notOk((await names()).includes('Alex'))
    const elsewhere = await call(app, 'POST', `/v1/profiles/${kim.profileId}/playback`, {
      token: kim.token,
      body: { itemId: movie },
      headers: { 'idempotency-key': 'a' },
    })
    expectProblem(t, elsewhere, 'idempotency-key-reused', 422)
  })

  t.test('may be retried after an error', async (t) => {
    expectProblem(t, await addProfile('b', { name: 'Robin' }), 'profile-name-taken', 409)
    const robin = (await kim.get('/v1/profiles')).body.items.find(({ name }: { name: string }) => name === 'Robin')
    await kim.delete(`/v1/profiles/${robin.id}`)
    t.match(await addProfile('b', { name: 'Robin' }), { status: 201, headers: { 'idempotent-replayed': undefined } })
  })

  t.test('takes effect once when it is sent 20 times concurrently', async (t) => {
    const sam = await signUp(app)
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () =>
        await call(app, 'POST', `/v1/profiles/${sam.profileId}/playback`, {
          token: sam.token,
          body: { itemId: movie },
          headers: { 'idempotency-key': 'start' },
        })),
    )
    t.same(
      new Set(answers.map(({ status, body }) => status === 201 ? 201 : body.code)),
      new Set(answers.every(({ status }) => status === 201) ? [201] : [201, 'request-in-progress']),
    )
    t.equal(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.streamId)).size, 1)
    t.equal((await sam.get('/v1/account/streams')).body.items.length, 1)
    const late = answers.find(({ status }) => status === 409)
    if (late !== undefined) t.equal(late.headers['retry-after'], '1')
  })

  t.test('may run again one minute after its process died', async (t) => {
    t.equal((await addProfile('c', { name: 'Lee' })).status, 201)
    const lee = (await kim.get('/v1/profiles')).body.items.find(({ name }: { name: string }) => name === 'Lee')
    await kim.delete(`/v1/profiles/${lee.id}`)
    await IdempotencyRecord.updateMany({ account: kim.accountId }, { $set: { response: null } })
    expectProblem(t, await addProfile('c', { name: 'Lee' }), 'request-in-progress', 409)
    clock.advance(61_000)
    t.equal((await addProfile('c', { name: 'Lee' })).status, 201)
  })

  t.test('has a key of 1 to 255 characters; without a key, nothing is replayed', async (t) => {
    for (const key of ['', 'x'.repeat(256)]) {
      expectProblem(t, await addProfile(key, { name: 'Max' }), 'validation-failed', 400)
    }
    const max = await signUp(app)
    t.equal((await addProfile('x'.repeat(255), { name: 'Max' }, max)).status, 201)
    t.equal((await max.post('/v1/profiles', { name: 'Eva' })).status, 201)
    expectProblem(t, await max.post('/v1/profiles', { name: 'Eva' }), 'profile-name-taken', 409)
  })

  t.test('requires the same access as the first request', async (t) => {
    const key = randomUUID()
    const create = async (token?: string): Promise<TestResponse> =>
      await call(app, 'POST', '/v1/admin/movies', {
        ...(token === undefined ? {} : { token }),
        body: { title: 'Once' },
        headers: { 'idempotency-key': key },
      })
    t.equal((await create(admin.token)).status, 201)
    expectProblem(t, await create(), 'unauthorized', 401)
    expectProblem(t, await create(kim.token), 'forbidden', 403)
  })
})

t.test('a response with a secret is replayed, and stored encrypted', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const webhook = { url: 'https://hooks.example.com/', eventTypes: ['account.created'] }
  const created = await admin.post('/v1/admin/webhooks', webhook)
  const requests: ReadonlyArray<readonly [field: string, url: string, body: unknown]> = [
    ['token', '/v1/admin/tokens', { name: 'Script', scopes: ['ingest'] }],
    ['secret', '/v1/admin/webhooks', webhook],
    ['secret', `/v1/admin/webhooks/${created.body.id}/secret`, { overlapHours: 1 }],
  ]
  for (const [field, url, body] of requests) {
    const headers = { 'idempotency-key': randomUUID() }
    const send = async () => await call(app, 'POST', url, { token: admin.token, body, headers })
    const first = await send()
    const again = await send()
    t.match(first.body, { [field]: /^(?:nfx|whsec)_.{44,}/ }, url)
    t.strictSame(again.body, first.body)
    t.equal(again.headers['idempotent-replayed'], 'true')
    const records = JSON.stringify(await IdempotencyRecord.find().lean())
    t.notOk(records.includes(first.body[field]), `${url}: no record contains the secret`)
  }
  t.equal((await admin.get('/v1/admin/tokens')).body.items.length, 1)
  t.equal(await IdempotencyRecord.countDocuments({ 'response.kid': null }), 0)
})

/** Operations that return 201 without creating something with each call. */
const WITHOUT_KEY: Readonly<Record<string, string>> = {
  signUp: 'has no account yet; a repetition is a 409 email-taken',
  startPreview: 'stores nothing',
  beginUpload: 'an upload without bytes is removed after a day',
  uploadMovieMedia: 'a file is recognised by its checksum',
  uploadEpisodeMedia: 'a file is recognised by its checksum',
  uploadMovieSubtitle: 'a file is recognised by its checksum',
  uploadEpisodeSubtitle: 'a file is recognised by its checksum',
  uploadPoster: 'replaces the picture',
  uploadBackdrop: 'replaces the picture',
  uploadLogo: 'replaces the picture',
  uploadStill: 'replaces the picture',
  uploadPersonPicture: 'replaces the picture',
}

t.test('every POST that creates something accepts a key', async (t) => {
  const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
    paths: Record<string, {
      post?: { operationId: string, responses: Record<string, unknown>, parameters?: Array<{ name: string }> },
    }>,
  }
  const creating = Object.values(paths).flatMap(({ post }) => post?.responses['201'] === undefined ? [] : [post])
  const withoutKey = creating.filter(({ parameters = [] }) =>
    !parameters.some(({ name }) => name === 'idempotency-key')
  )
  t.ok(creating.length - withoutKey.length >= 8)
  t.strictSame(withoutKey.map(({ operationId }) => operationId).sort(), Object.keys(WITHOUT_KEY).sort())
})
