import fc from 'fast-check'
import t from 'tap'
import { maxEdits, editDistance, prefixEditDistance, transpositions } from '../../src/domain/text.js'

const anyWord = fc.string({ unit: fc.constantFrom(...'abcd'), maxLength: 8 })

t.test('words of four letters may have one edit, of six two', async (t) => {
  t.strictSame([1, 3, 4, 5, 6, 20].map(maxEdits), [0, 0, 1, 1, 2, 2])
})

t.test('an edit is an insertion, a deletion, a substitution or a transposition', async (t) => {
  for (
    const [typed, word, edits] of [
      ['alien', 'alien', 0],
      ['alein', 'alien', 1],
      ['alin', 'alien', 1],
      ['aliien', 'alien', 1],
      ['alixn', 'alien', 1],
      ['laein', 'alien', 2],
      ['', 'up', 2],
    ] as const
  ) {
    t.equal(editDistance(typed, word, 3), edits, `${typed} for ${word}`)
  }
  t.equal(editDistance('matrix', 'godfather', 2), 3, 'at most the limit + 1')
})

t.test('the distance is symmetric and at most the longer length', async () => {
  fc.assert(fc.property(anyWord, anyWord, (a, b) => {
    const edits = editDistance(a, b, 20)
    return edits === editDistance(b, a, 20) && edits <= Math.max(a.length, b.length) &&
      (edits === 0) === (a === b)
  }))
})

t.test('an incomplete word is compared with the prefixes of a word', async (t) => {
  t.equal(prefixEditDistance('shwash', 'shawshank', 2), 1)
  fc.assert(fc.property(anyWord, anyWord, (prefix, rest) => prefixEditDistance(prefix, prefix + rest, 2) === 0))
  fc.assert(
    fc.property(
      anyWord,
      anyWord,
      (typed, other) => prefixEditDistance(typed, other, 8) <= editDistance(typed, other, 8),
    ),
  )
})

t.test('transpositions lists words with an edit distance of 1', async () => {
  fc.assert(
    fc.property(
      anyWord,
      (typed) =>
        transpositions(typed).every((other) =>
          editDistance(typed, other, 2) === 1 && transpositions(other).includes(typed)
        ),
    ),
  )
})
