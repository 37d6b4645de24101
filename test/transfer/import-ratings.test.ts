// Imports of maturity ratings of other countries and in other spellings.
import t from 'tap'
import { startImportClient } from './import-client.js'

t.test('imported ratings', { timeout: 60_000 }, async (t) => {
  const { admin, kim, importLines, importText, exportLines } = await startImportClient(t)
  const RATINGS = [
    ['pg-13', 'PG-13'],
    ['Not Rated', undefined],
    ['NR', undefined],
    ['FSK 12', 'PG-13'],
    ['FSK 6', 'TV-Y7'],
    ['12A', 'PG-13'],
    ['MA15+', 'R'],
    ['SE:11', 'PG-13'],
    ['M/12', 'PG-13'],
    ['18', 'NC-17'],
    ['XYZ', undefined],
  ] as const

  t.test('never reject a line; the report states what was assumed', async (t) => {
    const { body } = await importLines(
      RATINGS.map(([maturityRating], i) => ({ kind: 'movie', title: `Movie ${i}`, maturityRating })),
    )
    t.match(body, { created: RATINGS.length, refusedCount: 0, total: RATINGS.length })
    const stored = new Map((await exportLines()).map((line) => [line.title, line.maturityRating]))
    t.strictSame(RATINGS.map((_, i) => stored.get(`Movie ${i}`)), RATINGS.map(([, rating]) => rating))
    t.strictSame(
      body.warnings.map(({ line, warnings: [warning] }: any) => [line, warning.pointer, warning.message]),
      [
        [4, '/maturityRating', 'FSK 12 is stored as PG-13'],
        [5, '/maturityRating', 'FSK 6 is stored as TV-Y7'],
        [6, '/maturityRating', 'BBFC 12A is stored as PG-13'],
        [7, '/maturityRating', 'ACB MA15+ is stored as R'],
        [8, '/maturityRating', 'SMR 11 is stored as PG-13'],
        [9, '/maturityRating', 'IGAC M/12 is stored as PG-13'],
        [10, '/maturityRating', '18 is stored as NC-17'],
        [11, '/maturityRating', 'is ignored: the rating "XYZ" is unknown'],
      ],
    )
  })

  t.test('have certifications, which exports contain', async (t) => {
    const ids = new Map((await exportLines()).map(({ title, id, certification }) => [title, { id, certification }]))
    const shown = async (title: string): Promise<object> => (await kim.get(`/v1/movies/${ids.get(title)?.id}`)).body
    t.match(await shown('Movie 0'), { certification: { system: 'MPA', rating: 'PG-13', age: 13 } })
    t.match(await shown('Movie 1'), { certification: null, maturityRating: null })
    t.match(await shown('Movie 3'), {
      certification: { system: 'FSK', rating: '12', age: 12 },
      maturityRating: 'PG-13',
    })
    t.match(await shown('Movie 5'), { certification: { system: 'BBFC', rating: '12A', age: 12 } })
    t.match(await shown('Movie 9'), { certification: { system: 'age', rating: '18', age: 18 } })
    t.equal(ids.get('Movie 3')?.certification, 'FSK 12')
    t.equal(ids.get('Movie 0')?.certification, undefined)
    const lines = await exportLines()
    t.match((await importLines(lines)).body, { unchanged: lines.length, warnings: [] })
  })

  t.test('are set and cleared by administrators', async (t) => {
    const { body: movie } = await admin.post('/v1/admin/movies', { title: 'Das Boot', certification: 'FSK 16' })
    t.match(movie, { certification: { system: 'FSK', rating: '16', age: 16 }, maturityRating: 'R' })
    const change = async (changes: object): Promise<any> =>
      (await admin.patch(`/v1/admin/movies/${movie.id}`, changes)).body
    t.match(await change({ certification: { system: 'BBFC', rating: '15' } }), {
      certification: { system: 'BBFC', rating: '15', age: 15 },
      maturityRating: 'R',
    })
    t.match(await change({ certification: 'Kijkwijzer 12', maturityRating: 'TV-14' }), {
      certification: { system: 'Kijkwijzer', rating: '12', age: 12 },
      maturityRating: 'TV-14',
    })
    t.match(await change({ certification: 'TV-14' }), { certification: { system: 'TV', rating: 'TV-14', age: 14 } })
    t.match(await change({ certification: { system: 'TV', rating: 'TV-MA', age: 17 } }), { maturityRating: 'TV-MA' })
    t.match(await change({ certification: '16+' }), { certification: { system: 'age', rating: '16', age: 16 } })
    t.match(await change({ maturityRating: 'PG' }), { certification: { system: 'MPA', rating: 'PG', age: 8 } })
    t.match(await change({ certification: 'PEGI 12' }), { certification: { system: 'PEGI', rating: '12' } })
    t.match(await change({ certification: null, maturityRating: null }), { certification: null, maturityRating: null })
    t.match(await change({ certification: 'CNC -16' }), { certification: { system: 'CNC', rating: '-16', age: 16 } })
    const replaced = await admin.put(`/v1/admin/movies/${movie.id}`, { title: 'Das Boot' })
    t.match(replaced.body, { certification: null, maturityRating: null })
    const unknown = await admin.patch(`/v1/admin/movies/${movie.id}`, { certification: 'XYZ' })
    t.match(unknown, { status: 400, body: { code: 'validation-failed', errors: [{ pointer: '/certification' }] } })
    t.match((await importLines([{ kind: 'movie', title: 'C', certification: 'XYZ' }])).body, {
      created: 1,
      warnings: [{ line: 1, warnings: [{ pointer: '/certification' }] }],
    })
  })

  t.test('hide titles from kids profiles as their ages require', async (t) => {
    const { id } = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body
    const child = kim.with((await kim.post(`/v1/profiles/${id}/select`)).body.accessToken)
    t.strictSame((await child.get('/v1/titles')).body.items.map(({ title }: any) => title), ['Movie 4'])
  })

  t.test('are read from CSV, and other types than text are rejected', async (t) => {
    const csv = await importText('title,maturityRating\nA,fsk 16\n', '', { 'content-type': 'text/csv' })
    t.match(csv.body, { created: 1, warnings: [{ line: 2 }] })
    t.match((await importLines([{ kind: 'movie', title: 'B', maturityRating: 12 }])).body, { refusedCount: 1 })
  })
})
