// Requests of the client package: repetitions, idempotency keys, errors and pages.
import t from 'tap'
import {
  ApiProblem,
  createClient,
  findFieldError,
  isProblem,
  listItems,
  ServerError,
  UnreachableError,
  unwrap,
} from '../../packages/client/src/index.js'
import { addMovie } from '../support/catalogue.js'
import { createNetwork, startClientWorld, unavailable } from './client-world.js'

const catchError = async (call: Promise<unknown>): Promise<unknown> => await call.then(() => null, (error) => error)

t.test('requests', async (t) => {
  const { app, admin, origin, openClient, openProfile } = await startClientWorld(t)

  for (const status of [429, 503] as const) {
    t.test(`a read is repeated after the time in Retry-After of a ${status}`, async (t) => {
      const network = createNetwork()
      const client = openClient(network)
      const sentAt: number[] = []
      network.intercept = () => sentAt.push(Date.now()) === 1 ? unavailable(status, '1') : null
      const { items } = await unwrap(client.publicClient.GET('/v1/plans'))
      t.ok(items.length > 0)
      const [first = 0, second = 0] = sentAt
      t.equal(sentAt.length, 2)
      t.ok(second - first >= 1_000, `waited ${second - first} ms`)
    })
  }

  t.test('Retry-After can be a date', async (t) => {
    const network = createNetwork()
    const at = Math.ceil(Date.now() / 1_000) * 1_000 + 1_000
    network.intercept = () => Date.now() < at ? unavailable(503, new Date(at).toUTCString()) : null
    await unwrap(openClient(network).publicClient.GET('/v1/plans'))
    t.equal(network.count('GET /v1/plans'), 2)
  })

  t.test('a longer Retry-After than the client waits is returned to the caller', async (t) => {
    const network = createNetwork()
    network.intercept = () => unavailable(429, '60')
    const error = await catchError(unwrap(openClient(network).publicClient.GET('/v1/plans')))
    t.match(error, { name: 'ApiProblem', retryAfterMs: 60_000 })
    t.equal(network.requests.length, 1)
  })

  t.test('a read is sent three times, then it fails', async (t) => {
    const network = createNetwork()
    network.isOnline = false
    t.ok(await catchError(unwrap(openClient(network).publicClient.GET('/v1/plans'))) instanceof UnreachableError)
    t.equal(network.requests.length, 3)
  })

  t.test('a log-in is sent once', async (t) => {
    const network = createNetwork()
    network.intercept = () => unavailable(503, '0')
    t.match(await catchError(openClient(network).logIn('kim@example.com', 'three blind mice ran')), {
      name: 'ApiProblem',
      problem: { status: 503 },
    })
    t.equal(network.requests.length, 1)
  })

  t.test('an aborted request is not repeated', async (t) => {
    const network = createNetwork()
    const controller = new AbortController()
    network.intercept = () => {
      controller.abort()
      return unavailable(503, '1')
    }
    const { signal } = controller
    t.match(await catchError(openClient(network).publicClient.GET('/v1/plans', { signal })), { name: 'AbortError' })
  })

  t.test('a profile whose response was lost is created once', async (t) => {
    const network = createNetwork()
    const { client } = await openProfile(network)
    const keys: Array<string | null> = []
    network.afterResponse = ({ method, headers }) => {
      if (method !== 'POST') return
      keys.push(headers.get('idempotency-key'))
      if (keys.length === 1) throw new TypeError('the response was lost')
    }
    const profile = await unwrap(client.accountClient.POST('/v1/profiles', { body: { name: 'Alex' } }))
    t.match(keys, [/^[0-9a-f]{32}$/, keys[0]])
    const { items } = await unwrap(client.accountClient.GET('/v1/profiles'))
    t.strictSame(items.filter(({ name }) => name === 'Alex').map(({ id }) => id), [profile.id])
  })

  t.test('two requests that create something have two keys; an own key is sent', async (t) => {
    const network = createNetwork()
    const { client } = await openProfile(network)
    const keys: Array<string | null> = []
    network.afterResponse = ({ url, headers }) => {
      if (url.endsWith('/v1/profiles')) keys.push(headers.get('idempotency-key'))
    }
    const add = async (name: string, key?: string) =>
      await unwrap(client.accountClient.POST('/v1/profiles', {
        body: { name },
        ...key === undefined ? {} : { params: { header: { 'idempotency-key': key } } },
      }))
    await add('Alex')
    await add('Robin')
    await add('Sam', 'my-key')
    t.not(keys[0], keys[1])
    t.equal(keys[2], 'my-key')
  })

  t.test('an invalid body names its field', async (t) => {
    const { client } = await openProfile()
    const error = await catchError(unwrap(client.accountClient.POST('/v1/profiles', { body: { name: '' } })))
    t.ok(isProblem(error, 'validation-failed'))
    t.type(findFieldError(error, 'name'), 'string')
    t.equal(findFieldError(error, 'kids'), null)
    t.ok(error instanceof ApiProblem && error.retryAfterMs === null)
  })

  t.test('a response that is not of the API is a server error', async (t) => {
    const network = createNetwork()
    network.intercept = () => new Response('<h1>Bad Gateway</h1>', { status: 502 })
    t.ok(await catchError(unwrap(openClient(network).publicClient.GET('/v1/plans'))) instanceof ServerError)
  })

  t.test('an iterator returns the titles of all pages once, and requests only the pages that it needs', async (t) => {
    for (let number = 1; number <= 6; number++) await addMovie(app, admin, { title: `Part ${number}` }, [])
    const network = createNetwork()
    const { client } = await openProfile(network)
    const pages = () =>
      listItems((cursor) =>
        client.profileClient.GET('/v1/titles', {
          params: { query: { limit: 3, ...cursor === undefined ? {} : { cursor } } },
        })
      )
    const titles: string[] = []
    for await (const { title } of pages()) titles.push(title)
    t.equal(titles.length, 7)
    t.equal(new Set(titles).size, 7)
    t.equal(network.count('GET /v1/titles'), 3)
    const some: string[] = []
    for await (const { title } of pages()) if (some.push(title) === 3) break
    t.strictSame(some, titles.slice(0, 3))
    t.equal(network.count('GET /v1/titles'), 4)
    const invalid = listItems(() => client.profileClient.GET('/v1/titles', { params: { query: { cursor: 'x' } } }))
    t.ok(isProblem(await catchError(invalid.next()), 'invalid-cursor'))
  })

  t.test('the language of the client selects the language of the responses', async (t) => {
    const network = createNetwork()
    const languages: Array<string | null> = []
    network.afterResponse = ({ headers }) => {
      languages.push(headers.get('accept-language'))
    }
    await openProfile(network, { readLanguage: () => 'de' })
    t.ok(languages.length > 0 && languages.every((language) => language === 'de'))
  })

  t.test('the fetch of the runtime is the default', async (t) => {
    const client = createClient({ baseUrl: `${origin}/` })
    t.teardown(client.close)
    t.ok((await unwrap(client.publicClient.GET('/v1/plans'))).items.length > 0)
  })
})
