// Caches which item each stream plays, which never changes, so that a heartbeat can check it without a read.
import { LRUCache } from 'lru-cache'
import type { ProfileRef } from '../deps.js'
import { findLease } from './stream-leases.js'
import { limitEntries } from '../../domain/cache-limits.js'

const CACHE_MAX_ENTRIES = 20_000

export interface StreamItem {
  readonly titleId: string
  /** Of the movie or episode. */
  readonly itemId: string
}

export interface StreamItems {
  /** Null when the lease is not stored. */
  find(ref: ProfileRef, streamId: string): Promise<StreamItem | null>
  /** Adds a stream that has just started. */
  add(ref: ProfileRef, streamId: string, item: StreamItem): void
}

export function createStreamItems (): StreamItems {
  const cache = new LRUCache<string, StreamItem>(limitEntries(CACHE_MAX_ENTRIES))
  const cacheKey = ({ profile }: ProfileRef, streamId: string): string => `${profile} ${streamId}`
  return {
    add (ref, streamId, item) {
      cache.set(cacheKey(ref, streamId), item)
    },
    async find (ref, streamId) {
      const key = cacheKey(ref, streamId)
      const known = cache.get(key)
      if (known !== undefined) return known
      const lease = await findLease(ref, streamId)
      if (lease === null) return null
      const item = { titleId: lease.title.toString(), itemId: lease.item.toString() }
      cache.set(key, item)
      return item
    },
  }
}
