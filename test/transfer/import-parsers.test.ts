// What is read out of catalogue files of each format, however they are cut up, and what is said of broken ones.
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { IntMap } from '../../src/transfer/int-map.js'
import { openSources } from '../../src/transfer/open-source.js'
import { readCsv } from '../../src/transfer/read-csv.js'
import { readImdb } from '../../src/transfer/read-imdb.js'
import { readJson } from '../../src/transfer/read-json.js'
import { readNdjson } from '../../src/transfer/read-ndjson.js'
import type { SourceItem, SourceItems } from '../../src/transfer/source.js'
import { makeImdbFolder, writeGenerated, writeRealRows } from './imdb-files.js'

async function readAll (items: SourceItems): Promise<any[]> {
  const all: SourceItem[] = []
  for await (const item of items) all.push(item)
  return all
}

async function* inChunks (text: string | Buffer, sizes: readonly number[] = [1 << 20]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + sizes[i % sizes.length]!
    yield bytes.subarray(at, end)
    at = end
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 6 })
const bodies = fc.array(
  fc.record({
    kind: fc.constantFrom('movie', 'show'),
    title: fc.string({ unit: 'grapheme', minLength: 1 }),
    year: fc.integer(),
    genres: fc.array(fc.string()),
  }, { noNullPrototype: true }),
  { maxLength: 20 },
)

t.test('JSON and NDJSON are read whatever the chunks', async (t) => {
  await fc.assert(
    fc.asyncProperty(bodies, sizes, async (list, cuts) => {
      const bodiesOf = (items: any[]): any[] => items.map(({ body }) => body)
      const indented = JSON.stringify(list, null, 2)
      t.strictSame(bodiesOf(await readAll(readJson(inChunks(` \n${indented}`, cuts)))), list)
      t.strictSame(
        bodiesOf(await readAll(readNdjson(inChunks(list.map((one) => `${JSON.stringify(one)}\r\n`).join(''), cuts)))),
        list,
      )
    }),
    { numRuns: 100 },
  )
})

t.test('JSON may be one record, begin with a byte order mark, or be empty', async (t) => {
  t.strictSame(await readAll(readJson(inChunks('{"kind":"movie",\n"title":"A"}'))), [{
    line: 1,
    body: { kind: 'movie', title: 'A' },
  }])
  t.strictSame(await readAll(readJson(inChunks('\uFEFF[{"title":"A"}]'))), [{ line: 1, body: { title: 'A' } }])
  t.strictSame(await readAll(readJson(inChunks('  \n'))), [])
})

t.test('what comes before a break is read, whatever the chunks, and the place is told', async (t) => {
  const titles = Array.from({ length: 1_000 }, (_, i) => `Movie ${i} {}`)
  const list = JSON.stringify(titles.map((title) => ({ title, externalIds: { tmdb: title } })))
  for (
    const [name, read, text, line, message] of [
      ['JSON', readJson, `${list.slice(0, -1)},{"title"]`, 1_001, /cannot be read after 1000 records: .*expected ':'/],
      [
        'CSV',
        readCsv,
        `title\n${titles.map((title) => `${title}\n`).join('')}"Movie\n`,
        1_002,
        /cannot be read after line 1001: Quote Not Closed/,
      ],
    ] as const
  ) {
    for (const cuts of [[1 << 20], [1_000], [7]]) {
      const seen: unknown[] = []
      await t.rejects(
        async () => {
          for await (const item of read(inChunks(text, cuts))) seen.push((item as any).body.title)
        },
        { name: 'UnreadableSourceError', line, message },
        `${name} in chunks of ${cuts[0]}`,
      )
      t.strictSame(seen, titles)
    }
  }
  await t.rejects(readAll(readJson(inChunks('[{"title":"A"}'))), { name: 'UnreadableSourceError', line: 2 })
  await t.rejects(readAll(readJson(inChunks(`[{"title":"${'x'.repeat(9 * 1024 ** 2)}"}]`, [65_536]))), {
    message: /longer than/,
  })
})

