// HEAD is GET without the body: the same status and headers, for every operation (RFC 9110 §9.3.2).
import t from 'tap'
import { createWorld, operations, urlOf } from '../security/operations.js'
import { startApp } from '../support/app.js'
import { signUp } from '../support/users.js'

const HEADERS = [
  'content-length',
  'content-type',
  'content-encoding',
  'content-language',
  'content-disposition',
  'cache-control',
  'etag',
  'vary',
  'accept-ranges',
  'location',
  'www-authenticate',
]
/** Changes with each request. */
const CHANGING = new Set(['GET /metrics'])
/** Their length is known only after the whole file was read. */
const STREAMED = new Set(['GET /v1/admin/export', 'GET /v1/profiles/{profileId}/history/export'])
/** HEAD returns the state of the tus protocol instead. */
const OTHER_HEAD = new Set(['GET /v1/admin/uploads/{uploadId}'])

t.test('HEAD equals GET without the body', async (t) => {
  const started = await startApp(t)
  const world = await createWorld(started)
  const { app, admin, owner, stream } = world
  const urls = await Promise.all(
    operations.filter(({ method, name }) => method === 'GET' && !OTHER_HEAD.has(name)).map(async (operation) =>
      [operation.name, await urlOf(world, operation)] as const
    ),
  )
  urls.push(
    ['file', stream.url],
    ['page', '/watch'],
    ['docs', '/docs/'],
    ['document', '/openapi.json'],
    ['live', '/health/live'],
    ['ready', '/health/ready'],
    ['unknown', '/v1/nowhere'],
  )
  for (const [name, url] of urls) {
    for (const encoding of ['identity', 'gzip']) {
      for (const token of [undefined, name.includes('/v1/admin') ? admin.token : owner.token]) {
        const headers = {
          'accept-encoding': encoding,
          ...token === undefined ? {} : { authorization: `Bearer ${token}` },
        }
        const get = await app.inject({ method: 'GET', url, headers })
        const head = await app.inject({ method: 'HEAD', url, headers })
        t.equal(head.statusCode, get.statusCode, `${name} ${encoding}`)
        t.equal(head.rawPayload.length, 0, `${name}: no body`)
        for (const header of HEADERS) {
          if (header === 'content-length' && (STREAMED.has(name) || CHANGING.has(name))) continue
          t.equal(head.headers[header], get.headers[header], `${name} ${encoding}: ${header}`)
        }
      }
    }
  }
  t.ok(urls.length > 50)
})

t.test('HEAD without content has no length', async (t) => {
  const { app } = await startApp(t)
  const kim = await signUp(app)
  const url = `/v1/profiles/${kim.profileId}/continue`
  for (const method of ['GET', 'HEAD'] as const) {
    const response = await app.inject({ method, url, headers: { authorization: `Bearer ${kim.token}` } })
    t.equal(response.statusCode, 204, method)
    t.equal(response.headers['content-length'], undefined, method)
  }
})
