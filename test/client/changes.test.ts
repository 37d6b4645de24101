// The change feed of the client package: an iterator that continues after a cut, and its parser.
import fc from 'fast-check'
import t from 'tap'
import { createEventParser } from '../../packages/client/src/event-stream.js'
import { ApiProblem, type ChangeEvent, type NormFlixClient } from '../../packages/client/src/index.js'
import { addMovie } from '../support/catalogue.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { createNetwork, startClientWorld, unavailable } from './client-world.js'

/** Reads events up to one that has a change or a reset. */
async function nextChange (feed: AsyncGenerator<ChangeEvent, void>): Promise<ChangeEvent> {
  for (;;) {
    const { done, value } = await feed.next()
    if (done === true) throw new Error('The feed ended.')
    if (value.items.length > 0 || value.reset) return value
  }
}

const titlesOf = ({ items }: ChangeEvent): Array<string | undefined> => items.map(({ title }) => title?.title)

t.test('the change feed', { timeout: 120_000 }, async (t) => {
  const { app, admin, movieId, origin, openProfile } = await startClientWorld(t)
  const otherId = await addMovie(app, admin, { title: 'Nosferatu' }, [])
  const proxy = await startFaultProxy(t, { host: '127.0.0.1', port: Number(new URL(origin).port) })
  const throughProxy = { baseUrl: `http://127.0.0.1:${proxy.port}` }
  t.afterEach(() => {
    proxy.fault = null
  })
  const open = (client: NormFlixClient, options = {}) => client.followChanges({ reconnectMs: 20, ...options })

  t.test('reports changes as they happen, and ends with its signal', async (t) => {
    const { client, user } = await openProfile()
    const controller = new AbortController()
    const feed = open(client, { signal: controller.signal })
    t.match((await feed.next()).value, { items: [], reset: false, cursor: String })
    await user.put(`/v1/profiles/${user.profileId}/wishlist/${movieId}`)
    const change = await nextChange(feed)
    t.match(change.items, [{ kind: 'wishlist', title: { id: movieId, title: 'Metropolis' } }])
    const next = feed.next()
    controller.abort()
    t.strictSame(await next, { done: true, value: undefined })
  })

  t.test('continues after a cut: each change once, also those that happened in between', async (t) => {
    const network = createNetwork()
    const { client, user } = await openProfile(network, throughProxy)
    const feed = open(client)
    await feed.next()
    await user.put(`/v1/profiles/${user.profileId}/wishlist/${movieId}`)
    t.strictSame(titlesOf(await nextChange(feed)), ['Metropolis'])
    proxy.fault = 'reject'
    const next = nextChange(feed)
    await user.put(`/v1/profiles/${user.profileId}/wishlist/${otherId}`)
    // Several reconnections fail before one succeeds.
    const attempts = (): number => network.count(`GET /v1/profiles/${user.profileId}/changes`)
    while (attempts() < 4) await new Promise((resolve) => setTimeout(resolve, 10))
    proxy.fault = null
    const change = await next
    t.strictSame(titlesOf(change), ['Nosferatu'])
    t.equal(change.reset, false)
    await feed.return()
  })

  t.test('continues from a cursor of the last run', async (t) => {
    const { client, user } = await openProfile()
    const first = open(client)
    const cursor = (await first.next()).value?.cursor ?? ''
    await first.return()
    await user.put(`/v1/profiles/${user.profileId}/ratings/${movieId}`, { rating: 'love' })
    const second = open(client, { since: cursor })
    t.match((await nextChange(second)).items, [{ kind: 'rating', title: { id: movieId } }])
    await second.return()
  })

  t.test('starts again with a reset after a stored cursor that the service does not accept any more', async (t) => {
    const { client, user } = await openProfile()
    const feed = open(client, { since: 'of-other-keys' })
    t.match((await feed.next()).value, { items: [], reset: true, cursor: String })
    await user.put(`/v1/profiles/${user.profileId}/wishlist/${movieId}`)
    const change = await nextChange(feed)
    t.strictSame(titlesOf(change), ['Metropolis'])
    t.equal(change.reset, false)
    await feed.return()
  })

  t.test('waits for the time of Retry-After', async (t) => {
    const network = createNetwork()
    const { client } = await openProfile(network)
    const sentAt: number[] = []
    network.intercept = ({ url }) =>
      url.endsWith('/changes') && sentAt.push(Date.now()) === 1
        ? unavailable(503, '1')
        : null
    const feed = open(client)
    t.match((await feed.next()).value, { items: [] })
    const [first = 0, second = 0] = sentAt
    t.ok(second - first >= 1_000, `waited ${second - first} ms`)
    await feed.return()
  })

  t.test('ends with a problem when the session ends', async (t) => {
    const { client, user } = await openProfile()
    const feed = open(client)
    await feed.next()
    await user.post('/v1/auth/logout-everywhere')
    // A change of the account may arrive before the feed ends.
    const kinds: string[] = []
    const readToEnd = async (): Promise<void> => {
      for await (const { items } of feed) kinds.push(...items.map(({ kind }) => kind))
    }
    const error: unknown = await readToEnd().then(() => null, (cause: unknown) => cause)
    t.ok(error instanceof ApiProblem && error.problem.status === 401)
    t.ok(kinds.every((kind) => kind === 'account'))
    t.equal(client.readSession().end, 'expired')
  })

  t.test('an iteration that stops early closes its connection', async (t) => {
    const network = createNetwork()
    let signal: AbortSignal | null = null
    network.intercept = (request) => {
      if (request.url.endsWith('/changes')) ({ signal } = request)
      return null
    }
    const { client } = await openProfile(network)
    const events: ChangeEvent[] = []
    for await (const event of open(client)) if (events.push(event) === 1) break
    t.match(signal, { aborted: true })
  })
})

t.test('the parser reads events in any pieces, with any line end', (t) => {
  const line = fc.stringMatching(/^[^\r\n\0]*$/)
  const events = fc.array(fc.record({ id: line, data: fc.array(line, { minLength: 1, maxLength: 3 }) }), {
    maxLength: 5,
  })
  fc.assert(
    fc.property(events, fc.constantFrom('\n', '\r\n', '\r'), fc.infiniteStream(fc.nat(7)), (sent, end, sizes) => {
      const text = sent.map(({ id, data }) =>
        [':', `id: ${id}`, 'event: changes', ...data.map((value) => `data: ${value}`), '', ''].join(end)
      ).join('')
      const parser = createEventParser()
      const received = []
      let rest = `retry: 2000${end}${text}`
      for (const size of sizes) {
        if (rest === '') break
        received.push(...parser.parse(rest.slice(0, size)))
        rest = rest.slice(size)
      }
      // A CR at the very end waits for the next piece.
      received.push(...parser.parse(':'))
      t.strictSame(received, sent.map(({ id, data }) => ({ event: 'changes', id, data: data.join('\n') })))
      t.equal(parser.retryMs, 2_000)
    }),
  )
  t.end()
})