t.test('an error of the input itself is that error', async (t) => {
  const broken = new Error('the line went dead')
  async function* breaking (text: string): AsyncGenerator<Buffer> {
    yield Buffer.from(text)
    throw broken
  }
  for (
    const [read, text] of [[readJson, '[{"title":"A"},'], [readCsv, 'title\nA\n'], [
      readNdjson,
      '{"title":"A"}\n',
    ]] as const
  ) await t.rejects(readAll(read(breaking(text))), broken)
})

t.test('CSV', async (t) => {
  t.test('rows are movies and shows; episodes follow their show', async (t) => {
    const text = `\uFEFFKind,title,Year,genres,imdb,cast,published,runtimeMinutes,season,episode,airDate,synopsis
movie,"Crouching Tiger, Hidden Dragon",2000,Action|Drama,tt0190332,Chow Yun-fat (Li Mu Bai)|Michelle Yeoh,no,120,,,,"Two lines
of text"
show,Fawlty Towers,1975,,tt0072500,,,,,,,
episode,A Touch of Class,,,,,,30,1,1,1975-09-19,
episode,The Builders,,,,,,30,1,2,1975-09-26,
episode,Communication Problems,,,,,,30,2,1,1979-02-19,
,Plain,,,,,,,,,,
`
    t.strictSame((await readAll(readCsv(inChunks(text, [7])))).map(({ body }) => body), [
      {
        kind: 'movie',
        title: 'Crouching Tiger, Hidden Dragon',
        year: 2000,
        genres: ['Action', 'Drama'],
        externalIds: { imdb: 'tt0190332' },
        cast: [{ name: 'Chow Yun-fat', role: 'Li Mu Bai' }, { name: 'Michelle Yeoh' }],
        published: false,
        runtimeMs: 7_200_000,
        synopsis: 'Two lines\nof text',
      },
      {
        kind: 'show',
        title: 'Fawlty Towers',
        year: 1975,
        externalIds: { imdb: 'tt0072500' },
        seasons: [
          {
            number: 1,
            episodes: [{ number: 1, title: 'A Touch of Class', runtimeMs: 1_800_000, airDate: '1975-09-19' }, {
              number: 2,
              title: 'The Builders',
              runtimeMs: 1_800_000,
              airDate: '1975-09-26',
            }],
          },
          {
            number: 2,
            episodes: [{ number: 1, title: 'Communication Problems', runtimeMs: 1_800_000, airDate: '1979-02-19' }],
          },
        ],
      },
      { kind: 'movie', title: 'Plain' },
    ])
  })

  t.test('a row that cannot be read is told with its line and column, and the others are read', async (t) => {
    const items = await readAll(
      readCsv(
        inChunks(
          'kind,title,year,popularity,published,season,episode\nmovie,A,soon,much,perhaps,,\nmovie,B\nepisode,C,,,,1,1\nshow,D,,,,,\nepisode,E,,,,,1\nepisode,F,,,,1,\nmovie,G,1999,,,,\n',
        ),
      ),
    )
    t.strictSame(
      items.map(({ line, body, errors }) => [line, body?.title ?? errors.map(({ pointer }: any) => pointer).join(' ')]),
      [
        [2, '/year /popularity /published'],
        [3, ''],
        [4, '/kind'],
        [6, '/season'],
        [7, '/episode'],
        [5, 'D'],
        [8, 'G'],
      ],
    )
  })

  t.test('a column that nobody knows, or quotes that do not end, are told', async (t) => {
    await t.rejects(readAll(readCsv(inChunks('title,colour,size\nA,red,big\n'))), {
      line: 1,
      message: /colour, size[^]*runtimeMinutes/,
    })
    await t.rejects(readAll(readCsv(inChunks('title\nA\n"B\n'))), {
      name: 'UnreadableSourceError',
      line: 3,
      message: /after line 2: Quote Not Closed/,
    })
  })

  t.test('what is written as CSV is read back', async (t) => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\\', '')).filter((text) =>
      text.trim() !== ''
    )
    const rows = fc.array(
      fc.record({
        title: cell,
        synopsis: cell,
        genres: fc.array(cell.map((text) => text.trim()), { minLength: 1, maxLength: 4 }),
        year: fc.integer({ min: 1, max: 9_999 }),
      }, { noNullPrototype: true }),
      { minLength: 1, maxLength: 10 },
    )
    await fc.assert(
      fc.asyncProperty(rows, sizes, async (list, cuts) => {
        const text = stringify([
          ['title', 'synopsis', 'genres', 'year'],
          ...list.map(({ title, synopsis, genres, year }) => [
            title,
            synopsis,
            genres.map((genre) => genre.replaceAll('|', '\\|')).join('|'),
            year,
          ]),
        ])
        t.strictSame((await readAll(readCsv(inChunks(text, cuts)))).map(({ body: { kind, ...rest } }) => rest), list)
      }),
      { numRuns: 100 },
    )
  })
})

