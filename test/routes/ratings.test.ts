import mongoose, { Types } from 'mongoose'
import t, { type Test } from 'tap'
import { Account } from '../../models/account.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import {
  addMovie,
  addShow,
  call,
  expectProblem,
  play,
  signUp,
  signUpAdmin,
  startApp,
  upload,
  watch,
  type Answer,
  type Person,
  containerOf,
} from '../helper.js'

const at = (kim: Person, rest: string): string => `/v1/profiles/${kim.profileId}/${rest}`
const named = ({ body }: Answer): string[] =>
  body.items.map((item: { title: string | { title: string } }) =>
    typeof item.title === 'string' ? item.title : item.title.title
  )

/** The same person with the token of a kids profile. */
async function childOf (kim: Person): Promise<Person> {
  const kids = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body.id as string
  const { body } = await kim.post(`/v1/profiles/${kids}/select`)
  return { ...kim.with(body.accessToken), profileId: kids }
}

async function bound (kim: Person): Promise<Person> {
  return kim.with((await kim.post(at(kim, 'select'))).body.accessToken)
}

t.test('ratings', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (let i = 0; i < 5; i++) movies.push(await addMovie(app, admin, { title: `Film ${i}` }, []))
  const show = await addShow(app, admin, {}, [])
  const [first = '', second = ''] = movies

  t.test('are given, changed and taken back, and may be repeated', async (t) => {
    const kim = await signUp(app)
    t.equal((await kim.put(at(kim, `ratings/${first}`), { rating: 'up' })).status, 204)
    t.equal((await kim.put(at(kim, `ratings/${show.id}`), { rating: 'love' })).status, 204)
    t.match((await kim.get(at(kim, 'ratings'))).body, {
      items: [{
        title: { id: show.id, kind: 'show', rating: 'love', inWishlist: false, progress: null },
        rating: 'love',
        ratedAt: String,
      }, { title: { id: first }, rating: 'up' }],
      nextCursor: null,
    })
    t.equal((await kim.put(at(kim, `ratings/${first}`), { rating: 'down' })).status, 204)
    t.match((await kim.get(at(kim, 'ratings?rating=down'))).body.items, [{ title: { id: first }, rating: 'down' }])
    t.strictSame((await kim.get(at(kim, 'ratings?rating=up'))).body.items, [])
    for (let i = 0; i < 2; i++) t.equal((await kim.delete(at(kim, `ratings/${first}`))).status, 204)
    t.strictSame(named(await kim.get(at(kim, 'ratings'))), ['Fawlty Towers'])
    t.equal((await kim.delete(at(kim, `ratings/${second}`))).status, 204, 'one that never was')
  })

  t.test('are listed newest first, in pages that new ones do not shift; the same again keeps its place', async (t) => {
    const kim = await signUp(app)
    for (const movie of movies) {
      clock.advance(1_000)
      await kim.put(at(kim, `ratings/${movie}`), { rating: 'up' })
    }
    const page = await kim.get(at(kim, 'ratings?limit=2'))
    t.strictSame(named(page), ['Film 4', 'Film 3'])
    clock.advance(1_000)
    await kim.put(at(kim, `ratings/${show.id}`), { rating: 'up' })
    await kim.put(at(kim, `ratings/${first}`), { rating: 'up' })
    await kim.delete(at(kim, `ratings/${movies[3]}`))
    const rest = await kim.get(at(kim, `ratings?limit=2&cursor=${page.body.nextCursor}`))
    t.strictSame(named(rest), ['Film 2', 'Film 1'])
    const last = await kim.get(at(kim, `ratings?limit=2&cursor=${rest.body.nextCursor}`))
    t.strictSame([named(last), last.body.nextCursor], [['Film 0'], null])
    expectProblem(t, await kim.get(at(kim, `ratings?rating=up&cursor=${page.body.nextCursor}`)), 'invalid-cursor', 400)
    const other = await signUp(app)
    expectProblem(t, await other.get(at(other, `ratings?cursor=${page.body.nextCursor}`)), 'invalid-cursor', 400)
  })

  t.test('of the same moment are all listed, one a page', async (t) => {
    const kim = await signUp(app)
    for (const movie of movies) await kim.put(at(kim, `ratings/${movie}`), { rating: 'up' })
    await ProfileTitlePreferences.updateMany({ profile: kim.profileId }, { $set: { ratedAt: clock.now() } })
    const seen: string[] = []
    for (let url: string | null = at(kim, 'ratings?limit=1'); url !== null;) {
      const page: Answer = await kim.get(url)
      seen.push(...named(page))
      url = page.body.nextCursor === null ? null : at(kim, `ratings?limit=1&cursor=${page.body.nextCursor}`)
    }
    t.strictSame(seen.sort(), ['Film 0', 'Film 1', 'Film 2', 'Film 3', 'Film 4'])
  })

  t.test("show on cards and details with the profile's token, and on the wishlist", async (t) => {
    const kim = await signUp(app)
    await kim.put(at(kim, `ratings/${first}`), { rating: 'love' })
    await kim.put(at(kim, `wishlist/${first}`))
    const viewer = await bound(kim)
    t.match((await viewer.get(`/v1/movies/${first}`)).body, { rating: 'love', inWishlist: true })
    t.match((await viewer.get(`/v1/shows/${show.id}`)).body, { rating: null })
    t.match((await viewer.get('/v1/movies')).body.items.map(({ rating }: { rating: unknown }) => rating), [
      'love',
      null,
      null,
      null,
      null,
    ])
    t.match((await kim.get(at(kim, 'wishlist'))).body.items, [{ rating: 'love', inWishlist: true, progress: null }])
    t.notOk('rating' in (await kim.get(`/v1/movies/${first}`)).body, 'the account has no opinion')
  })

  t.test('twenty at once leave one', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      const answers = await Promise.all(
        Array.from(
          { length: 20 },
          async (_, i) => await kim.put(at(kim, `ratings/${first}`), { rating: i % 2 === 0 ? 'up' : 'down' }),
        ),
      )
      t.strictSame(new Set(answers.map(({ status }) => status)), new Set([204]), `round ${round + 1}`)
      t.equal((await kim.get(at(kim, 'ratings'))).body.items.length, 1)
    }
  })

  t.test('belong to the profile alone, and to titles that it may see', async (t) => {
    const kim = await signUp(app)
    const child = await childOf(kim)
    const cartoon = await addMovie(app, admin, { title: 'Cartoon', maturityRating: 'G' }, [])
    t.equal((await child.put(at(child, `ratings/${cartoon}`), { rating: 'up' })).status, 204)
    expectProblem(t, await child.put(at(child, `ratings/${first}`), { rating: 'up' }), 'not-found', 404)
    expectProblem(t, await child.delete(at(child, `ratings/${first}`)), 'not-found', 404)
    t.strictSame(named(await kim.get(at(kim, 'ratings'))), [])
    await admin.patch(`/v1/admin/movies/${cartoon}`, { maturityRating: 'R' })
    t.strictSame(named(await child.get(at(child, 'ratings'))), [], 'not any more')
    expectProblem(t, await kim.put(at(kim, 'ratings/665f1c2e9b1e8a0012ab34cd'), { rating: 'up' }), 'not-found', 404)
    const stranger = await signUp(app)
    for (
      const answer of [
        await stranger.put(at(kim, `ratings/${first}`), { rating: 'up' }),
        await stranger.get(at(kim, 'ratings')),
        await stranger.delete(at(kim, `ratings/${first}`)),
      ]
    ) expectProblem(t, answer, 'not-found', 404)
    expectProblem(t, await call(app, 'GET', at(kim, 'ratings')), 'unauthorized', 401)
  })

  t.test('a page is filled past titles that are not to be seen', async (t) => {
    const kim = await signUp(app)
    const hidden: string[] = []
    await kim.put(at(kim, `ratings/${first}`), { rating: 'up' })
    for (let i = 0; i < 4; i++) {
      clock.advance(1_000)
      hidden.push(await addMovie(app, admin, { title: `Gone ${i}` }, []))
      await kim.put(at(kim, `ratings/${hidden[i]}`), { rating: 'up' })
    }
    for (const movie of hidden) await admin.delete(`/v1/admin/movies/${movie}`)
    const page = await kim.get(at(kim, 'ratings?limit=1'))
    t.strictSame([named(page), page.body.nextCursor], [['Film 0'], null])
  })

  t.test('that are none are refused', async (t) => {
    const kim = await signUp(app)
    for (const body of [{}, { rating: null }, { rating: 'meh' }, { rating: ['up'] }, { rating: 'up', extra: 1 }]) {
      expectProblem(t, await kim.put(at(kim, `ratings/${first}`), body), 'validation-failed', 400)
    }
    expectProblem(t, await kim.get(at(kim, 'ratings?rating=meh')), 'validation-failed', 400)
    expectProblem(t, await kim.get(at(kim, 'ratings?limit=101')), 'validation-failed', 400)
    expectProblem(t, await kim.get(at(kim, 'ratings?cursor=made.up')), 'invalid-cursor', 400)
  })

  t.test('go with the profile', async (t) => {
    const kim = await signUp(app)
    const two = (await kim.post('/v1/profiles', { name: 'Two' })).body.id
    const other = { ...kim, profileId: two }
    await other.put(at(other, `ratings/${first}`), { rating: 'up' })
    await other.put(at(other, `wishlist/${first}`))
    await other.put(at(other, 'wishlist/order'), { titleIds: [first] })
    t.strictSame([
      await ProfileTitlePreferences.countDocuments({ profile: two }),
      await WishlistOrder.countDocuments({ _id: two }),
    ], [
      1,
      1,
    ])
    await kim.delete(`/v1/profiles/${two}`)
    t.strictSame([
      await ProfileTitlePreferences.countDocuments({ profile: two }),
      await WishlistOrder.countDocuments({ _id: two }),
    ], [
      0,
      0,
    ])
  })
})

