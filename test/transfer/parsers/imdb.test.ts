// The parser of the IMDb datasets.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { parseImdb } from '../../../src/transfer/parsers/imdb.js'
import { IMDB_HEADERS } from '../../../src/transfer/parsers/imdb-rows.js'
import { openSources } from '../../../src/transfer/parsers/open-sources.js'
import { makeImdbFolder, writeGeneratedDatasets, writeSampleDatasets } from '../imdb-files.js'
import { collectItems } from './parse.js'

t.test('movies and shows with their seasons and episodes are parsed, other rows are skipped or reported', async (t) => {
  const folder = makeImdbFolder(t)
  writeSampleDatasets(folder)
  const [source] = await openSources([folder.ratings, folder.basics, folder.episodes], { format: null, imdb: {} })
  const items = await collectItems(source!.items())
  const titles = new Map(
    items.filter(({ body }) => body !== undefined)
      .map(({ line, body }) => [body.externalIds.imdb, { line, ...body }]),
  )
  t.strictSame(
    [...titles.keys()].slice(0, 4),
    ['tt0133093', 'tt0211915', 'tt0078748', 'tt9900007'],
    'movies come first, in file order, without adult titles and games',
  )
  t.strictSame(titles.get('tt0133093'), {
    line: 3,
    kind: 'movie',
    title: 'The Matrix',
    year: 1999,
    genres: ['Action', 'Science Fiction'],
    externalIds: { imdb: 'tt0133093' },
    popularity: 2_123_456,
    runtimeMs: 8_160_000,
  })
  t.match(titles.get('tt0211915'), {
    title: 'Amélie',
    originalTitle: "Le fabuleux destin d'Amélie Poulain",
    popularity: 0,
  })
  t.equal(titles.get('tt0078748').title, '"Alien"', 'a quotation mark has no special meaning')
  t.strictSame(titles.get('tt9900007'), {
    line: 17,
    kind: 'movie',
    title: 'Unknown',
    genres: [],
    externalIds: { imdb: 'tt9900007' },
    popularity: 0,
  })
  t.strictSame(titles.get('tt7366338').seasons, [{
    number: 1,
    episodes: [
      { number: 1, title: '1:23:45', runtimeMs: 3_600_000 },
      { number: 2, title: 'Please Remain Calm' },
      { number: 3, title: 'Episode 3' },
    ],
  }])
  t.strictSame(titles.get('tt0072500').seasons, [{
    number: 1,
    episodes: [
      { number: 1, title: 'A Touch of Class', runtimeMs: 1_800_000 },
      { number: 2, title: 'The Builders', runtimeMs: 1_800_000 },
    ],
  }])
  t.strictSame(
    items.filter(({ errors }) => errors !== undefined).map(({ line, errors }) => ({ line, errors })),
    [
      { line: 13, errors: [{ pointer: '', message: 'does not have one cell per column of the header' }] },
      {
        line: 2,
        errors: [
          { pointer: '/seasons/1/episodes/2', message: 'is both tt0578591 and tt9900006; the second is skipped' },
          { pointer: '/seasons', message: 'skip tt9900005: the season or episode number is unknown' },
        ],
      },
    ],
  )
})

t.test('titles with few votes can be skipped, and adult titles can be included', async (t) => {
  const folder = makeImdbFolder(t)
  writeSampleDatasets(folder)
  const parsedIds = async (options: object): Promise<string[]> =>
    (await collectItems(parseImdb(folder, options))).flatMap(({ body }) => body?.externalIds.imdb ?? [])
  t.strictSame(await parsedIds({ minVotes: 1_000_000 }), ['tt0133093'])
  t.ok((await parsedIds({ includeAdult: true })).includes('tt9900001'))
})

t.test('specials, videos and short films are movies; rows of other types are counted', async (t) => {
  const folder = makeImdbFolder(t)
  const types = ['tvSpecial', 'video', 'short', 'tvShort', 'tvMovie', 'videoGame', 'tvPilot', 'videoGame']
  const rows = types.map((type, i) => `tt000000${i + 1}\t${type}\tTitle ${i}\tTitle ${i}\t0\t2001\t\\N\t10\tShort`)
  writeFileSync(folder.basics, `${IMDB_HEADERS.basics}\n${rows.join('\n')}\n`)
  const items = await collectItems(parseImdb({ basics: folder.basics }))
  t.strictSame(items.flatMap(({ body }) => body === undefined ? [] : [[body.kind, body.title]]), [
    ['movie', 'Title 0'],
    ['movie', 'Title 1'],
    ['movie', 'Title 2'],
    ['movie', 'Title 3'],
    ['movie', 'Title 4'],
  ])
  t.strictSame(items.find(({ warnings }) => warnings !== undefined), {
    line: 0,
    warnings: [{ pointer: '/titleType', message: 'leaves out 1 of type tvPilot, 2 of type videoGame' }],
  })
})

t.test('a million rows are parsed in a small heap, in the same order each time', { timeout: 120_000 }, async (t) => {
  const folder = await writeGeneratedDatasets(makeImdbFolder(t), {
    shows: 10_000,
    episodesPerShow: 30,
    movies: 200_000,
  })
  const started = Date.now()
  const [first, second] = await Promise.all([parseInSmallHeap(folder), parseInSmallHeap(folder)])
  t.match(first, { titles: 210_000, episodes: 300_000 })
  t.strictSame(second, first)
  const seconds = (Date.now() - started) / 1_000
  t.comment(`two processes parsed 1,010,000 rows with a heap of ${SMALL_HEAP_MB} MB in ${seconds.toFixed(1)} s`)
})

/** Too small to hold an object for each episode. */
const SMALL_HEAP_MB = 64
const PARSER_URL = new URL('../../../src/transfer/parsers/imdb.js', import.meta.url).href

/** Parses in a separate process, which fails when it needs more memory. */
async function parseInSmallHeap (files: object): Promise<{ orderHash: number, titles: number, episodes: number }> {
  const script = `
    const { parseImdb } = await import(${JSON.stringify(PARSER_URL)})
    let [titles, episodes, orderHash] = [0, 0, 0]
    for await (const { body } of parseImdb(${JSON.stringify(files)})) {
      titles++
      orderHash = (orderHash * 31 + Number(body.externalIds.imdb.slice(2))) % 1_000_000_007
      for (const season of body.seasons ?? []) episodes += season.episodes.length
    }
    console.log(JSON.stringify({ orderHash, titles, episodes }))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--max-old-space-size=${SMALL_HEAP_MB}`,
    '--input-type=module',
    '-e',
    script,
  ])
  return JSON.parse(stdout)
}
