// The two orders of a wishlist, their pages and their cursors.
import { Types } from 'mongoose'
import t from 'tap'
import { Account } from '../../models/account.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { movieTitle } from '../support/movie-titles.js'
import { profileUrl, titlesOf, withKidsProfile } from './profile-requests.js'

t.test('own order of a wishlist', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: string[] = []
  for (let i = 0; i < 6; i++) movies.push(await addMovie(app, admin, { title: movieTitle(i) }, []))
  const [m0 = '', m1 = '', m2 = '', m3 = '', m4 = '', m5 = ''] = movies
  const listOwnOrder = async (kim: TestUser, query = ''): Promise<string[]> =>
    titlesOf(await kim.get(profileUrl(kim, `wishlist?order=own${query}`)))
  const signUpWithWishlist = async (...ids: string[]): Promise<TestUser> => {
    const kim = await signUp(app)
    for (const id of ids) await kim.put(profileUrl(kim, `wishlist/${id}`))
    return kim
  }

  t.test('is newest first until titles are moved to the front', async (t) => {
    const kim = await signUpWithWishlist(m0, m1, m2, m3)
    t.strictSame(await listOwnOrder(kim), [movieTitle(3), movieTitle(2), movieTitle(1), movieTitle(0)])
    t.equal((await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds: [m0, m2] })).status, 204)
    t.strictSame(await listOwnOrder(kim), [movieTitle(0), movieTitle(2), movieTitle(3), movieTitle(1)])
    t.strictSame(
      titlesOf(await kim.get(profileUrl(kim, 'wishlist'))),
      [movieTitle(3), movieTitle(2), movieTitle(1), movieTitle(0)],
      'the other order is unchanged',
    )
    await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds: [m1] })
    t.strictSame(
      await listOwnOrder(kim),
      [movieTitle(1), movieTitle(0), movieTitle(2), movieTitle(3)],
      'the other titles keep their order',
    )
    for (let i = 0; i < 2; i++) {
      t.equal((await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds: [] })).status, 204)
    }
    t.strictSame(await listOwnOrder(kim), [movieTitle(1), movieTitle(0), movieTitle(2), movieTitle(3)])
  })

  t.test('adds titles at the front and removes titles', async (t) => {
    const kim = await signUpWithWishlist(m0, m1, m2)
    await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds: [m0, m1, m2] })
    await kim.put(profileUrl(kim, `wishlist/${m3}`))
    await kim.put(profileUrl(kim, `wishlist/${m4}`))
    await kim.delete(profileUrl(kim, `wishlist/${m1}`))
    t.strictSame(await listOwnOrder(kim), [movieTitle(4), movieTitle(3), movieTitle(0), movieTitle(2)])
    await kim.delete(profileUrl(kim, `wishlist/${m2}`))
    await kim.put(profileUrl(kim, `wishlist/${m2}`))
    t.strictSame(await listOwnOrder(kim), [movieTitle(2), movieTitle(4), movieTitle(3), movieTitle(0)])
  })

  t.test('rejects titles that are not on the wishlist and invalid requests', async (t) => {
    const kim = await signUpWithWishlist(m0, m1)
    const rejected = await kim.put(profileUrl(kim, 'wishlist/order'), {
      titleIds: [m0, m5, '665f1c2e9b1e8a0012ab34cd'],
    })
    expectProblem(t, rejected, 'not-on-wishlist', 409)
    t.strictSame(rejected.body.titleIds, [m5, '665f1c2e9b1e8a0012ab34cd'])
    const many = Array.from({ length: 501 }, (_, i) => i.toString(16).padStart(24, '0'))
    for (
      const body of [{}, { titleIds: 'x' }, { titleIds: [m0, m0] }, { titleIds: ['x'] }, { titleIds: many }, {
        titleIds: [],
        extra: 1,
      }]
    ) expectProblem(t, await kim.put(profileUrl(kim, 'wishlist/order'), body), 'validation-failed', 400)
    expectProblem(
      t,
      await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds: many.slice(0, 500) }),
      'not-on-wishlist',
      409,
    )
    t.strictSame(await listOwnOrder(kim), [movieTitle(1), movieTitle(0)])
    expectProblem(t, await kim.get(profileUrl(kim, 'wishlist?order=mine')), 'validation-failed', 400)
    const stranger = await signUp(app)
    expectProblem(t, await stranger.put(profileUrl(kim, 'wishlist/order'), { titleIds: [] }), 'not-found', 404)
    expectProblem(
      t,
      await call(app, 'PUT', profileUrl(kim, 'wishlist/order'), { body: { titleIds: [] } }),
      'unauthorized',
      401,
    )
  })

  t.test('rejects titles above the maturity limit of the profile', async (t) => {
    const kim = await signUp(app)
    const child = await withKidsProfile(kim)
    const toyStory = await addMovie(app, admin, { title: 'Toy Story', maturityRating: 'G' }, [])
    const other = await addMovie(app, admin, { title: 'Babe', maturityRating: 'G' }, [])
    for (const id of [toyStory, other]) await child.put(profileUrl(child, `wishlist/${id}`))
    await admin.patch(`/v1/admin/movies/${toyStory}`, { maturityRating: 'R' })
    expectProblem(
      t,
      await child.put(profileUrl(child, 'wishlist/order'), { titleIds: [toyStory] }),
      'not-on-wishlist',
      409,
    )
    t.equal((await child.put(profileUrl(child, 'wishlist/order'), { titleIds: [other] })).status, 204)
    t.strictSame(await listOwnOrder(child), ['Babe'])
  })

  for (const order of ['newest', 'own']) {
    t.test(`pages in the order "${order}" neither repeat nor skip titles when the wishlist changes`, async (t) => {
      const kim = await signUpWithWishlist(m0, m1, m2, m3, m4)
      if (order === 'own') await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds: [m4, m3, m2, m1, m0] })
      const url = `wishlist?order=${order}&limit=2`
      const first = await kim.get(profileUrl(kim, url))
      t.strictSame(titlesOf(first), [movieTitle(4), movieTitle(3)])
      await kim.delete(profileUrl(kim, `wishlist/${m3}`))
      await kim.put(profileUrl(kim, `wishlist/${m5}`))
      const second = await kim.get(profileUrl(kim, `${url}&cursor=${first.body.nextCursor}`))
      t.strictSame(
        titlesOf(second),
        [movieTitle(2), movieTitle(1)],
        'the last title of the previous page was removed, another added',
      )
      await kim.delete(profileUrl(kim, `wishlist/${m1}`))
      await kim.put(profileUrl(kim, `wishlist/${m1}`))
      t.strictSame(
        titlesOf(await kim.get(profileUrl(kim, `${url}&cursor=${second.body.nextCursor}`))),
        [movieTitle(0)],
        'the last title of the previous page was moved to the front',
      )
      expectProblem(
        t,
        await kim.get(
          profileUrl(kim, `wishlist?order=${order === 'own' ? 'newest' : 'own'}&cursor=${first.body.nextCursor}`),
        ),
        'invalid-cursor',
        400,
      )
      expectProblem(t, await kim.get(profileUrl(kim, `${url}&cursor=${first.body.nextCursor}x`)), 'invalid-cursor', 400)
    })
  }

  t.test('a wishlist of 500 titles rejects another title and can be ordered', async (t) => {
    const kim = await signUpWithWishlist(m0)
    const others = Array.from({ length: 499 }, () => new Types.ObjectId())
    await Account.updateOne({ _id: kim.accountId }, { $push: { 'profiles.$[profile].wishlist': { $each: others } } }, {
      arrayFilters: [{ 'profile._id': new Types.ObjectId(kim.profileId) }],
    })
    expectProblem(t, await kim.put(profileUrl(kim, `wishlist/${m1}`)), 'wishlist-full', 409)
    t.equal((await kim.put(profileUrl(kim, `wishlist/${m0}`))).status, 204, 'a title that is on the list already')
    t.equal((await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds: [m0] })).status, 204)
    t.equal((await WishlistOrder.findById(kim.profileId))?.titles.length, 500)
    await kim.delete(profileUrl(kim, `wishlist/${m0}`))
    t.equal((await kim.put(profileUrl(kim, `wishlist/${m1}`))).status, 204)
    t.strictSame(await listOwnOrder(kim), [movieTitle(1)])
  })

  t.test('a changed order invalidates cursors', async (t) => {
    const kim = await signUpWithWishlist(m0, m1, m2)
    const { body } = await kim.get(profileUrl(kim, 'wishlist?order=own&limit=1'))
    await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds: [m0] })
    expectProblem(
      t,
      await kim.get(profileUrl(kim, `wishlist?order=own&cursor=${body.nextCursor}`)),
      'invalid-cursor',
      400,
    )
  })

  t.test('two concurrent orders leave one of them', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUpWithWishlist(m0, m1, m2)
      const responses = await Promise.all(
        [[m0, m1, m2], [m1, m2, m0]].map(async (titleIds) =>
          await kim.put(profileUrl(kim, 'wishlist/order'), { titleIds })
        ),
      )
      t.strictSame(responses.map(({ status }) => status), [204, 204], `round ${round + 1}`)
      t.ok(
        [String([0, 1, 2].map(movieTitle)), String([1, 2, 0].map(movieTitle))].includes(
          String(await listOwnOrder(kim)),
        ),
      )
    }
  })
})