t.test('the languages of a title', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en' }, ['480p-en', '1080p-en', '1080p-es'])
  const show = await addShow(app, admin, { originalLanguage: 'en' })
  for (const [season, episode] of [[1, 1], [1, 2]]) {
    await upload(app, admin, `shows/${show.id}/seasons/${season}/episodes/${episode}`, '1080p-es', '?subtitles=en,es')
  }
  const [episode1 = '', episode2 = '', episode3 = ''] = show.episodes
  const languages = async (kim: Person, titleId: string) => (await kim.get(at(kim, `languages/${titleId}`))).body
  const event = (positionMs = 5_000): Record<string, unknown> => ({
    positionMs,
    watchedMs: positionMs,
    at: clock.now().toISOString(),
  })

  t.test('are remembered by language and kind, each by itself, until they are forgotten', async (t) => {
    const kim = await signUp(app)
    t.strictSame(await languages(kim, movie), {})
    t.equal((await kim.put(at(kim, `languages/${movie}`), { audio: { language: 'es' } })).status, 204)
    t.strictSame(await languages(kim, movie), { audio: { language: 'es', kind: 'main' } })
    await kim.put(at(kim, `languages/${movie}`), { subtitles: { language: 'en', kind: 'sdh' } })
    t.strictSame(await languages(kim, movie), {
      audio: { language: 'es', kind: 'main' },
      subtitles: { language: 'en', kind: 'sdh' },
    })
    await kim.put(at(kim, `languages/${movie}`), { audio: { language: 'en', kind: 'commentary' }, subtitles: null })
    t.strictSame(await languages(kim, movie), { audio: { language: 'en', kind: 'commentary' }, subtitles: null })
    await kim.put(at(kim, `ratings/${movie}`), { rating: 'up' })
    for (let i = 0; i < 2; i++) t.equal((await kim.delete(at(kim, `languages/${movie}`))).status, 204)
    t.strictSame(await languages(kim, movie), {})
    t.equal((await kim.get(at(kim, 'ratings'))).body.items.length, 1, 'the rating stays')
    await kim.delete(at(kim, `ratings/${movie}`))
    await kim.put(at(kim, `languages/${movie}`), { audio: { language: 'es' } })
    t.strictSame((await kim.get(at(kim, 'ratings'))).body.items, [])
  })

  t.test('decide the next playback, of another episode and on another device', async (t) => {
    const kim = await signUp(app)
    const first = await play(kim, episode1)
    t.match(first.body, {
      mediaFile: { audioLanguages: ['en'] },
      audio: { language: 'en', kind: 'main', source: 'original' },
      subtitle: null,
      subtitles: [],
    })
    t.equal(
      (await kim.put(at(kim, `playback/${first.body.streamId}`), {
        ...event(),
        audio: { language: 'es' },
        subtitles: { language: 'es', kind: 'forced' },
      })).status,
      200,
    )
    clock.advance(1_000)
    await kim.post(at(kim, `playback/${first.body.streamId}/stop`), event(6_000))
    const next = await play(kim, episode2, { device: 'Phone' })
    t.match(next.body, {
      mediaFile: { audioLanguages: ['es'] },
      reason: { code: 'remembered-language', text: /es/ },
      audio: { language: 'es', kind: 'main', source: 'remembered' },
      subtitle: { language: 'es', kind: 'forced', source: 'remembered' },
    })
    const without = await play(kim, episode3)
    t.match(without.body, {
      mediaFile: { audioLanguages: ['en'] },
      audio: { language: 'en', source: 'original' },
      subtitle: null,
    }, 'not where no file has it')
    t.match((await play(kim, movie)).body, { mediaFile: { audioLanguages: ['en'] } }, 'another title is not concerned')
  })

  t.test('that are asked for with the start win, and are remembered', async (t) => {
    const kim = await signUp(app)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { audioLanguages: ['en'] })
    await kim.put(at(kim, `languages/${show.id}`), { audio: { language: 'en' }, subtitles: null })
    t.match(
      (await play(kim, episode1, { audio: { language: 'es', kind: 'description' }, subtitles: { language: 'en' } }))
        .body,
      {
        reason: { code: 'preferred-language' },
        audio: { language: 'es', kind: 'description', source: 'request' },
        subtitle: { language: 'en', kind: 'full', source: 'request' },
      },
    )
    t.strictSame(await languages(kim, show.id), {
      audio: { language: 'es', kind: 'description' },
      subtitles: { language: 'en', kind: 'full' },
    })
    t.match((await play(kim, episode2, { client: { languages: ['en'] } })).body, {
      audio: { language: 'en', source: 'request' },
    }, "the device's wish comes before memory")
    t.match(await languages(kim, show.id), { audio: { language: 'es' } }, 'and is not remembered')
  })

  t.test('may be told with the stop, also when it comes late', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    clock.advance(1_000)
    await kim.post(at(kim, `playback/${body.streamId}/stop`), { ...event(20_000), audio: { language: 'es' } })
    t.strictSame(await languages(kim, movie), { audio: { language: 'es', kind: 'main' } })
    clock.advance(1_000)
    await kim.post(at(kim, `playback/${body.streamId}/stop`), { ...event(20_000), subtitles: null })
    t.strictSame(await languages(kim, movie), { audio: { language: 'es', kind: 'main' }, subtitles: null })
  })

  t.test('of an event that was overtaken by a newer one are not taken', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const old = event()
    clock.advance(1_000)
    await kim.put(at(kim, `playback/${body.streamId}`), { ...event(), audio: { language: 'es' } })
    await kim.put(at(kim, `playback/${body.streamId}`), { ...old, audio: { language: 'en' } })
    t.match(await languages(kim, movie), { audio: { language: 'es' } })
  })

  t.test('are used but not remembered by a private playback', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie, { private: true, audio: { language: 'es' } })
    t.match(body, { audio: { language: 'es', source: 'request' } })
    await kim.put(at(kim, `playback/${body.streamId}`), { ...event(), audio: { language: 'es' } })
    const stop = { ...event(), subtitles: null }
    await kim.post(at(kim, `playback/${body.streamId}/stop`), stop)
    await kim.post(at(kim, `playback/${body.streamId}/stop`), stop)
    t.strictSame(await languages(kim, movie), {})
    t.equal(await ProfileTitlePreferences.countDocuments({ profile: kim.profileId }), 0)
  })

  t.test('a heartbeat that says nothing of them is one round trip', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.put(at(kim, `playback/${body.streamId}`), event())
    const commands = await recordCommands(async () => {
      t.equal((await kim.put(at(kim, `playback/${body.streamId}`), event(6_000))).status, 200)
    })
    t.strictSame(commands, ['streams.updateOne'])
    const more = await recordCommands(async () => {
      await kim.put(at(kim, `playback/${body.streamId}`), { ...event(7_000), audio: { language: 'en' } })
    })
    t.strictSame(more, ['streams.updateOne', 'streams.findOne', 'tastes.updateOne'])
  })

  t.test('that are none, or of titles that are not to be seen, are refused', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    for (
      const bad of [
        {},
        { audio: null },
        { audio: {} },
        { audio: { language: 'not a tag' } },
        { audio: { language: 'en', kind: 'sdh' } },
        { subtitles: { language: 'en', kind: 'main' } },
        { subtitles: 'en' },
        { audio: { language: 'en', track: 1 } },
      ]
    ) {
      expectProblem(t, await kim.put(at(kim, `languages/${movie}`), bad), 'validation-failed', 400)
      if (Object.keys(bad).length > 0) {
        expectProblem(
          t,
          await kim.put(at(kim, `playback/${body.streamId}`), { ...event(), ...bad }),
          'validation-failed',
          400,
        )
      }
    }
    const child = await childOf(kim)
    for (
      const answer of [
        await child.put(at(child, `languages/${movie}`), { subtitles: null }),
        await child.get(at(child, `languages/${movie}`)),
        await child.delete(at(child, `languages/${movie}`)),
      ]
    ) expectProblem(t, answer, 'not-found', 404)
    const stranger = await signUp(app)
    for (
      const answer of [
        await stranger.put(at(kim, `languages/${movie}`), { subtitles: null }),
        await stranger.get(at(kim, `languages/${movie}`)),
      ]
    ) expectProblem(t, answer, 'not-found', 404)
    expectProblem(
      t,
      await stranger.put(at(stranger, `playback/${body.streamId}`), { ...event(), audio: { language: 'es' } }),
      'not-found',
      404,
    )
    t.equal(await ProfileTitlePreferences.countDocuments({ profile: stranger.profileId }), 0)
    expectProblem(t, await call(app, 'GET', at(kim, `languages/${movie}`)), 'unauthorized', 401)
  })
})

