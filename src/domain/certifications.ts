// Ratings of other countries as people and databases write them, the age of each, and the American rating that protects
// as much. Ratings of the United States are in maturity.ts.
import { ADULT_AGE, MATURITY_AGES, MATURITY_RATINGS, type MaturityRating } from './maturity.js'

/** A rating of another system than those of the United States. */
export interface Certification {
  /** Abbreviation of the system, such as `FSK`; `age` for an age without a system. */
  readonly system: string
  /** As the system writes it, such as `12A`. */
  readonly rating: string
  /** Minimum age, years; at most 18. */
  readonly age: number
}

/** System, its countries and other names, its ratings with their ages. Advice without an age counts as 8, like PG. */
const SYSTEMS: ReadonlyArray<readonly [system: string, names: string, ratings: string]> = [
  ['FSK', 'DE GERMANY', '0=0 6=6 12=12 16=16 18=18'],
  ['BBFC', 'GB UK', 'U=0 Uc=0 PG=8 12=12 12A=12 15=15 18=18 R18=18'],
  ['ACB', 'AU OFLC AUSTRALIA', 'E=0 G=0 PG=8 M=15 MA15+=15 MA=15 R18+=18 X18+=18'],
  ['CNC', 'FR FRANCE', 'U=0 TP=0 -10=10 -12=12 -16=16 -18=18'],
  ['CBFC', 'IN INDIA', 'U=0 UA=12 UA7+=7 UA13+=13 UA16+=16 A=18 S=18'],
  ['ICAA', 'ES SPAIN', 'A=0 APTA=0 TP=0 ERI=0 7=7 12=12 13=13 16=16 18=18 X=18'],
  ['MiC', 'IT ITALY', 'T=0 6+=6 VM6=6 14+=14 VM12=12 VM14=14 18+=18 VM18=18'],
  ['IGAC', 'PT PORTUGAL', 'A=0 T=0 M/3=3 M/4=4 M/6=6 M/12=12 M/14=14 M/16=16 M/18=18'],
  ['Kijkwijzer', 'NL BE NICAM NETHERLANDS', 'AL=0 6=6 9=9 12=12 14=14 16=16 18=18'],
  ['SMR', 'SE SWEDEN', 'Btl=0 7=7 11=11 15=15'],
  ['MCCY', 'DK DENMARK', 'A=0 F=0 7=7 11=11 15=15'],
  ['Medietilsynet', 'NO NORWAY', 'A=0 6=6 9=9 12=12 15=15 18=18'],
  ['KAVI', 'FI FINLAND', 'S=0 T=0 K-7=7 K-12=12 K-16=16 K-18=18'],
  ['IFCO', 'IE IRELAND', 'G=0 PG=8 12A=12 12PG=12 15A=15 15PG=15 16=16 18=18'],
  ['CA', 'CANADA CHVRS', 'G=0 PG=8 14A=14 18A=18 R=18 A=18 8+=8 13+=13 16+=16 18+=18 14+=14'],
  ['ClassInd', 'BR BRAZIL', 'L=0 AL=0 10=10 12=12 14=14 16=16 18=18'],
  ['RTC', 'MX MEXICO', 'AA=0 A=0 B=12 B15=15 C=18 D=18'],
  ['INCAA', 'AR ARGENTINA', 'ATP=0 +13=13 SAM13=13 +16=16 SAM16=16 +18=18 SAM18=18 C=18'],
  ['Eirin', 'JP JAPAN', 'G=0 PG12=12 R15+=15 R18+=18'],
  ['KMRB', 'KR KOREA', 'ALL=0 7=7 12=12 15=15 18=18 19=18'],
  ['IMDA', 'SG SINGAPORE', 'G=0 PG=8 PG13=13 NC16=16 M18=18 R21=18'],
  ['OFNAA', 'HK', 'I=0 IIA=12 IIB=16 III=18'],
  ['NZ', 'NEWZEALAND', 'G=0 PG=8 M=16 R13=13 RP13=13 R15=15 R16=16 RP16=16 R18=18 RP18=18'],
  ['RARS', 'RU RUSSIA', '0+=0 6+=6 12+=12 16+=16 18+=18'],
  ['NMHH', 'HU HUNGARY', 'KN=0 6=6 12=12 16=16 18=18 X=18'],
  ['CZ', 'CZECHIA', 'U=0 12=12 15=15 18=18'],
  ['TR', 'TURKEY', 'G=0 7+=7 7A=7 13+=13 13A=13 15+=15 18+=18'],
  ['PEGI', '', '3=3 7=7 12=12 16=16 18=18'],
  ['USK', '', '0=0 6=6 12=12 16=16 18=18'],
]

