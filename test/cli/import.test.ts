// The commands import and export: their output, resuming an interrupted import, and the round trip of a catalogue.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { Collection } from '../../models/collection.js'
import { ImportCheckpoint } from '../../models/import-checkpoint.js'
import { Title } from '../../models/title.js'
import { loadDemoMovies } from '../../src/demo/movies.js'
import { demoShows } from '../../src/demo/shows.js'
import { startApp } from '../support/app.js'
import { movieTitle } from '../support/movie-titles.js'
import { signUpAdmin } from '../support/users.js'
import { runCommand, SECRETS } from '../support/run-command.js'
import { COMPLETE_MOVIE, COMPLETE_SHOW } from '../transfer/complete-titles.js'
import { makeImdbFolder, writeSampleDatasets } from '../transfer/imdb-files.js'

function makeFolder (t: Test): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-import-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

const toLines = (lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

t.test('import', { timeout: 200_000 }, async (t) => {
  const running = await startApp(t, SECRETS)
  const admin = await signUpAdmin(running.app)
  const folder = makeFolder(t)
  const file = (name: string, content: string): string => {
    const full = path.join(folder, name)
    writeFileSync(full, content)
    return full
  }

  t.test('prints counts and rejected lines with errors, and running services show the titles', async (t) => {
    const mixed = file(
      'mixed.ndjson',
      toLines([{ kind: 'movie', ...COMPLETE_MOVIE }, { kind: 'movie', title: 'X', year: 'soon' }, {
        kind: 'show',
        ...COMPLETE_SHOW,
      }, { kind: 'film' }]),
    )
    const first = await runCommand(running, ['import', mixed])
    t.equal(first.code, 1, 'lines were rejected')
    t.match(first.out, /^4 records: 2 created, 0 updated, 0 unchanged, 2 rejected\. [\d.]+ s, [\d,]+\/s\.\n$/)
    t.match(first.err, `${mixed}, line 2: year must be`)
    t.match(first.err, /, not "soon"\n/)
    t.match(first.err, `${mixed}, line 4: kind must be one of movie, show, collection, not "film"\n`)
    t.notMatch(first.err, '{"')
    const started = Date.now()
    while ((await admin.get('/v1/titles')).body.items.length < 2 && Date.now() - started < 5_000);
    t.ok(Date.now() - started < 1_000, `visible after ${Date.now() - started} ms`)
    const again = await runCommand(running, [
      'import',
      mixed,
      '--json',
      '--report',
      path.join(folder, 'rejected.ndjson'),
    ])
    t.match(JSON.parse(again.out), {
      total: 4,
      created: 0,
      updated: 0,
      unchanged: 2,
      refused: 2,
      dryRun: false,
      complete: true,
      seconds: Number,
      perSecond: Number,
    })
    t.strictSame(
      readFileSync(path.join(folder, 'rejected.ndjson'), 'utf8').trim().split('\n').map((line) =>
        JSON.parse(line).line
      ),
      [2, 4],
    )
    t.match((await admin.get('/v1/admin/audit?action=import')).body.items, [
      { actor: null, reason: 'command-line' },
      {},
    ])
  })

  t.test('reads several files, standard input and IMDb datasets; a dry run changes nothing', async (t) => {
    const imdb = makeImdbFolder(t)
    writeSampleDatasets(imdb)
    const before = await Title.countDocuments()
    const words = ['import', imdb.ratings, imdb.basics, imdb.episodes, '--min-votes', '1']
    t.match(await runCommand(running, [...words, '--dry-run']), {
      code: 1,
      out: /5 records: 2 would be created, 1 would be updated, 0 unchanged, 2 rejected/,
    })
    t.equal(await Title.countDocuments(), before)
    const { out } = await runCommand(running, words)
    t.match(out, /5 records: 2 created, 1 updated, 0 unchanged, 2 rejected/)
    const fawlty = await Title.collection.findOne({ 'externalIds.imdb': 'tt0072500' })
    t.match(
      fawlty,
      { popularity: 102_345, synopsis: COMPLETE_SHOW.synopsis, episodeCount: 3 },
      'fields that only the other source has are unchanged',
    )
    const csv = file('more.csv', 'title,year\nPlan 9 from Outer Space,1957\n')
    const rated = file('rated.csv', 'title,maturityRating\nDas Boot,FSK 16\nHeimat,XYZ\n')
    t.match(await runCommand(running, ['import', rated]), {
      code: 0,
      out: /2 created, 0 updated, 0 unchanged, 0 rejected, 2 with warnings/,
      err: /line 2: warning: maturityRating FSK 16 is stored as R\n[^]*line 3: warning: .*"XYZ" is unknown\n/,
    })
    const json = file('more.json', JSON.stringify([{ kind: 'movie', title: 'Nosferatu', year: 1922 }]))
    t.match(
      await runCommand(running, ['import', csv, json, '-'], {
        input: toLines([{ kind: 'movie', title: 'Metropolis', year: 1927 }]),
      }),
      { code: 0, out: /3 created/ },
    )
  })

  t.test('maps the columns of CSV files with other names', async (t) => {
    const films = file('films.csv', 'Film,Jahr,Notes\nStalker,1979,restored\n')
    t.match(await runCommand(running, ['import', films]), { code: 1, err: /unknown columns: Film, Jahr, Notes/ })
    const mapped = ['import', films, '--map', 'Film:title', '--map', 'Jahr:year', '--map', 'Notes:ignore']
    t.match(await runCommand(running, [...mapped, '--dry-run']), { code: 0, out: /1 would be created/ })
    t.match(await runCommand(running, mapped), { code: 0, out: /1 created/ })
    t.match(await Title.collection.findOne({ title: 'Stalker' }), { year: 1979 })
    t.match(await runCommand(running, ['import', films, '--map', 'Film:name']), { code: 1, err: /name is not a field/ })
    t.match(await runCommand(running, [...mapped, '--map', 'Land:genres']), { code: 1, err: /has no column land/ })
    const lines = file('films.ndjson', toLines([{ kind: 'movie', title: 'Stalker' }]))
    t.match(await runCommand(running, ['import', lines, '--map', 'Film:title']), {
      code: 1,
      err: /is ndjson\. A mapping is for the columns of CSV files/,
    })
  })

  t.test('rejects unusable input before anything is written', async (t) => {
    const before = await Title.countDocuments()
    t.match(await runCommand(running, ['import']), { code: 1, err: /Name at least one file/ })
    t.match(await runCommand(running, ['import', path.join(folder, 'none.ndjson')]), {
      code: 1,
      err: /^[^\n]*none\.ndjson does not exist \(ENOENT\)\.\n$/,
    })
    t.match(await runCommand(running, ['import', file('what.bin', 'x')]), { code: 1, err: /--format/ })
    t.match(await runCommand(running, ['import', file('broken.json', '[{]')]), { code: 1, err: /cannot be read/ })
    t.match(await runCommand(running, ['import', '--min-votes', 'many', 'x.tsv']), { code: 1, err: /whole number/ })
    t.equal(await Title.countDocuments(), before)
    t.match(
      (await runCommand(running, ['import', '--help'])).out,
      /--dry-run[^]*--replace[^]*--format[^]*--report[^]*--json[^]*--from-start[^]*--schema/,
    )
  })

  t.test('prints the JSON Schema of a line, which accepts the same lines as the import', async (t) => {
    const schema = JSON.parse((await runCommand(running, ['import', '--schema'])).out)
    t.strictSame(schema, (await admin.get('/import-line.schema.json')).body)
    t.strictSame(schema, JSON.parse(readFileSync('openapi/import-line.schema.json', 'utf8')))
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema)
    t.ok(
      [{ kind: 'movie', ...COMPLETE_MOVIE }, { kind: 'show', ...COMPLETE_SHOW }, { kind: 'collection', title: 'A' }]
        .every((
          line,
        ) => validate(line)),
    )
    t.notOk(
      [{ kind: 'movie' }, { kind: 'movie', title: 'A', colour: 'red' }, { title: 'A' }, {
        kind: 'show',
        title: 'A',
        seasons: [{}],
      }].some((line) => validate(line)),
    )
  })
})

