import t from 'tap'
import { createSearchIndex, type SearchIndex } from '../../src/search/search-index.js'

interface Entry {
  readonly name: string
  readonly kind?: 'movie' | 'show'
  readonly genres?: readonly string[]
  readonly year?: number
  readonly people?: string
}

function createIndex (entries: readonly Entry[]): { readonly index: SearchIndex, find(query: string): string[] } {
  const index = createSearchIndex()
  for (const [id, { name, kind = 'movie', genres = [], year = null, people = '' }] of entries.entries()) {
    index.put({ id, kind, names: [name], hasOriginal: false, people, episodes: '', genres, year, popularity: 100 - id })
  }
  return { index, find: (query) => [...index.search(query).ids].map((id) => entries[id]?.name ?? '') }
}

const { index, find } = createIndex([
  { name: 'Alien', genres: ['Horror', 'Sci-Fi'], year: 1979 },
  { name: 'Interstellar', genres: ['Science Fiction', 'Drama'], year: 2014 },
  { name: 'Battlestar Galactica', genres: ['Sci-Fi & Fantasy'], year: 2004 },
  { name: 'Notting Hill', genres: ['Romance', 'Comedy'], year: 1999, people: 'Julia Roberts' },
  { name: 'Airplane!', genres: ['Comedy'], year: 1980 },
  { name: 'Titanic', genres: ['Romance', 'Drama'], year: 1997 },
  { name: 'Paddington', genres: ['Family'], year: 2014 },
  { name: 'Kids', genres: ['Drama'], year: 1995 },
  { name: 'Stuart Little', genres: ["Children's", 'Comedy'], year: 1999 },
  { name: 'Pulp Fiction', genres: ['Crime', 'Thriller'], year: 1994 },
  { name: 'The Ring', genres: ['Horror'], year: 2002 },
  { name: 'Planet Earth', genres: ['Documentary'], year: 2006 },
  { name: 'Warrior', genres: ['Drama'], year: 2011 },
  { name: 'Dunkirk', genres: ['War'], year: 2017 },
  { name: 'Ultraman', genres: ['Tokusatsu'], year: 1966 },
])

t.test('a genre is found by the names that people use', async (t) => {
  const scienceFiction = ['Alien', 'Interstellar', 'Battlestar Galactica']
  for (
    const query of ['sci fi', 'sci-fi', 'scifi', 'SciFi', 'science fiction', 'science fict', 'sci fi movies', 'SF']
  ) {
    t.strictSame(find(query), scienceFiction, query)
  }
  for (const query of ['romcom', 'rom-com', 'rom com', 'romantic comedy', 'romantic comedies', 'romcom films']) {
    t.equal(find(query)[0], 'Notting Hill', query)
    t.notOk(find(query).includes('Titanic'), query)
  }
  for (const query of ['horror', 'scary movies', 'horror films', 'horro']) {
    t.strictSame(find(query).slice(0, 2).sort(), ['Alien', 'The Ring'], query)
  }
  for (const query of ['documentaries', 'documentary', 'docu', 'documentries']) {
    t.equal(find(query)[0], 'Planet Earth', query)
  }
  t.strictSame(find('thrillers')[0], 'Pulp Fiction')
  t.strictSame(find('ciencia ficción'), scienceFiction)
  t.strictSame(find('películas de ciencia ficción'), scienceFiction)
  t.equal(find('películas de guerra')[0], 'Dunkirk')
  t.equal(find('cine de terror')[0], 'Alien')
  t.equal(find('Kriegsfilme')[0], 'Dunkirk')
  t.strictSame(find('tokusatsu'), ['Ultraman'], 'a genre without synonyms')
})

t.test('titles that are named like a genre come first', async (t) => {
  t.strictSame(find('kids'), ['Kids', 'Paddington', 'Stuart Little'])
  t.strictSame(find('kids movies').slice(0, 2), ['Paddington', 'Stuart Little'])
  t.strictSame(find('war').slice(0, 2), ['Warrior', 'Dunkirk'])
})

t.test('a genre narrows other words', async (t) => {
  t.equal(find('horror 1979')[0], 'Alien')
  t.equal(find('julia roberts comedy')[0], 'Notting Hill')
  t.equal(find('family 2014')[0], 'Paddington')
})

t.test('a genre is found as long as a title has it', async (t) => {
  const { index: changing, find: findIn } = createIndex([{ name: 'Unforgiven', genres: ['Western'] }])
  t.strictSame(findIn('westerns'), ['Unforgiven'])
  changing.put({
    id: 0,
    kind: 'movie',
    names: ['Unforgiven'],
    hasOriginal: false,
    people: '',
    episodes: '',
    genres: ['Drama'],
    year: null,
    popularity: 1,
  })
  t.strictSame(findIn('westerns'), [])
  t.strictSame(findIn('dramas'), ['Unforgiven'])
  changing.remove(0)
  t.strictSame(findIn('drama'), [])
})

t.test('the matching genres are highlighted', async (t) => {
  t.strictSame(index.explain('sci fi', [0])[0]?.highlights, [
    { field: 'genre', parts: [{ text: 'Sci-Fi', isMatch: true }] },
  ])
  t.strictSame(index.explain('romcom', [3])[0]?.highlights.map(({ field }) => field), ['genre', 'genre'])
})

t.test('similar words are found only where few titles match exactly', async (t) => {
  const noise = ['Marie Antoinette', 'Maria Full of Grace', 'El Mariachi', 'The Marine', 'Matinee', 'Mattress']
  const { find: findAll } = createIndex([
    ...['The Matrix', 'The Matrix Reloaded', 'The Matrix Revolutions', ...noise].map((name) => ({ name })),
  ])
  t.strictSame(findAll('matrix'), ['The Matrix', 'The Matrix Reloaded', 'The Matrix Revolutions'])
  t.strictSame(findAll('matirx').slice(0, 3), ['The Matrix', 'The Matrix Reloaded', 'The Matrix Revolutions'])
  const masks = Array.from({ length: 40 }, (_, i) => ({ name: `The Mask ${i + 20}` }))
  const { find: findMash } = createIndex([...masks, { name: 'M*A*S*H' }])
  t.equal(findMash('mash')[0], 'M*A*S*H')
  t.ok(findMash('mash').length <= 10, 'few similar names after the exact one')
  t.equal(findMash('mask').length, 40)
})
