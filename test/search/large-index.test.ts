import t from 'tap'
import type { SearchDocument } from '../../src/search/document-store.js'
import { createSearchIndex, type SearchIndex } from '../../src/search/search-index.js'

const MOVIE_COUNT = 6_000

/** Movies with a common word, in ascending order of popularity. */
function createFullIndex (): SearchIndex {
  const index = createSearchIndex()
  for (let id = 0; id < MOVIE_COUNT; id++) index.put(toDocument(id, `The Winter of Number ${id}`, id + 10))
  return index
}

function toDocument (id: number, name: string, popularity: number): SearchDocument {
  return {
    id,
    kind: 'movie',
    names: [name],
    hasOriginal: false,
    people: '',
    episodes: '',
    genres: [],
    year: null,
    popularity,
  }
}

t.test('each of thousands of matches is found once, popular titles first', async (t) => {
  const found = [...createFullIndex().search('winter').ids]
  t.equal(found.length, MOVIE_COUNT)
  t.equal(new Set(found).size, MOVIE_COUNT)
  t.equal(found[0], MOVIE_COUNT - 1)
  t.ok(found.indexOf(MOVIE_COUNT - 5) < found.indexOf(5))
})

t.test('a name that equals the query comes before all more popular matches', async (t) => {
  const index = createFullIndex()
  index.put(toDocument(MOVIE_COUNT, 'Winter', 0))
  t.equal(index.search('winter').ids[0], MOVIE_COUNT)
})

t.test('a rare word next to a frequent word finds its title', async (t) => {
  const index = createFullIndex()
  index.put(toDocument(MOVIE_COUNT, 'Winter in Chernobyl', 0))
  t.equal(index.search('chernobyl winter').ids[0], MOVIE_COUNT)
  t.equal(index.search('winter chern').ids[0], MOVIE_COUNT, 'unfinished')
  t.equal(index.search('chernobil wintre').ids[0], MOVIE_COUNT, 'misspelled')
})

t.test('the words of a removed or renamed title no longer find it', async (t) => {
  const index = createFullIndex()
  t.ok(index.search('number 4711').ids.includes(4_711))
  index.put(toDocument(4_711, 'The Summer', 5))
  t.notOk(index.search('winter').ids.includes(4_711))
  index.remove(4_711)
  t.notOk(index.search('summer').ids.includes(4_711))
})