t.test('an interrupted import resumes and writes nothing twice', { timeout: 200_000 }, async (t) => {
  const running = await startApp(t, SECRETS)
  const folder = makeFolder(t)
  const ALL = 20_000
  const big = path.join(folder, 'big.ndjson')
  writeFileSync(
    big,
    toLines(
      Array.from(
        { length: ALL },
        (_, i) => ({ kind: 'movie', title: movieTitle(i), synopsis: 'x'.repeat(200), externalIds: { imdb: `tt${i}` } }),
      ),
    ),
  )

  for (const [signal, atLeast] of [['SIGINT', 3_000], ['SIGKILL', 8_000]] as const) {
    const { code, err, out } = await runCommand(running, ['import', big], {
      async onStart (child) {
        while (await Title.estimatedDocumentCount() < atLeast && child.exitCode === null) {
          await new Promise((resolve) => setImmediate(resolve))
        }
        child.kill(signal)
      },
    })
    const done = await Title.countDocuments()
    t.comment(`${signal} after ${done} of ${ALL}`)
    t.ok(done >= atLeast && done < ALL)
    if (signal === 'SIGINT') {
      t.equal(code, 130)
      t.match(err, /The same command resumes/)
      t.match(out, new RegExp(`So far: ${done.toLocaleString('en-US')} records`))
    } else t.match(err, /resumes after [\d,]+ records/)
  }
  const last = await runCommand(running, ['import', big, '--json'])
  const { created, unchanged, total } = JSON.parse(last.out)
  t.equal(last.code, 0)
  t.equal(total, ALL)
  t.ok(
    unchanged <= 1_000,
    `${unchanged} were read again: the batches that were written when the process was killed`,
  )
  t.ok(created > 0)
  t.equal(await Title.countDocuments(), ALL)
  t.equal((await Title.distinct('externalIds.imdb')).length, ALL)
  t.equal(await ImportCheckpoint.countDocuments(), 0, 'a completed import has no checkpoint')
  t.match(JSON.parse((await runCommand(running, ['import', big, '--json'])).out), { created: 0, unchanged: ALL })
})