/** Ratings that are written without their system, where no other system has them. */
const DISTINCTIVE: Readonly<Record<string, readonly string[]>> = {
  BBFC: ['U', 'Uc', '12A', 'R18'],
  ACB: ['M', 'MA15+', 'R18+', 'X18+'],
  CNC: ['TP', '-10', '-12', '-16', '-18'],
  CBFC: ['UA', 'UA7+', 'UA13+', 'UA16+'],
  MiC: ['VM6', 'VM12', 'VM14', 'VM18'],
  IGAC: ['M/3', 'M/4', 'M/6', 'M/12', 'M/14', 'M/16', 'M/18'],
  Kijkwijzer: ['AL'],
  SMR: ['Btl'],
  KAVI: ['K-7', 'K-12', 'K-16', 'K-18'],
  IFCO: ['12PG', '15A', '15PG'],
  CA: ['14A', '18A'],
  RTC: ['B15'],
  INCAA: ['ATP', 'SAM13', 'SAM16', 'SAM18'],
  Eirin: ['PG12', 'R15+'],
  IMDA: ['NC16', 'M18', 'R21'],
  OFNAA: ['IIA', 'IIB', 'III'],
  NZ: ['R13', 'R15', 'R16', 'RP13', 'RP16', 'RP18'],
  ClassInd: ['L'],
}
const SIGN = /^[+-]/
/** Ratings in words, and old names of American ratings, with the form that is parsed instead. */
const WORDS: ReadonlyMap<string, string> = new Map(
  ([
    ['Tous publics', 'CNC TP'],
    ['Livre', 'ClassInd L'],
    ['Barntillåten', 'SMR Btl'],
    ['Apta para todos los públicos', 'ICAA APTA'],
    ['GP', 'PG'],
    ['M/PG', 'PG'],
    ['XXX', 'NC-17'],
  ] as const).map(([words, rating]) => [compact(words), rating.toUpperCase()]),
)
/** `Déconseillé aux moins de 12 ans` */
const FRENCH_ADVICE = /^(?:DÉCONSEILLÉ|INTERDIT) AUX (?:MOINS|MINEURS) DE (\d{1,2}) ANS$/
/** Explanation after a rating: `R (Restricted)`. */
const EXPLANATION = /(?<=\S) ?\([^()]{3,}\)$/
/** Words for titles without a rating. American films before 1968 were only approved. */
const UNRATED = new Set(
  ('NR UR N/R N/A NA NOTRATED UNRATED NOTYETRATED NORATING NONE UNKNOWN UNCLASSIFIED NOTCLASSIFIED APPROVED PASSED ' +
    'EXEMPT').split(' ').map(compact),
)
const UNITED_STATES = /^(?:RATED|MPAA?|USA?|UNITED STATES|TV(?=[ :]TV-))[ :/_-]+/
/** Content descriptors follow some TV ratings: `TV-14-DLSV`. */
const TV_DESCRIPTORS = /^(TV[- ]?(?:Y7|14|PG|MA))[ -]+[DFLSV, -]+$/
const PLAIN_AGE =
  /^(?:AGES? ?|AB ?|FROM ?|≥ ?|\+)?(\d{1,2})(?: ?(?:\+|AND OVER|AND UP|YEARS?|JAHREN?|ANS|AÑOS|ANNI|ANOS|LET|LAT))?$/
const MAX_PLAIN_AGE = 21

/** A country without a table: its ratings are ages. */
const COUNTRY_AGE = /^([A-Z]{2}):(.+)$/

const ratingsBySystem = new Map(
  SYSTEMS.map(([system, , ratings]) => [system, new Map(ratings.split(' ').map((pair) => toEntry(system, pair)))]),
)
/** Longer names first: `INDIA` starts with `IN`. */
const systemNames = SYSTEMS.flatMap(([system, names]) =>
  [system.toUpperCase(), ...names.split(' ')].filter((name) => name !== '').map((name) => ({ name, system }))
).sort((a, b) => b.name.length - a.name.length)
const distinctive = new Map(
  Object.entries(DISTINCTIVE).flatMap(([system, ratings]) =>
    ratings.flatMap((rating) => {
      const certification = ratingsBySystem.get(system)?.get(compact(rating))
      return certification === undefined ? [] : [[compact(rating), certification] as const]
    })
  ),
)
const unitedStates = new Map(MATURITY_RATINGS.map((rating) => [compact(rating), rating]))

