// Requests that run while their profile is removed.
import t from 'tap'
import { addToWishlist } from '../../src/watching/lists/wishlist.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('a title added to the wishlist of a removed profile is 404, not a full wishlist', async (t) => {
  const { app } = await startApp(t)
  const movie = await addMovie(app, await signUpAdmin(app))
  const kim = await signUp(app)
  const removed = (await kim.post('/v1/profiles', { name: 'Removed' })).body.id
  t.equal((await kim.delete(`/v1/profiles/${removed}`)).status, 204)
  await t.rejects(
    addToWishlist({ account: kim.accountId, profile: removed }, movie),
    { status: 404, code: 'not-found' },
    'for a request that was admitted before the removal',
  )
  for (let round = 0; round < 10; round++) {
    const id = (await kim.post('/v1/profiles', { name: `Round ${round}` })).body.id
    const [, ...added] = await Promise.all([
      kim.delete(`/v1/profiles/${id}`),
      ...Array.from({ length: 4 }, async () => await kim.put(`/v1/profiles/${id}/wishlist/${movie}`)),
    ])
    for (const response of added) {
      if (response.status !== 204) expectProblem(t, response, 'not-found', 404)
    }
  }
})
