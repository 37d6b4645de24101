// Kinds and decades in queries.
import t from 'tap'
import { createSearchIndex } from '../../src/search/search-index.js'

interface Entry {
  readonly name: string
  readonly kind?: 'movie' | 'show'
  readonly genres?: readonly string[]
  readonly year: number
  readonly people?: string
}

const ENTRIES: readonly Entry[] = [
  { name: 'Groundhog Day', genres: ['Comedy'], year: 1993, people: 'Bill Murray' },
  { name: 'Ghostbusters', genres: ['Comedy', 'Science Fiction'], year: 1984, people: 'Bill Murray' },
  { name: 'Lost in Translation', genres: ['Drama', 'Comedy'], year: 2003, people: 'Bill Murray' },
  { name: 'Fawlty Towers', kind: 'show', genres: ['Comedy'], year: 1975 },
  { name: 'The Office', kind: 'show', genres: ['Comedy'], year: 2001 },
  { name: 'Chernobyl', kind: 'show', genres: ['Drama'], year: 2019 },
  { name: 'Twin Peaks', kind: 'show', genres: ['Mystery'], year: 1990 },
  { name: 'Office Space', genres: ['Comedy'], year: 1999 },
  { name: 'Wings', genres: ['War'], year: 1927 },
  { name: 'Scary Movie', genres: ['Comedy'], year: 2000 },
  { name: 'The Truman Show', genres: ['Drama'], year: 1998 },
  { name: 'The Shining', genres: ['Horror'], year: 1980 },
]

const index = createSearchIndex()
for (const [id, { name, kind = 'movie', genres = [], year, people = '' }] of ENTRIES.entries()) {
  index.put({ id, kind, names: [name], hasOriginal: false, people, episodes: '', genres, year, popularity: 100 - id })
}
const find = (query: string): string[] => [...index.search(query).ids].map((id) => ENTRIES[id]?.name ?? '')
const explain = (query: string, name: string): string[] => {
  const id = ENTRIES.findIndex((entry) => entry.name === name)
  const texts = index.explain(query, [id])[0]?.highlights ?? []
  return texts.map(({ field, parts }) => `${field}:${parts.map(({ text }) => text).join('')}`)
}

t.test('the name of a kind restricts the kind', async (t) => {
  const sitcoms = ['Fawlty Towers', 'The Office']
  for (const query of ['comedy series', 'comedy shows', 'tv comedies', 'comedy tv show', 'sitcoms', 'sitcom']) {
    t.strictSame(find(query).sort(), sitcoms, query)
  }
  t.strictSame(find('office movie'), ['Office Space'])
  t.strictSame(find('office series'), ['The Office'])
  const shows = ['Fawlty Towers', 'The Office', 'Chernobyl', 'Twin Peaks']
  t.strictSame(find('tv shows'), shows, 'all shows, the most popular first')
  t.strictSame(find('Serien'), shows)
  t.equal(find('movies').length, ENTRIES.length - shows.length)
})

t.test('a decade restricts the year', async (t) => {
  for (
    const query of ['90s comedies', 'comedies from the 90s', 'comedies from the nineties', "comedies of the '90s"]
  ) {
    t.strictSame(find(query).sort(), ['Groundhog Day', 'Office Space'], query)
  }
  t.strictSame(find('1990s comedy'), find('90s comedies'))
  t.strictSame(find('comedias de los 90'), find('90s comedies'))
  t.strictSame(find('Komödien der 90er Jahre'), find('90s comedies'))
  t.strictSame(find('comédies des années 90'), find('90s comedies'))
  t.strictSame(find('movies from the 80s').sort(), ['Ghostbusters', 'The Shining'])
  t.strictSame(find('the 1980s'), ['Ghostbusters', 'The Shining'])
  t.strictSame(find('20s'), ['Wings'], 'of the last century too')
  t.strictSame(find('90s tv series'), ['Twin Peaks'])
})

t.test('a person, a genre and a decade work together', async (t) => {
  t.strictSame(find('bill murray 90s'), ['Groundhog Day'])
  t.strictSame(find('bill murray comedy 2000s'), ['Lost in Translation'])
  t.strictSame(explain('bill murray comedy 2000s', 'Lost in Translation').sort(), [
    'genre:Comedy',
    'person:Bill Murray',
    'year:2003',
  ])
})

t.test('names that contain such words are found, also misspelled', async (t) => {
  t.equal(find('scary movie')[0], 'Scary Movie')
  t.strictSame(find('the truman show'), ['The Truman Show'])
  t.strictSame(find('trumn show'), ['The Truman Show'])
  t.strictSame(find('movie')[0], 'Scary Movie', 'a word that begins names is not a kind alone')
  t.notOk(find('show').includes('Chernobyl'))
})

t.test('without a title that fits, those that match the other words are found', async (t) => {
  t.strictSame(find('ghostbusters series'), ['Ghostbusters'])
  t.strictSame(find('chernobyl 70s'), ['Chernobyl'])
})

t.test('a matching year and decade are highlighted', async (t) => {
  t.strictSame(explain('90s comedies', 'Groundhog Day'), ['genre:Comedy', 'year:1993'])
  t.strictSame(explain('1993', 'Groundhog Day'), ['year:1993'])
  t.strictSame(explain('the 80s', 'The Shining'), ['year:1980'])
  t.strictSame(explain('comedies', 'Groundhog Day'), ['genre:Comedy'])
})
