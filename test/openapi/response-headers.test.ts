// Compares the headers of real responses to all operations with those of the OpenAPI document.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { createWorld, operations, send, type Operation } from '../security/operations.js'
import { startApp } from '../support/app.js'
import { call } from '../support/requests.js'

type Responses = Record<string, { headers?: Record<string, unknown> } | undefined>
const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, { responses: Responses }>>,
}
/** Headers of HTTP itself and for browsers, which no client reads by name. */
const GENERAL_HEADERS = new RegExp(
  '^(?:content-(?:type|length|encoding|security-policy)|date|connection|keep-alive|vary|cache-control|' +
    'transfer-encoding|access-control-.*|cross-origin-.*|origin-agent-cluster|referrer-policy|x-content-type-options|' +
    'x-dns-prefetch-control|x-download-options|x-frame-options|x-permitted-cross-domain-policies|x-xss-protection|' +
    'x-accel-buffering|strict-transport-security|allow|www-authenticate)$',
)
const WALK: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Names of the headers that the document has for a status of an operation. */
function describedHeaders ({ method, path }: Operation, status: number): string[] {
  const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {}
  const response = responses[String(status)] ?? responses[`${String(status)[0] ?? ''}XX`]
  return Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase())
}

t.test('every header of a response is in the document', async (t) => {
  const world = await createWorld(await startApp(t, { RATE_LIMITS: 'on' }))
  const statuses = new Set<number>()
  const found = new Set<string>()
  const undescribed: string[] = []
  const inOrder = [...operations].sort((a, b) => WALK.indexOf(a.method) - WALK.indexOf(b.method))
  for (const operation of inOrder) {
    const token = operation.path.startsWith('/v1/admin') ? world.admin.token : world.owner.token
    for (const response of [await send(world, operation, token), await send(world, operation)]) {
      statuses.add(response.status)
      const described = describedHeaders(operation, response.status)
      for (const name of Object.keys(response.headers).filter((one) => !GENERAL_HEADERS.test(one))) {
        found.add(name)
        if (!described.includes(name)) undescribed.push(`${operation.name} ${response.status}: ${name}`)
      }
    }
  }
  t.strictSame([...new Set(undescribed)], [])
  for (const status of [200, 201, 204, 401]) t.ok(statuses.has(status), `walked over ${status}`)
  for (const name of ['x-request-id', 'x-ratelimit-limit', 'etag', 'content-language', 'location']) {
    t.ok(found.has(name), name)
  }
})

t.test('ranges, conditional requests and replayed requests have their headers', async (t) => {
  const world = await createWorld(await startApp(t))
  const operationOf = (name: string): Operation => operations.find((one) => one.name === name)!
  const { owner: { token, profileId }, app } = world
  const key = { 'idempotency-key': 'metropolis' }
  const body = { itemId: world.movie }
  const start = async () => await call(app, 'POST', `/v1/profiles/${profileId}/playback`, { token, body, headers: key })
  const first = await start()
  const replayed = await start()
  const list = await call(app, 'GET', '/v1/titles', { token })
  const unchanged = await call(app, 'GET', '/v1/titles', {
    token,
    headers: { 'if-none-match': String(list.headers['etag']) },
  })
  const part = await call(app, 'GET', String(first.body.url), { headers: { range: 'bytes=0-9' } })
  const tooFar = await call(app, 'GET', String(first.body.url), { headers: { range: 'bytes=999999999-' } })
  for (
    const [name, { status, headers }, expectedStatus, header] of [
      ['POST /v1/profiles/{profileId}/playback', replayed, 201, 'idempotent-replayed'],
      ['GET /v1/titles', unchanged, 304, 'etag'],
      ['GET /v1/media/{mediaFileId}', part, 206, 'content-range'],
      ['GET /v1/media/{mediaFileId}', tooFar, 416, 'content-range'],
    ] as const
  ) {
    t.equal(status, expectedStatus, name)
    t.ok(headers[header], `${name} sends ${header}`)
    t.ok(describedHeaders(operationOf(name), status).includes(header), `${name} describes ${header}`)
  }
})
