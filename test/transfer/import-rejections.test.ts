// Imports over HTTP with invalid lines, unreadable or truncated bodies, and callers without permission.
import { Readable } from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import { Title } from '../../models/title.js'
import { startApp } from '../support/app.js'
import { movieTitle } from '../support/movie-titles.js'
import { call, expectProblem } from '../support/requests.js'
import { signUpAdmin } from '../support/users.js'
import { NDJSON, startImportClient } from './import-client.js'

t.test('an import', { timeout: 120_000 }, async (t) => {
  const { app, admin, kim, importText, importLines, exportLines, clear } = await startImportClient(t)

  t.test('rejects half of a surrogate pair, which cannot be stored', async (t) => {
    const { body } = await importLines([
      '{"kind":"movie","title":"Alien \\ud83d"}',
      '{"kind":"movie","title":"Alien","cast":[{"name":"\\udc00"}]}',
      '{"kind":"movie","title":"Alien \\ud83d\\ude00"}',
    ])
    t.match(body, { created: 1, refusedCount: 2 })
    t.match(body.refused, [{ line: 1, errors: [{ message: /surrogate/ }] }, { line: 2 }])
    await clear()
  })

  t.test('rejects invalid lines with their errors and imports all other lines', async (t) => {
    await importLines([
      { kind: 'movie', title: 'Alien', externalIds: { imdb: 'tt0078748', tmdb: '348' } },
      { kind: 'movie', title: 'Aliens', externalIds: { imdb: 'tt0090605' } },
    ])
    const lines = [
      { kind: 'movie', title: 'Good' },
      '{"kind": "movie", "title": ',
      { kind: 'movie' },
      { kind: 'series', title: 'X' },
      { title: 'X' },
      [1],
      { kind: 'movie', title: 'X', year: '1999', seasons: [], color: 'red' },
      { kind: 'movie', title: 'X', availableFrom: '2030-01-01T00:00:00Z', availableUntil: '2020-01-01T00:00:00Z' },
      { kind: 'show', title: 'X', seasons: [{ number: 1 }, { number: 1 }] },
      { kind: 'show', title: 'X', externalIds: { imdb: 'tt0078748' } },
      { kind: 'movie', title: 'X', externalIds: { imdb: 'tt0090605', tmdb: '348' } },
      { kind: 'collection', title: 'X', titleIds: ['b00000000000000000000001'] },
      { kind: 'movie', title: 'X', translations: { en: { title: 'X' }, EN: { title: 'Y' } } },
      '{"kind":"movie","title":"X","__proto__":{"published":true}}',
      { kind: 'movie', title: 'Also good' },
    ]
    const { status, body } = await importLines(lines)
    t.equal(status, 200)
    t.match(body, { created: 2, refusedCount: 13, total: 15 })
    t.strictSame(
      body.refused.map(({ line, errors }: any) => [line, errors.map(({ pointer }: any) => pointer).sort().join(' ')]),
      [
        [2, ''],
        [3, '/title'],
        [4, '/kind'],
        [5, '/kind'],
        [6, ''],
        [7, '/color /seasons /year'],
        [8, '/availableUntil'],
        [9, ''],
        [10, '/kind'],
        [11, '/externalIds'],
        [12, '/titleIds'],
        [13, '/translations'],
        [14, '/__proto__'],
      ],
    )
    t.ok(body.refused.every(({ errors }: any) => errors.every(({ message }: any) => message.length > 3)))
    t.strictSame((await exportLines()).map(({ title }) => title).sort(), ['Alien', 'Aliens', 'Also good', 'Good'])
  })

  t.test('rejects a line that is not UTF-8 or too long and imports the lines after it', async (t) => {
    await clear()
    const goodLine = (n: number): Buffer => Buffer.from(`{"kind":"movie","title":"Good ${n}"}\n`)
    const { body } = await importText(
      Buffer.concat([
        Buffer.from([0xef, 0xbb, 0xbf]),
        goodLine(1),
        Buffer.from([0x7b, 0xff, 0x0a]),
        Buffer.alloc(5 * 1024 ** 2, 'x'),
        Buffer.from('\r\n\r\n'),
        goodLine(2),
      ]),
    )
    t.match(body, {
      created: 2,
      refused: [
        { line: 2, errors: [{ message: 'is not UTF-8' }] },
        { line: 3, errors: [{ message: /longer than \d+ bytes/ }] },
      ],
    })
  })

  t.test('rejects JSON with a syntax error and CSV with unknown columns', async (t) => {
    const json = await importText('[{"kind":"movie","title":"C"},{]', '', { 'content-type': 'application/json' })
    expectProblem(t, json, 'unreadable-import', 400)
    const csv = await importText('name,colour\nx,y\n', '', { 'content-type': 'text/csv' })
    expectProblem(t, csv, 'unreadable-import', 400)
  })

  t.test('imports the records before a syntax error and adds them to the change feeds', async (t) => {
    await clear()
    const since = (await kim.get(`/v1/profiles/${kim.profileId}/changes`)).body.cursor
    const record = (i: number): string => JSON.stringify({ kind: 'movie', title: movieTitle(i) })
    const chunks = Array.from(
      { length: 20 },
      (_, chunk) => `${chunk === 0 ? '[' : ','}${Array.from({ length: 10 }, (_, i) => record(chunk * 10 + i)).join()}`,
    )
    const response = await call(app, 'POST', '/v1/admin/import', {
      token: admin.token,
      body: Readable.from([...chunks, ',{]'].map((text) => Buffer.from(text))),
      headers: { 'content-type': 'application/json' },
    })
    expectProblem(t, response, 'unreadable-import', 400)
    t.equal(response.body.line, 201)
    t.equal((await exportLines()).length, 200)
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/changes?since=${since}`)).body.items, [{ kind: 'catalogue' }])
  })

  t.test('requires an administrator, a known content type and a body', async (t) => {
    const body = '{"kind":"movie","title":"X"}'
    expectProblem(t, await call(app, 'POST', '/v1/admin/import', { body, headers: NDJSON }), 'unauthorized', 401)
    expectProblem(
      t,
      await call(app, 'POST', '/v1/admin/import', { token: kim.token, body, headers: NDJSON }),
      'forbidden',
      403,
    )
    expectProblem(t, await call(app, 'GET', '/v1/admin/export', { token: kim.token }), 'forbidden', 403)
    expectProblem(t, await importText(body, '', { 'content-type': 'application/xml' }), 'unsupported-media-type', 415)
    expectProblem(t, await call(app, 'POST', '/v1/admin/import', { token: admin.token }), 'empty-import', 400)
    expectProblem(t, await importText(body, '?mode=other'), 'validation-failed', 400)
    t.match((await importText('', '')).body, { total: 0, created: 0 })
  })
})

t.test('an import of a truncated body writes all complete lines', { timeout: 60_000 }, async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const lines = Array.from(
    { length: 40 },
    (_, i) => `${JSON.stringify({ kind: 'movie', title: `Mövie ${i}`, externalIds: { imdb: `tt${i}` } })}\n`,
  )
  const text = Buffer.from(lines.join(''))
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: text.length }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
      async (end, sizes) => {
        await Title.collection.deleteMany({})
        const truncated = text.subarray(0, end)
        const chunks: Buffer[] = []
        for (let start = 0, i = 0; start < truncated.length; i++) {
          const size = sizes[i % sizes.length]!
          chunks.push(truncated.subarray(start, start + size))
          start += size
        }
        const { body } = await call(app, 'POST', '/v1/admin/import', {
          token: admin.token,
          body: Readable.from(chunks),
          headers: NDJSON,
        })
        const completeLines = truncated.toString().split('\n').length - 1
        const isLastLineComplete = end < text.length && text[end] === 0x0a
        return body.created === completeLines + (isLastLineComplete ? 1 : 0) &&
          body.refusedCount === body.total - body.created && body.refusedCount <= 1
      },
    ),
    { numRuns: 60 },
  )
  t.ok(await Title.countDocuments() >= 0)
})
