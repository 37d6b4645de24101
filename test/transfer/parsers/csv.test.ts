// The CSV parser.
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import t from 'tap'
import { parseCsv } from '../../../src/transfer/parsers/csv.js'
import { chunkSizes, collectItems, inChunks } from './parse.js'

t.test('rows are movies and shows, and episodes belong to the show above them', async (t) => {
  const text = [
    '\uFEFFKind,title,Year,genres,imdb,cast,published,runtimeMinutes,season,episode,airDate,synopsis',
    'movie,"Crouching Tiger, Hidden Dragon",2000,Action|Drama,tt0190332,' +
    'Chow Yun-fat (Li Mu Bai)|Michelle Yeoh,no,120,,,,"Two lines\nof text"',
    'show,Fawlty Towers,1975,,tt0072500,,,,,,,',
    'episode,A Touch of Class,,,,,,30,1,1,1975-09-19,',
    'episode,The Builders,,,,,,30,1,2,1975-09-26,',
    'episode,Communication Problems,,,,,,30,2,1,1979-02-19,',
    ',Plain,,,,,,,,,,',
    '',
  ].join('\n')
  t.strictSame((await collectItems(parseCsv(inChunks(text, [7])))).map(({ body }) => body), [
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
          episodes: [
            { number: 1, title: 'A Touch of Class', runtimeMs: 1_800_000, airDate: '1975-09-19' },
            { number: 2, title: 'The Builders', runtimeMs: 1_800_000, airDate: '1975-09-26' },
          ],
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

t.test('an invalid row is reported with its line and columns, and the other rows are parsed', async (t) => {
  const text = [
    'kind,title,year,popularity,published,season,episode',
    'movie,A,soon,much,perhaps,,',
    'movie,B',
    'episode,C,,,,1,1',
    'show,D,,,,,',
    'episode,E,,,,,1',
    'episode,F,,,,1,',
    'movie,G,1999,,,,',
    '',
  ].join('\n')
  const items = await collectItems(parseCsv(inChunks(text)))
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

t.test('an unknown column and an unclosed quotation mark are rejected', async (t) => {
  await t.rejects(collectItems(parseCsv(inChunks('title,colour,size\nA,red,big\n'))), {
    line: 1,
    message: /colour, size[^]*runtimeMinutes/,
  })
  await t.rejects(collectItems(parseCsv(inChunks('title\nA\n"B\n'))), {
    name: 'UnreadableSourceError',
    line: 3,
    message: /after line 2: Quote Not Closed/,
  })
})

t.test('generated CSV is parsed correctly for any chunk sizes', async (t) => {
  const cell = fc.string({ unit: 'grapheme' })
    .map((text) => text.replaceAll('\\', ''))
    // Such cells have no value.
    .filter((text) => !/^(?:|[-–—]|null|n\/?a|none)$/i.test(text.trim()))
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
    fc.asyncProperty(rows, chunkSizes, async (list, sizes) => {
      const text = stringify([
        ['title', 'synopsis', 'genres', 'year'],
        ...list.map(({ title, synopsis, genres, year }) => [
          title,
          synopsis,
          genres.map((genre) => genre.replaceAll('|', '\\|')).join('|'),
          year,
        ]),
      ])
      const items = await collectItems(parseCsv(inChunks(text, sizes)))
      t.strictSame(items.map(({ body: { kind, ...fields } }) => fields), list)
    }),
    { numRuns: 100 },
  )
})
