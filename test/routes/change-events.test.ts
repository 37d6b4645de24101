import t from 'tap'
import { MAX_FEEDS_PER_ACCOUNT } from '../../src/changes/change-feed-broadcaster.js'
import { openEventStream, type EventStreamReader } from '../support/event-stream.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { watch } from '../support/playback.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

const feedUrl = ({ profileId }: TestUser): string => `/v1/profiles/${profileId}/changes`

t.test('the change feed as server-sent events', async (t) => {
  const { app, clock } = await startApp(t)
  const origin = await app.listen({ port: 0 })
  const admin = await signUpAdmin(app)
  const matrix = await addMovie(app, admin)
  const readers: EventStreamReader[] = []
  t.afterEach(() => {
    for (const reader of readers.splice(0)) reader.close()
  })
  const subscribe = async (client: TestUser, headers: Record<string, string> = {}): Promise<EventStreamReader> => {
    const reader = await openEventStream(origin + feedUrl(client), client.token, headers)
    readers.push(reader)
    return reader
  }

  t.test('sends a change within a second', async (t) => {
    const kim = await signUp(app)
    const feed = await subscribe(kim)
    t.equal(feed.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    t.equal(feed.headers.get('cache-control'), 'no-store')
    t.match(await feed.next(), { items: [], reset: false, id: String })
    for (
      const [kind, change] of [
        ['wishlist', async () => await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${matrix}`)],
        ['watching', async () => await watch(kim, clock, matrix, 20_007)],
        [
          'catalogue',
          async () => await admin.patch(`/v1/admin/movies/${matrix}`, { synopsis: `At ${clock.now().toISOString()}` }),
        ],
      ] as const
    ) {
      await change()
      const startedAt = Date.now()
      t.match((await feed.nextOfKind(kind)).items, [{ kind: String, title: { id: matrix } }])
      t.ok(Date.now() - startedAt < 1_000, `${kind} after ${Date.now() - startedAt} ms`)
    }
  })

  t.test('continues after Last-Event-ID', async (t) => {
    const kim = await signUp(app)
    const first = await subscribe(kim)
    const { id } = (await first.next())!
    first.close()
    await kim.put(`/v1/profiles/${kim.profileId}/ratings/${matrix}`, { rating: 'up' })
    const second = await subscribe(kim, { 'last-event-id': id })
    t.match(await second.next(), { items: [{ kind: 'rating', title: { rating: 'up' } }] })
    const cursor = (await kim.get(`${feedUrl(kim)}?since=${id}`)).body.cursor
    t.strictSame(
      (await (await subscribe(kim, { 'last-event-id': cursor })).next())!.items,
      [],
      'both representations use the same cursors',
    )
    t.equal((await subscribe(kim, { 'last-event-id': 'nonsense' })).status, 400)
  })

  t.test('sends comments without changes, and ends within five seconds after its session', async (t) => {
    const kim = await signUp(app)
    const feed = await subscribe(kim)
    t.ok(await feed.nextComment())
    await kim.post('/v1/auth/logout')
    const startedAt = Date.now()
    while (await feed.next() !== null);
    t.ok(Date.now() - startedAt < 5_000, `after ${Date.now() - startedAt} ms`)
  })

  t.test('rejects more feeds of an account than the maximum', async (t) => {
    const kim = await signUp(app)
    const feeds = await Promise.all(Array.from({ length: MAX_FEEDS_PER_ACCOUNT }, async () => await subscribe(kim)))
    t.ok(feeds.every(({ status }) => status === 200))
    for (const feed of feeds) await feed.next()
    t.equal((await subscribe(kim)).status, 429)
    t.equal((await subscribe(await signUp(app))).status, 200, 'other accounts are not affected')
    feeds[0]!.close()
    let status = 429
    while (status === 429) status = (await subscribe(kim)).status
    t.equal(status, 200, 'a closed feed makes room for another')
  })

  t.test('closes feeds of account tokens when the profile gets a PIN', async (t) => {
    const kim = await signUp(app)
    const feed = await subscribe(kim)
    await feed.next()
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '2468' })
    while (await feed.next() !== null);
    t.equal((await subscribe(kim)).status, 403)
  })
})
