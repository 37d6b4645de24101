// Sessions of the client package: log-in, one refresh for all requests, shared storages, cookies and the end.
import t from 'tap'
import {
  ApiProblem,
  createMemoryStorage,
  isProblem,
  UnreachableError,
  unwrap,
  type NormFlixClient,
} from '../../packages/client/src/index.js'
import { PASSWORD, signUp } from '../support/users.js'
import { createNetwork, startClientWorld, type TestNetwork } from './client-world.js'

const MINUTE_MS = 60_000
const REFRESH = 'POST /v1/auth/refresh'

const readTitles = async (client: NormFlixClient) => await unwrap(client.profileClient.GET('/v1/titles'))
const readAccount = async (client: NormFlixClient) => await unwrap(client.accountClient.GET('/v1/account'))

/** A network with the cookies of a browser, and the headers of a page of the same origin. */
function createBrowserNetwork (): TestNetwork & { cookie: string | null } {
  const network = Object.assign(createNetwork(), { cookie: null as string | null })
  const send = network.fetch
  return Object.assign(network, {
    async fetch (input: Parameters<typeof fetch>[0], init?: RequestInit) {
      const request = new Request(input, init)
      request.headers.set('sec-fetch-site', 'same-origin')
      if (network.cookie !== null) request.headers.set('cookie', network.cookie)
      const response = await send(request)
      const [cookie] = response.headers.getSetCookie()
      if (cookie !== undefined) network.cookie = cookie.split(';')[0] ?? null
      return response
    },
  })
}

