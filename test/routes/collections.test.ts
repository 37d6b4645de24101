import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('collections', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const ids: string[] = []
  for (const title of ['Alien', 'Aliens', 'Alien³', 'Alien Resurrection']) {
    ids.push(await addMovie(app, admin, { title }, []))
  }
  const created = await admin.post('/v1/admin/collections', {
    title: 'The Alien series',
    kind: 'series',
    titleIds: ids,
    translations: { de: { title: 'Die Alien-Reihe' } },
  })
  const { id } = created.body
  const listTitles = async (url = `/v1/collections/${id}`) =>
    (await kim.get(url)).body.items.map(({ title }: { title: string }) => title)

  t.test('return their titles in order', async (t) => {
    t.equal(created.status, 201)
    t.equal(created.headers['location'], `/v1/collections/${id}`)
    const { body, headers } = await kim.get(`/v1/collections/${id}`)
    t.match(body, { kind: 'series', title: 'The Alien series', titleCount: 4, nextCursor: null })
    t.strictSame(await listTitles(), ['Alien', 'Aliens', 'Alien³', 'Alien Resurrection'])
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

  t.test('can be reordered, with If-Match', async (t) => {
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
      const response of [
        await admin.patch(`/v1/admin/collections/${id}`, { title: 'In Space' }, { 'if-match': etag }),
        await admin.put(`/v1/admin/collections/${id}`, { title: 'In Space' }, { 'if-match': etag }),
        await admin.delete(`/v1/admin/collections/${id}`, { 'if-match': etag }),
      ]
    ) expectProblem(t, response, 'precondition-failed', 412)
    t.strictSame(await listTitles(), ['Alien Resurrection', 'Alien³', 'Aliens', 'Alien'])
    expectProblem(t, await kim.get(`/v1/collections/${id}?limit=3&cursor=${first.nextCursor}`), 'invalid-cursor', 400)
    const page = (await kim.get(`/v1/collections/${id}?limit=3`)).body
    t.strictSame(await listTitles(`/v1/collections/${id}?limit=3&cursor=${page.nextCursor}`), ['Alien'])
  })

  t.test('are all listed for the staff, with unpublished titles', async (t) => {
    const draft = await addMovie(app, admin, { title: 'Alien: Draft', published: false }, [])
    const empty = (await admin.post('/v1/admin/collections', { title: 'Émpty', published: false })).body
    const drafts = (await admin.post('/v1/admin/collections', { title: 'Drafts', titleIds: [draft, ids[0]] })).body
    const list = async (query = '') => (await admin.get(`/v1/admin/collections${query}`)).body
    t.strictSame((await list()).items.map(({ title }: { title: string }) => title), [
      'Drafts',
      'Émpty',
      'The Alien series',
    ])
    t.strictSame((await list('?q=EMPTY')).items, [{
      id: empty.id,
      kind: 'editorial',
      title: 'Émpty',
      posterUrl: null,
      posterPlaceholder: null,
      published: false,
      titleCount: 0,
      unpublishedTitleCount: 0,
    }])
    t.match((await list('?published=true&kind=editorial')).items, [{
      id: drafts.id,
      titleCount: 2,
      unpublishedTitleCount: 1,
    }])
    const first = await list('?limit=2')
    t.match((await list(`?limit=2&cursor=${first.nextCursor}`)).items, [{ id }])
    t.match((await kim.get('/v1/collections')).body.items, [{ titleCount: 1 }, { id }], 'viewers see no drafts')
    expectProblem(t, await kim.get('/v1/admin/collections'), 'forbidden', 403)

    const titlesUrl = `/v1/admin/collections/${drafts.id}/titles`
    const page = (await admin.get(`${titlesUrl}?limit=1`)).body
    t.match(page.items, [{ id: draft, published: false }])
    t.match((await admin.get(`${titlesUrl}?limit=1&cursor=${page.nextCursor}`)).body, {
      items: [{ id: ids[0], published: true }],
      nextCursor: null,
    })
    await admin.patch(`/v1/admin/collections/${drafts.id}`, { titleIds: [ids[0], draft] })
    expectProblem(t, await admin.get(`${titlesUrl}?limit=1&cursor=${page.nextCursor}`), 'invalid-cursor', 400)
    expectProblem(t, await admin.get(`/v1/admin/collections/${draft}/titles`), 'not-found', 404)
    for (const one of [empty, drafts]) await admin.delete(`/v1/admin/collections/${one.id}`)
    await admin.delete(`/v1/admin/movies/${draft}`)
  })

  t.test('leave out titles that are not visible, and do not exist without visible titles', async (t) => {
    await admin.delete(`/v1/admin/movies/${ids[3]}`)
    await admin.patch(`/v1/admin/movies/${ids[2]}`, { published: false })
    t.strictSame(await listTitles(), ['Aliens', 'Alien'])
    await admin.patch(`/v1/admin/collections/${id}`, { published: false })
    expectProblem(t, await kim.get(`/v1/collections/${id}`), 'not-found', 404)
    t.strictSame((await kim.get(`/v1/movies/${ids[0]}`)).body.collections, [])
    t.equal(
      (await admin.get(`/v1/movies/${ids[0]}`)).body.collections.length,
      1,
      'administrators see unpublished collections',
    )
    const empty = (await admin.put(`/v1/admin/collections/${id}`, { title: 'The Alien series' })).body
    t.match(
      empty,
      { kind: 'editorial', titleIds: [], published: true, translations: {} },
      'PUT resets omitted fields',
    )
    t.strictSame((await kim.get('/v1/collections')).body.items, [])
  })

  t.test('contain up to 500 existing titles, each once', async (t) => {
    const unknown = '665f1c2e9b1e8a0012ab34cd'
    const rejected = await admin.post('/v1/admin/collections', { title: 'In Space', titleIds: [ids[0], unknown] })
    expectProblem(t, rejected, 'unknown-titles', 409)
    t.strictSame(rejected.body.titleIds, [unknown])
    const createIds = (count: number) => Array.from({ length: count }, (_, i) => i.toString(16).padStart(24, '0'))
    expectProblem(
      t,
      await admin.post('/v1/admin/collections', { title: 'In Space', titleIds: createIds(500) }),
      'unknown-titles',
      409,
    )
    for (
      const body of [
        {},
        { title: '' },
        { title: 'In Space', titleIds: createIds(501) },
        { title: 'In Space', titleIds: [ids[0], ids[0]] },
        { title: 'In Space', kind: 'heap' },
        { title: 'In Space', _id: unknown },
      ]
    ) {
      expectProblem(t, await admin.post('/v1/admin/collections', body), 'validation-failed', 400)
    }
    expectProblem(t, await kim.post('/v1/admin/collections', { title: 'Mine' }), 'forbidden', 403)
    expectProblem(t, await kim.get(`/v1/admin/collections/${id}`), 'forbidden', 403)
  })
})
