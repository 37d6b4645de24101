// The change feed of a profile: asked for with a cursor, and as server-sent events.
import t from 'tap'
import { MAX_FEEDS_PER_ACCOUNT } from '../../src/changes/change-feed-broadcaster.js'
import { createAvailabilityNotifier } from '../../src/changes/availability-notifier.js'
import { openEvents, type EventReader } from '../event-reader.js'
import {
  addMovie,
  addShow,
  expectProblem,
  play,
  signUp,
  signUpAdmin,
  startApp,
  watch,
  type Person,
  containerOf,
} from '../helper.js'

const feedOf = (who: Person, profileId = who.profileId): string => `/v1/profiles/${profileId}/changes`
const kinds = (items: any[]): string[] => items.map(({ kind, title }) => `${kind} ${title?.title ?? '-'}`)

t.test('asked for with a cursor', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const base = `/v1/profiles/${kim.profileId}`
  const matrix = await addMovie(app, admin)
  const show = await addShow(app, admin)
  /** What changed while something was done. */
  async function during (action: () => Promise<unknown>, who = kim): Promise<any> {
    const { body: { cursor } } = await who.get(feedOf(kim))
    await action()
    const { status, body } = await who.get(`${feedOf(kim)}?since=${cursor}`)
    t.equal(status, 200)
    return body
  }

  t.test('begins now, and tells of nothing twice', async (t) => {
    await kim.put(`${base}/wishlist/${matrix}`)
    const first = await kim.get(feedOf(kim))
    t.match(first.body, { items: [], reset: false, cursor: String })
    t.equal(first.headers['cache-control'], 'private, no-store')
    t.strictSame((await kim.get(`${feedOf(kim)}?since=${first.body.cursor}`)).body.items, [])
    const once = await during(async () => {
      await kim.delete(`${base}/wishlist/${matrix}`)
    })
    t.strictSame(kinds(once.items), ['wishlist The Matrix'])
    t.strictSame((await kim.get(`${feedOf(kim)}?since=${once.cursor}`)).body.items, [])
    t.strictSame(kinds((await kim.get(`${feedOf(kim)}?since=${first.body.cursor}`)).body.items), [
      'wishlist The Matrix',
    ], 'an older place still tells')
  })

  t.test('tells what a profile did, with the present state of the title', async (t) => {
    const wished = await during(async () => {
      await kim.put(`${base}/wishlist/${matrix}`)
    })
    t.match(wished.items, [{ kind: 'wishlist', title: { id: matrix, inWishlist: true, rating: null, progress: null } }])
    t.match(
      (await during(async () => {
        await kim.put(`${base}/ratings/${matrix}`, { rating: 'love' })
      })).items,
      [{ kind: 'rating', title: { rating: 'love' } }],
    )
    t.match(
      (await during(async () => {
        await kim.delete(`${base}/ratings/${matrix}`)
      })).items,
      [{ kind: 'rating', title: { rating: null } }],
    )
    t.match(
      (await during(async () => {
        await kim.put(`${base}/wishlist/order`, { titleIds: [matrix] })
      })).items,
      [{ kind: 'wishlist', title: null }],
    )
    t.match(
      (await during(async () => {
        await watch(kim, clock, matrix, 20_007)
      })).items,
      [{ kind: 'watching', title: { id: matrix, progress: { positionMs: 20_007, finished: false } } }],
    )
    t.match(
      (await during(async () => {
        await kim.delete(`${base}/continue-watching/${matrix}`)
      })).items,
      [{ kind: 'watching', title: { id: matrix } }],
    )
    t.match(
      (await during(async () => {
        await kim.put(`${base}/watched/${show.id}`)
      })).items,
      [{ kind: 'watching', title: { id: show.id } }],
    )
    const { undo } = (await kim.delete(`${base}/history`)).body
    t.match(
      (await during(async () => {
        await kim.post(`${base}/undo/${undo}`)
      })).items.map(({ kind }: any) => kind),
      ['history'],
    )
    t.match(
      (await during(async () => {
        await kim.delete(`${base}/history`)
      })).items,
      [{ kind: 'history', title: null }],
    )
  })

  t.test('tells of a stream at each heartbeat, to the very place', async (t) => {
    const { streamId } = (await play(kim, show.episodes[0]!)).body
    for (const positionMs of [10_003, 20_005]) {
      clock.advance(1_000)
      const { items } = await during(async () => {
        await kim.put(`${base}/playback/${streamId}`, {
          positionMs,
          watchedMs: positionMs,
          at: clock.now().toISOString(),
        })
      })
      t.match(items, [{ kind: 'watching', title: { id: show.id, progress: { positionMs } } }])
    }
    t.strictSame((await during(async () => undefined)).items, [], 'and is silent while nothing moves')
    clock.advance(1_000)
    t.match(
      (await during(async () => {
        await kim.post(`${base}/playback/${streamId}/stop`, {
          positionMs: 25_001,
          watchedMs: 25_000,
          at: clock.now().toISOString(),
        })
      })).items,
      [{ kind: 'watching', title: { progress: { positionMs: 25_001 } } }],
    )
    const secret = (await play(kim, matrix, { private: true })).body
    t.strictSame(
      (await during(async () => {
        await kim.put(`${base}/playback/${secret.streamId}`, { positionMs: 9_000, at: clock.now().toISOString() })
      })).items,
      [],
      'nothing of what is played privately',
    )
  })

  t.test('tells of the catalogue, once for each title however often it changed', async (t) => {
    const { items } = await during(async () => {
      for (const synopsis of ['a', 'b', 'c']) await admin.patch(`/v1/admin/movies/${matrix}`, { synopsis })
      await admin.put(`/v1/admin/shows/${show.id}/seasons/3/episodes/1`, { title: 'New' })
    })
    t.strictSame(kinds(items), ['catalogue The Matrix', 'catalogue Fawlty Towers'])
    const gone = await addMovie(app, admin, { title: 'Gone' }, [])
    t.strictSame(
      (await during(async () => {
        await admin.delete(`/v1/admin/movies/${gone}`)
      })).items,
      [{ kind: 'catalogue', title: null }],
    )
  })

  t.test('tells what comes and goes by its dates, once, also when nobody was there to notice', async (t) => {
    const services = containerOf(app)
    const news = createAvailabilityNotifier(services.catalogue)
    await news.notify(clock.now())
    const inMinutes = (minutes: number): string => new Date(clock.now().getTime() + minutes * 60_000).toISOString()
    await addMovie(
      app,
      admin,
      { title: 'For an hour', availableFrom: inMinutes(10), availableUntil: inMinutes(70) },
      [],
    )
    await addMovie(app, admin, { title: 'Later', availableFrom: inMinutes(200) }, [])
    await addMovie(app, admin, { title: 'Nobody sees it', availableFrom: inMinutes(10), published: false }, [])
    const after = async (minutes: number, tellers = [news]): Promise<any[]> =>
      (await during(async () => {
        clock.advance(minutes * 60_000)
        for (const teller of tellers) await teller.notify(clock.now())
      })).items
    t.strictSame(await after(9), [])
    t.strictSame(kinds(await after(1)), ['catalogue For an hour'], 'to the very moment')
    t.strictSame(await after(0), [])
    t.strictSame(await after(1), [])
    t.strictSame(await after(59), [{ kind: 'catalogue', title: null }])
    t.strictSame(
      kinds(await after(200, [createAvailabilityNotifier(services.catalogue)])),
      ['catalogue Later'],
      'a process that starts tells what it missed',
    )
    t.strictSame(
      await after(0, [news, createAvailabilityNotifier(services.catalogue)]),
      [],
      'and no other tells it again',
    )
    for (let i = 0; i < 21; i++) {
      await addMovie(app, admin, { title: `Tomorrow ${i}`, availableFrom: inMinutes(1_440) }, [])
    }
    t.strictSame(await after(1_440), [{ kind: 'catalogue', title: null }], 'many at once are told as any')
  })

  t.test('names nothing that the profile may not see', async (t) => {
    const child = (await kim.post('/v1/profiles', { name: 'Child', kids: true })).body.id
    const bound = kim.with((await kim.post(`/v1/profiles/${child}/select`)).body.accessToken)
    const { cursor } = (await bound.get(feedOf(kim, child))).body
    await admin.patch(`/v1/admin/movies/${matrix}`, { synopsis: 'Guns.' })
    const toy = await addMovie(app, admin, { title: 'Toy Story', maturityRating: 'G' }, [])
    const { body } = await bound.get(`${feedOf(kim, child)}?since=${cursor}`)
    t.strictSame(kinds(body.items), ['catalogue -', 'catalogue Toy Story'])
    t.notOk(JSON.stringify(body).includes(matrix))
    await bound.put(`/v1/profiles/${child}/wishlist/${toy}`)
    await admin.patch(`/v1/admin/movies/${toy}`, { maturityRating: 'R' })
    const later = (await bound.get(`${feedOf(kim, child)}?since=${body.cursor}`)).body
    t.strictSame(kinds(later.items), ['catalogue -'], 'its own wish for it is not to be seen either')
    t.strictSame(
      (await kim.get(`${feedOf(kim)}?since=${(await kim.get(feedOf(kim))).body.cursor}`)).body.items,
      [],
      "another profile's wishes are its own",
    )
    await kim.delete(`/v1/profiles/${child}`)
  })

  t.test('whoever was away for too long reads everything again', async (t) => {
    const { cursor } = (await kim.get(feedOf(kim))).body
    for (let i = 0; i < 200; i++) {
      await kim.put(`${base}/wishlist/${await addMovie(app, admin, { title: `Film ${i}` }, [])}`)
    }
    const atLimit = (await kim.get(feedOf(kim))).body.cursor
    t.match((await kim.get(`${feedOf(kim)}?since=${cursor}`)).body.reset, false, 'two hundred are remembered')
    await kim.put(`${base}/wishlist/${show.id}`)
    const late = (await kim.get(`${feedOf(kim)}?since=${cursor}`)).body
    t.match(late, { reset: true, items: [] })
    t.strictSame(kinds((await kim.get(`${feedOf(kim)}?since=${atLimit}`)).body.items), ['wishlist Fawlty Towers'])
    t.strictSame((await kim.get(`${feedOf(kim)}?since=${late.cursor}`)).body, {
      items: [],
      reset: false,
      cursor: late.cursor,
    })
  })

  t.test("a changed cursor, another profile's, and another's feed are refused", async (t) => {
    const lee = await signUp(app)
    const { cursor } = (await lee.get(feedOf(lee))).body
    for (const since of [`${cursor}x`, 'abc', cursor]) {
      expectProblem(t, await kim.get(`${feedOf(kim)}?since=${since}`), 'invalid-cursor', 400)
    }
    expectProblem(t, await kim.get(feedOf(lee)), 'not-found', 404)
    expectProblem(t, await lee.get(feedOf(kim), { accept: 'text/event-stream' }), 'not-found', 404)
    expectProblem(t, await kim.get(`${feedOf(kim)}?until=now`), 'validation-failed', 400)
  })

  t.test('many changes at once are each told', async (t) => {
    const ids: string[] = []
    for (let i = 0; i < 20; i++) ids.push(await addMovie(app, admin, { title: `At once ${i}` }, []))
    const { items } = await during(async () => {
      await Promise.all(ids.map(async (id) => await kim.put(`${base}/ratings/${id}`, { rating: 'up' })))
    })
    t.strictSame(
      new Set(items.map(({ kind, title }: any) => `${kind} ${title.id}`)),
      new Set(ids.map((id) => `rating ${id}`)),
    )
  })
})

