// How old an answer may be that was derived from the whole catalogue: none of what this process wrote is missing in it, and
// of what others write nothing for longer than a second, however fast they write: half of it here, the rest for hearing of it.
import type { Catalogue } from '../store/catalogue.js'

export interface CacheStamp {
  readonly generation: number
  readonly ownChanges: number
  readonly atMs: number
}

const BEHIND_OTHERS_MS = 500

/** What an answer that is derived now is to be kept with. */
export function createCacheStamp (catalogue: Catalogue): CacheStamp {
  return { generation: catalogue.generation(), ownChanges: catalogue.ownChanges(), atMs: performance.now() }
}

export function isCacheValid (catalogue: Catalogue, { generation, ownChanges, atMs }: CacheStamp): boolean {
  return generation === catalogue.generation() ||
    (ownChanges === catalogue.ownChanges() && performance.now() - atMs < BEHIND_OTHERS_MS)
}