/** What the database is asked while something is done. */
async function recordCommands (work: () => Promise<void>): Promise<string[]> {
  const commands: string[] = []
  mongoose.set('debug', (collection: string, method: string) => {
    commands.push(`${collection}.${method}`)
  })
  await work()
  mongoose.set('debug', false)
  return commands
}

t.test('the order of a wishlist', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (let i = 0; i < 6; i++) movies.push(await addMovie(app, admin, { title: `Film ${i}` }, []))
  const [m0 = '', m1 = '', m2 = '', m3 = '', m4 = '', m5 = ''] = movies
  const own = async (kim: Person, query = ''): Promise<string[]> =>
    named(await kim.get(at(kim, `wishlist?order=own${query}`)))
  const wishing = async (...ids: string[]): Promise<Person> => {
    const kim = await signUp(app)
    for (const id of ids) await kim.put(at(kim, `wishlist/${id}`))
    return kim
  }

  t.test('is the newest first until another is given; those named come first', async (t) => {
    const kim = await wishing(m0, m1, m2, m3)
    t.strictSame(await own(kim), ['Film 3', 'Film 2', 'Film 1', 'Film 0'])
    t.equal((await kim.put(at(kim, 'wishlist/order'), { titleIds: [m0, m2] })).status, 204)
    t.strictSame(await own(kim), ['Film 0', 'Film 2', 'Film 3', 'Film 1'])
    t.strictSame(
      named(await kim.get(at(kim, 'wishlist'))),
      ['Film 3', 'Film 2', 'Film 1', 'Film 0'],
      'the other order is not touched',
    )
    await kim.put(at(kim, 'wishlist/order'), { titleIds: [m1] })
    t.strictSame(await own(kim), ['Film 1', 'Film 0', 'Film 2', 'Film 3'], 'the rest in the order it had')
    for (let i = 0; i < 2; i++) t.equal((await kim.put(at(kim, 'wishlist/order'), { titleIds: [] })).status, 204)
    t.strictSame(await own(kim), ['Film 1', 'Film 0', 'Film 2', 'Film 3'])
  })

  t.test('takes what is added to its front, also again, and lets go what is removed', async (t) => {
    const kim = await wishing(m0, m1, m2)
    await kim.put(at(kim, 'wishlist/order'), { titleIds: [m0, m1, m2] })
    await kim.put(at(kim, `wishlist/${m3}`))
    await kim.put(at(kim, `wishlist/${m4}`))
    await kim.delete(at(kim, `wishlist/${m1}`))
    t.strictSame(await own(kim), ['Film 4', 'Film 3', 'Film 0', 'Film 2'])
    await kim.delete(at(kim, `wishlist/${m2}`))
    await kim.put(at(kim, `wishlist/${m2}`))
    t.strictSame(await own(kim), ['Film 2', 'Film 4', 'Film 3', 'Film 0'])
  })

  t.test('of titles that are not on the list is refused, and changes nothing', async (t) => {
    const kim = await wishing(m0, m1)
    const refused = await kim.put(at(kim, 'wishlist/order'), { titleIds: [m0, m5, '665f1c2e9b1e8a0012ab34cd'] })
    expectProblem(t, refused, 'not-on-wishlist', 409)
    t.strictSame(refused.body.titleIds, [m5, '665f1c2e9b1e8a0012ab34cd'])
    const many = Array.from({ length: 501 }, (_, i) => i.toString(16).padStart(24, '0'))
    for (
      const body of [{}, { titleIds: 'x' }, { titleIds: [m0, m0] }, { titleIds: ['x'] }, { titleIds: many }, {
        titleIds: [],
        extra: 1,
      }]
    ) expectProblem(t, await kim.put(at(kim, 'wishlist/order'), body), 'validation-failed', 400)
    expectProblem(t, await kim.put(at(kim, 'wishlist/order'), { titleIds: many.slice(0, 500) }), 'not-on-wishlist', 409)
    t.strictSame(await own(kim), ['Film 1', 'Film 0'])
    expectProblem(t, await kim.get(at(kim, 'wishlist?order=mine')), 'validation-failed', 400)
    const stranger = await signUp(app)
    expectProblem(t, await stranger.put(at(kim, 'wishlist/order'), { titleIds: [] }), 'not-found', 404)
    expectProblem(t, await call(app, 'PUT', at(kim, 'wishlist/order'), { body: { titleIds: [] } }), 'unauthorized', 401)
  })

  t.test("says nothing of titles that are above the profile's age", async (t) => {
    const kim = await signUp(app)
    const child = await childOf(kim)
    const cartoon = await addMovie(app, admin, { title: 'Cartoon', maturityRating: 'G' }, [])
    const other = await addMovie(app, admin, { title: 'Other', maturityRating: 'G' }, [])
    for (const id of [cartoon, other]) await child.put(at(child, `wishlist/${id}`))
    await admin.patch(`/v1/admin/movies/${cartoon}`, { maturityRating: 'R' })
    expectProblem(t, await child.put(at(child, 'wishlist/order'), { titleIds: [cartoon] }), 'not-on-wishlist', 409)
    t.equal((await child.put(at(child, 'wishlist/order'), { titleIds: [other] })).status, 204)
    t.strictSame(await own(child), ['Other'])
  })

  for (const order of ['newest', 'own']) {
    t.test(`pages by ${order} neither repeat nor skip when titles come and go between them`, async (t) => {
      const kim = await wishing(m0, m1, m2, m3, m4)
      if (order === 'own') await kim.put(at(kim, 'wishlist/order'), { titleIds: [m4, m3, m2, m1, m0] })
      const url = `wishlist?order=${order}&limit=2`
      const first = await kim.get(at(kim, url))
      t.strictSame(named(first), ['Film 4', 'Film 3'])
      await kim.delete(at(kim, `wishlist/${m3}`))
      await kim.put(at(kim, `wishlist/${m5}`))
      const second = await kim.get(at(kim, `${url}&cursor=${first.body.nextCursor}`))
      t.strictSame(named(second), ['Film 2', 'Film 1'], 'the last of the page before is gone, another was added')
      await kim.delete(at(kim, `wishlist/${m1}`))
      await kim.put(at(kim, `wishlist/${m1}`))
      t.strictSame(
        named(await kim.get(at(kim, `${url}&cursor=${second.body.nextCursor}`))),
        ['Film 0'],
        'the last of the page before was moved to the front',
      )
      expectProblem(
        t,
        await kim.get(at(kim, `wishlist?order=${order === 'own' ? 'newest' : 'own'}&cursor=${first.body.nextCursor}`)),
        'invalid-cursor',
        400,
      )
      expectProblem(t, await kim.get(at(kim, `${url}&cursor=${first.body.nextCursor}x`)), 'invalid-cursor', 400)
    })
  }

  t.test('a list of 500 takes no more, and can be put in order', async (t) => {
    const kim = await wishing(m0)
    const others = Array.from({ length: 499 }, () => new Types.ObjectId())
    await Account.updateOne({ _id: kim.accountId }, { $push: { 'profiles.$[profile].wishlist': { $each: others } } }, {
      arrayFilters: [{ 'profile._id': new Types.ObjectId(kim.profileId) }],
    })
    expectProblem(t, await kim.put(at(kim, `wishlist/${m1}`)), 'wishlist-full', 409)
    t.equal((await kim.put(at(kim, `wishlist/${m0}`))).status, 204, 'what is there already')
    t.equal((await kim.put(at(kim, 'wishlist/order'), { titleIds: [m0] })).status, 204)
    t.equal((await WishlistOrder.findById(kim.profileId))?.titles.length, 500)
    await kim.delete(at(kim, `wishlist/${m0}`))
    t.equal((await kim.put(at(kim, `wishlist/${m1}`))).status, 204)
    t.strictSame(await own(kim), ['Film 1'])
  })

  t.test('that was changed ends the cursors of the one before', async (t) => {
    const kim = await wishing(m0, m1, m2)
    const { body } = await kim.get(at(kim, 'wishlist?order=own&limit=1'))
    await kim.put(at(kim, 'wishlist/order'), { titleIds: [m0] })
    expectProblem(t, await kim.get(at(kim, `wishlist?order=own&cursor=${body.nextCursor}`)), 'invalid-cursor', 400)
  })

  t.test('given by two at once is one of the two', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await wishing(m0, m1, m2)
      const answers = await Promise.all(
        [[m0, m1, m2], [m1, m2, m0]].map(async (titleIds) => await kim.put(at(kim, 'wishlist/order'), { titleIds })),
      )
      t.strictSame(answers.map(({ status }) => status), [204, 204], `round ${round + 1}`)
      t.ok(['Film 0,Film 1,Film 2', 'Film 1,Film 2,Film 0'].includes(String(await own(kim))))
    }
  })
})

