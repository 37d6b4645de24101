// Which responses have an entity tag, as docs/concepts/conventions.md says: those of the catalogue, not of a profile.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('responses of the catalogue have an ETag, those of a profile have none', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const show = await addShow(app, admin)
  const kim = await signUp(app)

  const profile = `/v1/profiles/${kim.profileId}`
  const details = [`/v1/movies/${movie}`, `/v1/shows/${show.id}`, `/v1/shows/${show.id}/seasons/1`]
  const lists = ['titles', 'movies', 'shows', 'genres', 'people?q=keanu', 'collections', 'titles/facets']
  for (const url of [...details, ...lists.map((name) => `/v1/${name}`), `/v1/titles/${movie}/similar`]) {
    const { status, headers } = await kim.get(url)
    t.equal(status, 200, url)
    const etag = String(headers['etag'])
    t.match(etag, /^(?:W\/)?"/, `${url} has an ETag`)
    t.equal((await kim.get(url, { 'if-none-match': etag })).status, 304, url)
  }
  const lives = ['home', 'history', 'wishlist', 'ratings', 'continue-watching']
  for (const url of [...lives.map((name) => `${profile}/${name}`), '/v1/search?q=matrix']) {
    const { status, headers } = await kim.get(url)
    t.equal(status, 200, url)
    t.equal(headers['etag'], undefined, `${url} has no ETag`)
  }
})
