import fc from 'fast-check'
import t from 'tap'
import { compareRanks, pageOfRanked, type RankKey } from '../../src/domain/ranked-page.js'

const entries = (keys: readonly RankKey[]): Array<{ key: RankKey }> =>
  [...keys].sort((a, b) => compareRanks(b, a)).map((key) => ({ key }))
const keys = fc.uniqueArray(fc.tuple(fc.nat(3), fc.string({ minLength: 1, maxLength: 2 })), {
  selector: (key) => JSON.stringify(key),
  maxLength: 40,
})

t.test('pages have no gaps and no repetitions when entries are added in between', async () => {
  fc.assert(fc.property(keys, keys, fc.integer({ min: 1, max: 7 }), (initial, added, limit) => {
    const isInitial = new Set(initial.map((key) => JSON.stringify(key)))
    const read: string[] = []
    let after: RankKey | null = null
    let all = entries(initial)
    do {
      const page: ReturnType<typeof pageOfRanked<{ key: RankKey }>> = pageOfRanked(all, after, limit, () => true)
      read.push(...page.entries.map(({ key }) => JSON.stringify(key)))
      after = page.next
      all = entries([...initial, ...added.filter((key) => !isInitial.has(JSON.stringify(key)))])
    } while (after !== null)
    const readInitial = read.filter((key) => isInitial.has(key))
    return readInitial.length === initial.length && new Set(read).size === read.length
  }))
})

t.test('the last page has no cursor, also when it is full', async (t) => {
  const two = entries([[2, 'a'], [1, 'b']])
  t.equal(pageOfRanked(two, null, 2, () => true).next, null)
  t.strictSame(pageOfRanked(two, null, 1, () => true).next, [2, 'a'])
  t.equal(pageOfRanked(two, null, 1, ({ key }) => key[0] === 2).next, null, 'filtered entries do not count')
})
