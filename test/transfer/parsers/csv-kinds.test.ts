// Catalogue files of many kinds, whose titles follow from how they are made.
import iconv from 'iconv-lite'
import t from 'tap'
import { parseCsv } from '../../../src/transfer/parsers/csv.js'
import { collectItems, inChunks } from './parse.js'

async function parse (file: string | Buffer): Promise<{ bodies: unknown[], errors: string[] }> {
  const items = await collectItems(parseCsv(inChunks(Buffer.from(file))))
  return {
    bodies: items.flatMap(({ body }) => body ?? []),
    errors: items.flatMap(({ line, errors }) => errors === undefined ? [] : [`${line}: ${errors[0].message}`]),
  }
}

const PLAIN = 'title,year,popularity,genres\n"Amélie",2001,7.5,Comedy|Romance\n"Heat, part 1",1995,8.25,Crime\n'
const GERMAN = 'title;year;popularity;genres\n"Amélie";2001;7,5;Comedy|Romance\n"Heat, part 1";1995;8,25;Crime\n'
const EXPECTED = [
  { kind: 'movie', title: 'Amélie', year: 2001, popularity: 7.5, genres: ['Comedy', 'Romance'] },
  { kind: 'movie', title: 'Heat, part 1', year: 1995, popularity: 8.25, genres: ['Crime'] },
]

t.test('files with the same titles', async (t) => {
  const kinds: Array<readonly [kind: string, file: string | Buffer]> = [
    ['plain', PLAIN],
    ['byte order mark', `\ufeff${PLAIN}`],
    ['semicolons and decimal commas', GERMAN],
    ['byte order mark and semicolons', `\ufeff${GERMAN}`],
    ['tabs', GERMAN.replaceAll(';', '\t')],
    ['tabs and decimal points', PLAIN.replaceAll(/,(?! )/g, '\t')],
    ['sep line', `sep=;\r\n${GERMAN}`],
    ['sep line in capitals', `SEP=;\n${GERMAN}`],
    ['sep line with a space', `sep = ;\n${GERMAN}`],
    ['sep line and empty cells', `sep=;;;;\n${GERMAN}`],
    ['CR LF', PLAIN.replaceAll('\n', '\r\n')],
    ['CR', PLAIN.replaceAll('\n', '\r')],
    ['mixed line ends', PLAIN.replace('\n', '\r\n')],
    ['CR CR LF', PLAIN.replaceAll('\n', '\r\r\n')],
    ['no line end', PLAIN.trimEnd()],
    ['empty lines', PLAIN.replaceAll('\n', '\n\n')],
    ['empty lines first', `\n\n${PLAIN}`],
    ['rows of delimiters', PLAIN.replaceAll('\n', '\n,,,\n')],
    ['trailing commas', PLAIN.replaceAll('\n', ',\n')],
    ['trailing commas in rows only', PLAIN.replaceAll(/^"(.*)$/gm, '"$1,')],
    ['header in capitals', PLAIN.replace(/^.*/, (header) => header.toUpperCase())],
    ['header with spaces', PLAIN.replace(/^.*/, (header) => header.replaceAll(',', ' , '))],
    ['header in quotation marks', PLAIN.replace(/^.*/, '"title","year","popularity","genres"')],
    ['header with words apart', PLAIN.replace('title,', 'original title,title,').replaceAll(/^"/gm, ',"')],
    ['header with underscores', PLAIN.replace('title,', 'original_title,title,').replaceAll(/^"/gm, ',"')],
    ['header with hyphens', PLAIN.replace('title,', 'original-title,title,').replaceAll(/^"/gm, ',"')],
    ['spaces around cells', PLAIN.replaceAll(/,(?! )/g, ', ').replaceAll(/ (?=\n)/g, '')],
    ['spaces between quotation marks and commas', PLAIN.replaceAll('",', '" ,')],
    ['empty columns', PLAIN.replaceAll(/,(?! )(?=[^,]*$)/gm, ',,')],
    ['full-width digits', PLAIN.replace('2001', '２００１')],
    ['Arabic digits', PLAIN.replace('1995', '١٩٩٥')],
    ['a float as year', PLAIN.replace('2001', '2001.0')],
    ['numbers in apostrophes', PLAIN.replace('2001', "'2001")],
    ['numbers in quotation marks', PLAIN.replace('2001', '"2001"')],
    ['spaces around numbers', PLAIN.replace('2001', '\u00a02001\u202f')],
    ['marks of the writing direction', PLAIN.replace('2001', '\u200f2001')],
    ['spaces around list entries', PLAIN.replace('Comedy|Romance', ' Comedy | Romance ')],
    ['empty list entries', PLAIN.replace('Comedy|Romance', '|Comedy||Romance|')],
    ['UTF-16', iconv.encode(`\ufeff${PLAIN}`, 'utf-16le')],
    ['UTF-16 without a byte order mark', iconv.encode(PLAIN, 'utf-16le')],
    ['windows-1252', iconv.encode(PLAIN, 'windows-1252')],
    ['NUL at the end', `${PLAIN}\0`],
    ['Ctrl-Z at the end', `${PLAIN}\x1a`],
    ['decomposed letters', PLAIN.normalize('NFD')],
    ['words for nothing', PLAIN.replace('title,', 'runtimeMinutes,title,').replaceAll(/^"/gm, '\\N,"')],
    ['a dash for nothing', PLAIN.replace('title,', 'runtimeMinutes,title,').replaceAll(/^"/gm, '-,"')],
    ['NULL for nothing', PLAIN.replace('title,', 'runtimeMinutes,title,').replaceAll(/^"/gm, 'NULL,"')],
    ['N/A for nothing', PLAIN.replace('title,', 'runtimeMinutes,title,').replaceAll(/^"/gm, 'N/A,"')],
  ]
  for (const [kind, file] of kinds) {
    const parsed = await parse(file).catch((error) => error.message)
    const bodies = typeof parsed === 'string'
      ? parsed
      : parsed.bodies.map((body: any) => ({ ...body, title: body.title.normalize('NFC') }))
    t.strictSame([bodies, parsed.errors], [EXPECTED, []], kind)
  }
})

t.test('a row that cannot be read is answered for itself', async (t) => {
  for (
    const row of [
      '"A",MMXX,1,Drama',
      '"A",2001,high,Drama',
      '"A",2001,1,Drama,more',
      '"A",2001,1',
      '"A",2001,"7,5",Drama',
      '"A" b,c"d,2001',
    ]
  ) {
    const { bodies, errors } = await parse(`${PLAIN}${row}\nLast,2000,1,Drama\n`)
    t.strictSame([bodies.length, errors.length], [3, 1], row)
  }
})
