// The column mapping of CSV imports over HTTP: the preview of a file, the import, and mappings that do not fit.
import iconv from 'iconv-lite'
import t from 'tap'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { startImportClient } from './import-client.js'

const CSV = { 'content-type': 'text/csv' }
const FILE = 'Film;Jahr;Country rating;Notes;genres\n' +
  'Metropolis;1927;FSK 6;restored;Drama|Science Fiction\n' +
  'M;soon;FSK 12;;Crime\n'
const MAPPED = ['Film:title', 'Jahr:year', 'Country rating:certification', 'Notes:ignore']

const toQuery = (entries: readonly string[], others: Record<string, string> = {}): string =>
  `?${new URLSearchParams([...Object.entries(others), ...entries.map((entry) => ['map', entry])] as never)}`

t.test('a column mapping', { timeout: 120_000 }, async (t) => {
  const { app, admin, kim, importText, exportLines, clear } = await startImportClient(t)
  const preview = async (text: string | Buffer, map: readonly string[] = [], headers = CSV): Promise<TestResponse> =>
    await call(app, 'POST', `/v1/admin/import/preview${toQuery(map)}`, { token: admin.token, body: text, headers })

  t.test('a preview shows the columns that are known, and those that need a mapping', async (t) => {
    const { status, body } = await preview(FILE)
    t.equal(status, 200)
    t.strictSame(
      body.columns.map(({ name, field, needsMapping }: any) => [name, field, needsMapping]),
      [
        ['Film', null, true],
        ['Jahr', null, true],
        ['Country rating', null, true],
        ['Notes', null, true],
        ['genres', 'genres', false],
      ],
    )
    t.strictSame(body.columns[0].samples, ['Metropolis', 'M'])
    t.strictSame(body.columns[3].samples, ['restored'])
    t.match(body, { encoding: 'UTF-8', delimiter: ';' })
    t.strictSame(body.fields.filter(({ isRequired }: any) => isRequired).map(({ name }: any) => name), ['title'])
    t.strictSame(body.rows[0], { line: 2, values: [null, null, null, null, 'Drama, Science Fiction'], errors: [] })
  })

  t.test('a preview with a mapping shows the values and the cells that are rejected', async (t) => {
    const { body } = await preview(FILE, MAPPED)
    t.strictSame(body.columns.map(({ field }: any) => field), ['title', 'year', 'certification', null, 'genres'])
    t.ok(body.columns.every(({ needsMapping }: any) => !needsMapping))
    t.strictSame(body.rows, [
      { line: 2, values: ['Metropolis', '1927', 'FSK 6', null, 'Drama, Science Fiction'], errors: [] },
      {
        line: 3,
        values: ['M', null, 'FSK 12', null, 'Crime'],
        errors: [{ pointer: '/year', message: 'is not a number' }],
      },
    ])
    const people = await preview('title,runtimeMinutes,cast,published\nM,117,Peter Lorre (Beckert)|Fritz,yes\n')
    t.strictSame(people.body.rows[0].values, ['M', '7020000 ms', 'Peter Lorre (Beckert), Fritz', 'true'])
  })

  t.test('a preview reads ten rows, any encoding, and a row that does not fit the header', async (t) => {
    const rows = Array.from({ length: 30 }, (_, index) => `Film ${index},19${10 + index}`)
    const many = await preview(`title,year\n${rows.join('\n')}\n`)
    t.equal(many.body.rows.length, 10)
    t.equal(many.body.rows[9].values[0], 'Film 9')
    const western = await preview(iconv.encode('title\nZürich\n', 'windows-1252'))
    t.match(western.body, { encoding: 'windows-1252', rows: [{ values: ['Zürich'] }] })
    const stated = await preview(iconv.encode('title\nМатрица\n', 'windows-1251'), [], {
      'content-type': 'text/csv; charset=windows-1251',
    })
    t.match(stated.body.rows, [{ values: ['Матрица'] }])
    const short = await preview('title,year\nM\n')
    t.match(short.body.rows, [{ line: 2, values: [null, null], errors: [{ pointer: '' }] }])
  })

  t.test('an import reads the mapped columns and skips the ignored ones', async (t) => {
    const dryRun = await importText(FILE, toQuery(MAPPED, { dryRun: 'true' }), CSV)
    t.match(dryRun.body, { created: 1, refusedCount: 1, refused: [{ line: 3, errors: [{ pointer: '/year' }] }] })
    t.strictSame(await exportLines(), [])
    const { status, body } = await importText(FILE, toQuery(MAPPED), CSV)
    t.match([status, body.created], [200, 1])
    t.match(await exportLines(), [{
      kind: 'movie',
      title: 'Metropolis',
      year: 1927,
      certification: 'FSK 6',
      genres: ['Drama', 'Science Fiction'],
    }])
    await clear()
  })

  t.test('a name may contain colons and another case, and one entry needs no list', async (t) => {
    const { body } = await importText('Title: main,year\nM,1931\n', '?map=title:%20MAIN:title', CSV)
    t.match(body, { created: 1, refusedCount: 0 })
    await clear()
  })

  t.test('a large file is read in the thread with the same mapping', async (t) => {
    const rows = Array.from({ length: 2_000 }, (_, index) => `Film ${index},1931,${'x'.repeat(20)}`)
    const text = `Film,Jahr,Notes\n${rows.join('\n')}\n`
    const { body } = await importText(text, toQuery(MAPPED.filter((entry) => !entry.startsWith('Country'))), CSV)
    t.match(body, { created: 2_000, refusedCount: 0 })
    expectProblem(t, await importText(text, toQuery(['Film:title', 'Land:genres']), CSV), 'unknown-import-column')
  })

  t.test('a mapping that does not fit is rejected before anything is read', async (t) => {
    const cases: ReadonlyArray<readonly [code: string, map: readonly string[], detail: RegExp]> = [
      ['unknown-import-field', ['Film:name'], /name is not a field/],
      ['duplicate-import-field', ['Film:title', 'Notes:title'], /Film and Notes both fill title/],
      ['duplicate-import-field', ['Film:title', 'film:year'], /mapped twice/],
      ['duplicate-import-field', ['Film:title', 'Notes:genres'], /Notes and genres both fill genres/],
      ['unknown-import-column', ['Film:title', 'Year:year'], /no column year/],
    ]
    for (const [code, map, detail] of cases) {
      for (const response of [await importText(FILE, toQuery(map), CSV), await preview(FILE, map)]) {
        expectProblem(t, response, code)
        t.match(response.body.detail, detail)
      }
    }
    const rest = ['Jahr:year', 'Country rating:certification', 'Notes:ignore']
    expectProblem(t, await importText(FILE, toQuery(['Film:synopsis', ...rest]), CSV), 'missing-import-field')
    expectProblem(t, await importText(FILE, toQuery(['Film:title']), CSV), 'unreadable-import')
    const line = '{"kind":"movie","title":"M"}'
    expectProblem(t, await importText(line, toQuery(['Film:title'])), 'mapping-needs-csv')
    expectProblem(t, await importText(FILE, '?map=Film', CSV), 'validation-failed')
  })

  t.test('a preview rejects what is no CSV, is too large, or is not from staff', async (t) => {
    expectProblem(t, await preview(''), 'empty-import')
    expectProblem(t, await preview('\n\n'), 'unreadable-import')
    expectProblem(t, await preview('{}', [], { 'content-type': 'application/json' }), 'unsupported-media-type')
    expectProblem(t, await preview(`title\n${'x'.repeat(300_000)}\n`), 'body-too-large')
    const asMember = await call(app, 'POST', '/v1/admin/import/preview', { token: kim.token, body: FILE, headers: CSV })
    expectProblem(t, asMember, 'forbidden')
  })
})
