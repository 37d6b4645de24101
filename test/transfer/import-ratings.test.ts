// Imports of maturity ratings of other countries and in other spellings.
import t from 'tap'
import { startImportClient } from './import-client.js'

t.test('imported ratings', { timeout: 60_000 }, async (t) => {
  const { kim, importLines, importText, exportLines } = await startImportClient(t)
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