t.test('IMDb', async (t) => {
  t.test('movies, and shows with their seasons and episodes', async (t) => {
    const folder = makeImdbFolder(t)
    writeRealRows(folder)
    const [source] = await openSources([folder.ratings, folder.basics, folder.episodes], { format: null, imdb: {} })
    const items = await readAll(source!.items())
    const byId = new Map(
      items.filter(({ body }) => body !== undefined).map((
        { line, body },
      ) => [body.externalIds.imdb, { line, ...body }]),
    )
    t.strictSame(
      [...byId.keys()].slice(0, 4),
      ['tt0133093', 'tt0211915', 'tt0078748', 'tt9900007'],
      'movies first, in the order of the file; no adults, no games',
    )
    t.strictSame(byId.get('tt0133093'), {
      line: 3,
      kind: 'movie',
      title: 'The Matrix',
      year: 1999,
      genres: ['Action', 'Science Fiction'],
      externalIds: { imdb: 'tt0133093' },
      popularity: 2_123_456,
      runtimeMs: 8_160_000,
    })
    t.match(byId.get('tt0211915'), {
      title: 'Amélie',
      originalTitle: "Le fabuleux destin d'Amélie Poulain",
      popularity: 0,
    })
    t.equal(byId.get('tt0078748').title, '"Alien"', 'a quotation mark is a character like any other')
    t.strictSame(byId.get('tt9900007'), {
      line: 17,
      kind: 'movie',
      title: 'Unknown',
      genres: [],
      externalIds: { imdb: 'tt9900007' },
      popularity: 0,
    })
    t.strictSame(byId.get('tt7366338').seasons, [{
      number: 1,
      episodes: [{ number: 1, title: '1:23:45', runtimeMs: 3_600_000 }, { number: 2, title: 'Please Remain Calm' }, {
        number: 3,
        title: 'Episode 3',
      }],
    }])
    t.strictSame(byId.get('tt0072500').seasons, [
      {
        number: 1,
        episodes: [{ number: 1, title: 'A Touch of Class', runtimeMs: 1_800_000 }, {
          number: 2,
          title: 'The Builders',
          runtimeMs: 1_800_000,
        }],
      },
    ])
    t.strictSame(
      items.filter(({ errors }) => errors !== undefined).map((
        { line, errors },
      ) => [line, ...errors.map(({ pointer, message }: any) => `${pointer} ${message.split(/[:,]/)[0]}`)]),
      [
        [13, ' has not the columns that the first line names'],
        [2, '/seasons/1/episodes/2 is both tt0578591 and tt9900006', '/seasons have no place for tt9900005'],
      ],
    )
  })

  t.test('may leave out what few rated, and take adult titles', async (t) => {
    const folder = makeImdbFolder(t)
    writeRealRows(folder)
    const idsWith = async (options: object): Promise<string[]> =>
      (await readAll(readImdb(folder, options))).flatMap(({ body }) => body?.externalIds.imdb ?? [])
    t.strictSame(await idsWith({ minVotes: 1_000_000 }), ['tt0133093'])
    t.ok((await idsWith({ includeAdult: true })).includes('tt9900001'))
  })

  t.test('other files, two of a kind, or none with the titles are refused with what is missing', async (t) => {
    const folder = makeImdbFolder(t)
    writeRealRows(folder)
    const open = async (...files: string[]): Promise<unknown> => await openSources(files, { format: null, imdb: {} })
    writeFileSync(folder.fileOf('title.principals.tsv'), 'tconst\tordering\tnconst\n')
    await t.rejects(open(folder.fileOf('title.principals.tsv')), /none of IMDb's title.basics/)
    await t.rejects(open(folder.basics, folder.basics), /both IMDb's file of basics/)
    await t.rejects(open(folder.ratings, folder.episodes), /title.basics is missing/)
    await t.rejects(open(folder.fileOf('catalogue.xml')), /--format: ndjson, json, csv, imdb/)
  })

  t.test('reads a million rows in little memory, and in the same order each time', { timeout: 120_000 }, async (t) => {
    const folder = await writeGenerated(makeImdbFolder(t), 10_000, 30, 200_000)
    const started = Date.now()
    const [first, second] = await Promise.all([readInSmallHeap(folder), readInSmallHeap(folder)])
    t.match(first, { titles: 210_000, episodes: 300_000 })
    t.strictSame(second, first)
    t.comment(
      `1,010,000 rows with a heap of ${SMALL_HEAP_MB} MB, twice at once, in ${
        ((Date.now() - started) / 1_000).toFixed(1)
      } s`,
    )
  })
})

/** All episodes as objects do not fit into it. */
const SMALL_HEAP_MB = 64

/** Reads in a process of its own, which dies when it takes more. */
async function readInSmallHeap (files: object): Promise<{ order: number, titles: number, episodes: number }> {
  const script = `
    const { readImdb } = await import(${
    JSON.stringify(new URL('../../src/transfer/read-imdb.js', import.meta.url).href)
  })
    let [titles, episodes, order] = [0, 0, 0]
    for await (const { body } of readImdb(${JSON.stringify(files)})) {
      titles++
      order = (order * 31 + Number(body.externalIds.imdb.slice(2))) % 1_000_000_007
      for (const season of body.seasons ?? []) episodes += season.episodes.length
    }
    console.log(JSON.stringify({ order, titles, episodes }))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--max-old-space-size=${SMALL_HEAP_MB}`,
    '--input-type=module',
    '-e',
    script,
  ])
  return JSON.parse(stdout)
}

t.test('a packed file is read whatever its name', async (t) => {
  const folder = makeImdbFolder(t)
  const file = folder.fileOf('catalogue.ndjson')
  writeFileSync(file, gzipSync('{"kind":"movie","title":"A"}\n'))
  const [source] = await openSources([file], { format: null, imdb: {} })
  t.match(await readAll(source!.items()), [{ line: 1, body: { title: 'A' } }])
  t.equal(source!.bytesRead(), source!.totalBytes)
})

t.test('a number table finds what was put in, and nothing else', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.nat(), fc.nat()), { maxLength: 4_000 }),
      (entries) => {
        const table = new IntMap(2)
        const known = new Map<number, readonly [number, number]>()
        for (const [key, a, b] of entries) {
          table.set(key, a, b)
          known.set(key, [a, b])
        }
        return [...known].every(([key, [a, b]]) => table.get(key) === a && table.get(key, 1) === b) &&
          [...table.keys()].sort().join() === [...known.keys()].sort().join() && table.get(5_001) === undefined
      },
    ),
    { numRuns: 50 },
  )
  t.end()
})
