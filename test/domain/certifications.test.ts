import t from 'tap'
import { formatCertification, parseRating, toMaturityRating } from '../../src/domain/certifications.js'
import { MATURITY_AGES, MATURITY_RATINGS } from '../../src/domain/maturity.js'

/** The system, rating and age of a text; the American rating; or `unrated`. */
function describe (text: string): string | null {
  const parsed = parseRating(text)
  if (parsed === null) return null
  if (parsed.certification === null) return parsed.maturityRating ?? 'unrated'
  const { system, rating, age } = parsed.certification
  return `${system} ${rating}: ${age}`
}

t.test('ratings of the United States are read in any spelling', async (t) => {
  for (const rating of MATURITY_RATINGS) {
    for (
      const text of [rating, rating.toLowerCase(), ` ${rating} `, `US:${rating}`, `Rated ${rating}`, `USA: ${rating}`]
    ) {
      t.equal(describe(text), rating, text)
    }
    t.equal(describe(rating.replace(/-/g, '')), rating)
    t.equal(describe(rating.replace(/-/g, ' ')), rating)
  }
  t.equal(describe('MPAA PG-13'), 'PG-13')
  t.equal(describe('TV-MA-LSV'), 'TV-MA')
  t.equal(describe('TV-14 (L)'), null)
})

t.test('ratings of other countries have their system and age', async (t) => {
  for (
    const [text, meaning] of [
      ['FSK 12', 'FSK 12: 12'],
      ['fsk12', 'FSK 12: 12'],
      ['FSK-16', 'FSK 16: 16'],
      ['FSK ab 18', 'FSK 18: 18'],
      ['FSK: 0', 'FSK 0: 0'],
      ['DE:12', 'FSK 12: 12'],
      ['de-6', 'FSK 6: 6'],
      ['Germany:16', 'FSK 16: 16'],
      ['12A', 'BBFC 12A: 12'],
      ['BBFC 15', 'BBFC 15: 15'],
      ['GB:U', 'BBFC U: 0'],
      ['uk:pg', 'BBFC PG: 8'],
      ['U', 'BBFC U: 0'],
      ['M', 'ACB M: 15'],
      ['MA15+', 'ACB MA15+: 15'],
      ['MA 15+', 'ACB MA15+: 15'],
      ['AU:R18+', 'ACB R18+: 18'],
      ['-12', 'CNC -12: 12'],
      ['−16', 'CNC -16: 16'],
      ['FR:12', 'CNC -12: 12'],
      ['FR:U', 'CNC U: 0'],
      ['CNC -10', 'CNC -10: 10'],
      ['SE:11', 'SMR 11: 11'],
      ['Btl', 'SMR Btl: 0'],
      ['M/12', 'IGAC M/12: 12'],
      ['PT:M/16', 'IGAC M/16: 16'],
      ['AL', 'Kijkwijzer AL: 0'],
      ['NL:9', 'Kijkwijzer 9: 9'],
      ['K-16', 'KAVI K-16: 16'],
      ['FI:S', 'KAVI S: 0'],
      ['DK:A', 'MCCY A: 0'],
      ['IN:A', 'CBFC A: 18'],
      ['UA 13+', 'CBFC UA13+: 13'],
      ['U/A 16+', 'CBFC UA16+: 16'],
      ['VM14', 'MiC VM14: 14'],
      ['BR:L', 'ClassInd L: 0'],
      ['NC16', 'IMDA NC16: 16'],
      ['R21', 'IMDA R21: 18'],
      ['KR:19', 'KMRB 19: 18'],
      ['15A', 'IFCO 15A: 15'],
      ['14A', 'CA 14A: 14'],
      ['IIB', 'OFNAA IIB: 16'],
      ['PEGI 7', 'PEGI 7: 7'],
      ['AT:14', 'AT 14: 14'],
      ['12', 'age 12: 12'],
      ['16+', 'age 16: 16'],
      ['ab 6', 'age 6: 6'],
      ['+13', 'age 13: 13'],
      ['0', 'age 0: 0'],
      ['DE:14', 'FSK 14: 14'],
      ['１２', 'age 12: 12'],
    ] as const
  ) {
    t.equal(describe(text), meaning, text)
    const certification = parseRating(text)?.certification
    if (certification !== null && certification !== undefined) {
      t.strictSame(parseRating(formatCertification(certification))?.certification, certification, `${text}, written`)
    }
  }
})

t.test('titles without a rating are unrated, and other texts are unknown', async (t) => {
  for (const text of ['NR', 'Not Rated', 'not-rated', 'Unrated', 'UR', 'N/A', '', ' ', '-', 'Approved']) {
    t.equal(describe(text), 'unrated', text)
  }
  for (
    const text of [
      'A',
      'S',
      'XYZ',
      'very good',
      '99',
      '-5',
      '12B',
      'FSK',
      'FSK 99',
      'DE:',
      'DE:X',
      'FILM',
      'INDIE',
      'GREAT',
      'USA',
      'R-rated',
      '7.5',
      '__proto__',
      'constructor',
      'x'.repeat(10_000),
      ' '.repeat(10_000) + 'x',
    ]
  ) {
    t.equal(describe(text), null, text.slice(0, 40))
  }
})

t.test('the US rating of an age has at least that minimum age', async (t) => {
  t.strictSame([0, 6, 7, 8, 10, 12, 13, 14, 15, 16, 18].map((age) => toMaturityRating({ age })), [
    'G',
    'TV-Y7',
    'TV-Y7',
    'PG',
    'PG-13',
    'PG-13',
    'PG-13',
    'TV-14',
    'R',
    'R',
    'NC-17',
  ])
  for (let age = 0; age <= 18; age++) t.ok(MATURITY_AGES[toMaturityRating({ age })] >= age, String(age))
})

t.test('ratings are read in words and with explanations', async (t) => {
  for (
    const [text, system, age] of [
      ['Tous publics', 'CNC', 0],
      ['Déconseillé aux moins de 12 ans', 'CNC', 12],
      ['Interdit aux moins de 16 ans', 'CNC', 16],
      ['Livre', 'ClassInd', 0],
      ['barntillåten', 'SMR', 0],
      ['Apta para todos los públicos', 'ICAA', 0],
      ['USK 12', 'USK', 12],
      ['CHVRS:14A', 'CA', 14],
      ['18 and over', 'age', 18],
      ['FSK 16 (gekürzt)', 'FSK', 16],
    ] as const
  ) {
    t.match(parseRating(text), { certification: { system, age } }, text)
  }
  for (const [text, rating] of [['R (Restricted)', 'R'], ['GP', 'PG'], ['M/PG', 'PG'], ['XXX', 'NC-17']] as const) {
    t.strictSame(parseRating(text), { maturityRating: rating, certification: null }, text)
  }
  for (const text of ['FSK', 'T', 'moins de 12', '(16)) of (']) t.equal(parseRating(text), null, text)
})