t.test('as server-sent events', async (t) => {
  const { app, clock } = await startApp(t)
  const origin = await app.listen({ port: 0 })
  const admin = await signUpAdmin(app)
  const matrix = await addMovie(app, admin)
  const open: EventReader[] = []
  t.afterEach(() => {
    for (const reader of open.splice(0)) reader.close()
  })
  const listen = async (who: Person, headers: Record<string, string> = {}): Promise<EventReader> => {
    const reader = await openEvents(origin + feedOf(who), who.token, headers)
    open.push(reader)
    return reader
  }

  t.test('a change is there within a second', async (t) => {
    const kim = await signUp(app)
    const feed = await listen(kim)
    t.equal(feed.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    t.equal(feed.headers.get('cache-control'), 'no-store')
    t.match(await feed.next(), { items: [], reset: false, id: String })
    for (
      const [kind, act] of [
        ['wishlist', async () => await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${matrix}`)],
        ['watching', async () => await watch(kim, clock, matrix, 20_007)],
        [
          'catalogue',
          async () => await admin.patch(`/v1/admin/movies/${matrix}`, { synopsis: `At ${clock.now().toISOString()}` }),
        ],
      ] as const
    ) {
      await act()
      const started = Date.now()
      t.match((await feed.until(kind)).items, [{ kind: String, title: { id: matrix } }])
      t.ok(Date.now() - started < 1_000, `${kind} after ${Date.now() - started} ms`)
    }
  })

  t.test('goes on where it broke off', async (t) => {
    const kim = await signUp(app)
    const first = await listen(kim)
    const { id } = (await first.next())!
    first.close()
    await kim.put(`/v1/profiles/${kim.profileId}/ratings/${matrix}`, { rating: 'up' })
    const again = await listen(kim, { 'last-event-id': id })
    t.match(await again.next(), { items: [{ kind: 'rating', title: { rating: 'up' } }] })
    const cursor = (await kim.get(`${feedOf(kim)}?since=${id}`)).body.cursor
    t.strictSame(
      (await (await listen(kim, { 'last-event-id': cursor })).next())!.items,
      [],
      'a cursor of either serves the other',
    )
    t.equal((await listen(kim, { 'last-event-id': 'nonsense' })).status, 400)
  })

  t.test('a quiet one is kept alive; it ends within five seconds of its session', async (t) => {
    const kim = await signUp(app)
    const feed = await listen(kim)
    t.ok(await feed.comment())
    await kim.post('/v1/auth/logout')
    const started = Date.now()
    while (await feed.next() !== null);
    t.ok(Date.now() - started < 5_000, `after ${Date.now() - started} ms`)
  })

  t.test('an account listens with so many connections, and no more', async (t) => {
    const kim = await signUp(app)
    const feeds = await Promise.all(Array.from({ length: MAX_FEEDS_PER_ACCOUNT }, async () => await listen(kim)))
    t.ok(feeds.every(({ status }) => status === 200))
    for (const feed of feeds) await feed.next()
    t.equal((await listen(kim)).status, 429)
    t.equal((await listen(await signUp(app))).status, 200, 'others may')
    feeds[0]!.close()
    let status = 429
    while (status === 429) status = (await listen(kim)).status
    t.equal(status, 200, 'a place that is left is free again')
  })

  t.test('a profile that gets a PIN shuts out who came without', async (t) => {
    const kim = await signUp(app)
    const feed = await listen(kim)
    await feed.next()
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '2468' })
    while (await feed.next() !== null);
    t.equal((await listen(kim)).status, 403)
  })
})
