// Cached pages of lists. A page is valid until the catalogue changes, or until one of the titles that decided about it
// becomes available or unavailable.
import { LRUCache } from 'lru-cache'
import type { Catalogue, CatalogueTitle } from '../store/catalogue.js'

const CACHE_MAX_ENTRIES = 1_000

export interface ListPage {
  readonly titles: readonly CatalogueTitle[]
  /** Cursor of the next page as clients send it; null on the last page. */
  readonly nextCursor: string | null
  /** Earliest availability date that can change the page, ms since the epoch. */
  readonly validUntilMs: number
}

/** A page with a number that no other page has, also not a later version of the same page. */
export interface CachedListPage extends ListPage {
  readonly number: number
}

export interface ListCache {
  /** Returns a cached page, or computes it. @param key contains everything that the page depends on, except the time */
  find(key: string, now: Date, compute: () => ListPage): CachedListPage
}

export function createListCache (catalogue: Pick<Catalogue, 'generation'>): ListCache {
  const pages = new LRUCache<string, CachedListPage & { readonly fromMs: number }>({ max: CACHE_MAX_ENTRIES })
  let generation = catalogue.generation()
  let lastNumber = 0
  return {
    find (key, now, compute) {
      if (generation !== catalogue.generation()) {
        generation = catalogue.generation()
        pages.clear()
      }
      const nowMs = now.getTime()
      const cached = pages.get(key)
      if (cached !== undefined && cached.fromMs <= nowMs && nowMs < cached.validUntilMs) return cached
      const page = { ...compute(), number: ++lastNumber, fromMs: nowMs }
      pages.set(key, page)
      return page
    },
  }
}
