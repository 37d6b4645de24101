// Importing over HTTP: what becomes of each line, that repeating changes nothing, and that nothing is lost.
import { Readable } from 'node:stream'
import fc from 'fast-check'
import mongoose from 'mongoose'
import t from 'tap'
import { Title } from '../../models/title.js'
import { call, clipBytes, expectProblem, signUp, signUpAdmin, startApp, type Answer } from '../helper.js'
import { FULL_MOVIE, FULL_SHOW } from './full-titles.js'

const NDJSON = { 'content-type': 'application/x-ndjson' }

t.test('importing', { timeout: 120_000 }, async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)

  async function importText (
    text: string | Buffer,
    query = '',
    headers: Record<string, string> = NDJSON,
  ): Promise<Answer> {
    return await call(app, 'POST', `/v1/admin/import${query}`, { token: admin.token, body: text, headers })
  }
  const importLines = async (lines: readonly unknown[], query = ''): Promise<Answer> =>
    await importText(lines.map((line) => typeof line === 'string' ? line : JSON.stringify(line)).join('\n'), query)
  const exportLines = async (): Promise<any[]> =>
    (await admin.get('/v1/admin/export')).bytes.toString().split('\n').filter((line) => line !== '').map((line) =>
      JSON.parse(line)
    )
  const find = async (imdb: string): Promise<any> =>
    (await exportLines()).find((line) => line.externalIds?.imdb === imdb)
  async function clear (): Promise<void> {
    for (const { id, kind } of await exportLines()) await admin.delete(`/v1/admin/${kind}s/${id}`)
  }

  t.test('takes movies, shows and collections, and lists show them at once', async (t) => {
    const { status, body } = await importLines([
      { kind: 'movie', id: 'a00000000000000000000001', title: 'Alien', year: 1979, externalIds: { imdb: 'tt0078748' } },
      { kind: 'show', ...FULL_SHOW },
      '',
      {
        kind: 'collection',
        id: 'c00000000000000000000001',
        collectionKind: 'series',
        title: 'Alien Anthology',
        titleIds: ['a00000000000000000000001'],
      },
    ])
    t.equal(status, 200)
    t.strictSame(body, {
      dryRun: false,
      total: 3,
      created: 3,
      updated: 0,
      unchanged: 0,
      refusedCount: 0,
      refused: [],
      truncated: false,
    })
    t.strictSame((await kim.get('/v1/titles')).body.items.map(({ title }: any) => title), ['Alien', 'Fawlty Towers'])
    t.strictSame(
      (await kim.get('/v1/collections/c00000000000000000000001')).body.items.map(({ title }: any) => title),
      ['Alien'],
    )
    t.strictSame((await kim.get('/v1/search?q=fawlty')).body.items.map(({ title }: any) => title), ['Fawlty Towers'])
    const { id } = await find('tt0072500')
    t.equal((await kim.get(`/v1/shows/${id}/seasons/1/episodes/1`)).body.title, 'A Touch of Class')
  })

  t.test('changes nothing when it is repeated, and counts that', async (t) => {
    const lines = [{ kind: 'movie', ...FULL_MOVIE }, { kind: 'show', ...FULL_SHOW }, {
      kind: 'movie',
      title: 'Nameless',
      year: 1999,
    }, { kind: 'collection', title: 'Empty' }]
    await importLines(lines)
    const before = JSON.stringify(await Title.collection.find().toArray())
    const { body } = await importLines(lines)
    t.match(body, { created: 0, updated: 0, unchanged: 4, refusedCount: 0 })
    t.equal(JSON.stringify(await Title.collection.find().toArray()), before, 'not even a revision')
    t.match((await importLines(lines, '?mode=replace')).body, { updated: 0, unchanged: 4 })
  })

  t.test('stores what an administrator would have stored one by one', async (t) => {
    await clear()
    for (
      const [kind, body] of [['movie', FULL_MOVIE], ['show', FULL_SHOW], ['movie', { title: 'Bare' }], ['show', {
        title: 'Bare',
      }], ['movie', { title: 'Dated', releaseDate: '2001-05-05' }]] as const
    ) {
      const { id } = (await admin.post(`/v1/admin/${kind}s`, body)).body
      const one = await Title.collection.findOne({ _id: new mongoose.Types.ObjectId(id) })
      await admin.delete(`/v1/admin/${kind}s/${id}`)
      t.match((await importLines([{ kind, id, ...body }])).body, { created: 1 })
      const imported = await Title.collection.findOne({ _id: new mongoose.Types.ObjectId(id) })
      t.strictSame(comparable(imported), comparable(one), `${kind} ${body.title}`)
      await admin.delete(`/v1/admin/${kind}s/${id}`)
    }
  })

  t.test('keeps what a line leaves out, unless it is to replace', async (t) => {
    await clear()
    await importLines([{ kind: 'movie', ...FULL_MOVIE }, { kind: 'show', ...FULL_SHOW }])
    t.match(
      (await importLines([{ kind: 'movie', title: 'The Lives of Others', externalIds: { imdb: 'tt0405094' } }])).body,
      { updated: 1 },
    )
    const merged = await find('tt0405094')
    t.equal(merged.title, 'The Lives of Others')
    t.equal(merged.synopsis, FULL_MOVIE.synopsis)
    t.strictSame(merged.externalIds, FULL_MOVIE.externalIds, 'ids in other catalogues are added, never lost')
    const { externalIds } = FULL_MOVIE
    await importLines([{ kind: 'movie', title: 'The Lives of Others', externalIds }], '?mode=replace')
    const { id, addedAt, ...replaced } = await find('tt0405094')
    t.strictSame(replaced, { kind: 'movie', title: 'The Lives of Others', externalIds })
    t.equal(id, merged.id)
    t.equal(addedAt, merged.addedAt)
  })

  t.test('adds and changes seasons and episodes; each keeps its id, and those left out stay', async (t) => {
    await clear()
    await importLines([{ kind: 'show', ...FULL_SHOW }])
    const before = await find('tt0072500')
    const { body } = await importLines([{
      kind: 'show',
      title: 'Fawlty Towers',
      externalIds: { imdb: 'tt0072500' },
      seasons: [
        { number: 1, episodes: [{ number: 2, title: 'The Builders!' }, { number: 3, title: 'The Wedding Party' }] },
        { number: 3, title: 'Never made', episodes: [{ number: 1, title: 'New' }] },
      ],
    }])
    t.match(body, { updated: 1 })
    const after = await find('tt0072500')
    const [specials, one, two, three] = after.seasons
    t.strictSame(specials, before.seasons[0])
    t.equal(one.title, 'Series One')
    t.strictSame(one.episodes[0], before.seasons[1].episodes[0])
    t.strictSame(one.episodes[1], { ...before.seasons[1].episodes[1], title: 'The Builders!' })
    t.match(one.episodes[2], { number: 3, title: 'The Wedding Party' })
    t.strictSame(two, before.seasons[2])
    t.match(three, { number: 3, title: 'Never made' })
    t.equal((await kim.get(`/v1/shows/${after.id}`)).body.episodeCount, 5)
    const moved = {
      kind: 'show',
      id: after.id,
      title: 'Fawlty Towers',
      seasons: [{ number: 2, episodes: [{ id: one.episodes[2].id, number: 1, title: 'The Wedding Party' }] }],
    }
    t.match((await importLines([moved])).body, { updated: 1 })
    const last = await find('tt0072500')
    t.strictSame(
      last.seasons.map(({ episodes }: any) => episodes.length),
      [1, 2, 1, 1],
      'an episode told by its id in another season moved there',
    )
    t.match(
      (await importLines([{
        kind: 'show',
        id: after.id,
        title: 'Fawlty Towers',
        externalIds: { imdb: 'tt0072500' },
        seasons: [],
      }], '?mode=replace')).body,
      { updated: 1 },
    )
    t.strictSame((await exportLines())[0].seasons, [])
  })

  t.test('takes the files of an episode along when it moves, and away when a replacement drops it', async (t) => {
    await clear()
    await importLines([{ kind: 'show', ...FULL_SHOW }])
    const show = await find('tt0072500')
    const clip = { token: admin.token, body: clipBytes('480p-en'), headers: { 'content-type': 'video/mp4' } }
    t.equal((await call(app, 'POST', `/v1/admin/shows/${show.id}/seasons/1/episodes/2/media`, clip)).status, 201)
    await importLines([{
      ...show,
      seasons: [{ number: 1, episodes: [{ ...show.seasons[1].episodes[1], number: 9 }] }],
    }])
    t.equal((await kim.get(`/v1/shows/${show.id}/seasons/1/episodes/9`)).body.mediaFiles.length, 1)
    await importLines([{ ...show, seasons: [] }], '?mode=replace')
    t.equal(
      await mongoose.connection.collection('media').countDocuments({ title: new mongoose.Types.ObjectId(show.id) }),
      0,
    )
  })

  t.test('refuses lines with what is wrong and where, and takes all others', async (t) => {
    await clear()
    await importLines([{ kind: 'movie', title: 'Alien', externalIds: { imdb: 'tt0078748', tmdb: '348' } }, {
      kind: 'movie',
      title: 'Aliens',
      externalIds: { imdb: 'tt0090605' },
    }])
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

  t.test('tells a line that is no UTF-8, or longer than any title, and goes on', async (t) => {
    await clear()
    const good = (n: number): Buffer => Buffer.from(`{"kind":"movie","title":"Good ${n}"}\n`)
    const { body } = await importText(
      Buffer.concat([
        Buffer.from([0xef, 0xbb, 0xbf]),
        good(1),
        Buffer.from([0x7b, 0xff, 0x0a]),
        Buffer.alloc(5 * 1024 ** 2, 'x'),
        Buffer.from('\r\n\r\n'),
        good(2),
      ]),
    )
    t.match(body, {
      created: 2,
      refused: [{ line: 2, errors: [{ message: 'is not UTF-8' }] }, {
        line: 3,
        errors: [{ message: /longer than \d+ bytes/ }],
      }],
    })
  })

  t.test('says in a dry run what would become of each line, and does nothing', async (t) => {
    await clear()
    await importLines([{ kind: 'movie', ...FULL_MOVIE }, { kind: 'show', ...FULL_SHOW }])
    const before = await exportLines()
    const { body } = await importLines([
      { kind: 'movie', ...FULL_MOVIE },
      { kind: 'show', ...FULL_SHOW, title: 'Basil' },
      { kind: 'movie', title: 'New' },
      { kind: 'movie' },
      { kind: 'collection', title: 'New', titleIds: ['b00000000000000000000001'] },
    ], '?dryRun=true')
    t.match(body, { dryRun: true, created: 2, updated: 1, unchanged: 1, refusedCount: 1 })
    t.strictSame(await exportLines(), before)
  })

  t.test('takes a title that is twice in a file once, as the last line tells it', async (t) => {
    await clear()
    const line = (n: number): object => ({ kind: 'movie', title: `Alien ${n}`, externalIds: { imdb: 'tt0078748' } })
    t.match((await importLines([line(1), line(2), line(3)])).body, { created: 1, updated: 2 })
    t.equal((await find('tt0078748')).title, 'Alien 3')
  })

  t.test('is right when two imports bring the same at once', async (t) => {
    await clear()
    const lines = Array.from(
      { length: 1_200 },
      (_, i) => ({ kind: 'movie', title: `Movie ${i}`, externalIds: { imdb: `tt${i}` } }),
    )
    const answers = await Promise.all([
      importLines(lines),
      importLines([...lines].reverse()),
      importLines(lines.map((line) => ({ ...line, year: 1999 }))),
    ])
    t.strictSame(answers.map(({ body: { total, refusedCount } }) => [total, refusedCount]), Array(3).fill([1_200, 0]))
    t.equal(answers.reduce((sum, { body }) => sum + (body.created as number), 0), 1_200)
    const all = await exportLines()
    t.equal(all.length, 1_200)
    t.ok(all.every(({ year }) => year === 1999), 'what one of them adds is not lost to the others')
  })

  t.test('reads JSON and CSV as well', async (t) => {
    await clear()
    t.match(
      (await importText(
        JSON.stringify([{ kind: 'movie', title: 'A' }, { kind: 'show', title: 'B' }, { kind: 'movie' }]),
        '',
        { 'content-type': 'application/json' },
      )).body,
      { created: 2, refusedCount: 1 },
    )
    t.match(
      (await importText(
        'kind,title,year,imdb,genres\nmovie,"Crouching Tiger, Hidden Dragon",2000,tt0190332,Action|Drama\nmovie,X,soon,,\n',
        '',
        { 'content-type': 'text/csv' },
      )).body,
      { created: 1, refused: [{ errors: [{ pointer: '/year' }] }] },
    )
    t.match(await find('tt0190332'), {
      title: 'Crouching Tiger, Hidden Dragon',
      year: 2000,
      genres: ['Action', 'Drama'],
    })
    expectProblem(
      t,
      await importText('[{"kind":"movie","title":"C"},{]', '', { 'content-type': 'application/json' }),
      'unreadable-import',
      400,
    )
    expectProblem(
      t,
      await importText('name,colour\nx,y\n', '', { 'content-type': 'text/csv' }),
      'unreadable-import',
      400,
    )
  })

  t.test('takes what comes before a place where the body cannot be read, and the feeds hear of it', async (t) => {
    await clear()
    const since = (await kim.get(`/v1/profiles/${kim.profileId}/changes`)).body.cursor
    const line = (i: number): string => JSON.stringify({ kind: 'movie', title: `Movie ${i}` })
    const chunks = Array.from(
      { length: 20 },
      (_, chunk) => `${chunk === 0 ? '[' : ','}${Array.from({ length: 10 }, (_, i) => line(chunk * 10 + i)).join()}`,
    )
    const answer = await call(app, 'POST', '/v1/admin/import', {
      token: admin.token,
      body: Readable.from([...chunks, ',{]'].map((text) => Buffer.from(text))),
      headers: { 'content-type': 'application/json' },
    })
    expectProblem(t, answer, 'unreadable-import', 400)
    t.equal(answer.body.line, 201)
    t.equal((await exportLines()).length, 200)
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/changes?since=${since}`)).body.items, [{ kind: 'catalogue' }])
  })

  t.test('is for administrators, and wants a body of a known type', async (t) => {
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

t.test('a body that is cut off anywhere gives the whole lines before', { timeout: 60_000 }, async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const text = Buffer.from(
    Array.from(
      { length: 40 },
      (_, i) => `${JSON.stringify({ kind: 'movie', title: `Mövie ${i}`, externalIds: { imdb: `tt${i}` } })}\n`,
    ).join(''),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: text.length }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
      async (end, sizes) => {
        await Title.collection.deleteMany({})
        const told = text.subarray(0, end)
        const chunks: Buffer[] = []
        for (let at = 0, i = 0; at < told.length; i++) {
          const size = sizes[i % sizes.length]!
          chunks.push(told.subarray(at, at + size))
          at += size
        }
        const { body } = await call(app, 'POST', '/v1/admin/import', {
          token: admin.token,
          body: Readable.from(chunks),
          headers: NDJSON,
        })
        const whole = told.toString().split('\n').length - 1
        const isLastWhole = end < text.length && text[end] === 0x0a
        return body.created === whole + (isLastWhole ? 1 : 0) && body.refusedCount === (body.total - body.created) &&
          body.refusedCount <= 1
      },
    ),
    { numRuns: 60 },
  )
  t.ok(await Title.countDocuments() >= 0)
})

/** Without what is new each time: moments, revisions, and the ids of episodes. */
function comparable (stored: any): unknown {
  const { createdAt, updatedAt, __v, ...rest } = stored
  const json = JSON.parse(JSON.stringify(rest))
  for (const season of json.seasons ?? []) for (const episode of season.episodes) delete episode._id
  return json
}
