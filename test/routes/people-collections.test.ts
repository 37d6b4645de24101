// People with their titles; collections: series of films and editorial lists.
import t from 'tap'
import { addMovie, expectProblem, signUp, signUpAdmin, startApp } from '../helper.js'

const named = ({ name }: { name: string }): string => name

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
  const keanu = (await kim.get(`/v1/movies/${matrix}`)).body.cast[0].personId

  t.test('have a page with their titles, newest first, and what they did', async (t) => {
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

  t.test('of one name are one, unless they have ids elsewhere', async (t) => {
    t.strictSame(
      (await kim.get('/v1/people?q=keanu')).body.items.map(({ titleCount }: { titleCount: number }) => titleCount)
        .sort(),
      [1, 2],
    )
    await admin.patch(`/v1/admin/movies/${hidden}`, { published: true })
    t.equal((await kim.get(`/v1/people/${keanu}`)).body.titleCount, 3, 'in capitals he is the same')
    await admin.patch(`/v1/admin/movies/${hidden}`, { published: false })
  })

  t.test('are found by the beginnings of their names, with accents and case folded', async (t) => {
    for (
      const [q, found] of [
        ['carrie', ['Carrie-Anne Moss']],
        ['MOSS ca', ['Carrie-Anne Moss']],
        ['anne', ['Carrie-Anne Moss']],
        ['réeves k', ['Keanu Reeves', 'Keanu Reeves']],
        ['osst', []],
        ['shia', []],
      ] as const
    ) {
      t.strictSame((await kim.get(`/v1/people?q=${encodeURIComponent(q)}`)).body.items.map(named), found, q)
    }
    for (const query of ['', '?q=', '?q=%20', `?q=${'x'.repeat(101)}`, '?q=a&colour=red']) {
      expectProblem(t, await kim.get(`/v1/people${query}`), 'validation-failed', 400)
    }
  })

  t.test('page by page', async (t) => {
    const first = (await kim.get(`/v1/people/${keanu}?limit=1`)).body
    t.strictSame(
      (await kim.get(`/v1/people/${keanu}?limit=1&cursor=${first.nextCursor}`)).body.items.map(({ title }: any) =>
        title.title
      ),
      ['Speed'],
    )
    const seen: string[] = []
    for (let cursor = '';;) {
      const { body } = await kim.get(`/v1/people?q=k&limit=1${cursor}`)
      seen.push(...body.items.map(({ id }: { id: string }) => id))
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    t.equal(new Set(seen).size, 2)
    expectProblem(t, await kim.get(`/v1/people?q=c&cursor=${first.nextCursor}`), 'invalid-cursor', 400)
  })

  t.test('without a title they are nobody', async (t) => {
    const id = await addMovie(app, admin, { title: 'Once', cast: [{ name: 'Glen Hansard' }] }, [])
    const { personId } = (await kim.get(`/v1/movies/${id}`)).body.cast[0]
    t.equal((await kim.get(`/v1/people/${personId}`)).status, 200)
    await admin.delete(`/v1/admin/movies/${id}`)
    expectProblem(t, await kim.get(`/v1/people/${personId}`), 'not-found', 404)
    t.strictSame((await kim.get('/v1/people?q=glen')).body.items, [])
  })
})

t.test('collections', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const ids: string[] = []
  for (const title of ['Alien', 'Aliens', 'Alien³', 'Alien Resurrection']) {
    ids.push(await addMovie(app, admin, { title }, []))
  }
  const made = await admin.post('/v1/admin/collections', {
    title: 'The Alien series',
    kind: 'series',
    titleIds: ids,
    translations: { de: { title: 'Die Alien-Reihe' } },
  })
  const { id } = made.body
  const titlesOf = async (url = `/v1/collections/${id}`) =>
    (await kim.get(url)).body.items.map(({ title }: { title: string }) => title)

  t.test('hold titles in their order', async (t) => {
    t.equal(made.status, 201)
    t.equal(made.headers['location'], `/v1/collections/${id}`)
    const { body, headers } = await kim.get(`/v1/collections/${id}`)
    t.match(body, { kind: 'series', title: 'The Alien series', titleCount: 4, nextCursor: null })
    t.strictSame(await titlesOf(), ['Alien', 'Aliens', 'Alien³', 'Alien Resurrection'])
    t.equal((await kim.get(`/v1/collections/${id}`, { 'if-none-match': String(headers['etag']) })).status, 304)
    t.equal((await kim.get(`/v1/collections/${id}`, { 'accept-language': 'de' })).body.title, 'Die Alien-Reihe')
    t.match((await kim.get(`/v1/movies/${ids[1]}`)).body.collections, [{
      id,
      kind: 'series',
      title: 'The Alien series',
    }])
  })

  t.test('are listed by title and kind', async (t) => {
    const other = (await admin.post('/v1/admin/collections', { title: 'A rainy Sunday', titleIds: [ids[0]] })).body
    t.equal(other.kind, 'editorial')
    const list = async (query = '') =>
      (await kim.get(`/v1/collections${query}`)).body.items.map(({ title }: { title: string }) => title)
    t.strictSame(await list(), ['A rainy Sunday', 'The Alien series'])
    t.strictSame(await list('?kind=series'), ['The Alien series'])
    const first = (await kim.get('/v1/collections?limit=1')).body
    t.strictSame(await list(`?limit=1&cursor=${first.nextCursor}`), ['The Alien series'])
    t.equal((await admin.delete(`/v1/admin/collections/${other.id}`)).status, 204)
    expectProblem(t, await kim.get(`/v1/collections/${other.id}`), 'not-found', 404)
    expectProblem(t, await admin.delete(`/v1/admin/collections/${other.id}`), 'not-found', 404)
    t.equal((await kim.get(`/v1/movies/${ids[0]}`)).body.collections.length, 1)
  })

  t.test('are put in another order, with If-Match', async (t) => {
    const stored = await admin.get(`/v1/admin/collections/${id}`)
    t.match(stored.body, { titleIds: ids, published: true, translations: { de: { title: 'Die Alien-Reihe' } } })
    const etag = String(stored.headers['etag'])
    const reversed = [...ids].reverse()
    const first = (await kim.get(`/v1/collections/${id}?limit=3`)).body
    t.strictSame(
      (await admin.patch(`/v1/admin/collections/${id}`, { titleIds: reversed }, { 'if-match': etag })).body.titleIds,
      reversed,
    )
    for (
      const answer of [
        await admin.patch(`/v1/admin/collections/${id}`, { title: 'X' }, { 'if-match': etag }),
        await admin.put(`/v1/admin/collections/${id}`, { title: 'X' }, { 'if-match': etag }),
        await admin.delete(`/v1/admin/collections/${id}`, { 'if-match': etag }),
      ]
    ) expectProblem(t, answer, 'precondition-failed', 412)
    t.strictSame(await titlesOf(), ['Alien Resurrection', 'Alien³', 'Aliens', 'Alien'])
    expectProblem(t, await kim.get(`/v1/collections/${id}?limit=3&cursor=${first.nextCursor}`), 'invalid-cursor', 400)
    const page = (await kim.get(`/v1/collections/${id}?limit=3`)).body
    t.strictSame(await titlesOf(`/v1/collections/${id}?limit=3&cursor=${page.nextCursor}`), ['Alien'])
  })

  t.test('pass over titles that are gone, and are gone when nothing of them is there', async (t) => {
    await admin.delete(`/v1/admin/movies/${ids[3]}`)
    await admin.patch(`/v1/admin/movies/${ids[2]}`, { published: false })
    t.strictSame(await titlesOf(), ['Aliens', 'Alien'])
    await admin.patch(`/v1/admin/collections/${id}`, { published: false })
    expectProblem(t, await kim.get(`/v1/collections/${id}`), 'not-found', 404)
    t.strictSame((await kim.get(`/v1/movies/${ids[0]}`)).body.collections, [])
    t.equal((await admin.get(`/v1/movies/${ids[0]}`)).body.collections.length, 1, 'administrators see it')
    const empty = (await admin.put(`/v1/admin/collections/${id}`, { title: 'The Alien series' })).body
    t.match(
      empty,
      { kind: 'editorial', titleIds: [], published: true, translations: {} },
      'PUT resets what is left out',
    )
    t.strictSame((await kim.get('/v1/collections')).body.items, [])
  })

  t.test('are bounded, and name titles of the catalogue once', async (t) => {
    const unknown = '665f1c2e9b1e8a0012ab34cd'
    const refused = await admin.post('/v1/admin/collections', { title: 'X', titleIds: [ids[0], unknown] })
    expectProblem(t, refused, 'unknown-titles', 409)
    t.strictSame(refused.body.titleIds, [unknown])
    const many = (count: number) => Array.from({ length: count }, (_, i) => i.toString(16).padStart(24, '0'))
    expectProblem(
      t,
      await admin.post('/v1/admin/collections', { title: 'X', titleIds: many(500) }),
      'unknown-titles',
      409,
    )
    for (
      const body of [
        {},
        { title: '' },
        { title: 'X', titleIds: many(501) },
        { title: 'X', titleIds: [ids[0], ids[0]] },
        { title: 'X', kind: 'heap' },
        { title: 'X', _id: unknown },
      ]
    ) {
      expectProblem(t, await admin.post('/v1/admin/collections', body), 'validation-failed', 400)
    }
    expectProblem(t, await kim.post('/v1/admin/collections', { title: 'Mine' }), 'forbidden', 403)
    expectProblem(t, await kim.get(`/v1/admin/collections/${id}`), 'forbidden', 403)
  })
})
