import t from 'tap'
import { addMovie, addShow, expectProblem, signUp, signUpAdmin, startApp } from '../helper.js'

t.test('search', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  for (const [title, maturityRating] of [['The Godfather', 'R'], ['Toy Story', 'G']]) await addMovie(app, admin, { title, maturityRating }, [])
  await addShow(app, admin)

  t.test('finds titles by their name', async (t) => {
    t.match((await kim.get('/v1/search?q=godf')).body, { items: [{ title: 'The Godfather', kind: 'movie', highlights: [] }] })
    t.match((await kim.get('/v1/search/suggestions?q=faw')).body.items, [{ kind: 'show', text: 'Fawlty Towers' }])
    t.strictSame((await kim.get('/v1/search?q=')).body.items, [])
    expectProblem(t, await kim.get(`/v1/search?q=${'x'.repeat(201)}`), 'validation-failed', 400)
  })
})
