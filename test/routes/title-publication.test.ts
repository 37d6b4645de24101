import t from 'tap'
import { Title } from '../../models/title.js'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

const URL = '/v1/admin/titles/publication'
const UNKNOWN_ID = 'ffffffffffffffffffffffff'

t.test('publishing many titles', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const alien = await addMovie(app, admin, { title: 'Alien' })
  const draft = await addMovie(app, admin, { title: 'Draft', published: false }, [])
  const show = await addShow(app, admin, { title: 'Chernobyl' })
  const publish = async (titleIds: readonly string[], published: boolean, as: TestUser = admin) =>
    await as.put(URL, { titleIds, published })
  const list = async (): Promise<string[]> =>
    (await kim.get('/v1/titles?sort=title')).body.items.map((one: any) => one.title)

  t.test('movies and shows are hidden and shown again, each with a result', async (t) => {
    t.strictSame((await publish([show.id, UNKNOWN_ID, alien, draft], false)).body.items, [
      { titleId: show.id, result: 'changed', failure: null },
      { titleId: UNKNOWN_ID, result: 'not-found', failure: null },
      { titleId: alien, result: 'changed', failure: null },
      { titleId: draft, result: 'unchanged', failure: null },
    ])
    t.strictSame(await list(), [])
    const results = (await publish([alien, draft, show.id], true)).body.items.map((one: any) => one.result)
    t.strictSame(results, ['changed', 'changed', 'changed'])
    t.strictSame(await list(), ['Alien', 'Chernobyl', 'Draft'])
    t.equal((await kim.get(`/v1/shows/${show.id}`)).body.seasons.length, 3, 'episodes stay')
  })

  t.test('a title that cannot be saved does not stop the others', async (t) => {
    await Title.collection.updateOne({ _id: (await Title.findById(draft))!._id }, { $set: { title: '' } })
    const response = await publish([draft, alien], false)
    t.equal(response.status, 200)
    t.match(response.body.items, [{ result: 'failed', failure: { code: 'validation-failed' } }, { result: 'changed' }])
  })

  t.test('only editors publish, and the list is bounded', async (t) => {
    expectProblem(t, await publish([alien], true, kim), 'forbidden', 403)
    expectProblem(t, await publish([], true), 'validation-failed', 400)
    expectProblem(t, await publish([alien, alien], true), 'validation-failed', 400)
    const many = Array.from({ length: 101 }, (_, i) => i.toString(16).padStart(24, '0'))
    expectProblem(t, await publish(many, true), 'validation-failed', 400)
    t.equal((await publish(many.slice(1), true)).status, 200)
  })
})
