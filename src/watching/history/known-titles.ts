// Remembers what the last write to a title found and left, so that the next report of the same title reads nothing. Not
// invalidated: every write to the plays or the entry of a title is logged, and a writer that compares the newest logged
// change notices that what it remembers is old.
import { LRUCache } from 'lru-cache'
import mongoose from 'mongoose'
import type { StoredPlay } from '../../../models/play.js'
import type { LastChange } from '../../../models/unprojected-titles.js'
import type { WatchEntry } from '../../../models/watch-entry.js'

/**
 * Of all titles, with what the cache stores beside each. Titles are BSON: as objects, with IDs and times of their own,
 * they take four times the memory.
 */
const CACHE_MAX_BYTES = 8 * 1024 ** 2
const ENTRY_OVERHEAD_BYTES = 500
/** Titles with more records are read each time. */
const MAX_RECORDS_OF_TITLE = 200
const MAX_AGE_MS = 15 * 60_000

export interface KnownTitle {
  /** The entry as it is stored in the account, not in the archive; older than the plays. */
  readonly entry: WatchEntry
  readonly historyClearedAt: Date | null
  /** All stored plays and marks of the title, removed ones included. */
  readonly records: readonly StoredPlay[]
  /** The change that the last write logged. */
  readonly last: LastChange
}

export interface KnownTitles {
  /** @returns a copy; null if the title is not known */
  find(profileId: string, titleId: string): KnownTitle | null
  set(profileId: string, titleId: string, known: KnownTitle): void
  remove(profileId: string, titleId: string): void
}

export function createKnownTitles (): KnownTitles {
  const { serialize, deserialize } = mongoose.mongo.BSON
  const cache = new LRUCache<string, Uint8Array>({
    maxSize: CACHE_MAX_BYTES,
    sizeCalculation: (bytes) => bytes.length + ENTRY_OVERHEAD_BYTES,
    ttl: MAX_AGE_MS,
  })
  const cacheKey = (profileId: string, titleId: string): string => `${profileId} ${titleId}`
  return {
    find (profileId, titleId) {
      const bytes = cache.get(cacheKey(profileId, titleId))
      return bytes === undefined ? null : deserialize(bytes) as KnownTitle
    },
    set (profileId, titleId, known) {
      const key = cacheKey(profileId, titleId)
      // Copied: the result is a part of the memory that buffers share, which the cache would keep all of.
      if (known.records.length <= MAX_RECORDS_OF_TITLE) cache.set(key, new Uint8Array(serialize(known)))
      else cache.delete(key)
    },
    remove (profileId, titleId) {
      cache.delete(cacheKey(profileId, titleId))
    },
  }
}
