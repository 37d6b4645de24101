// Netflix files of many kinds, whose right values follow from how they are made.
import iconv from 'iconv-lite'
import t from 'tap'
import { createHistoryFileReader } from '../../../src/watching/import/history-file-reader.js'

const now = new Date('2024-06-15T00:00:00Z')
const reader = createHistoryFileReader()
t.teardown(reader.close)

interface ReadRow {
  readonly text: string
  /** Date of the play; the reason of a skipped row. */
  readonly result: string
}

async function read (file: string | Buffer): Promise<ReadRow[]> {
  const source = { bytes: Buffer.from(file), charset: null, profileName: null, dateOrder: null }
  const { plays } = await reader.readNetflix(source, now)
  return plays.map(({ text, skip, momentKey }) => ({ text, result: skip?.code ?? momentKey }))
}

/** Newest first, as Netflix lists them. */
const DAYS = ['2024-05-31', '2024-03-05', '2023-12-24', '2023-11-02', '2022-08-30', '2021-01-09']
const noon = (day: string): Date => new Date(`${day}T12:00:00Z`)

t.test('dates in the formats of many countries', async (t) => {
  const LOCALES = [
    'en-US',
    'en-GB',
    'en-CA',
    'de',
    'fr',
    'es',
    'pt-BR',
    'it',
    'nl',
    'sv',
    'da',
    'nb',
    'fi',
    'pl',
    'cs',
    'sk',
    'hu',
    'ro',
    'hr',
    'sl',
    'bg',
    'uk',
    'ru',
    'el',
    'tr',
    'he',
    'ar-EG',
    'ar-SA-u-ca-gregory',
    'fa-u-ca-gregory',
    'hi',
    'hi-u-nu-deva',
    'mr',
    'bn',
    'th',
    'th-u-ca-gregory',
    'ja',
    'ja-JP-u-ca-japanese',
    'ko',
    'zh-CN',
    'zh-TW',
    'zh-TW-u-ca-roc',
    'vi',
    'id',
    'ms',
    'lt',
    'lv',
    'et',
    'is',
    'my-u-nu-mymr',
    'fil',
    'ta',
    'ur',
    'km',
    'sr',
  ]
  const styles: Intl.DateTimeFormatOptions[] = [
    { dateStyle: 'short' },
    { year: 'numeric', month: 'numeric', day: 'numeric' },
    { year: 'numeric', month: '2-digit', day: '2-digit' },
    { dateStyle: 'medium' },
    { dateStyle: 'long' },
  ]
  for (const locale of LOCALES) {
    for (const style of styles) {
      const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...style })
      const dates = DAYS.map((day) => format.format(noon(day)))
      const file = ['Title,Date', ...dates.map((date) => `"Heat","${date}"`)].join('\n')
      const results = await read(file).then((rows) => rows.map(({ result }) => result), (error) => [error.code])
      // `lis` is November in Polish and October in Croatian: such a row is not guessed.
      const isAmbiguous = (date: string): boolean => /\blis(?:topada)?\b/.test(date)
      const expected = DAYS.map((day, i) => isAmbiguous(dates[i] ?? '') ? 'invalid-date' : day)
      t.strictSame(results, expected, `${locale} ${JSON.stringify(style)} ${dates[0]} ${dates[1]}`)
    }
  }
})

const PLAIN = 'Title,Date\n"Heat","5/31/24"\n"Alien: Covenant, 2","3/5/24"\n'
const EXPECTED = [{ text: 'Heat', result: '2024-05-31' }, { text: 'Alien: Covenant, 2', result: '2024-03-05' }]

