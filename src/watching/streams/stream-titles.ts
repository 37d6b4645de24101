// Caches which title each stream plays, which never changes, so that a heartbeat can check it without a read.
import { LRUCache } from 'lru-cache'
import type { ProfileRef } from '../deps.js'
import { findLease } from './stream-leases.js'

const CACHE_MAX_ENTRIES = 20_000

export interface StreamTitles {
  /** The ID of the title; null when the lease is not stored. */
  find(ref: ProfileRef, streamId: string): Promise<string | null>
}

export function createStreamTitles (): StreamTitles {
  const cache = new LRUCache<string, string>({ max: CACHE_MAX_ENTRIES })
  return {
    async find (ref, streamId) {
      const key = `${ref.profile} ${streamId}`
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
