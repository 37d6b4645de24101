import t from 'tap'
import { addMovie, signUp, signUpAdmin, startApp, watch } from '../helper.js'

t.test('home', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const half = await addMovie(app, admin, { title: 'The Godfather' })
  const wish = await addMovie(app, admin, { title: 'Toy Story' }, [])
  await watch(kim, clock, half, 20_000)
  await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${wish}`)

  t.test('has rows, and only those with something in them', async (t) => {
    const { rows } = (await kim.get(`/v1/profiles/${kim.profileId}/home`)).body
    t.match(rows[0], { kind: 'continue', id: 'continue-watching', items: [{ title: { id: half }, positionMs: 20_000 }] })
    t.match(rows[1], { kind: 'titles', id: 'wishlist', items: [{ id: wish, inWishlist: true }] })
  })
})
