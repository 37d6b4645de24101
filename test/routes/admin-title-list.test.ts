import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

interface AdminTitlePage {
  readonly items: ReadonlyArray<{ readonly id: string }>
  readonly nextCursor: string | null
}

const URL = '/v1/admin/titles'

t.test('the list of titles for administrators', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const alien = await addMovie(app, admin, { title: 'Alien', year: 1979 })
  const brazil = await addMovie(app, admin, { title: 'Brazil', published: false }, [])
  const { id: showId } = await addShow(app, admin, { title: 'Chernobyl' })

  const list = async (query: string): Promise<string[]> => {
    const { status, body } = await admin.get(`${URL}?${query}`)
    t.equal(status, 200)
    return body.items.map(({ id }: { id: string }) => id)
  }

  t.test('is for administrators', async (t) => {
    const kim = await signUp(app)
    expectProblem(t, await kim.get(URL), 'forbidden', 403)
  })

  t.test('contains unpublished titles, the newest first', async (t) => {
    t.same(await list(''), [showId, brazil, alien])
    t.same(await list('sort=title'), [alien, brazil, showId])
  })

  t.test('filters by publication, type and text', async (t) => {
    t.same(await list('published=false'), [brazil])
    t.same(await list('published=true&sort=title'), [alien, showId])
    t.same(await list('type=show'), [showId])
    t.same(await list('q=brazil'), [brazil], 'viewers do not find it')
    t.same(await list('q=brazil&published=true'), [])
  })

  t.test('counts the items that can be played', async (t) => {
    const { body } = await admin.get(`${URL}?sort=title`)
    t.match(body.items, [
      { title: 'Alien', published: true, itemCount: 1, playableItemCount: 1 },
      { title: 'Brazil', published: false, itemCount: 1, playableItemCount: 0 },
      { title: 'Chernobyl', kind: 'show' },
    ])
  })

  t.test('has pages, with and without a text', async (t) => {
    for (const query of ['sort=title', 'sort=added', 'q=a']) {
      const found: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const { body }: { body: AdminTitlePage } = await admin.get(
          `${URL}?${query}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
        )
        found.push(...body.items.map(({ id }) => id))
        cursor = body.nextCursor
      }
      t.same(found, await list(query), query)
      t.ok(found.length > 0)
    }
    const { body } = await admin.get(`${URL}?limit=1`)
    expectProblem(t, await admin.get(`${URL}?limit=1&type=show&cursor=${body.nextCursor}`), 'invalid-cursor', 400)
  })
})
