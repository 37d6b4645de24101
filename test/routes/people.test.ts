import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

const nameOf = ({ name }: { name: string }): string => name

t.test('people', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const wachowski = { name: 'Lana Wachowski', role: 'Director' }
  const matrix = await addMovie(app, admin, {
    cast: [{ name: 'Keanu Reeves', role: 'Neo' }, { name: 'Carrie-Anne Moss', role: 'Trinity' }],
    crew: [wachowski, { ...wachowski, role: 'Writer' }],
  }, [])
  await addMovie(app, admin, {
    title: 'Speed',
    releaseDate: '1994-06-10',
    cast: [{ name: 'Keanu Reeves', role: 'Jack Traven' }],
  }, [])
  await addMovie(app, admin, {
    title: 'Knock Off',
    releaseDate: '1998-09-04',
    cast: [{ name: 'Keanu Reeves', role: null, imdb: 'nm9999999' }],
  }, [])
  const hidden = await addMovie(app, admin, {
    title: 'Constantine',
    cast: [{ name: 'KEANU REEVES', role: 'John Constantine' }, { name: 'Shia LaBeouf' }],
    published: false,
  }, [])
  const keanu = (await kim.get(`/v1/movies/${matrix}`)).body.credits.cast[0].personId

  t.test('have a page with their titles, newest first, and their credits', async (t) => {
    const { status, body } = await kim.get(`/v1/people/${keanu}`)
    t.equal(status, 200)
    t.match(body, { id: keanu, name: 'Keanu Reeves', titleCount: 2, nextCursor: null })
    t.match(body.items, [{ title: { id: matrix, kind: 'movie' }, credits: [{ department: 'cast', role: 'Neo' }] }, {
      title: { title: 'Speed' },
      credits: [{ role: 'Jack Traven' }],
    }])
    const lana = (await kim.get('/v1/people?q=wacho')).body.items[0]
    t.strictSame((await kim.get(`/v1/people/${lana.id}`)).body.items[0].credits, [{
      department: 'crew',
      role: 'Director',
    }, { department: 'crew', role: 'Writer' }])
  })

  t.test('with the same name are one person, unless they have different IMDb IDs', async (t) => {
    t.strictSame(
      (await kim.get('/v1/people?q=keanu')).body.items.map(({ titleCount }: { titleCount: number }) => titleCount)
        .sort(),
      [1, 2],
    )
    await admin.patch(`/v1/admin/movies/${hidden}`, { published: true })
    t.equal((await kim.get(`/v1/people/${keanu}`)).body.titleCount, 3, 'case does not matter')
    await admin.patch(`/v1/admin/movies/${hidden}`, { published: false })
  })

  t.test('are found by the beginnings of their names, without regard to accents and case', async (t) => {
    for (
      const [q, names] of [
        ['carrie', ['Carrie-Anne Moss']],
        ['MOSS ca', ['Carrie-Anne Moss']],
        ['anne', ['Carrie-Anne Moss']],
        ['réeves k', ['Keanu Reeves', 'Keanu Reeves']],
        ['osst', []],
        ['shia', []],
      ] as const
    ) {
      t.strictSame((await kim.get(`/v1/people?q=${encodeURIComponent(q)}`)).body.items.map(nameOf), names, q)
    }
    for (const query of ['', '?q=', '?q=%20', `?q=${'x'.repeat(101)}`, '?q=a&colour=red']) {
      expectProblem(t, await kim.get(`/v1/people${query}`), 'validation-failed', 400)
    }
  })

  t.test('have pages', async (t) => {
    const first = (await kim.get(`/v1/people/${keanu}?limit=1`)).body
    t.strictSame(
      (await kim.get(`/v1/people/${keanu}?limit=1&cursor=${first.nextCursor}`)).body.items.map(({ title }: any) =>
        title.title
      ),
      ['Speed'],
    )
    const personIds: string[] = []
    for (let cursor = '';;) {
      const { body } = await kim.get(`/v1/people?q=k&limit=1${cursor}`)
      personIds.push(...body.items.map(({ id }: { id: string }) => id))
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    t.equal(new Set(personIds).size, 2)
    expectProblem(t, await kim.get(`/v1/people?q=c&cursor=${first.nextCursor}`), 'invalid-cursor', 400)
  })

  t.test('do not exist without a title', async (t) => {
    const id = await addMovie(app, admin, { title: 'Once', cast: [{ name: 'Glen Hansard' }] }, [])
    const { personId } = (await kim.get(`/v1/movies/${id}`)).body.credits.cast[0]
    t.equal((await kim.get(`/v1/people/${personId}`)).status, 200)
    await admin.delete(`/v1/admin/movies/${id}`)
    expectProblem(t, await kim.get(`/v1/people/${personId}`), 'not-found', 404)
    t.strictSame((await kim.get('/v1/people?q=glen')).body.items, [])
  })
})
