import fc from 'fast-check'
import t from 'tap'
import { maxEdits, editDistance, prefixEditDistance, unswap } from '../../src/domain/spelling.js'

const word = fc.string({ unit: fc.constantFrom(...'abcd'), maxLength: 8 })

t.test('four letters may have one mistake, six may have two', async (t) => {
  t.strictSame([1, 3, 4, 5, 6, 20].map(maxEdits), [0, 0, 1, 1, 2, 2])
})

t.test('a mistake is a letter too many, too few, another, or two swapped', async (t) => {
  for (
    const [typed, meant, mistakes] of [
      ['alien', 'alien', 0],
      ['alein', 'alien', 1],
      ['alin', 'alien', 1],
      ['aliien', 'alien', 1],
      ['alixn', 'alien', 1],
      ['laein', 'alien', 2],
      ['', 'up', 2],
    ] as const
  ) {
    t.equal(editDistance(typed, meant, 3), mistakes, `${typed} for ${meant}`)
  }
  t.equal(editDistance('matrix', 'godfather', 2), 3, 'beyond the limit it is one more than that')
})

t.test('counting goes both ways, and is never more than letter by letter', async () => {
  fc.assert(fc.property(word, word, (a, b) => {
    const mistakes = editDistance(a, b, 20)
    return mistakes === editDistance(b, a, 20) && mistakes <= Math.max(a.length, b.length) &&
      (mistakes === 0) === (a === b)
  }))
})

t.test('a word that is not finished is measured by its beginning', async (t) => {
  t.equal(prefixEditDistance('shwash', 'shawshank', 2), 1)
  fc.assert(fc.property(word, word, (begun, rest) => prefixEditDistance(begun, begun + rest, 2) === 0))
  fc.assert(
    fc.property(
      word,
      word,
      (typed, meant) => prefixEditDistance(typed, meant, 8) <= editDistance(typed, meant, 8),
    ),
  )
})

t.test('unswapping makes every word that is one swap away', async () => {
  fc.assert(
    fc.property(
      word,
      (typed) => unswap(typed).every((other) => editDistance(typed, other, 2) === 1 && unswap(other).includes(typed)),
    ),
  )
})
