import fc from 'fast-check'
import t from 'tap'
import { compareRanks, pageOfRanked, type RankKey } from '../../src/domain/ranked-page.js'

const entries = (keys: readonly RankKey[]): Array<{ key: RankKey }> =>
  [...keys].sort((a, b) => compareRanks(b, a)).map((key) => ({ key }))
const keys = fc.uniqueArray(fc.tuple(fc.nat(3), fc.string({ minLength: 1, maxLength: 2 })), {
  selector: (key) => JSON.stringify(key),
  maxLength: 40,
})

t.test('pages neither repeat nor skip anything that was there, whatever is added between them', async () => {
  fc.assert(fc.property(keys, keys, fc.integer({ min: 1, max: 7 }), (there, added, limit) => {
    const isThere = new Set(there.map((key) => JSON.stringify(key)))
    const read: string[] = []
    let after: RankKey | null = null
    let all = entries(there)
    do {
      const page: ReturnType<typeof pageOfRanked<{ key: RankKey }>> = pageOfRanked(all, after, limit, () => true)
      read.push(...page.entries.map(({ key }) => JSON.stringify(key)))
      after = page.next
      all = entries([...there, ...added.filter((key) => !isThere.has(JSON.stringify(key)))])
    } while (after !== null)
    const readThere = read.filter((key) => isThere.has(key))
    return readThere.length === there.length && new Set(read).size === read.length
  }))
})

t.test('the last page says so, also when it is full', async (t) => {
  const two = entries([[2, 'a'], [1, 'b']])
  t.equal(pageOfRanked(two, null, 2, () => true).next, null)
  t.strictSame(pageOfRanked(two, null, 1, () => true).next, [2, 'a'])
  t.equal(pageOfRanked(two, null, 1, ({ key }) => key[0] === 2).next, null, 'what is not wanted is no next page')
})
