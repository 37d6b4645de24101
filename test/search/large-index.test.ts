import t from 'tap'
import { createSearchIndex, type SearchDocument, type SearchIndex } from '../../src/search/search-index.js'

const FILMS = 6_000

/** A great many titles that have a word in common, each more popular than the one before. */
function fill (index: SearchIndex): void {
  for (let slot = 0; slot < FILMS; slot++) index.put(toDocument(slot, `The Winter of Number ${slot}`, slot + 10))
}

function toDocument (slot: number, name: string, popularity: number): SearchDocument {
  return { slot, names: [name], hasOriginal: false, people: '', episodes: '', year: null, popularity }
}

t.test('of thousands of matches each is found once, the most popular before others', async (t) => {
  const index = createSearchIndex()
  fill(index)
  const found = [...index.search('winter')]
  t.equal(found.length, FILMS)
  t.equal(new Set(found).size, FILMS)
  t.equal(found[0], FILMS - 1)
  t.ok(found.indexOf(FILMS - 5) < found.indexOf(5))
})

t.test('a name that is just what was typed comes first, however many others are better known', async (t) => {
  const index = createSearchIndex()
  fill(index)
  index.put(toDocument(FILMS, 'Winter', 0))
  t.equal(index.search('winter')[0], FILMS)
})

t.test('a rare word beside one that thousands have leads to its title', async (t) => {
  const index = createSearchIndex()
  fill(index)
  index.put(toDocument(FILMS, 'Winter in Chernobyl', 0))
  t.equal(index.search('chernobyl winter')[0], FILMS)
  t.equal(index.search('winter chern')[0], FILMS, 'also half typed')
  t.equal(index.search('chernobil wintre')[0], FILMS, 'or misspelled')
})

t.test('what was taken out, or is called otherwise now, is not found by its old words', async (t) => {
  const index = createSearchIndex()
  fill(index)
  t.ok(index.search('number 4711').includes(4_711))
  index.put(toDocument(4_711, 'The Summer', 5))
  t.notOk(index.search('winter').includes(4_711))
  index.remove(4_711)
  t.notOk(index.search('summer').includes(4_711))
})
