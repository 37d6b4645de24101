// Validity of cached values that derive from the whole catalogue. They reflect all writes of this process, and writes
// of other processes after at most one second: half of it here, the rest for the delay of the change streams.
import { LRUCache } from 'lru-cache'
import type { Catalogue } from '../store/catalogue.js'
import { limitEntries } from '../../domain/cache-limits.js'

/** State of the catalogue at the time when a value was computed. */
export interface CacheStamp {
  readonly generation: number
  readonly ownChangeCount: number
  /** Monotonic time, ms. */
  readonly createdAtMs: number
}

type ChangeCounters = Pick<Catalogue, 'generation' | 'ownChangeCount'>

const MAX_AGE_AFTER_FOREIGN_CHANGE_MS = 500

export function createCacheStamp (catalogue: ChangeCounters): CacheStamp {
  return {
    generation: catalogue.generation(),
    ownChangeCount: catalogue.ownChangeCount(),
    createdAtMs: performance.now(),
  }
}

export function isCacheValid (
  catalogue: ChangeCounters,
  { generation, ownChangeCount, createdAtMs }: CacheStamp,
): boolean {
  return generation === catalogue.generation() ||
    (ownChangeCount === catalogue.ownChangeCount() &&
      performance.now() - createdAtMs < MAX_AGE_AFTER_FOREIGN_CHANGE_MS)
}

export interface DerivedCache<V> {
  /**
   * Returns the cached value, or computes it.
   * @param isUsable further condition on a cached value
   */
  getOrCompute(key: string, compute: () => V, isUsable: (value: V) => boolean): V
}

/** Creates a cache of values that derive from the whole catalogue. */
export function createDerivedCache<V> (catalogue: ChangeCounters, maxEntries: number): DerivedCache<V> {
  const entries = new LRUCache<string, { readonly stamp: CacheStamp, readonly value: V }>(
    limitEntries(maxEntries),
  )
  return {
    getOrCompute (key, compute, isUsable) {
      const entry = entries.get(key)
      if (entry !== undefined && isCacheValid(catalogue, entry.stamp) && isUsable(entry.value)) return entry.value
      // The stamp is older than the value: a change in between makes the entry invalid.
      const stamp = createCacheStamp(catalogue)
      const value = compute()
      entries.set(key, { stamp, value })
      return value
    },
  }
}