t.test('sessions', async (t) => {
  const world = await startClientWorld(t)
  const { app, clock, openClient, openProfile } = world

  t.test('20 requests with an expired token cause one refresh and one selection', async (t) => {
    const network = createNetwork()
    const { client, user } = await openProfile(network)
    network.expireTokens()
    network.requests.length = 0
    const pages = await Promise.all(Array.from({ length: 20 }, async () => await readTitles(client)))
    t.ok(pages.every(({ items }) => items[0]?.title === 'Metropolis'))
    t.equal(network.count(REFRESH), 1)
    t.equal(network.count(`POST /v1/profiles/${user.profileId}/select`), 2, 'one rejected, one with the new token')
  })

  t.test('a late rejection of the old token causes no second refresh', async (t) => {
    const network = createNetwork()
    const { client } = await openProfile(network)
    network.expireTokens()
    network.requests.length = 0
    let release: () => void = () => undefined
    const isRefreshed = new Promise<void>((resolve) => {
      release = resolve
    })
    let isHeld = false
    network.intercept = async ({ method, url }) => {
      // The first request for the account waits until another one has renewed the token.
      if (method !== 'GET' || !url.endsWith('/v1/account') || isHeld) return null
      isHeld = true
      await isRefreshed
      return null
    }
    const late = readAccount(client)
    await readAccount(client)
    t.equal(network.count(REFRESH), 1)
    release()
    await late
    t.equal(network.count(REFRESH), 1)
  })

  t.test('20 requests of two clients that share a storage cause one refresh', async (t) => {
    const [first, second] = [createNetwork(), createNetwork()]
    const storage = createMemoryStorage()
    const { client } = await openProfile(first, { storage })
    const other = openClient(second, { storage })
    t.match(await other.resumeSession(), { status: 'logged-in', profileId: String })
    for (const network of [first, second]) {
      network.expireTokens()
      network.requests.length = 0
    }
    await readAccount(client)
    await Promise.all(Array.from({ length: 20 }, async () => await readAccount(other)))
    t.equal(first.count(REFRESH) + second.count(REFRESH), 1)
  })

  t.test('a client resumes the stored session with its profile, and renews it for weeks', async (t) => {
    const storage = createMemoryStorage()
    const { client, user } = await openProfile(undefined, { storage })
    client.close()
    for (let day = 0; day < 20; day++) {
      clock.advance(24 * 60 * MINUTE_MS)
      const restarted = openClient(undefined, { storage })
      t.match(await restarted.resumeSession(), { status: 'logged-in', profileId: user.profileId })
      t.equal(restarted.currentProfile()?.id, user.profileId)
    }
  })

  t.test('a lost response of a refresh does not end the session', async (t) => {
    const network = createNetwork()
    const { client, user } = await openProfile(network)
    network.expireTokens()
    let losses = 1
    network.afterResponse = ({ url }) => {
      if (url.endsWith('/refresh') && losses-- > 0) throw new TypeError('the response was lost')
    }
    t.equal((await readAccount(client)).id, user.accountId)
    t.equal(network.count(REFRESH), 2)
  })

  t.test('a session that ended elsewhere is expired, and the storage is empty', async (t) => {
    const storage = createMemoryStorage()
    const { client, user } = await openProfile(undefined, { storage })
    const states: string[] = []
    client.subscribeToSession(() => states.push(client.readSession().status))
    await user.post('/v1/auth/logout-everywhere')
    await t.rejects(readTitles(client), ApiProblem)
    t.match(client.readSession(), { status: 'logged-out', end: 'expired', account: null, profileId: null })
    t.equal(states.at(-1), 'logged-out')
    t.equal(await storage.get('session'), null)
    const network = createNetwork()
    t.match(await openClient(network, { storage }).resumeSession(), { status: 'logged-out', end: null })
    t.strictSame(network.requests, [], 'a visitor sends nothing')
  })

  t.test('a log-out ends the session in the service', async (t) => {
    const { client, user } = await openProfile()
    const token = await client.validToken('account')
    await client.logOut()
    t.match(client.readSession(), { status: 'logged-out', end: 'logged-out' })
    t.equal((await user.with(token).get('/v1/account')).status, 401)
  })

  t.test('the session survives a service that does not respond', async (t) => {
    const storage = createMemoryStorage()
    const network = createNetwork()
    const { client, user } = await openProfile(network, { storage })
    network.expireTokens()
    network.isOnline = false
    await t.rejects(readAccount(client), UnreachableError)
    await t.rejects(openClient(network, { storage }).resumeSession(), UnreachableError)
    t.equal(client.readSession().status, 'logged-in')
    network.isOnline = true
    t.equal((await readAccount(client)).id, user.accountId)
  })

  t.test('a profile with a PIN is selected with it, and not without the user', async (t) => {
    const storage = createMemoryStorage()
    const network = createNetwork()
    const { client, user } = await openProfile(network, { storage })
    await user.patch(`/v1/profiles/${user.profileId}`, { pin: '4711' })
    const wrong: unknown = await client.selectProfile(user.profileId, '0000').catch((error: unknown) => error)
    t.ok(isProblem(wrong, 'wrong-pin'))
    await client.selectProfile(user.profileId, '4711')
    network.expireTokens()
    t.equal((await readTitles(client)).items.length, 1, 'the renewed token has the PIN')
    t.equal((await openClient(undefined, { storage }).resumeSession()).profileId, null)
  })

  t.test('wrong credentials are a typed problem', async (t) => {
    const { email } = await signUp(app)
    const error: unknown = await openClient().logIn(email, 'wrong password').catch((cause: unknown) => cause)
    t.ok(isProblem(error, 'wrong-credentials'))
    t.notOk(isProblem(error, 'not-found'))
    t.match(error, { name: 'ApiProblem', problem: { status: 401, requestId: String }, message: String })
  })

  t.test('in a browser the refresh token is in the cookie', async (t) => {
    const network = createBrowserNetwork()
    const storage = createMemoryStorage()
    const { email } = await signUp(app)
    const client = openClient(network, { storage, refreshToken: 'cookie' })
    await client.logIn(email, PASSWORD)
    t.match(network.cookie, /^normflix_refresh=/)
    t.equal(await storage.get('session'), null, 'scripts cannot read it')
    network.expireTokens()
    await Promise.all(Array.from({ length: 20 }, async () => await readAccount(client)))
    t.equal(network.count(REFRESH), 1)
    const reloaded = openClient(network, { storage, refreshToken: 'cookie' })
    t.match(await reloaded.resumeSession(), { status: 'logged-in', account: { email } })
    await reloaded.logOut()
    t.equal((await openClient(network, { storage, refreshToken: 'cookie' }).resumeSession()).status, 'logged-out')
  })
})
