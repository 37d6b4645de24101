// Bodies: empty ones of any type, and the encodings of JSON.
import t from 'tap'
import { bodyOf, createWorld, operations, urlOf, type Operation, type World } from '../security/operations.js'
import { startApp } from '../support/app.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD } from '../support/users.js'

const FORM = 'application/x-www-form-urlencoded'
/** Endpoints of OAuth 2.0. */
const TAKES_FORMS = /^\/v1\/auth\/(device|token)$/
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'text/plain;charset=UTF-8',
  FORM,
  'application/xml',
]
const ID = '665f1c2e9b1e8a0012ab34cd'

/** Unknown IDs in the path, so that no operation has an effect on another one. */
async function urlWithUnknownIds (world: World, operation: Operation): Promise<string> {
  const instead = Object.fromEntries(operation.pathParameters.map((name) => [name, /[iI]d$/.test(name) ? ID : '9']))
  return await urlOf(world, operation, { ...instead, profileId: world.owner.profileId })
}

t.test('bodies', async (t) => {
  const started = await startApp(t)
  const { app } = started
  const world = await createWorld(started)
  const { admin, owner } = world

  async function sendEmpty (operation: Operation, url: string, type?: string): Promise<TestResponse> {
    return await call(app, operation.method, url, {
      token: operation.path.startsWith('/v1/admin') ? admin.token : owner.token,
      headers: { 'content-length': '0', ...type === undefined ? {} : { 'content-type': type } },
    })
  }

  t.test('an empty body of any type is like no body, on every operation', async (t) => {
    const writing = operations.filter(({ method, path }) =>
      // The type of an import selects its format. Log-outs and the like would end the session of the test.
      ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) && !/^\/v1\/(auth|account)\b|\/import$/.test(path)
    )
    for (const operation of writing) {
      const url = await urlWithUnknownIds(world, operation)
      const expected = await sendEmpty(operation, url)
      for (const type of TYPES) {
        const { status, body } = await sendEmpty(operation, url, type)
        t.strictSame([status, body?.code], [expected.status, expected.body?.code], `${operation.name} ${type}`)
        t.not(body?.code, 'malformed-request', operation.name)
      }
    }
    t.ok(writing.length > 50)
  })

  t.test('an operation that requires a body says so', async (t) => {
    for (const operation of operations.filter(requiresBody)) {
      const url = await urlWithUnknownIds(world, operation)
      for (const type of [undefined, ...TYPES]) {
        const response = await sendEmpty(operation, url, type)
        if (type === FORM && TAKES_FORMS.test(operation.path)) {
          t.match(response, { status: 400, body: { error: 'invalid_request' } }, operation.name)
          continue
        }
        expectProblem(t, response, 'validation-failed', 400)
        t.match(response.body, { detail: /body/, errors: [{ pointer: '', message: 'is required' }] }, operation.name)
      }
    }
  })

  t.test('an empty chunked body is an empty body', async (t) => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as { port: number }
    for (const type of TYPES) {
      const response = await fetch(`http://127.0.0.1:${port}/v1/profiles/${owner.profileId}/wishlist/${world.movie}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${owner.token}`, 'content-type': type },
        body: new ReadableStream({
          start (controller) {
            controller.close()
          },
        }),
        duplex: 'half',
      } as RequestInit)
      t.ok(response.ok, `${type}: ${response.status}`)
    }
  })

  t.test('a body of another type is rejected', async (t) => {
    for (const type of [...TYPES.slice(2), 'application/jsonp', 'application/vnd.api+json', 'nonsense', '/', ';']) {
      const url = `/v1/profiles/${owner.profileId}/wishlist/${world.movie}`
      const response = await call(app, 'PUT', url, {
        token: owner.token,
        body: 'x',
        headers: { 'content-type': type },
      })
      expectProblem(t, response, 'unsupported-media-type', 415)
    }
  })

  t.test('JSON is UTF-8, with or without a byte order mark, whatever the charset parameter says', async (t) => {
    const password = 'Übergrößenträger 42'
    const signUp = async (type: string, toBytes: (text: string) => Buffer): Promise<TestResponse> =>
      await call(app, 'POST', '/v1/auth/signup', {
        body: toBytes(JSON.stringify({ email: `${Math.random()}@example.com`, password })),
        headers: { 'content-type': type },
      })
    const utf8 = (text: string): Buffer => Buffer.from(text)
    const types = [
      'application/json',
      'Application/JSON',
      'application/json;charset=utf-8',
      'application/json; charset="UTF-8"',
      'application/json; charset=utf8',
      'application/json; charset=iso-8859-1',
      'application/json; odata=verbose',
    ]
    for (const type of types) {
      const { status, body } = await signUp(type, utf8)
      t.equal(status, 201, type)
      const login = { body: { email: body.account.email, password } }
      t.equal((await call(app, 'POST', '/v1/auth/login', login)).status, 200)
    }
    t.equal((await signUp('application/json', (text) => Buffer.from(`\ufeff${text}`))).status, 201, 'byte order mark')
    const wrongEncodings: ReadonlyArray<(text: string) => Buffer> = [
      (text) => Buffer.from(text, 'latin1'),
      (text) => Buffer.from(text, 'utf16le'),
      (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
      (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xC3])]),
    ]
    for (const toBytes of wrongEncodings) {
      expectProblem(t, await signUp('application/json', toBytes), 'malformed-request', 400)
    }
  })

  t.test('half of a surrogate pair is rejected, a whole one and its escaped text are not', async (t) => {
    const rename = async (name: string): Promise<TestResponse> =>
      await call(app, 'PATCH', `/v1/profiles/${owner.profileId}`, {
        token: owner.token,
        body: `{"name":"${name}"}`,
        headers: { 'content-type': 'application/json' },
      })
    for (const name of ['Kim \\ud83d', 'Kim \\uDC00', '\\udc00\\ud83d', '\\\\\\ud83d']) {
      expectProblem(t, await rename(name), 'malformed-request', 400)
    }
    for (
      const [sent, stored] of [['Kim \\ud83d\\ude00', 'Kim 😀'], ['Kim \\\\ud83d', 'Kim \\ud83d'], ['Kim 😀', 'Kim 😀']]
    ) {
      t.match(await rename(sent ?? ''), { status: 200, body: { name: stored } })
    }
    const nested = `${'{"name":'.repeat(50_000)}"\\ud83d"${'}'.repeat(50_000)}`
    const response = await call(app, 'POST', '/v1/auth/login', {
      body: nested,
      headers: { 'content-type': 'application/json' },
    })
    t.ok([400, 413].includes(response.status), 'a deep body')
  })

  t.test('JSON that is not an object, or only space, is rejected', async (t) => {
    const login = { email: owner.email, password: PASSWORD }
    for (const text of [' ', '\n', 'null', '[]', '1', '""', '{', JSON.stringify(login) + 'x', '\ufeff']) {
      const response = await call(app, 'POST', '/v1/auth/login', {
        body: text,
        headers: { 'content-type': 'application/json' },
      })
      t.match(response.body.code, /^(validation-failed|malformed-request)$/, JSON.stringify(text))
      t.equal(response.status, 400)
    }
  })
})

/** Whether the smallest valid body of an operation has fields. */
function requiresBody (operation: Operation): boolean {
  return operation.bodySchema !== null && !operation.path.endsWith('/import') && hasFields(bodyOf(operation))
}

function hasFields (body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).length > 0
}
