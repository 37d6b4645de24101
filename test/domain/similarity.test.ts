import fc from 'fast-check'
import t from 'tap'
import { createSimilarityTo, similarity, type SimilarityTraits } from '../../src/domain/similarity.js'

const names = fc.array(fc.constantFrom('Keanu Reeves', 'Carrie-Anne Moss', 'Hugo Weaving', 'Lana Wachowski'), {
  maxLength: 4,
})
const genres = fc.constantFrom(['Action', 'Drama'], ['Drama'], ['Comedy', 'Drama', 'Romance'], [])
const traits: fc.Arbitrary<SimilarityTraits> = fc.record({
  kind: fc.constantFrom('movie', 'show'),
  genres,
  people: names,
  year: fc.option(fc.integer({ min: 1960, max: 2026 })),
  originalLanguage: fc.option(fc.constantFrom('en', 'fr')),
})

t.test('many titles get the same scores as one at a time', (t) => {
  fc.assert(fc.property(traits, fc.array(traits, { maxLength: 10 }), (title, others) => {
    const similarityTo = createSimilarityTo(title)
    t.strictSame(others.map(similarityTo), others.map((other) => similarity(title, other)))
  }))
  t.end()
})

t.test('people count more than genres, and nothing in common is 0', (t) => {
  const matrix: SimilarityTraits = {
    kind: 'movie',
    genres: ['Action'],
    people: ['Keanu Reeves', 'Lana Wachowski'],
    year: 1999,
    originalLanguage: 'en',
  }
  const similarityTo = createSimilarityTo(matrix)
  t.equal(similarityTo({ ...matrix, genres: ['Comedy'], people: ['Bill Murray'] }), 0)
  t.ok(similarityTo({ ...matrix, genres: [] }) > similarityTo({ ...matrix, people: [], year: 1980 }))
  t.end()
})
