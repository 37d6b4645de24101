// Walks every operation of the OpenAPI document as somebody who may not: a new route is covered the day it appears.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { addMovie, addShow, call, expectProblem, play, signUp, signUpAdmin, startApp, watch } from '../helper.js'

interface Operation { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD', readonly path: string, readonly isPublic: boolean, readonly body: unknown }

/** A body that is valid for an operation, from the smallest example its schema allows. */
function bodyFor (path: string): unknown {
  const at = '2026-01-01T00:00:00Z'
  const bodies: Array<[RegExp, unknown]> = [
    [/playback\/\{streamId\}(\/stop)?$/, { positionMs: 1, at }],
    [/\/playback$/, { itemId: '665f1c2e9b1e8a0012ab34cd' }],
    [/history\/import$/, { format: 'normflix-history', version: 1, plays: [] }],
    [/progress\/batch$/, { events: [{ itemId: '665f1c2e9b1e8a0012ab34cd', positionMs: 1, at }] }],
    [/progress\/\{itemId\}$/, { positionMs: 1, at }],
    [/ratings\/\{titleId\}$/, { rating: 'up' }],
    [/languages\/\{titleId\}$/, { subtitles: null }],
    [/wishlist\/order$/, { titleIds: [] }],
    [/v1\/account$/, { password: 'x' }],
    [/account\/email$/, { email: 'x@example.com', password: 'x' }],
    [/account(s\/\{accountId\})?\/plan$/, { plan: 'basic' }],
    [/account\/password$/, { currentPassword: 'x', newPassword: 'y' }],
    [/\/profiles(\/\{profileId\})?$/, { name: 'Somebody else' }],
    [/\/order$/, { episodeIds: [] }],
    [/admin\/accounts\/.*\/role$/, { role: 'member' }],
    [/admin\/media/, { edition: 'x' }],
    [/media$/, undefined],
    [/admin\//, { title: 'X' }],
  ]
  return bodies.find(([pattern]) => pattern.test(path))?.[1] ?? {}
}

const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as { paths: Record<string, Record<string, { security?: unknown[] }>> }
const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { security }]) => ({
  method: method.toUpperCase() as Operation['method'], path, isPublic: security?.length === 0, body: ['post', 'put', 'patch'].includes(method) || path === '/v1/account' ? bodyFor(path) : undefined,
})))

