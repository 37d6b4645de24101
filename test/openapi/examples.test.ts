// The examples of the OpenAPI document work on the demo as it stands: every GET, and from the log-in to the progress.
import t from 'tap'
import { describeApi } from '../../src/cli/describe-api.js'
import { startDemoService } from '../support/demo-service.js'

type Node = Record<string, any>

/** Operations that need an ID or a signed URL of an earlier response. */
const NEEDS_EARLIER_RESPONSE = [
  'getCollection',
  'getStoredCollection',
  'listCollectionTitlesForAdmin',
  'getAccountDetail',
  'listAccountAudit',
  'getEncodingJob',
  'getWebhook',
  'listWebhookDeliveries',
  'getHomeRow',
  'getHlsBytes',
  'getHlsMaster',
  'getHlsPlaylist',
  'getHlsSegment',
  'getHlsSubtitle',
  'getImage',
  'getMedia',
  'getSubtitle',
  'getThumbnailImage',
  'getThumbnailIndex',
  'getUpload',
  'openChangeFeed',
  'viewProfile',
]

const document: Node = await describeApi()

/** The request that Swagger UI sends when nothing is filled in. */
function exampleUrl (path: string, { parameters = [] }: Node): string {
  const examples = parameters.filter(({ required }: Node) => required === true)
  const url = examples.filter((one: Node) => one['in'] === 'path').reduce(
    (text: string, { name, example }: Node) => text.replace(`{${name}}`, encodeURIComponent(example)),
    path,
  )
  const query = examples.filter((one: Node) => one['in'] === 'query')
    .map(({ name, example }: Node) => `${name}=${encodeURIComponent(example)}`)
  return query.length === 0 ? url : `${url}?${query.join('&')}`
}

t.test('the examples work on the demo', { timeout: 120_000 }, async (t) => {
  const origin = await startDemoService(t)
  const operationOf = (id: string): [string, string, Node] => {
    for (const [path, methods] of Object.entries<Node>(document['paths'])) {
      for (const [method, operation] of Object.entries<Node>(methods)) {
        if (operation['operationId'] === id) return [method.toUpperCase(), path, operation]
      }
    }
    throw new Error(`there is no operation ${id}`)
  }

  /** Sends the example of an operation. @param replace changes the URL, for IDs of earlier responses */
  async function send (
    id: string,
    token?: string,
    replace = (url: string) => url,
  ): Promise<{ status: number, body: any }> {
    const [method, path, operation] = operationOf(id)
    const example = operation['requestBody']?.content['application/json']?.example
    const response = await fetch(origin + exampleUrl(replace(path), operation), {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(example === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(example === undefined ? {} : { body: JSON.stringify(example) }),
    })
    const text = await response.text()
    const isJson = /\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  }

  const account = (await send('logIn')).body.accessToken
  const profile = (await send('selectProfile', account)).body.accessToken
  t.type(profile, 'string', 'log-in and profile selection')

  await t.test('from the start of playback to the progress', async (t) => {
    const { status, body: { streamId } } = await send('startPlayback', profile)
    t.equal(status, 201)
    const withStream = (url: string): string => url.replace('{streamId}', streamId)
    t.equal((await send('sendHeartbeat', profile, withStream)).status, 200)
    t.equal((await send('stopPlayback', profile, withStream)).status, 200)
    t.equal((await send('putProgress', profile)).status, 200)
    t.match(await send('getProgress', profile), { status: 200, body: { positionMs: 23_456 } })
  })

  await t.test('every GET', async (t) => {
    const admin = await fetch(`${origin}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@normflix.test', password: 'normflix-admin' }),
    })
    const { accessToken: staff } = await admin.json() as { accessToken: string }
    const ids = Object.entries<Node>(document['paths']).flatMap(([path, { get }]) =>
      get === undefined || NEEDS_EARLIER_RESPONSE.includes(get['operationId']) ? [] : [[path, get['operationId']]]
    )
    t.ok(ids.length >= 45, `${ids.length} operations`)
    for (const [path = '', id = ''] of ids) {
      const isAccountRoute = /^\/v1\/(?:account|auth|profiles)(?:\/(?!{)|$)/.test(path)
      const token = path.startsWith('/v1/admin') ? staff : isAccountRoute ? account : profile
      const { status, body } = await send(id, token)
      t.ok(status >= 200 && status < 300, `${id}: ${status} ${status < 300 ? '' : JSON.stringify(body)}`)
    }
  })
})

t.test('required parameters have examples, unless they need an earlier response', async (t) => {
  for (const methods of Object.values<Node>(document['paths'])) {
    const { get } = methods
    if (get === undefined || NEEDS_EARLIER_RESPONSE.includes(get.operationId)) continue
    const missing = (get.parameters ?? []).filter((one: Node) =>
      one['required'] === true && one['example'] === undefined
    )
    t.strictSame(missing.map(({ name }: Node) => name), [], get.operationId)
  }
})
