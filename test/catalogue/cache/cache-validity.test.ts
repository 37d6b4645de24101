// How old answers may be that were derived from the whole catalogue.
import t from 'tap'
import type { Catalogue } from '../../../src/catalogue/store/catalogue.js'
import { isCacheValid, createCacheStamp } from '../../../src/catalogue/cache/cache-validity.js'

function catalogueAt (generation: number, ownChanges: number): Catalogue {
  return { generation: () => generation, ownChanges: () => ownChanges } as Catalogue
}

t.test('an answer holds while nothing changes, not beyond a change of this process, and briefly beyond one of another', (t) => {
  const stamp = createCacheStamp(catalogueAt(1, 1))
  const ago = (ms: number) => ({ ...stamp, atMs: performance.now() - ms })
  t.equal(isCacheValid(catalogueAt(1, 1), ago(86_400_000)), true)
  t.equal(isCacheValid(catalogueAt(2, 2), stamp), false)
  t.equal(isCacheValid(catalogueAt(2, 1), ago(400)), true)
  t.equal(isCacheValid(catalogueAt(2, 1), ago(500)), false, 'the other half of the second is for hearing of the change')
  t.end()
})