t.test('every operation', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { cast: [{ name: 'Keanu Reeves' }] })
  const collection = (await admin.post('/v1/admin/collections', { title: 'The Matrix films', titleIds: [movie] })).body.id
  const person = (await admin.get(`/v1/movies/${movie}`)).body.cast[0].personId
  const show = await addShow(app, admin)
  const owner = await signUp(app)
  await watch(owner, clock, movie, 20_000)
  const stream = (await play(owner, movie)).body
  const historyItem = (await owner.get(`/v1/profiles/${owner.profileId}/history`)).body.items[0].id
  const session = (await owner.get('/v1/auth/sessions')).body.items[0].id
  const ids: Record<string, string> = {
    profileId: owner.profileId,
    streamId: stream.streamId,
    sessionId: session,
    playId: historyItem,
    itemId: movie,
    titleId: movie,
    id: movie,
    movieId: movie,
    showId: show.id,
    season: '1',
    episode: '1',
    mediaFileId: stream.mediaFile.id,
    collectionId: collection,
    personId: person,
    accountId: owner.accountId,
  }
  /** What the query must have to be valid. */
  const queries: Array<[RegExp, string]> = [[/\/preview$/, '?to=basic'], [/\/rewatch\//, '?pass=1'], [/\/people$/, '?q=keanu']]
  const urlOf = (path: string): string => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'x') + (queries.find(([pattern]) => pattern.test(path))?.[1] ?? '')
  const send = async ({ method, path, body }: Operation, token?: string) =>
    await call(app, method, urlOf(path), { ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }) })
  const snapshot = async () => [
    (await owner.get('/v1/account')).body, (await owner.get(`/v1/profiles/${owner.profileId}/history`)).body.items.length,
    (await owner.get(`/v1/profiles/${owner.profileId}/continue-watching`)).body, (await owner.get('/v1/account/streams')).body.items.length, (await owner.get(`/v1/movies/${movie}`)).body,
  ]
  const before = await snapshot()
  t.ok(operations.length > 50, `${operations.length} operations`)

  t.test('without a token is a 401, unless it is public', async (t) => {
    for (const operation of operations.filter(({ isPublic }) => !isPublic)) {
      const answer = await send(operation)
      expectProblem(t, answer, 'unauthorized', 401)
      t.ok(answer.headers['www-authenticate'], `${operation.method} ${operation.path}`)
    }
  })

  t.test('with a token that is not ours is the same 401', async (t) => {
    const [head = '', payload = '', mac = ''] = owner.token.split('.')
    const none = Buffer.from('{"alg":"none","typ":"at+jwt","kid":"dev"}').toString('base64url')
    for (const token of ['x', 'a.b.c', `${none}.${payload}.`, `${head}.${payload}.${mac.slice(0, -2)}xx`, `${head}.${payload}`, owner.refreshToken]) {
      expectProblem(t, await call(app, 'GET', '/v1/account', { token }), 'unauthorized', 401)
    }
  })

  t.test('on somebody else\'s profile, stream, session or play is a 404', async (t) => {
    const stranger = await signUp(app)
    for (const operation of operations.filter(({ path }) => /\{(profileId|streamId|sessionId)\}/.test(path))) {
      const answer = await send(operation, stranger.token)
      t.equal(answer.status, 404, `${operation.method} ${operation.path}`)
      t.equal(answer.body?.code, 'not-found')
    }
  })

  t.test('of an administrator is a 403 for members, before the body is looked at', async (t) => {
    for (const operation of operations.filter(({ path }) => path.startsWith('/v1/admin'))) {
      expectProblem(t, await send({ ...operation, body: operation.body === undefined ? undefined : { nonsense: true } }, owner.token), 'forbidden', 403)
    }
  })

  t.test('with another profile\'s token opens nothing of this profile or the account', async (t) => {
    const second = (await owner.post('/v1/profiles', { name: 'Second' })).body.id
    const bound = (await owner.post(`/v1/profiles/${second}/select`)).body.accessToken
    for (const operation of operations.filter(({ path, isPublic }) => !isPublic && (path.includes('{profileId}') || path.startsWith('/v1/account') || path.startsWith('/v1/admin')))) {
      const answer = await send(operation, bound)
      t.ok([403, 404].includes(answer.status), `${operation.method} ${operation.path}: ${answer.status}`)
    }
    await owner.delete(`/v1/profiles/${second}`)
  })

  t.test('never shows a child what is not for children', async (t) => {
    const kids = (await owner.post('/v1/profiles', { name: 'Kids', kids: true })).body.id
    const child = (await owner.post(`/v1/profiles/${kids}/select`)).body.accessToken
    const reads = operations.filter(({ path, isPublic }) => !isPublic && /\{(movieId|showId|itemId|titleId|id|collectionId|personId)\}/.test(path) && !path.startsWith('/v1/admin'))
    ids['profileId'] = kids
    for (const operation of reads.filter(({ path, method }) => !(method === 'DELETE' && path.includes('wishlist')))) {
      const answer = await send(operation, child)
      t.equal(answer.status, 404, `${operation.method} ${operation.path}`)
    }
    const started = await call(app, 'POST', `/v1/profiles/${kids}/playback`, { token: child, body: { itemId: movie } })
    expectProblem(t, started, 'not-found', 404)
    ids['profileId'] = owner.profileId
    await owner.delete(`/v1/profiles/${kids}`)
  })

  t.test('left everything as it was', async (t) => {
    t.strictSame(await snapshot(), before)
  })
})
