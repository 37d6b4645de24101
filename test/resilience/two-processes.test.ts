// Two server processes on one database: what holds in one holds across both.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { openEventStream } from '../support/event-stream.js'
import { createTestDatabase } from '../support/app.js'
import { clipBytes } from '../support/catalogue.js'
import { PASSWORD } from '../support/users.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'

t.test('two processes on one database', { timeout: 280_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-two-'))
  const [a, b] = await Promise.all([startServer(t, uri, dataDir), startServer(t, uri, dataDir)])
  const servers = [a, b]
  let people = 0
  const signUp = async (server = a) =>
    (await send(server, 'POST', '/v1/auth/signup', undefined, {
      email: `p${++people}@example.com`,
      password: PASSWORD,
      plan: 'premium',
    })).body
  const adminToken = await signUpAdminAt(a, uri)
  const movie = (await send(a, 'POST', '/v1/admin/movies', adminToken, { title: 'Alien' })).body.id

  t.test('a title made in one is there in the other within a second, with its files', async (t) => {
    await send(a, 'POST', `/v1/admin/movies/${movie}/media`, adminToken, clipBytes('480p-en'), {
      'content-type': 'video/mp4',
    })
    const started = Date.now()
    let files: unknown[] = []
    while (files.length === 0 && Date.now() - started < 5_000) {
      files = (await send(b, 'GET', `/v1/movies/${movie}`, adminToken)).body.mediaFiles ?? []
    }
    t.equal(files.length, 1)
    t.ok(Date.now() - started < 1_000, `after ${Date.now() - started} ms`)
  })

  t.test('a title made, renamed or taken away in one is found, or not, in the other within a second', async (t) => {
    const findIn = async (server: ServerProcess, query: string): Promise<string[]> =>
      (await send(server, 'GET', `/v1/search?q=${query}`, adminToken)).body.items.map(({ id }: { id: string }) => id)
    const settles = async (query: string, isThere: boolean, id: string): Promise<void> => {
      const started = Date.now()
      while ((await findIn(b, query)).includes(id) !== isThere && Date.now() - started < 5_000);
      t.ok(Date.now() - started < 1_000, `${query}: after ${Date.now() - started} ms`)
    }
    const { id } = (await send(a, 'POST', '/v1/admin/movies', adminToken, { title: 'Nosferatu' })).body
    t.strictSame(await findIn(a, 'nosferatu'), [id])
    await settles('nosferatu', true, id)
    await send(a, 'PATCH', `/v1/admin/movies/${id}`, adminToken, { title: 'Metropolis' })
    await settles('metropolis', true, id)
    await settles('nosferatu', false, id)
    await send(a, 'DELETE', `/v1/admin/movies/${id}`, adminToken)
    await settles('metropolis', false, id)
  })

  t.test('what is imported through one is in the other within a second of the answer', async (t) => {
    const COUNT = 3_000
    const line = (i: number): object => ({
      kind: 'movie',
      title: `Imported ${i}`,
      year: 2001,
      externalIds: { imdb: `tt${i}` },
    })
    const listed = async (server: ServerProcess): Promise<number> =>
      (await send(server, 'GET', '/v1/titles/facets?yearFrom=2001&yearTo=2001', adminToken)).body.total
    const { status, body } = await send(
      a,
      'POST',
      '/v1/admin/import',
      adminToken,
      Array.from({ length: COUNT }, (_, i) => line(i)),
    )
    t.match([status, body.created], [200, COUNT])
    const answered = Date.now()
    t.equal(await listed(a), COUNT, 'at once where it was imported')
    while (await listed(b) !== COUNT && Date.now() - answered < 5_000);
    t.equal(await listed(b), COUNT)
    t.ok(Date.now() - answered < 1_000, `after ${Date.now() - answered} ms`)
  })

  t.test('fifty profiles at once on both leave exactly five', async (t) => {
    for (let round = 0; round < 20; round++) {
      const { accessToken } = await signUp(servers[round % 2])
      const answers = await Promise.all(
        Array.from(
          { length: 50 },
          async (_, i) => await send(servers[i % 2] ?? a, 'POST', '/v1/profiles', accessToken, { name: `P${i}` }),
        ),
      )
      t.equal(answers.filter(({ status }) => status === 201).length, 4, `round ${round + 1}`)
      t.equal((await send(b, 'GET', '/v1/profiles', accessToken)).body.items.length, 5)
    }
  })

  t.test('forty starts at once on both leave exactly four', async (t) => {
    for (let round = 0; round < 20; round++) {
      const { accessToken, account } = await signUp()
      const url = `/v1/profiles/${account.profiles[0].id}/playback`
      const answers = await Promise.all(
        Array.from(
          { length: 40 },
          async (_, i) => await send(servers[i % 2] ?? a, 'POST', url, accessToken, { itemId: movie }),
        ),
      )
      t.equal(answers.filter(({ status }) => status === 201).length, 4, `round ${round + 1}`)
      t.equal((await send(b, 'GET', '/v1/account/streams', accessToken)).body.items.length, 4)
    }
  })

  t.test('forty wrong PINs at once on both: five are looked at', async (t) => {
    for (let round = 0; round < 5; round++) {
      const { accessToken, account } = await signUp()
      const profile = `/v1/profiles/${account.profiles[0].id}`
      await send(a, 'PATCH', profile, accessToken, { pin: '2468' })
      const answers = await Promise.all(
        Array.from(
          { length: 40 },
          async (_, i) =>
            await send(servers[i % 2] ?? a, 'POST', `${profile}/select`, accessToken, { pin: String(1_000 + i) }),
        ),
      )
      t.strictSame(
        [
          answers.filter(({ body }) => body.code === 'wrong-pin').length,
          answers.filter(({ body }) => body.code === 'too-many-pin-guesses').length,
        ],
        [5, 35],
        `round ${round + 1}`,
      )
      t.equal((await send(b, 'POST', `${profile}/select`, accessToken, { pin: '2468' })).status, 429)
    }
  })

  t.test('a stream begun in one goes on and stops in the other, to the very moment', async (t) => {
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

  t.test("what is done on one is told by the other's feed within a second, and read from the row there", async (t) => {
    const { accessToken, account } = await signUp()
    const profile = `/v1/profiles/${account.profiles[0].id}`
    const feed = await openEventStream(`${b.origin}${profile}/changes`, accessToken)
    t.teardown(() => {
      feed.close()
    })
    await feed.next()
    /** Acts through one process; what the other's feed tells next of a kind, in time. */
    async function tells (kind: string, act: () => Promise<unknown>): Promise<any> {
      await act()
      const started = Date.now()
      const { items } = await feed.nextOfKind(kind)
      t.ok(Date.now() - started < 1_000, `${kind} after ${Date.now() - started} ms`)
      return items.find((item) => item.kind === kind)
    }
    t.match(await tells('wishlist', async () => await send(a, 'PUT', `${profile}/wishlist/${movie}`, accessToken)), {
      title: { id: movie, inWishlist: true },
    })
    const { body } = await send(a, 'POST', `${profile}/playback`, accessToken, { itemId: movie })
    const report = { positionMs: 20_007, watchedMs: 20_000, at: new Date().toISOString() }
    t.match(
      await tells(
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
    t.strictSame(rows[0], rows[1], 'two devices show the same row')
    t.match(
      await tells(
        'catalogue',
        async () => await send(a, 'PATCH', `/v1/admin/movies/${movie}`, adminToken, { synopsis: 'In space.' }),
      ),
      { title: { id: movie } },
    )
    t.equal(
      (await send(b, 'GET', `/v1/movies/${movie}`, accessToken)).body.synopsis,
      'In space.',
      'whoever hears of it reads it',
    )
    const availableFrom = new Date(Date.now() + 2_500)
    await tells(
      'catalogue',
      async () =>
        await send(a, 'POST', '/v1/admin/movies', adminToken, {
          title: 'In a moment',
          availableFrom: availableFrom.toISOString(),
        }),
    )
    const { items } = await feed.nextOfKind('catalogue')
    t.match(items, [{ kind: 'catalogue', title: { title: 'In a moment' } }])
    const late = Date.now() - availableFrom.getTime()
    t.ok(late >= 0 && late < 1_000, `what comes by its date is told ${late} ms after it`)
    await send(a, 'POST', '/v1/auth/logout', accessToken)
    const started = Date.now()
    while (await feed.next() !== null);
    t.ok(Date.now() - started < 5_500, `ends ${Date.now() - started} ms after a log-out in the other`)
  })

  t.test('a collection made in one is there in the other within a second', async (t) => {
    const { id } =
      (await send(a, 'POST', '/v1/admin/collections', adminToken, { title: 'In space', titleIds: [movie] })).body
    const started = Date.now()
    while ((await send(b, 'GET', `/v1/collections/${id}`, adminToken)).status !== 200 && Date.now() - started < 5_000);
    t.ok(Date.now() - started < 1_000, `after ${Date.now() - started} ms`)
  })

  t.test('a log-out in one is known in the other within five seconds', async (t) => {
    const { accessToken } = await signUp()
    t.equal((await send(b, 'GET', '/v1/account', accessToken)).status, 200)
    await send(a, 'POST', '/v1/auth/logout', accessToken)
    const started = Date.now()
    while ((await send(b, 'GET', '/v1/account', accessToken)).status === 200 && Date.now() - started < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    t.ok(Date.now() - started < 5_500, `after ${Date.now() - started} ms`)
  })

  t.test('SIGTERM under load cuts no request off and ends with 0 within ten seconds', async (t) => {
    const { accessToken, account } = await signUp()
    const feed = await openEventStream(`${b.origin}/v1/profiles/${account.profiles[0].id}/changes`, accessToken)
    await feed.next()
    const outcomes: string[] = []
    const stopped = new AbortController()
    const clients = Array.from({ length: 8 }, async () => {
      while (!stopped.signal.aborted) {
        try {
          outcomes.push(String((await send(b, 'GET', '/v1/titles', accessToken)).status))
        } catch (error) {
          // Refused before it was sent is not cut off: the server had stopped accepting.
          const { code = 'unknown' } = (error as { cause?: { code?: string } }).cause ?? {}
          outcomes.push(code)
          return
        }
      }
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    const started = Date.now()
    const code = await b.stop()
    stopped.abort()
    await Promise.all(clients)
    t.equal(await feed.next(), null, 'an open feed ends')
    t.equal(code, 0)
    t.ok(Date.now() - started < 10_000, `${Date.now() - started} ms`)
    t.ok(outcomes.length > 50, `${outcomes.length} requests`)
    t.strictSame(outcomes.filter((outcome) => !['200', '503', 'ECONNREFUSED'].includes(outcome)), [])
  })
})
