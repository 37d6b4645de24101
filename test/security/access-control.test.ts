// Calls every operation of the OpenAPI document without permission, in each way in which a caller can lack it.
import t, { type Test } from 'tap'
import { startApp } from '../support/app.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'
import { createWorld, kindOf, operations, send, type Operation } from './operations.js'

const has = (operation: Operation, kind: ReturnType<typeof kindOf>): boolean =>
  operation.pathParameters.some((name) => kindOf(name) === kind)
const isAdminOperation = ({ path }: Operation): boolean => path.startsWith('/v1/admin')
const guarded = operations.filter(({ isPublic }) => !isPublic)

/** Idempotent operations succeed for a title that the profile cannot see. */
const ALLOWED_FOR_CHILDREN = new Set(['DELETE /v1/profiles/{profileId}/wishlist/{titleId}'])

/** A response to HEAD has no body. */
const hasProblem = ({ method }: Operation, { body }: TestResponse, code: string): boolean =>
  method === 'HEAD' || body?.code === code

t.test('every operation enforces access control', async (t) => {
  const started = await startApp(t)
  const { app } = started
  const world = await createWorld(started)
  const { owner, movie } = world
  let requests = 0
  const sendCounted: typeof send = async (...args) => {
    requests++
    return await send(...args)
  }
  const snapshot = async (): Promise<unknown[]> => [
    (await owner.get('/v1/account')).body,
    (await owner.get(`/v1/profiles/${owner.profileId}/history`)).body.items.length,
    (await owner.get(`/v1/profiles/${owner.profileId}/continue-watching`)).body,
    (await owner.get('/v1/account/streams')).body.items.length,
    (await owner.get(`/v1/profiles/${owner.profileId}/wishlist`)).body,
    (await owner.get(`/v1/movies/${movie}`)).body,
  ]
  const before = await snapshot()

  async function expectUnauthorized (
    t: Test,
    token: string | undefined,
    names: readonly Operation[] = guarded,
  ): Promise<void> {
    for (const operation of names) {
      const answer = await sendCounted(world, operation, token)
      const isRejected = answer.status === 401 && hasProblem(operation, answer, 'unauthorized') &&
        answer.headers['www-authenticate'] !== undefined
      if (!isRejected) t.fail(`${operation.name}: status ${answer.status}`)
    }
    t.pass(`${names.length} operations`)
  }

  t.test('without a token', async (t) => {
    await expectUnauthorized(t, undefined)
  })
  t.test('with a malformed token', async (t) => {
    await expectUnauthorized(t, 'garbage')
  })
  t.test('with an expired token', async (t) => {
    const claims = { sub: owner.accountId, sid: world.sessionId, role: 'member' } as const
    t.equal(
      (await call(app, 'GET', '/v1/account', { token: app.signAccessToken(claims, new Date()) })).status,
      200,
      'the same token is valid before',
    )
    await expectUnauthorized(t, app.signAccessToken(claims, new Date(Date.now() - 16 * 60_000)))
  })
  t.test('with a token of an ended session', async (t) => {
    const { body } = await call(app, 'POST', '/v1/auth/login', { body: { email: owner.email, password: PASSWORD } })
    t.equal((await owner.with(body.accessToken).post('/v1/auth/logout')).status, 204)
    await expectUnauthorized(t, body.accessToken)
  })

  t.test('with the token of another account', async (t) => {
    const stranger = await signUp(app)
    const secrets = [
      owner.accountId,
      owner.email,
      owner.profileId,
      world.sessionId,
      world.stream.streamId,
      world.playId,
    ]
    const foreign = guarded.filter((operation) => has(operation, 'owned') && !isAdminOperation(operation))
    for (const operation of foreign) {
      const answer = await sendCounted(world, operation, stranger.token)
      if (answer.status !== 404 || !hasProblem(operation, answer, 'not-found')) {
        t.fail(`${operation.name}: status ${answer.status}`)
      }
      expectNoSecrets(t, operation, answer, secrets)
    }
    // Streams and plays of another account do not exist under the own profile either.
    for (const operation of foreign.filter(({ path }) => /\{(streamId|playId)\}/.test(path))) {
      const answer = await sendCounted(world, operation, stranger.token, { profileId: stranger.profileId })
      t.equal(answer.status, 404, operation.name)
    }
    for (const operation of guarded.filter(({ method }) => method === 'GET')) {
      expectNoSecrets(
        t,
        operation,
        await sendCounted(world, operation, stranger.token, { profileId: stranger.profileId }),
        secrets,
      )
    }
    t.pass(`${foreign.length} operations`)
  })

  t.test('with the token of a member on administrator routes, before the body is validated', async (t) => {
    for (const operation of guarded.filter(isAdminOperation)) {
      const answer = await sendCounted(world, operation, owner.token)
      if (answer.status !== 403 || !hasProblem(operation, answer, 'forbidden')) {
        t.fail(`${operation.name}: status ${answer.status}`)
      }
    }
    const withNonsense = await call(app, 'POST', '/v1/admin/movies', { token: owner.token, body: { nonsense: true } })
    expectProblem(t, withNonsense, 'forbidden', 403)
  })

  t.test('with the token of another profile of the account', async (t) => {
    const second = (await owner.post('/v1/profiles', { name: 'Second' })).body.id
    const bound = (await owner.post(`/v1/profiles/${second}/select`)).body.accessToken
    const closed = guarded.filter(({ path }) =>
      path.includes('{profileId}') || path.startsWith('/v1/account') || path.startsWith('/v1/admin')
    )
    for (const operation of closed) {
      const answer = await sendCounted(world, operation, bound)
      if (![403, 404].includes(answer.status)) t.fail(`${operation.name}: status ${answer.status}`)
    }
    t.equal((await owner.delete(`/v1/profiles/${second}`)).status, 204)
    t.pass(`${closed.length} operations`)
  })

  t.test('with the token of a kids profile and a title for adults', async (t) => {
    const kids = (await owner.post('/v1/profiles', { name: 'Kids', kids: true })).body.id
    const child = (await owner.post(`/v1/profiles/${kids}/select`)).body.accessToken
    const titles = guarded.filter((operation) =>
      has(operation, 'title') && !isAdminOperation(operation) && !ALLOWED_FOR_CHILDREN.has(operation.name)
    )
    for (const operation of titles) {
      const answer = await sendCounted(world, operation, child, { profileId: kids })
      if (answer.status !== 404) t.fail(`${operation.name}: status ${answer.status}`)
    }
    for (const operation of guarded.filter(({ method }) => method === 'GET')) {
      expectNoSecrets(t, operation, await sendCounted(world, operation, child, { profileId: kids }), [
        movie,
        'The Matrix',
      ])
    }
    expectProblem(
      t,
      await call(app, 'POST', `/v1/profiles/${kids}/playback`, { token: child, body: { itemId: movie } }),
      'not-found',
      404,
    )
    t.equal((await owner.delete(`/v1/profiles/${kids}`)).status, 204)
    t.pass(`${titles.length} operations`)
  })

  t.test('without any effect', async (t) => {
    t.strictSame(await snapshot(), before)
    t.comment(`access control: ${operations.length} operations, ${requests} requests, 0 allowed`)
  })
})

function expectNoSecrets (t: Test, { name }: Operation, { bytes }: TestResponse, secrets: readonly string[]): void {
  const text = bytes.toString()
  for (const secret of secrets) if (text.includes(secret)) t.fail(`${name} reveals ${secret}`)
}
