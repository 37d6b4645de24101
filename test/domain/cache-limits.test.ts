import { LRUCache } from 'lru-cache'
import t from 'tap'
import { limitEntries } from '../../src/domain/cache-limits.js'

t.test('a cache holds as many entries as its limit, those used last', async (t) => {
  const cache = new LRUCache<string, number>({ ...limitEntries(3), ttl: 1_000 })
  for (let i = 0; i < 3; i++) cache.set(`${i}`, i)
  t.equal(cache.get('0'), 0)
  cache.set('3', 3)
  t.strictSame([...cache.keys()], ['3', '0', '2'])
  cache.set('3', 33)
  t.equal(cache.size, 3, 'a new value of an entry drops no other')
})

t.test('a cache reserves no memory for entries that it does not have', async (t) => {
  const before = process.memoryUsage()
  const caches = Array.from({ length: 200 }, () => new LRUCache<string, string>(limitEntries(50_000)))
  const { heapUsed, external } = process.memoryUsage()
  t.equal(caches.length, 200)
  t.ok(heapUsed + external - before.heapUsed - before.external < 20 * 1024 ** 2)
})
