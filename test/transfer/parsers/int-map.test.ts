// The map from integers to integers.
import fc from 'fast-check'
import t from 'tap'
import { IntMap } from '../../../src/transfer/parsers/int-map.js'

t.test('an integer map returns the stored values, and undefined for unknown keys', (t) => {
  const entries = fc.array(fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.nat(), fc.nat()), { maxLength: 4_000 })
  fc.assert(
    fc.property(entries, (list) => {
      const map = new IntMap(2)
      const expected = new Map<number, readonly [number, number]>()
      for (const [key, a, b] of list) {
        map.set(key, a, b)
        expected.set(key, [a, b])
      }
      return [...expected].every(([key, [a, b]]) => map.get(key) === a && map.get(key, 1) === b) &&
        [...map.keys()].sort().join() === [...expected.keys()].sort().join() && map.get(5_001) === undefined
    }),
    { numRuns: 50 },
  )
  t.end()
})
