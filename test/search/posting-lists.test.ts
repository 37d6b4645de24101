import fc from 'fast-check'
import t from 'tap'
import type { SearchDocument } from '../../src/search/document-store.js'
import { createPostingLists, FIELDS } from '../../src/search/posting-lists.js'
import { createSearchIndex } from '../../src/search/search-index.js'

const WORDS = ['winter', 'summer', 'number', 'light', 'river', 'alice', 'bob']

const documentArbitrary = fc.record({
  id: fc.integer({ min: 0, max: 15 }),
  kind: fc.constantFrom('movie' as const, 'show' as const),
  names: fc.array(fc.subarray(WORDS, { minLength: 1 }).map((words) => words.join(' ')), { minLength: 1, maxLength: 3 }),
  people: fc.subarray(WORDS).map((words) => words.join('\n')),
  episodes: fc.subarray(WORDS).map((words) => words.join('\n')),
  genres: fc.subarray(['Drama', 'Comedy']),
  year: fc.option(fc.integer({ min: 1990, max: 1995 })),
  hasOriginal: fc.boolean(),
  popularity: fc.constant(5),
})
const changeArbitrary = fc.oneof(
  documentArbitrary.map((document) => ({ kind: 'put' as const, document })),
  fc.record({ kind: fc.constant('remove' as const), id: fc.integer({ min: 0, max: 15 }) }),
  fc.constant({ kind: 'compact' as const }),
)

t.test('after any changes, an index finds and explains what one that is built from scratch does', async () => {
  fc.assert(fc.property(fc.array(changeArbitrary, { maxLength: 60 }), (changes) => {
    const changed = createSearchIndex()
    const documents = new Map<number, SearchDocument>()
    for (const change of changes) {
      if (change.kind === 'compact') changed.compact()
      else if (change.kind === 'put') {
        changed.put(change.document)
        documents.set(change.document.id, change.document)
      } else {
        changed.remove(change.id)
        documents.delete(change.id)
      }
    }
    const fresh = createSearchIndex()
    for (const document of [...documents.values()].sort((a, b) => a.id - b.id)) fresh.put(document)
    return [...WORDS, 'win', 'sumer', 'alice light', 'drama 1992', 'drama shows', '90s', 'bob river number'].every(
      (query) => {
        const [found, expected] = [[...changed.search(query).ids], [...fresh.search(query).ids]]
        return JSON.stringify(found) === JSON.stringify(expected) &&
          JSON.stringify(changed.explain(query, found)) === JSON.stringify(fresh.explain(query, found))
      },
    )
  }))
})

t.test('a rare word scores more than a frequent one, and a name more than a person', async (t) => {
  const lists = createPostingLists()
  const noWords = FIELDS.map((): string[] => [])
  const inField = (field: number, ...words: string[]): string[][] => noWords.map((one, i) => i === field ? words : one)
  lists.add(0, inField(0, 'the', 'winter'))
  lists.add(1, inField(0, 'the', 'summer'))
  lists.add(2, inField(1, 'winter'))
  const scoresOf = (...words: string[]): Map<number, number> => {
    const scored = lists.score([words.map((word) => [[word, 1]])], 'OR', () => 1)
    return new Map(scored.map(({ id, score }) => [id, score]))
  }
  t.ok((scoresOf('summer').get(1) ?? 0) > (scoresOf('the').get(1) ?? Infinity))
  t.ok((scoresOf('winter').get(0) ?? 0) > (scoresOf('winter').get(2) ?? Infinity))
  t.equal([...scoresOf('the', 'winter').keys()][0], 0, 'both words before one')
})

t.test('documents up to the largest ID are found, and a larger one is rejected', async (t) => {
  const lists = createPostingLists()
  const words = [['winter'], [], [], ['genre']]
  t.throws(() => lists.add(2 ** 26, words), RangeError)
  lists.add(2 ** 20, words)
  lists.add(7, words)
  const found: number[] = []
  lists.visit(['winter', 'summer'], (id) => found.push(id))
  t.strictSame(found, [7, 2 ** 20])
  lists.remove(7, words)
  t.strictSame(lists.score([[[['winter', 1]]]], 'AND', () => 1).map(({ id }) => id), [2 ** 20])
})
