// The client package against the real service, with a network that tests control.
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { createClient, type ClientOptions, type NormFlixClient } from '../../packages/client/src/index.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import type { TestClock } from '../support/clock.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

/** Handles a request in place of the network; null: the request passes. */
type Interceptor = (request: Request) => Response | null | Promise<Response | null>

/** A `fetch` that counts requests and can fail. */
export interface TestNetwork {
  readonly fetch: typeof fetch
  /** Method and path of each request, without the query. */
  readonly requests: string[]
  isOnline: boolean
  intercept: Interceptor
  /** Runs after the service has responded; an error loses the response. */
  afterResponse: (request: Request) => void
  count(request: string): number
  /** Makes all access tokens that were issued until now invalid, as if their time were over. */
  expireTokens(): void
}

const ISSUES_TOKEN = /\/(signup|login|refresh|select)$/

export function createNetwork (): TestNetwork {
  const issued = new Set<string>()
  const expired = new Set<string>()
  const network: TestNetwork = {
    requests: [],
    isOnline: true,
    intercept: () => null,
    afterResponse: () => undefined,
    expireTokens () {
      for (const token of issued) expired.add(token)
    },
    count: (text) => network.requests.filter((request) => request === text).length,
    async fetch (input, init) {
      const request = new Request(input, init)
      network.requests.push(`${request.method} ${new URL(request.url).pathname}`)
      if (!network.isOnline) throw new TypeError('fetch failed')
      const intercepted = await network.intercept(request)
      if (intercepted !== null) return intercepted
      const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? ''
      if (expired.has(token)) request.headers.set('authorization', 'Bearer expired')
      const response = await fetch(request)
      if (response.ok && ISSUES_TOKEN.test(new URL(request.url).pathname)) {
        issued.add((await response.clone().json() as { accessToken: string }).accessToken)
      }
      network.afterResponse(request)
      return response
    },
  }
  return network
}

/** A response such as that of an overloaded service. */
export function unavailable (status: 429 | 503, retryAfter: string): Response {
  return Response.json({
    type: 'https://normflix.example/problems/unavailable',
    title: 'Unavailable',
    status,
    detail: 'Retry later.',
    code: status === 503 ? 'unavailable' : 'rate-limited',
    requestId: 'test',
  }, { status, headers: { 'retry-after': retryAfter, 'content-type': 'application/problem+json' } })
}

export interface ClientWorld {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly origin: string
  readonly admin: TestUser
  /** ID of a movie of 60 s. */
  readonly movieId: string
  openClient(network?: TestNetwork, options?: Partial<ClientOptions>): NormFlixClient
  /** Logs a new user in, with the first profile. */
  openProfile(
    network?: TestNetwork,
    options?: Partial<ClientOptions>,
  ): Promise<{ client: NormFlixClient, user: TestUser }>
}

/** Delays of a test are short. */
const RETRY = { baseDelayMs: 5 }

export async function startClientWorld (t: Test, title = 'Metropolis'): Promise<ClientWorld> {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movieId = await addMovie(app, admin, { title })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const openClient = (network = createNetwork(), options: Partial<ClientOptions> = {}): NormFlixClient => {
    const client = createClient({ baseUrl: origin, fetch: network.fetch, retry: RETRY, ...options })
    t.teardown(client.close)
    return client
  }
  return {
    app,
    clock,
    origin,
    admin,
    movieId,
    openClient,
    async openProfile (network, options) {
      const user = await signUp(app)
      const client = openClient(network, options)
      await client.logIn(user.email, PASSWORD)
      await client.selectProfile(user.profileId)
      return { client, user }
    },
  }
}