t.test('an empty database is prepared first; production does that in a separate step', async (t) => {
  const running = await startApp(t, SECRETS)
  const fresh = { ...running, databaseUri: running.databaseUri.replace(/test-[\w-]+/, (name) => `${name}-fresh`) }
  const file = path.join(makeFolder(t), 'one.ndjson')
  writeFileSync(file, toLines([{ kind: 'movie', title: 'Alien' }]))
  t.teardown(async () => {
    await mongoose.connection.useDb(`${mongoose.connection.name}-fresh`).dropDatabase()
  })
  const variables = {
    NODE_ENV: 'production',
    SMTP_URL: 'smtps://mail.example.com',
    PUBLIC_URL: 'https://www.example.com',
  }
  t.match(await runCommand(fresh, ['import', file], { variables }), {
    code: 1,
    err: /Migrations are pending[^]*normflix -- migrate/,
  })
  t.match(await runCommand(fresh, ['import', file]), { code: 0, out: /1 created/ })
  t.match(await runCommand(fresh, ['migrate', '--check'], { variables }), { code: 0 })
})

t.test('an exported catalogue imports as the same catalogue', { timeout: 200_000 }, async (t) => {
  const running = await startApp(t, SECRETS)
  const admin = await signUpAdmin(running.app)
  const folder = makeFolder(t)
  const [demo, first, second] = ['demo.ndjson', 'first.ndjson.gz', 'second.ndjson'].map((name) =>
    path.join(folder, name)
  ) as [string, string, string]
  writeFileSync(demo, toLines([...loadDemoMovies(), ...demoShows]))
  t.match(await runCommand(running, ['import', demo]), { code: 0 })
  const imported = loadDemoMovies().length + demoShows.length
  const countServed = async (): Promise<number> => (await admin.get('/v1/titles/facets')).body.total
  for (let attempt = 0; attempt < 400 && await countServed() !== imported; attempt++) await sleep(50)
  t.equal(await countServed(), imported)
  const movie = (await admin.post('/v1/admin/movies', COMPLETE_MOVIE)).body
  const show = (await admin.post('/v1/admin/shows', { ...COMPLETE_SHOW, externalIds: { tmdb: '2207' } })).body
  await admin.post('/v1/admin/movies', { title: 'Hidden', published: false, releaseDate: '2001-01-01', year: null })
  await admin.post('/v1/admin/collections', {
    title: 'Berlin',
    kind: 'editorial',
    synopsis: 'Movies of one city.',
    translations: { de: { title: 'Berlin!' } },
    titleIds: [show.id, movie.id],
  })
  const pages = [
    '/v1/titles?sort=added&limit=100',
    '/v1/titles?sort=popularity&limit=100',
    `/v1/movies/${movie.id}`,
    `/v1/shows/${show.id}`,
    `/v1/shows/${show.id}/seasons/1`,
    '/v1/collections',
    '/v1/search?q=berlin',
  ]
  const read = async (): Promise<unknown[]> =>
    await Promise.all(pages.map(async (page) => (await admin.get(page)).body))
  const before = await read()
  t.match(await runCommand(running, ['export', first]), { code: 0, err: /Wrote 3,\d\d\d titles to/ })
  await Title.collection.deleteMany({})
  await Collection.collection.deleteMany({})
  await mongoose.connection.collection('importcheckpoints').deleteMany({})
  t.match(await runCommand(running, ['import', first]), { code: 0, out: /, 0 updated, 0 unchanged, 0 rejected/ })
  t.match(await runCommand(running, ['export', second]), { code: 0 })
  const text = gunzipSync(readFileSync(first)).toString()
  t.equal(text.split('\n').length - 1, loadDemoMovies().length + demoShows.length + 4)
  t.ok(readFileSync(second, 'utf8') === text, 'byte for byte')
  t.ok((await admin.get('/v1/admin/export')).bytes.toString() === text, 'the HTTP export is identical')
  const started = Date.now()
  while (JSON.stringify(await read()) !== JSON.stringify(before) && Date.now() - started < 5_000);
  t.strictSame(await read(), before, 'clients get the same responses')
  t.match(await runCommand(running, ['import', first, '--replace']), {
    out: /0 created, 0 updated, 3,\d\d\d unchanged/,
  })
})
