import t from 'tap'
import type { Catalogue } from '../../../src/catalogue/store/catalogue.js'
import {
  createCacheStamp,
  createDerivedCache,
  isCacheValid,
} from '../../../src/catalogue/cache/cache-validity.js'

function catalogueWith (generation: number, ownChangeCount: number): Catalogue {
  return { generation: () => generation, ownChangeCount: () => ownChangeCount } as Catalogue
}

t.test('an entry is valid until this process changes the catalogue, or for 500 ms after other processes do', (t) => {
  const stamp = createCacheStamp(catalogueWith(1, 1))
  const stampOfAge = (ageMs: number) => ({ ...stamp, createdAtMs: performance.now() - ageMs })
  t.equal(isCacheValid(catalogueWith(1, 1), stampOfAge(86_400_000)), true)
  t.equal(isCacheValid(catalogueWith(2, 2), stamp), false)
  t.equal(isCacheValid(catalogueWith(2, 1), stampOfAge(400)), true)
  t.equal(isCacheValid(catalogueWith(2, 1), stampOfAge(500)), false)
  t.end()
})

t.test('a derived value is computed again when it is out of date or not usable', (t) => {
  let ownChangeCount = 0
  let computed = 0
  const cache = createDerivedCache<number>(
    { generation: () => ownChangeCount, ownChangeCount: () => ownChangeCount },
    2,
  )
  const read = (isUsable = true): number => cache.getOrCompute('key', () => ++computed, () => isUsable)
  t.strictSame([read(), read()], [1, 1])
  t.equal(read(false), 2)
  ownChangeCount++
  t.strictSame([read(), read()], [3, 3])
  t.end()
})
