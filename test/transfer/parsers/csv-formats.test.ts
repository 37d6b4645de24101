// The delimiters and encodings of CSV files that spreadsheets write.
import iconv from 'iconv-lite'
import t from 'tap'
import { parseCsv } from '../../../src/transfer/parsers/csv.js'
import { collectItems, inChunks } from './parse.js'

const ZURICH = [{ kind: 'movie', title: 'Zürich', year: 1999, popularity: 7.5 }]
const SIZES = [[1], [3], [1 << 20]]

interface Parsed {
  readonly bodies: unknown[]
  readonly errors: Array<[line: number, message: string]>
  readonly warnings: string[]
}

async function parse (bytes: Buffer, sizes: readonly number[], charset: string | null = null): Promise<Parsed> {
  const items = await collectItems(parseCsv(inChunks(bytes, sizes), charset))
  return {
    bodies: items.flatMap(({ body }) => body ?? []),
    errors: items.flatMap(({ line, errors }) => errors === undefined ? [] : [[line, errors[0].message]]),
    warnings: items.flatMap(({ warnings }) => warnings?.map(({ message }: { message: string }) => message) ?? []),
  }
}

/** @param warnings words of each warning, in order */
function check (name: string, bytes: Buffer, bodies: unknown[], warnings: RegExp[] = [], charset?: string): void {
  t.test(name, async (t) => {
    for (const sizes of SIZES) {
      const parsed = await parse(bytes, sizes, charset)
      t.strictSame([parsed.bodies, parsed.errors], [bodies, []], `in chunks of ${sizes[0]}`)
      t.match(parsed.warnings, warnings)
      t.equal(parsed.warnings.length, warnings.length)
    }
  })
}

const text = 'title,year,popularity\nZürich,1999,7.5\n'
const german = 'title;year;popularity\r\nZürich;1999;7,5\r\n'
check('commas', Buffer.from(text), ZURICH)
check('semicolons and decimal commas', Buffer.from(german), ZURICH, [/semicolons/])
check('lines that end with a carriage return', Buffer.from(text.replaceAll('\n', '\r')), ZURICH)
check('tabs', Buffer.from(german.replaceAll(';', '\t')), ZURICH, [/tabs/])
check('vertical bars', Buffer.from('title|year|genres\nZürich|1999|"Drama|War"\n'), [
  { kind: 'movie', title: 'Zürich', year: 1999, genres: ['Drama', 'War'] },
], [/vertical bars/])
check('quoted names', Buffer.from('"title";"year"\n"A, B, C";1999\n'), [{
  kind: 'movie',
  title: 'A, B, C',
  year: 1999,
}], [
  /semicolons/,
])
check('a line that states commas', Buffer.from(`sep=,\r\n${text}`), ZURICH)
check('a line that states semicolons', Buffer.from(`\uFEFFsep=;\r\n${german}`), ZURICH, [/semicolons/])
check('a line that states tabs', Buffer.from(`"sep=\t"\n${german.replaceAll(';', '\t')}`), ZURICH, [/tabs/])
const bars = `sep=|\n${german.replaceAll(';', '|')}`
check('a line that states vertical bars', Buffer.from(bars), ZURICH, [/vertical bars/])
check(
  'empty columns and rows at the end',
  Buffer.from('title,year,popularity,,\nZürich,1999,7.5,,\n,,,,\n,,,,,,\n'),
  ZURICH,
)
check('an empty column in the middle', Buffer.from('title,,year,popularity\nZürich,,1999,7.5\n'), ZURICH)
check('truth values of a spreadsheet', Buffer.from('title;published\nA;FALSCH\nB;WAHR\n'), [
  { kind: 'movie', title: 'A', published: false },
  { kind: 'movie', title: 'B', published: true },
], [/semicolons/])
check('UTF-16 with a byte order mark', iconv.encode(text, 'utf-16le', { addBOM: true }), ZURICH, [/UTF-16/])
check('UTF-16 without a byte order mark', iconv.encode(text, 'utf-16le'), ZURICH, [/UTF-16/])
check(
  'UTF-16, big-endian, with tabs',
  iconv.encode(german.replaceAll(';', '\t'), 'utf-16be', { addBOM: true }),
  ZURICH,
  [
    /UTF-16/,
    /tabs/,
  ],
)
check('windows-1252', iconv.encode(german, 'windows-1252'), ZURICH, [/windows-1252/, /semicolons/])
check(
  'windows-1252 with quotation marks and dashes',
  iconv.encode('title\nAlien\nIt’s – “œuvre” €\n', 'windows-1252'),
  [
    { kind: 'movie', title: 'Alien' },
    { kind: 'movie', title: 'It’s – “œuvre” €' },
  ],
  [/windows-1252/],
)
check(
  'a stated encoding',
  iconv.encode('title\nМатрица\n', 'windows-1251'),
  [{ kind: 'movie', title: 'Матрица' }],
  [],
  'windows-1251',
)
check('a stated encoding that is unknown', Buffer.from(text), ZURICH, [], 'x-unknown')

t.test('lines that are neither UTF-8 nor windows-1252 are rejected, and the other lines are parsed', async (t) => {
  const files: ReadonlyArray<readonly [name: string, bytes: Buffer]> = [
    ['another script', iconv.encode('title\nAlien\nМатрица\nHeat\n', 'windows-1251')],
    ['Japanese', iconv.encode('title\nAlien\n千と千尋の神隠し\nHeat\n', 'shift_jis')],
    ['controls', Buffer.from('title\nAlien\nx\x01\xff\nHeat\n', 'latin1')],
  ]
  for (const [name, bytes] of files) {
    for (const sizes of SIZES) {
      const { bodies, errors, warnings } = await parse(bytes, sizes)
      t.strictSame(bodies, [{ kind: 'movie', title: 'Alien' }, { kind: 'movie', title: 'Heat' }], name)
      t.strictSame(errors, [[3, 'is not UTF-8']])
      t.strictSame(warnings, [])
    }
  }
  const mixed = Buffer.concat([Buffer.from('title\nZürich\n'), Buffer.from('Z\xfcrich\n', 'latin1')])
  t.strictSame((await parse(mixed, [1 << 20])).errors, [[3, 'is not UTF-8']], 'the other lines are UTF-8')
  const quoted = Buffer.concat([Buffer.from('title\nÜ\n"A\n'), Buffer.from([0xff]), Buffer.from('\nB"\nHeat\n')])
  t.strictSame((await parse(quoted, [1 << 20])).errors, [[5, 'is not UTF-8']], 'a cell of several lines')
})

t.test('a value outside of the columns rejects its row', async (t) => {
  const { errors, bodies } = await parse(Buffer.from('title,,year,\nA,x,1999,\nB,,1999,,y\nC,\nD,,1999,\n'), [1 << 20])
  t.strictSame(errors, [
    [2, 'has a value in column 2, which has no name'],
    [3, 'has 5 cells, but the header has 3 columns'],
    [4, 'has 2 cells, but the header has 3 columns'],
  ])
  t.strictSame(bodies, [{ kind: 'movie', title: 'D', year: 1999 }])
})