/** The meaning of a rating. `unrated` has neither a rating nor an age. */
export type ParsedRating =
  | { readonly maturityRating: MaturityRating | null, readonly certification: null }
  | { readonly maturityRating: null, readonly certification: Certification }

/**
 * Parses a rating in any letter case, with or without the name of its system or country: `pg-13`, `FSK 12`, `DE:12`,
 * `12A`, `MA15+`, `12`, `Not Rated`.
 * @returns null if the rating is unknown
 */
export function parseRating (text: string): ParsedRating | null {
  const upper = text.normalize('NFKC').replaceAll('−', '-').replace(/\s+/g, ' ').trim().toUpperCase()
  const stated = upper.replace(EXPLANATION, '')
  const rating = WORDS.get(compact(stated)) ?? stated.replace(FRENCH_ADVICE, 'CNC -$1')
  if (rating === '' || rating === '-' || UNRATED.has(compact(rating))) {
    return { maturityRating: null, certification: null }
  }
  const american = compact(rating.replace(UNITED_STATES, '').replace(TV_DESCRIPTORS, '$1'))
  const maturityRating = unitedStates.get(american)
  if (maturityRating !== undefined) return { maturityRating, certification: null }
  const certification = parseWithSystem(rating) ?? distinctive.get(compact(rating)) ?? parseAge('age', rating)
  return certification === null ? null : { maturityRating: null, certification }
}

/** American ratings by age. */
const RATINGS_BY_AGE = ['G', 'TV-Y7', 'PG', 'PG-13', 'TV-14', 'R', 'NC-17'] as const

/** The US rating with the same minimum age, or else the next stricter one. */
export function toMaturityRating ({ age }: Pick<Certification, 'age'>): MaturityRating {
  return RATINGS_BY_AGE.find((rating) => MATURITY_AGES[rating] >= age) ?? 'NC-17'
}

/** Writes a certification so that `parseRating` reads the same. */
export function formatCertification ({ system, rating }: Pick<Certification, 'system' | 'rating'>): string {
  if (system === 'age') return rating
  return system.length === 2 ? `${system}:${rating}` : `${system} ${rating}`
}

/** The certification that the API shows: that of another country, or else the American one. */
export function certificationOf (
  { certification, maturityRating }: {
    readonly certification?: Certification,
    readonly maturityRating: MaturityRating | null,
  },
): Certification | null {
  if (certification !== undefined) return certification
  if (maturityRating === null) return null
  const system = maturityRating.startsWith('TV-') ? 'TV' : 'MPA'
  return { system, rating: maturityRating, age: MATURITY_AGES[maturityRating] }
}

function parseWithSystem (text: string): Certification | null {
  for (const { name, system } of systemNames) {
    if (!text.startsWith(name)) continue
    const [, separator = '', rating = ''] = /^([ :/_]*)(.*)$/.exec(text.slice(name.length)) ?? []
    // Codes of countries need a separator: `FI` is not the beginning of a rating.
    const isSeparated = separator !== '' || (name.length > 2 ? /^[\d-]/ : /^-/).test(rating)
    const found = isSeparated ? findInSystem(system, rating) : null
    if (found !== null) return found
  }
  const [, country = '', age = ''] = COUNTRY_AGE.exec(text) ?? []
  return country === '' ? null : parseAge(country, age)
}

function findInSystem (system: string, rating: string): Certification | null {
  const ratings = ratingsBySystem.get(system)
  const unsigned = compact(rating).replace(SIGN, '')
  const keys = [compact(rating), unsigned, `-${unsigned}`, `+${unsigned}`]
  const found = keys.map((key) => ratings?.get(key)).find((one) => one !== undefined)
  return found ?? parseAge(system, rating.replace(SIGN, ''))
}

function parseAge (system: string, rating: string): Certification | null {
  const age = Number(PLAIN_AGE.exec(rating)?.[1] ?? NaN)
  return age <= MAX_PLAIN_AGE ? { system, rating: String(age), age: Math.min(age, ADULT_AGE) } : null
}

/** @param pair a rating and its age, separated by `=` */
function toEntry (system: string, pair: string): [key: string, Certification] {
  const [rating = '', age] = pair.split('=')
  return [compact(rating), { system, rating, age: Number(age) }]
}

/** A rating without separators. A sign at the beginning stays: `-12` is French. */
function compact (text: string): string {
  const upper = text.toUpperCase()
  return `${SIGN.exec(upper)?.[0] ?? ''}${upper.replace(/[^A-Z0-9]/g, '')}`
}
