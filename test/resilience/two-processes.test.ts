// Two service processes on one database: limits hold across both, and each sees the changes of the other.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { createTestDatabase } from '../support/app.js'
import { clipBytes } from '../support/catalogue.js'
import { openEventStream } from '../support/event-stream.js'
import { movieTitle } from '../support/movie-titles.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'
import { PASSWORD } from '../support/users.js'

t.test('two processes on one database', { timeout: 280_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-two-'))
  const [a, b] = await Promise.all([startServer(t, uri, dataDir), startServer(t, uri, dataDir)])
  const servers = [a, b]
  let userCount = 0
  const signUp = async (server = a) =>
    (await send(server, 'POST', '/v1/auth/signup', undefined, {
      email: `user${++userCount}@example.com`,
      password: PASSWORD,
      plan: 'premium',
    })).body
  const adminToken = await signUpAdminAt(a, uri)
  const movie = (await send(a, 'POST', '/v1/admin/movies', adminToken, { title: 'Alien' })).body.id

  t.test('a title created in one process is in the other within a second, with its media files', async (t) => {
    await send(a, 'POST', `/v1/admin/movies/${movie}/media`, adminToken, clipBytes('480p-en'), {
      'content-type': 'video/mp4',
    })
    const startedAt = Date.now()
    let files: unknown[] = []
    while (files.length === 0 && Date.now() - startedAt < 5_000) {
      files = (await send(b, 'GET', `/v1/movies/${movie}`, adminToken)).body.mediaFiles ?? []
    }
    t.equal(files.length, 1)
    t.ok(Date.now() - startedAt < 1_000, `after ${Date.now() - startedAt} ms`)
  })

  t.test('search finds titles created, renamed or deleted in the other process within a second', async (t) => {
    const searchIn = async (server: ServerProcess, query: string): Promise<string[]> =>
      (await send(server, 'GET', `/v1/search?q=${query}`, adminToken)).body.items.map(({ id }: { id: string }) => id)
    const waitForResult = async (query: string, isExpected: boolean, id: string): Promise<void> => {
      const startedAt = Date.now()
      while ((await searchIn(b, query)).includes(id) !== isExpected && Date.now() - startedAt < 5_000);
      t.ok(Date.now() - startedAt < 1_000, `${query}: after ${Date.now() - startedAt} ms`)
    }
    const { id } = (await send(a, 'POST', '/v1/admin/movies', adminToken, { title: 'Nosferatu' })).body
    t.strictSame(await searchIn(a, 'nosferatu'), [id])
    await waitForResult('nosferatu', true, id)
    await send(a, 'PATCH', `/v1/admin/movies/${id}`, adminToken, { title: 'Metropolis' })
    await waitForResult('metropolis', true, id)
    await waitForResult('nosferatu', false, id)
    await send(a, 'DELETE', `/v1/admin/movies/${id}`, adminToken)
    await waitForResult('metropolis', false, id)
  })

  t.test('titles imported through one process are in the other within a second of the response', async (t) => {
    const COUNT = 3_000
    const lines = Array.from({ length: COUNT }, (_, i) => ({
      kind: 'movie',
      title: movieTitle(i),
      year: 2001,
      externalIds: { imdb: `tt${i}` },
    }))
    const countTitles = async (server: ServerProcess): Promise<number> =>
      (await send(server, 'GET', '/v1/titles/facets?yearFrom=2001&yearTo=2001', adminToken)).body.total
    const { status, body } = await send(a, 'POST', '/v1/admin/import', adminToken, lines)
    t.match([status, body.created], [200, COUNT])
    const respondedAt = Date.now()
    t.equal(await countTitles(a), COUNT, 'immediately in the importing process')
    while (await countTitles(b) !== COUNT && Date.now() - respondedAt < 5_000);
    t.equal(await countTitles(b), COUNT)
    t.ok(Date.now() - respondedAt < 1_000, `after ${Date.now() - respondedAt} ms`)
  })

  t.test('fifty concurrent profiles across both processes leave exactly five', async (t) => {
    for (let round = 0; round < 20; round++) {
      const { accessToken } = await signUp(servers[round % 2])
      const responses = await Promise.all(
        Array.from(
          { length: 50 },
          async (_, i) => await send(servers[i % 2] ?? a, 'POST', '/v1/profiles', accessToken, { name: `P${i}` }),
        ),
      )
      t.equal(responses.filter(({ status }) => status === 201).length, 4, `round ${round + 1}`)
      t.equal((await send(b, 'GET', '/v1/profiles', accessToken)).body.items.length, 5)
    }
  })

  t.test('forty concurrent playback starts across both processes leave exactly four streams', async (t) => {
    for (let round = 0; round < 20; round++) {
      const { accessToken, account } = await signUp()
      const url = `/v1/profiles/${account.profiles[0].id}/playback`
      const responses = await Promise.all(
        Array.from(
          { length: 40 },
          async (_, i) => await send(servers[i % 2] ?? a, 'POST', url, accessToken, { itemId: movie }),
        ),
      )
      t.equal(responses.filter(({ status }) => status === 201).length, 4, `round ${round + 1}`)
      t.equal((await send(b, 'GET', '/v1/account/streams', accessToken)).body.items.length, 4)
    }
  })

  t.test('of forty concurrent wrong PINs across both processes five are checked', async (t) => {
    for (let round = 0; round < 5; round++) {
      const { accessToken, account } = await signUp()
      const profile = `/v1/profiles/${account.profiles[0].id}`
      await send(a, 'PATCH', profile, accessToken, { pin: '2468' })
      const responses = await Promise.all(
        Array.from(
          { length: 40 },
          async (_, i) =>
            await send(servers[i % 2] ?? a, 'POST', `${profile}/select`, accessToken, { pin: String(1_000 + i) }),
        ),
      )
      t.strictSame(
        [
          responses.filter(({ body }) => body.code === 'wrong-pin').length,
          responses.filter(({ body }) => body.code === 'too-many-pin-guesses').length,
        ],
        [5, 35],
        `round ${round + 1}`,
      )
      t.equal((await send(b, 'POST', `${profile}/select`, accessToken, { pin: '2468' })).status, 429)
    }
  })

  t.test('a stream started in one process continues and stops in the other at the exact position', async (t) => {
    const { accessToken, account } = await signUp()
    const profile = `/v1/profiles/${account.profiles[0].id}`
    const { body } = await send(a, 'POST', `${profile}/playback`, accessToken, { itemId: movie })
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString()
    t.equal(
      (await send(b, 'PUT', `${profile}/playback/${body.streamId}`, accessToken, {
        positionMs: 10_001,
        watchedMs: 10_000,
        at: at(-500),
      })).status,
      200,
    )
    t.equal((await send(a, 'GET', `${profile}/continue`, accessToken)).body.positionMs, 10_001)
    t.equal(
      (await send(b, 'POST', `${profile}/playback/${body.streamId}/stop`, accessToken, {
        positionMs: 23_457,
        watchedMs: 20_000,
        at: at(0),
      })).status,
      200,
    )
    t.equal((await send(a, 'GET', `${profile}/continue`, accessToken)).body.positionMs, 23_457)
  })

  t.test('the feed of one process sends changes of the other within a second, and its rows agree', async (t) => {
    const { accessToken, account } = await signUp()
    const profile = `/v1/profiles/${account.profiles[0].id}`
    const feed = await openEventStream(`${b.origin}${profile}/changes`, accessToken)
    t.teardown(() => {
      feed.close()
    })
    await feed.next()
    /** Makes a change in one process and returns the next item of the kind from the feed of the other. */
    async function nextItem (kind: string, makeChange: () => Promise<unknown>): Promise<any> {
      await makeChange()
      const startedAt = Date.now()
      const { items } = await feed.nextOfKind(kind)
      t.ok(Date.now() - startedAt < 1_000, `${kind} after ${Date.now() - startedAt} ms`)
      return items.find((item) => item.kind === kind)
    }
    t.match(await nextItem('wishlist', async () => await send(a, 'PUT', `${profile}/wishlist/${movie}`, accessToken)), {
      title: { id: movie, inWishlist: true },
    })
    const { body } = await send(a, 'POST', `${profile}/playback`, accessToken, { itemId: movie })
    const report = { positionMs: 20_007, watchedMs: 20_000, at: new Date().toISOString() }
    t.match(
      await nextItem(
        'watching',
        async () => await send(a, 'PUT', `${profile}/playback/${body.streamId}`, accessToken, report),
      ),
      { title: { progress: { positionMs: 20_007 } } },
    )
    const rows = await Promise.all(
      servers.map(async (server) =>
        (await send(server, 'GET', `${profile}/continue-watching`, accessToken)).body.items
      ),
    )
    t.match(rows[0], [{ title: { id: movie }, positionMs: 20_007 }])
    t.strictSame(rows[0], rows[1], 'both processes return the same row')
    t.match(
      await nextItem(
        'catalogue',
        async () => await send(a, 'PATCH', `/v1/admin/movies/${movie}`, adminToken, { synopsis: 'In space.' }),
      ),
      { title: { id: movie } },
    )
    t.equal(
      (await send(b, 'GET', `/v1/movies/${movie}`, accessToken)).body.synopsis,
      'In space.',
      'the process that sends the event has the change',
    )
    const availableFrom = new Date(Date.now() + 2_500)
    await nextItem(
      'catalogue',
      async () =>
        await send(a, 'POST', '/v1/admin/movies', adminToken, {
          title: 'Gravity',
          availableFrom: availableFrom.toISOString(),
        }),
    )
    const { items } = await feed.nextOfKind('catalogue')
    t.match(items, [{ kind: 'catalogue', title: { title: 'Gravity' } }])
    const delayMs = Date.now() - availableFrom.getTime()
    t.ok(delayMs >= 0 && delayMs < 1_000, `the event arrives ${delayMs} ms after the title becomes available`)
    await send(a, 'POST', '/v1/auth/logout', accessToken)
    const startedAt = Date.now()
    while (await feed.next() !== null);
    t.ok(
      Date.now() - startedAt < 5_500,
      `the feed ends ${Date.now() - startedAt} ms after a log-out in the other process`,
    )
  })

  t.test('a collection created in one process is in the other within a second', async (t) => {
    const { id } =
      (await send(a, 'POST', '/v1/admin/collections', adminToken, { title: 'In Space', titleIds: [movie] })).body
    const startedAt = Date.now()
    while (
      (await send(b, 'GET', `/v1/collections/${id}`, adminToken)).status !== 200 && Date.now() - startedAt < 5_000
    );
    t.ok(Date.now() - startedAt < 1_000, `after ${Date.now() - startedAt} ms`)
  })

  t.test('a log-out in one process takes effect in the other within five seconds', async (t) => {
    const { accessToken } = await signUp()
    t.equal((await send(b, 'GET', '/v1/account', accessToken)).status, 200)
    await send(a, 'POST', '/v1/auth/logout', accessToken)
    const startedAt = Date.now()
    while ((await send(b, 'GET', '/v1/account', accessToken)).status === 200 && Date.now() - startedAt < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    t.ok(Date.now() - startedAt < 5_500, `after ${Date.now() - startedAt} ms`)
  })

  t.test('SIGTERM under load interrupts no request, and the process exits with 0 within ten seconds', async (t) => {
    const { accessToken, account } = await signUp()
    const feed = await openEventStream(`${b.origin}/v1/profiles/${account.profiles[0].id}/changes`, accessToken)
    await feed.next()
    const outcomes: string[] = []
    const stopped = new AbortController()
    const clients = Array.from({ length: 8 }, async (_, i) => {
      // Half of the clients open a connection for each request, as proxies do by default.
      const headers: Record<string, string> = i % 2 === 0 ? {} : { connection: 'close' }
      while (!stopped.signal.aborted) {
        try {
          outcomes.push(String((await send(b, 'GET', '/v1/titles', accessToken, undefined, headers)).status))
        } catch (error) {
          // A rejected connection interrupts no request: the server has stopped accepting connections.
          const { code = 'unknown' } = (error as { cause?: { code?: string } }).cause ?? {}
          outcomes.push(code)
          return
        }
      }
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    const startedAt = Date.now()
    const code = await b.stop()
    stopped.abort()
    await Promise.all(clients)
    t.equal(await feed.next(), null, 'the open feed ends')
    t.equal(code, 0)
    t.ok(Date.now() - startedAt < 10_000, `${Date.now() - startedAt} ms`)
    t.ok(outcomes.length > 50, `${outcomes.length} requests`)
    t.strictSame(outcomes.filter((outcome) => !['200', '503', 'ECONNREFUSED'].includes(outcome)), [])
  })
})
