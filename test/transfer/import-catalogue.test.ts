// Imports over HTTP: what each line creates or changes. import-rejections.test.ts tests invalid lines and bodies.
import mongoose from 'mongoose'
import t from 'tap'
import { Title } from '../../models/title.js'
import { clipBytes } from '../support/catalogue.js'
import { movieTitle } from '../support/movie-titles.js'
import { call } from '../support/requests.js'
import { COMPLETE_MOVIE, COMPLETE_SHOW } from './complete-titles.js'
import { startImportClient } from './import-client.js'

const ALIEN_ID = 'a00000000000000000000001'
const ANTHOLOGY_ID = 'c00000000000000000000001'

t.test('an import', { timeout: 120_000 }, async (t) => {
  const { app, admin, kim, importText, importLines, exportLines, findExported, clear } = await startImportClient(t)

  t.test('creates movies, shows and collections, which lists and search contain at once', async (t) => {
    const { status, body } = await importLines([
      { kind: 'movie', id: ALIEN_ID, title: 'Alien', year: 1979, externalIds: { imdb: 'tt0078748' } },
      { kind: 'show', ...COMPLETE_SHOW },
      '',
      {
        kind: 'collection',
        id: ANTHOLOGY_ID,
        collectionKind: 'series',
        title: 'Alien Anthology',
        titleIds: [ALIEN_ID],
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
      warnings: [],
    })
    const listedTitles = async (url: string): Promise<string[]> =>
      (await kim.get(url)).body.items.map(({ title }: any) => title)
    t.strictSame(await listedTitles('/v1/titles'), ['Alien', 'Fawlty Towers'])
    t.strictSame(await listedTitles(`/v1/collections/${ANTHOLOGY_ID}`), ['Alien'])
    t.strictSame(await listedTitles('/v1/search?q=fawlty'), ['Fawlty Towers'])
    const { id } = await findExported('tt0072500')
    t.equal((await kim.get(`/v1/shows/${id}/seasons/1/episodes/1`)).body.title, 'A Touch of Class')
  })

  t.test('changes nothing when it is repeated', async (t) => {
    const lines = [
      { kind: 'movie', ...COMPLETE_MOVIE },
      { kind: 'show', ...COMPLETE_SHOW },
      { kind: 'movie', title: 'Nameless', year: 1999 },
      { kind: 'collection', title: 'Empty' },
    ]
    await importLines(lines)
    const before = JSON.stringify(await Title.collection.find().toArray())
    const { body } = await importLines(lines)
    t.match(body, { created: 0, updated: 0, unchanged: 4, refusedCount: 0 })
    t.equal(JSON.stringify(await Title.collection.find().toArray()), before, 'revisions are unchanged too')
    t.match((await importLines(lines, '?mode=replace')).body, { updated: 0, unchanged: 4 })
  })

  t.test('stores the same documents as the API for administrators', async (t) => {
    await clear()
    for (
      const [kind, body] of [
        ['movie', COMPLETE_MOVIE],
        ['show', COMPLETE_SHOW],
        ['movie', { title: 'Bare' }],
        ['show', { title: 'Bare' }],
        ['movie', { title: 'Dated', releaseDate: '2001-05-05' }],
      ] as const
    ) {
      const { id } = (await admin.post(`/v1/admin/${kind}s`, body)).body
      const _id = new mongoose.Types.ObjectId(id)
      const posted = await Title.collection.findOne({ _id })
      await admin.delete(`/v1/admin/${kind}s/${id}`)
      t.match((await importLines([{ kind, id, ...body }])).body, { created: 1 })
      const imported = await Title.collection.findOne({ _id })
      t.strictSame(comparable(imported), comparable(posted), `${kind} ${body.title}`)
      await admin.delete(`/v1/admin/${kind}s/${id}`)
    }
  })

  t.test('keeps omitted fields in merge mode and resets them in replace mode', async (t) => {
    await clear()
    await importLines([{ kind: 'movie', ...COMPLETE_MOVIE }, { kind: 'show', ...COMPLETE_SHOW }])
    t.match(
      (await importLines([{ kind: 'movie', title: 'The Lives of Others', externalIds: { imdb: 'tt0405094' } }])).body,
      { updated: 1 },
    )
    const merged = await findExported('tt0405094')
    t.equal(merged.title, 'The Lives of Others')
    t.equal(merged.synopsis, COMPLETE_MOVIE.synopsis)
    t.strictSame(merged.externalIds, COMPLETE_MOVIE.externalIds, 'external IDs are merged')
    const { externalIds } = COMPLETE_MOVIE
    await importLines([{ kind: 'movie', title: 'The Lives of Others', externalIds }], '?mode=replace')
    const { id, addedAt, ...replaced } = await findExported('tt0405094')
    t.strictSame(replaced, { kind: 'movie', title: 'The Lives of Others', externalIds })
    t.equal(id, merged.id)
    t.equal(addedAt, merged.addedAt)
  })

  t.test('adds and updates seasons and episodes, keeps their IDs, and does not remove omitted ones', async (t) => {
    await clear()
    await importLines([{ kind: 'show', ...COMPLETE_SHOW }])
    const before = await findExported('tt0072500')
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
    const after = await findExported('tt0072500')
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
    const last = await findExported('tt0072500')
    t.strictSame(
      last.seasons.map(({ episodes }: any) => episodes.length),
      [1, 2, 1, 1],
      'an episode whose ID appears in another season moves there',
    )
    const empty = {
      kind: 'show',
      id: after.id,
      title: 'Fawlty Towers',
      externalIds: { imdb: 'tt0072500' },
      seasons: [],
    }
    t.match((await importLines([empty], '?mode=replace')).body, { updated: 1 })
    t.strictSame((await exportLines())[0].seasons, [])
  })

  t.test('moves media files with their episode and deletes those of a removed episode', async (t) => {
    await clear()
    await importLines([{ kind: 'show', ...COMPLETE_SHOW }])
    const show = await findExported('tt0072500')
    const clip = { token: admin.token, body: clipBytes('480p-en'), headers: { 'content-type': 'video/mp4' } }
    t.equal((await call(app, 'POST', `/v1/admin/shows/${show.id}/seasons/1/episodes/2/media`, clip)).status, 201)
    const renumbered = [{ number: 1, episodes: [{ ...show.seasons[1].episodes[1], number: 9 }] }]
    await importLines([{ ...show, seasons: renumbered }])
    t.equal((await kim.get(`/v1/shows/${show.id}/seasons/1/episodes/9`)).body.mediaFiles.length, 1)
    await importLines([{ ...show, seasons: [] }], '?mode=replace')
    const title = new mongoose.Types.ObjectId(show.id)
    t.equal(await mongoose.connection.collection('media').countDocuments({ title }), 0)
  })

  t.test('counts the outcomes in a dry run without writing', async (t) => {
    await clear()
    await importLines([{ kind: 'movie', ...COMPLETE_MOVIE }, { kind: 'show', ...COMPLETE_SHOW }])
    const before = await exportLines()
    const { body } = await importLines([
      { kind: 'movie', ...COMPLETE_MOVIE },
      { kind: 'show', ...COMPLETE_SHOW, title: 'Basil' },
      { kind: 'movie', title: 'New' },
      { kind: 'movie' },
      { kind: 'collection', title: 'New', titleIds: ['b00000000000000000000001'] },
    ], '?dryRun=true')
    t.match(body, { dryRun: true, created: 2, updated: 1, unchanged: 1, refusedCount: 1 })
    t.strictSame(await exportLines(), before)
  })

  t.test('creates a title once when a file contains it several times, and keeps the last version', async (t) => {
    await clear()
    const line = (n: number): object => ({ kind: 'movie', title: `Alien ${n}`, externalIds: { imdb: 'tt0078748' } })
    t.match((await importLines([line(1), line(2), line(3)])).body, { created: 1, updated: 2 })
    t.equal((await findExported('tt0078748')).title, 'Alien 3')
  })

  t.test('creates each title once when concurrent imports contain the same titles', async (t) => {
    await clear()
    const lines = Array.from(
      { length: 1_200 },
      (_, i) => ({ kind: 'movie', title: movieTitle(i), externalIds: { imdb: `tt${i}` } }),
    )
    const results = await Promise.all([
      importLines(lines),
      importLines([...lines].reverse()),
      importLines(lines.map((line) => ({ ...line, year: 1999 }))),
    ])
    t.strictSame(results.map(({ body: { total, refusedCount } }) => [total, refusedCount]), Array(3).fill([1_200, 0]))
    t.equal(results.reduce((sum, { body }) => sum + (body.created as number), 0), 1_200)
    const titles = await exportLines()
    t.equal(titles.length, 1_200)
    t.ok(titles.every(({ year }) => year === 1999), 'no import loses a field that another one added')
  })

  t.test('accepts JSON and CSV', async (t) => {
    await clear()
    const json = JSON.stringify([{ kind: 'movie', title: 'A' }, { kind: 'show', title: 'B' }, { kind: 'movie' }])
    t.match((await importText(json, '', { 'content-type': 'application/json' })).body, { created: 2, refusedCount: 1 })
    const csv = 'kind,title,year,imdb,genres\n' +
      'movie,"Crouching Tiger, Hidden Dragon",2000,tt0190332,Action|Drama\n' +
      'movie,X,soon,,\n'
    t.match((await importText(csv, '', { 'content-type': 'text/csv' })).body, {
      created: 1,
      refused: [{ errors: [{ pointer: '/year' }] }],
    })
    t.match(await findExported('tt0190332'), {
      title: 'Crouching Tiger, Hidden Dragon',
      year: 2000,
      genres: ['Action', 'Drama'],
    })
  })
})

/** The document without dates, revision and episode IDs, which differ between documents. */
function comparable (stored: any): unknown {
  const { createdAt, updatedAt, __v, ...rest } = stored
  const json = JSON.parse(JSON.stringify(rest))
  for (const season of json.seasons ?? []) for (const episode of season.episodes) delete episode._id
  return json
}
