// Remembers what the last write to a title found and left, so that the next report of the same title reads nothing. Not
// invalidated: every write to the plays or the entry of a title is logged, and a writer that compares the newest logged
// change notices that what it remembers is old.
import { LRUCache } from 'lru-cache'
import type { StoredPlay } from '../../../models/play.js'
import type { LastChange } from '../../../models/unprojected-titles.js'
import type { WatchEntry } from '../../../models/watch-entry.js'

/** Records of all titles together, about 1.5 kB each. */
const MAX_RECORDS = 10_000
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
  find(profileId: string, titleId: string): KnownTitle | null
  set(profileId: string, titleId: string, known: KnownTitle): void
  remove(profileId: string, titleId: string): void
}

export function createKnownTitles (): KnownTitles {
  const cache = new LRUCache<string, KnownTitle>({
    maxSize: MAX_RECORDS,
    sizeCalculation: ({ records }) => records.length + 1,
    ttl: MAX_AGE_MS,
  })
  const cacheKey = (profileId: string, titleId: string): string => `${profileId} ${titleId}`
  return {
    find: (profileId, titleId) => cache.get(cacheKey(profileId, titleId)) ?? null,
    set (profileId, titleId, known) {
      if (known.records.length <= MAX_RECORDS_OF_TITLE) cache.set(cacheKey(profileId, titleId), known)
      else cache.delete(cacheKey(profileId, titleId))
    },
    remove (profileId, titleId) {
      cache.delete(cacheKey(profileId, titleId))
    },
  }
}