t.test('a movie that was watched to its end leaves the wishlist, if the profile wants that', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const show = await addShow(app, admin)
  const dropping = async (wants = true): Promise<Person> => {
    const kim = await signUp(app)
    if (wants) {
      t.match((await kim.patch(`/v1/profiles/${kim.profileId}`, { dropWatchedMovies: true })).body, {
        dropWatchedMovies: true,
      })
    }
    for (const id of [movie, show.id]) await kim.put(at(kim, `wishlist/${id}`))
    return kim
  }
  const expectWishes = async (t: Test, kim: Person, expected: string[]): Promise<void> => {
    t.strictSame(named(await kim.get(at(kim, 'wishlist?order=own'))).sort(), expected)
  }
  const BOTH = ['Fawlty Towers', 'The Matrix']

  t.test('by a stop; not before its end, not privately, and never a show', async (t) => {
    const kim = await dropping()
    await watch(kim, clock, movie, 30_000)
    const hidden = await play(kim, movie, { private: true })
    await kim.post(at(kim, `playback/${hidden.body.streamId}/stop`), {
      positionMs: 60_000,
      watchedMs: 60_000,
      at: clock.now().toISOString(),
    })
    for (const episode of show.episodes) await watch(kim, clock, episode, 60_000)
    await expectWishes(t, kim, BOTH)
    await watch(kim, clock, movie, 59_500, 30_000)
    await expectWishes(t, kim, ['Fawlty Towers'])
  })

  t.test('by the sweep, when the player vanished', async (t) => {
    const kim = await dropping()
    const { body } = await play(kim, movie)
    clock.advance(1_000)
    await kim.put(at(kim, `playback/${body.streamId}`), {
      positionMs: 59_500,
      watchedMs: 59_000,
      at: clock.now().toISOString(),
    })
    await expectWishes(t, kim, BOTH)
    clock.advance(120_000)
    await flushExpiredLeases(containerOf(app).watching)
    await expectWishes(t, kim, ['Fawlty Towers'])
  })

  t.test('by what a player reports that was offline, and by a mark', async (t) => {
    const kim = await dropping()
    await kim.post(at(kim, 'progress/batch'), {
      events: [{ itemId: movie, positionMs: 59_500, watchedMs: 59_000, at: clock.now().toISOString() }],
    })
    await expectWishes(t, kim, ['Fawlty Towers'])
    const lee = await dropping()
    await lee.put(at(lee, `watched/${movie}`))
    await expectWishes(t, lee, ['Fawlty Towers'])
  })

  t.test('one that is put there to be watched again stays until then', async (t) => {
    const kim = await dropping()
    await watch(kim, clock, movie, 60_000)
    await kim.put(at(kim, `wishlist/${movie}`))
    await watch(kim, clock, movie, 20_000)
    await expectWishes(t, kim, BOTH)
  })

  t.test('not unless it was asked for, which a new profile may too', async (t) => {
    const kim = await dropping(false)
    t.match((await kim.get(`/v1/profiles/${kim.profileId}`)).body, { dropWatchedMovies: false })
    await watch(kim, clock, movie, 60_000)
    await expectWishes(t, kim, BOTH)
    t.match((await kim.post('/v1/profiles', { name: 'Two', dropWatchedMovies: true })).body, {
      dropWatchedMovies: true,
    })
    expectProblem(
      t,
      await kim.patch(`/v1/profiles/${kim.profileId}`, { dropWatchedMovies: 'yes' }),
      'validation-failed',
      400,
    )
  })
})
