// Lists of titles come from a cache: what changes them must change the next response.
import t from 'tap'
import { createManualClock } from '../support/clock.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { profileUrl, withKidsProfile } from './profile-requests.js'

const HOUR_MS = 3_600_000

t.test('cached lists', { timeout: 60_000 }, async (t) => {
  const clock = createManualClock()
  const { app } = await startApp(t, {}, undefined, clock)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const inHours = (hours: number): string => new Date(clock.now().getTime() + hours * HOUR_MS).toISOString()
  const add = async (title: string, fields: object = {}): Promise<string> =>
    await addMovie(app, admin, { title, genres: ['Drama'], maturityRating: 'G', ...fields }, [])
  const read = async (user: TestUser, query = '', headers: Record<string, string> = {}) =>
    await user.get(`/v1/movies?genre=drama${query}`, headers)
  const names = async (user = kim, query = ''): Promise<string[]> =>
    (await read(user, query)).body.items.map(({ title }: { title: string }) => title)

  await add('A')
  const b = await add('B', { runtimeMs: 5_400_000, translations: { de: { title: 'Be' } } })

  t.test('a title appears and disappears at its availability dates, also before a page that was read', async (t) => {
    await add('AA soon', { availableFrom: inHours(1), availableUntil: inHours(2) })
    await add('BB ends', { availableUntil: inHours(3) })
    const expected = [['A', 'B', 'BB ends'], ['A', 'AA soon', 'B', 'BB ends'], ['A', 'B', 'BB ends'], ['A', 'B']]
    for (const list of expected) {
      t.strictSame(await names(), list)
      t.strictSame(await names(), list)
      t.strictSame(await names(kim, '&limit=2'), list.slice(0, 2))
      clock.advance(HOUR_MS)
    }
  })

  t.test('a changed, added or deleted title is in the next response, with another ETag', async (t) => {
    const tags = new Set<unknown>()
    const check = async (expected: string[]): Promise<void> => {
      const { body, headers } = await read(kim)
      t.strictSame(body.items.map(({ title }: { title: string }) => title), expected)
      t.notOk(tags.has(headers['etag']))
      tags.add(headers['etag'])
      const again = await read(kim, '', { 'if-none-match': String(headers['etag']) })
      t.equal(again.status, 304)
    }
    await check(['A', 'B'])
    const c = await add('C')
    await check(['A', 'B', 'C'])
    await admin.patch(`/v1/admin/movies/${c}`, { title: 'AC' })
    await check(['A', 'AC', 'B'])
    await admin.patch(`/v1/admin/movies/${c}`, { published: false })
    t.strictSame(await names(), ['A', 'B'])
    await admin.patch(`/v1/admin/movies/${c}`, { published: true })
    t.strictSame(await names(), ['A', 'AC', 'B'])
    await admin.delete(`/v1/admin/movies/${c}`)
    t.strictSame(await names(), ['A', 'B'])
  })

  t.test('each caller gets its own languages, limits and profile fields', async (t) => {
    const sam = await signUp(app)
    await add('D', { maturityRating: 'R' })
    const pat = await withKidsProfile(sam)
    const kimBound = kim.with((await kim.post(profileUrl(kim, 'select'), {})).body.accessToken)
    await kim.put(profileUrl(kim, `wishlist/${b}`))
    for (const round of [1, 2]) {
      t.strictSame(await names(kim), ['A', 'B', 'D'], `round ${round}`)
      t.strictSame(await names(pat), ['A', 'B'], `round ${round}`)
      const german = await read(kim, '', { 'accept-language': 'de-AT,de;q=0.9' })
      t.equal(german.body.items[1].title, 'Be')
      t.equal(german.headers['content-language'], 'en, de')
      t.match(german.headers['vary'], /accept-language/i)
      t.equal((await read(kim, '', { 'accept-language': 'ja' })).headers['content-language'], 'en')
      const { body } = await read(kimBound)
      t.match(body.items[1], { title: 'B', inWishlist: true, rating: null, progress: null })
      t.match(body.items[0], { title: 'A', inWishlist: false })
    }
    const before = (await read(kimBound)).headers['etag']
    await kim.put(profileUrl(kim, `ratings/${b}`), { rating: 'up' })
    const rated = await read(kimBound)
    t.equal(rated.body.items[1].rating, 'up')
    t.not(rated.headers['etag'], before)
    const at = clock.now().toISOString()
    const progress = { positionMs: 600_000, watchedMs: 600_000, at }
    t.equal((await kim.put(profileUrl(kim, `progress/${b}`), progress)).status, 200)
    const watched = await read(kimBound)
    t.match(watched.body.items[1].progress, { positionMs: 600_000, finished: false })
    t.not(watched.headers['etag'], rated.headers['etag'])
  })

  t.test('pages follow each other, and a cursor of another list is rejected each time', async (t) => {
    for (const round of [1, 2]) {
      const first = (await read(kim, '&limit=1')).body
      t.strictSame([first.items[0].title, typeof first.nextCursor], ['A', 'string'], `round ${round}`)
      t.strictSame(await names(kim, `&limit=1&cursor=${first.nextCursor}`), ['B'])
      expectProblem(t, await read(kim, `&sort=added&cursor=${first.nextCursor}`), 'invalid-cursor')
    }
  })
})
