import t from 'tap'
import { createAvailabilityNotifier } from '../../src/changes/availability-notifier.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { movieTitle } from '../support/movie-titles.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

const feedUrl = (client: TestUser, profileId = client.profileId): string => `/v1/profiles/${profileId}/changes`
const kinds = (items: any[]): string[] => items.map(({ kind, title }) => `${kind} ${title?.title ?? '-'}`)

t.test('the change feed', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const base = `/v1/profiles/${kim.profileId}`
  const matrix = await addMovie(app, admin)
  const show = await addShow(app, admin)
  /** Returns the changes that an action causes. */
  async function changesOf (action: () => Promise<unknown>): Promise<any> {
    const { body: { cursor } } = await kim.get(feedUrl(kim))
    await action()
    const { status, body } = await kim.get(`${feedUrl(kim)}?since=${cursor}`)
    t.equal(status, 200)
    return body
  }

  t.test('starts now, and contains each change once', async (t) => {
    await kim.put(`${base}/wishlist/${matrix}`)
    const first = await kim.get(feedUrl(kim))
    t.match(first.body, { items: [], reset: false, cursor: String })
    t.equal(first.headers['cache-control'], 'private, no-store')
    t.strictSame((await kim.get(`${feedUrl(kim)}?since=${first.body.cursor}`)).body.items, [])
    const once = await changesOf(async () => {
      await kim.delete(`${base}/wishlist/${matrix}`)
    })
    t.strictSame(kinds(once.items), ['wishlist The Matrix'])
    t.strictSame((await kim.get(`${feedUrl(kim)}?since=${once.cursor}`)).body.items, [])
    t.strictSame(kinds((await kim.get(`${feedUrl(kim)}?since=${first.body.cursor}`)).body.items), [
      'wishlist The Matrix',
    ], 'an older cursor returns the change again')
  })

  t.test('contains actions of the profile, with the current state of the title', async (t) => {
    const wishlisted = await changesOf(async () => {
      await kim.put(`${base}/wishlist/${matrix}`)
    })
    t.match(wishlisted.items, [{
      kind: 'wishlist',
      title: { id: matrix, inWishlist: true, rating: null, progress: null },
    }])
    t.match(
      (await changesOf(async () => {
        await kim.put(`${base}/ratings/${matrix}`, { rating: 'love' })
      })).items,
      [{ kind: 'rating', title: { rating: 'love' } }],
    )
    t.match(
      (await changesOf(async () => {
        await kim.delete(`${base}/ratings/${matrix}`)
      })).items,
      [{ kind: 'rating', title: { rating: null } }],
    )
    t.match(
      (await changesOf(async () => {
        await kim.put(`${base}/wishlist/order`, { titleIds: [matrix] })
      })).items,
      [{ kind: 'wishlist', title: null }],
    )
    t.match(
      (await changesOf(async () => {
        await watch(kim, clock, matrix, 20_007)
      })).items,
      [{ kind: 'watching', title: { id: matrix, progress: { positionMs: 20_007, finished: false } } }],
    )
    t.match(
      (await changesOf(async () => {
        await kim.delete(`${base}/continue-watching/${matrix}`)
      })).items,
      [{ kind: 'watching', title: { id: matrix } }],
    )
    t.match(
      (await changesOf(async () => {
        await kim.put(`${base}/watched/${show.id}`)
      })).items,
      [{ kind: 'watching', title: { id: show.id } }],
    )
    const { undo } = (await kim.delete(`${base}/history`)).body
    t.match(
      (await changesOf(async () => {
        await kim.post(`${base}/undo/${undo}`)
      })).items.map(({ kind }: any) => kind),
      ['history'],
    )
    t.match(
      (await changesOf(async () => {
        await kim.delete(`${base}/history`)
      })).items,
      [{ kind: 'history', title: null }],
    )
  })

  t.test('contains the exact position of a stream after each heartbeat', async (t) => {
    const { streamId } = (await play(kim, show.episodes[0]!)).body
    for (const positionMs of [10_003, 20_005]) {
      clock.advance(1_000)
      const { items } = await changesOf(async () => {
        await kim.put(`${base}/playback/${streamId}`, {
          positionMs,
          watchedMs: positionMs,
          at: clock.now().toISOString(),
        })
      })
      t.match(items, [{ kind: 'watching', title: { id: show.id, progress: { positionMs } } }])
    }
    t.strictSame((await changesOf(async () => undefined)).items, [], 'no change without a heartbeat')
    clock.advance(1_000)
    t.match(
      (await changesOf(async () => {
        await kim.post(`${base}/playback/${streamId}/stop`, {
          positionMs: 25_001,
          watchedMs: 25_000,
          at: clock.now().toISOString(),
        })
      })).items,
      [{ kind: 'watching', title: { progress: { positionMs: 25_001 } } }],
    )
    const privateStream = (await play(kim, matrix, { private: true })).body
    t.strictSame(
      (await changesOf(async () => {
        await kim.put(`${base}/playback/${privateStream.streamId}`, {
          positionMs: 9_000,
          at: clock.now().toISOString(),
        })
      })).items,
      [],
      'no change for private streams',
    )
  })

  t.test('contains catalogue changes, once per title', async (t) => {
    const { items } = await changesOf(async () => {
      for (const synopsis of ['a', 'b', 'c']) await admin.patch(`/v1/admin/movies/${matrix}`, { synopsis })
      await admin.put(`/v1/admin/shows/${show.id}/seasons/3/episodes/1`, { title: 'New' })
    })
    t.strictSame(kinds(items), ['catalogue The Matrix', 'catalogue Fawlty Towers'])
    const deleted = await addMovie(app, admin, { title: 'Deleted' }, [])
    t.strictSame(
      (await changesOf(async () => {
        await admin.delete(`/v1/admin/movies/${deleted}`)
      })).items,
      [{ kind: 'catalogue', title: null }],
    )
  })

  t.test('contains titles whose availability changes by date, once for all processes', async (t) => {
    const { catalogue } = containerOf(app)
    const notifier = createAvailabilityNotifier(catalogue, clock.now)
    await notifier.notify(clock.now())
    const inMinutes = (minutes: number): string => new Date(clock.now().getTime() + minutes * 60_000).toISOString()
    await addMovie(
      app,
      admin,
      { title: 'For an hour', availableFrom: inMinutes(10), availableUntil: inMinutes(70) },
      [],
    )
    await addMovie(app, admin, { title: 'Later', availableFrom: inMinutes(200) }, [])
    await addMovie(app, admin, { title: 'Unpublished', availableFrom: inMinutes(10), published: false }, [])
    /** Streams of earlier tests expire at the first step of the clock. */
    const changesAfter = async (minutes: number, notifiers = [notifier]): Promise<any[]> =>
      (await changesOf(async () => {
        clock.advance(minutes * 60_000)
        for (const one of notifiers) await one.notify(clock.now())
      })).items.filter(({ kind }: any) => kind !== 'streams')
    t.strictSame(await changesAfter(9), [])
    t.strictSame(kinds(await changesAfter(1)), ['catalogue For an hour'], 'at the exact time')
    t.strictSame(await changesAfter(0), [])
    t.strictSame(await changesAfter(1), [])
    t.strictSame(await changesAfter(59), [{ kind: 'catalogue', title: null }])
    t.strictSame(
      kinds(await changesAfter(200, [createAvailabilityNotifier(catalogue, clock.now)])),
      ['catalogue Later'],
      'a process that starts later records missed changes',
    )
    t.strictSame(
      await changesAfter(0, [notifier, createAvailabilityNotifier(catalogue, clock.now)]),
      [],
      'no process records a change again',
    )
    for (let i = 0; i < 21; i++) {
      await addMovie(app, admin, { title: `Tomorrow ${i}`, availableFrom: inMinutes(1_440) }, [])
    }
    t.strictSame(
      await changesAfter(1_440),
      [{ kind: 'catalogue', title: null }],
      'many changes at the same time are one change of any title',
    )
  })

  t.test('names no title that is not visible to the profile', async (t) => {
    const child = (await kim.post('/v1/profiles', { name: 'Child', kids: true })).body.id
    const kids = kim.with((await kim.post(`/v1/profiles/${child}/select`)).body.accessToken)
    const { cursor } = (await kids.get(feedUrl(kim, child))).body
    await admin.patch(`/v1/admin/movies/${matrix}`, { synopsis: 'Guns.' })
    const toy = await addMovie(app, admin, { title: 'Toy Story', maturityRating: 'G' }, [])
    const { body } = await kids.get(`${feedUrl(kim, child)}?since=${cursor}`)
    t.strictSame(kinds(body.items), ['catalogue -', 'catalogue Toy Story'])
    t.notOk(JSON.stringify(body).includes(matrix))
    await kids.put(`/v1/profiles/${child}/wishlist/${toy}`)
    await admin.patch(`/v1/admin/movies/${toy}`, { maturityRating: 'R' })
    const later = (await kids.get(`${feedUrl(kim, child)}?since=${body.cursor}`)).body
    t.strictSame(kinds(later.items), ['catalogue -'], 'its own wishlist change is left out as well')
    t.strictSame(
      (await kim.get(`${feedUrl(kim)}?since=${(await kim.get(feedUrl(kim))).body.cursor}`)).body.items,
      [],
      'changes of other profiles are left out',
    )
    await kim.delete(`/v1/profiles/${child}`)
  })

  t.test('is reset for a cursor that is older than 200 changes', async (t) => {
    const { cursor } = (await kim.get(feedUrl(kim))).body
    for (let i = 0; i < 200; i++) {
      await kim.put(`${base}/wishlist/${await addMovie(app, admin, { title: movieTitle(i) }, [])}`)
    }
    const atLimit = (await kim.get(feedUrl(kim))).body.cursor
    t.match((await kim.get(`${feedUrl(kim)}?since=${cursor}`)).body.reset, false, 'the log has 200 changes')
    await kim.put(`${base}/wishlist/${show.id}`)
    const late = (await kim.get(`${feedUrl(kim)}?since=${cursor}`)).body
    t.match(late, { reset: true, items: [] })
    t.strictSame(kinds((await kim.get(`${feedUrl(kim)}?since=${atLimit}`)).body.items), ['wishlist Fawlty Towers'])
    t.strictSame((await kim.get(`${feedUrl(kim)}?since=${late.cursor}`)).body, {
      items: [],
      reset: false,
      cursor: late.cursor,
    })
  })

  t.test('rejects a modified cursor, the cursor of another profile, and another account', async (t) => {
    const lee = await signUp(app)
    const { cursor } = (await lee.get(feedUrl(lee))).body
    for (const since of [`${cursor}x`, 'abc', cursor]) {
      expectProblem(t, await kim.get(`${feedUrl(kim)}?since=${since}`), 'invalid-cursor', 400)
    }
    expectProblem(t, await kim.get(feedUrl(lee)), 'not-found', 404)
    expectProblem(t, await lee.get(feedUrl(kim), { accept: 'text/event-stream' }), 'not-found', 404)
    expectProblem(t, await kim.get(`${feedUrl(kim)}?until=now`), 'validation-failed', 400)
  })

  t.test('contains each of many concurrent changes', async (t) => {
    const ids: string[] = []
    for (let i = 0; i < 20; i++) ids.push(await addMovie(app, admin, { title: `Concurrent ${i}` }, []))
    const { items } = await changesOf(async () => {
      await Promise.all(ids.map(async (id) => await kim.put(`${base}/ratings/${id}`, { rating: 'up' })))
    })
    t.strictSame(
      new Set(items.map(({ kind, title }: any) => `${kind} ${title.id}`)),
      new Set(ids.map((id) => `rating ${id}`)),
    )
  })
})

t.test('a list of changes is JSON for every Accept header without an event stream', async (t) => {
  const { app } = await startApp(t)
  const kim = await signUp(app)
  for (const accept of ['application/json', 'text/html', 'application/json;q=0', '*/*']) {
    const { status, headers } = await kim.get(`/v1/profiles/${kim.profileId}/changes`, { accept })
    t.equal(status, 200, accept)
    t.match(headers['content-type'], /^application\/json/)
  }
})
