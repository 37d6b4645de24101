// Caches which title each stream plays, which never changes, so that a heartbeat can check it without a read.
import { LRUCache } from 'lru-cache'
import type { ProfileRef } from '../deps.js'
import { findLease } from './stream-leases.js'
import { limitEntries } from '../../domain/cache-limits.js'

const CACHE_MAX_ENTRIES = 20_000

export interface StreamTitles {
  /** The ID of the title; null when the lease is not stored. */
  find(ref: ProfileRef, streamId: string): Promise<string | null>
  /** Adds a stream that has just started. */
  add(ref: ProfileRef, streamId: string, titleId: string): void
}

export function createStreamTitles (): StreamTitles {
  const cache = new LRUCache<string, string>(limitEntries(CACHE_MAX_ENTRIES))
  const cacheKey = ({ profile }: ProfileRef, streamId: string): string => `${profile} ${streamId}`
  return {
    add (ref, streamId, titleId) {
      cache.set(cacheKey(ref, streamId), titleId)
    },
    async find (ref, streamId) {
      const key = cacheKey(ref, streamId)
      const known = cache.get(key)
      if (known !== undefined) return known
      const lease = await findLease(ref, streamId)
      if (lease === null) return null
      const titleId = lease.title.toString()
      cache.set(key, titleId)
      return titleId
    },
  }
}
