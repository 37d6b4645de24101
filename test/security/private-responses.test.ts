// Caches must not store or reuse a response that needs a token, whatever its status is.
import t from 'tap'
import { startApp } from '../support/app.js'
import { call, type TestResponse } from '../support/requests.js'
import { createWorld, operations, send } from './operations.js'

/** Routes whose signature in the URL replaces the token. */
const SIGNED_URLS = /^\/v1\/((media|hls|subtitles|thumbnails)\/|profiles\/[^/]+\/changes\/events)/

function isPrivate ({ headers }: TestResponse): boolean {
  const directives = String(headers['cache-control'] ?? '').split(/\s*,\s*/)
  return directives.includes('no-store') || (directives.includes('private') && directives.includes('no-cache'))
}

t.test('every response that needs a token is private', async (t) => {
  const started = await startApp(t)
  const world = await createWorld(started)
  const guarded = operations.filter(({ isPublic, path }) => !isPublic || SIGNED_URLS.test(path))
  const statuses = new Map<number, number>()
  // The sessions of the callers must live until the end.
  const kept = guarded.filter(({ name }) => !/logout|sessions/.test(name) && name !== 'DELETE /v1/account')
  for (const token of [undefined, 'garbage', world.owner.token, world.admin.token]) {
    for (const operation of token === undefined ? guarded : kept) {
      if (operation.method !== 'GET' && token === world.owner.token) continue
      const response = await send(world, operation, token)
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
      const { status, headers } = response
      if (!isPrivate(response)) t.fail(`${operation.name}: ${status}, Cache-Control ${headers['cache-control']}`)
    }
  }
  t.ok((statuses.get(200) ?? 0) > 30, [...statuses].join(' '))
  t.comment(
    `${guarded.length} operations; responses by status: ${[...statuses].map((one) => one.join('×')).join(', ')}`,
  )
})

t.test('a response with tokens is private, a public one has no such rule', async (t) => {
  const { app } = await startApp(t)
  t.ok(isPrivate(await call(app, 'POST', '/v1/auth/login', { body: { email: 'x', password: 'y' } })))
  t.notOk(isPrivate(await call(app, 'GET', '/v1/plans')))
})