t.test('files that programs have saved again', async (t) => {
  const semicolons = 'Title;Date\nHeat;31.05.2024\n"Alien: Covenant, 2";05.03.2024\n'
  const kinds: Array<readonly [kind: string, file: string | Buffer]> = [
    ['plain', PLAIN],
    ['byte order mark', `\ufeff${PLAIN}`],
    ['semicolons', semicolons],
    ['byte order mark and semicolons', `\ufeff${semicolons}`],
    ['tabs', semicolons.replaceAll(';', '\t')],
    ['vertical bars', semicolons.replaceAll(';', '|')],
    ['sep line', `sep=;\r\n${semicolons.replaceAll('\n', '\r\n')}`],
    ['sep line behind a byte order mark', `\ufeffsep=;\r\n${semicolons}`],
    ['CR LF', PLAIN.replaceAll('\n', '\r\n')],
    ['CR', PLAIN.replaceAll('\n', '\r')],
    ['mixed line ends', PLAIN.replace('\n', '\r\n').replace('24"\n', '24"\r')],
    ['CR CR LF', PLAIN.replaceAll('\n', '\r\r\n')],
    ['no line end', PLAIN.trimEnd()],
    ['empty lines', PLAIN.replaceAll('\n', '\n\n')],
    ['empty lines first', `\n\n${PLAIN}`],
    ['trailing commas', PLAIN.replaceAll('\n', ',\n')],
    ['trailing semicolons', semicolons.replaceAll('\n', ';;;\n')],
    ['no quotation marks', PLAIN.replaceAll('"', '')],
    ['typographic quotation marks', PLAIN.replaceAll(/"([^"]*)"/g, '“$1”')],
    ['single cells in quotation marks', PLAIN.replace('Title,Date', '"Title","Date"')],
    ['whole rows in quotation marks', PLAIN.replaceAll(/^(".*)$/gm, (row) => `"${row.replaceAll('"', '""')}"`)],
    ['spaces around cells', PLAIN.replaceAll(',"', ' , "')],
    ['header in capitals', PLAIN.replace('Title,Date', 'TITLE,DATE')],
    ['header with spaces', PLAIN.replace('Title,Date', ' Title , Date ')],
    ['columns in the other order', 'Date,Title\n5/31/24,Heat\n3/5/24,"Alien: Covenant, 2"\n'],
    ['more columns', 'Nr,Title,Date,Rating\n1,Heat,5/31/24,x\n2,"Alien: Covenant, 2",3/5/24,\n'],
    ['UTF-16 with a byte order mark', iconv.encode(`\ufeff${PLAIN}`, 'utf-16le')],
    ['UTF-16 without one', iconv.encode(PLAIN, 'utf-16le')],
    ['UTF-16 big endian without one', iconv.encode(PLAIN, 'utf-16be')],
    ['NUL at the end', `${PLAIN}\0`],
    ['Ctrl-Z at the end', `${PLAIN}\x1a`],
    ['quoted line break', PLAIN.replace('Alien: ', 'Alien:\n')],
    ['quoted CR LF', PLAIN.replace('Alien: ', 'Alien:\r\n')],
    ['marks of the writing direction', PLAIN.replaceAll('"5', '"\u200e5').replaceAll('"Heat', '"\u200fHeat\u200f')],
    ['narrow spaces', PLAIN.replaceAll('"5/31/24"', '"\u202f5/31/24\u00a0"')],
    ['full-width digits', PLAIN.replaceAll('5/31/24', '５／３１／２４')],
    ['times behind the dates', PLAIN.replaceAll('/24"', '/24 00:00:00"')],
    ['ISO times', PLAIN.replace('5/31/24', '2024-05-31T00:00:00Z').replace('3/5/24', '2024-03-05T00:00:00Z')],
    ['dates in apostrophes', PLAIN.replaceAll(/(\d+\/\d+\/24)/g, "'$1")],
    ['weekdays', PLAIN.replace('5/31/24', 'Fri, 5/31/24').replace('3/5/24', 'Tue, 3/5/24')],
    ['German header', semicolons.replace('Title;Date', 'Titel;Datum')],
    ['Spanish header', semicolons.replace('Title;Date', 'Título;Fecha')],
  ]
  for (const [kind, file] of kinds) {
    const rows = await read(file).catch((error) => error.message)
    t.strictSame(
      Array.isArray(rows)
        ? rows.map(({ text, result }) => ({ text: text.replace(/[\u200e\u200f]/g, ''), result }))
        : rows,
      EXPECTED,
      kind,
    )
  }
})

t.test('a row that cannot be read does not affect the others', async (t) => {
  const rows: Array<readonly [row: string, result: string]> = [
    ['"",5/1/24', 'no-title'],
    ['" ",5/1/24', 'no-title'],
    ['"A",', 'invalid-date'],
    ['"A",yesterday', 'invalid-date'],
    ['"A",13/32/24', 'invalid-date'],
    ['"A",0/0/00', 'invalid-date'],
    ['"A"', 'invalid-date'],
    [`"${'x'.repeat(9_000)}",5/1/24`, 'row-too-long'],
    ['"A" x" y,5/1/24', '2024-05-01'],
    ['"A ""B"" C",5/1/24', '2024-05-01'],
    ['A, B, and C,5/1/24', '2024-05-01'],
  ]
  for (const [row, result] of rows) {
    const all = await read(`${PLAIN}${row}\n"Last","1/1/24"\n`)
    t.strictSame(all.map((one) => one.result), ['2024-05-31', '2024-03-05', result, '2024-01-01'], row.slice(0, 40))
  }
})
