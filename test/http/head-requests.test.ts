// HEAD returns the status and the headers of GET, without a body, for every path of the OpenAPI document.
import type { InjectOptions, Response } from 'light-my-request'
import t from 'tap'
import { createWorld, headersOf, operations, urlOf } from '../security/operations.js'
import { startApp } from '../support/app.js'

/** HEAD of an upload is part of the tus protocol: it returns the offset, GET the state. */
const OTHER_HEAD = ['/v1/admin/uploads/{uploadId}']
/** Each request changes the metrics, and with them their length. */
const CHANGING = ['/metrics']
const COMPARED_HEADERS = [
  'content-type',
  'content-length',
  'etag',
  'content-language',
  'cache-control',
  'vary',
  'allow',
]
const reads = operations.filter(({ method, path }) => method === 'GET' && !OTHER_HEAD.includes(path))

t.test('HEAD is GET without a body, with and without a token', { timeout: 120_000 }, async (t) => {
  const world = await createWorld(await startApp(t))
  const { app, admin, owner } = world
  const statuses = new Set<number>()
  for (const operation of reads) {
    const url = await urlOf(world, operation)
    const { token } = operation.path.startsWith('/v1/admin') ? admin : owner
    for (const authorization of [{ authorization: `Bearer ${token}` }, {}]) {
      const headers = { ...headersOf(operation), ...authorization }
      const send = async (method: InjectOptions['method']): Promise<Response> =>
        await app.inject({ method, url, headers } as InjectOptions)
      const [get, head] = [await send('GET'), await send('HEAD')]
      statuses.add(get.statusCode)
      t.equal(head.statusCode, get.statusCode, `${operation.name}: status`)
      t.equal(head.body, '', `${operation.name}: no body`)
      // The body of a problem names its request, whose ID has a fixed length.
      const names = COMPARED_HEADERS.filter((name) => name !== 'content-length' || !CHANGING.includes(operation.path))
      const selectHeaders = (one: Response) => names.map((name) => [name, one.headers[name]])
      t.strictSame(selectHeaders(head), selectHeaders(get), `${operation.name}: headers`)
    }
  }
  for (const status of [200, 401, 403, 404]) t.ok(statuses.has(status), `some responses are ${status}`)
  t.ok(reads.length > 60, `${reads.length} operations`)
})
