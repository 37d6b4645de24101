// Caches reads of the database by the document that they depend on. A change of that document, in any process, removes
// them. While the change watch is not current, every call reads.
import { LRUCache } from 'lru-cache'
import type { FollowedCollection } from '../../models/write-notifications.js'
import type { ChangeWatch } from './change-watch.js'
import { limitEntries } from '../domain/cache-limits.js'

export interface CachedReadsOptions {
  readonly watch: ChangeWatch
  /** The collection whose changes invalidate. */
  readonly collection: FollowedCollection
  /** Number of documents that reads are cached for. */
  readonly maxDocuments: number
  /** Reads are repeated after this time in any case. */
  readonly maxAgeMs: number
}

export interface CachedReads {
  /**
   * Returns a cached result, or reads. Concurrent calls share one read. A failure is not cached. A read during which
   * the document changes still returns to its callers, but is not cached either.
   * @param documentId the document that the result depends on
   * @param key distinguishes the reads that depend on one document
   */
  read<T>(documentId: string, key: string, read: () => Promise<T>): Promise<T>
  invalidate(documentId: string): void
}

export function createCachedReads (
  { watch, collection, maxDocuments, maxAgeMs }: CachedReadsOptions,
): CachedReads {
  const groups = new LRUCache<string, Map<string, Promise<unknown>>>({
    ...limitEntries(maxDocuments),
    ttl: maxAgeMs,
  })
  watch.onChange(collection, (id) => {
    if (id === null) groups.clear()
    else groups.delete(id)
  })
  return {
    async read<T> (documentId: string, key: string, read: () => Promise<T>): Promise<T> {
      if (!watch.isCurrent()) return await read()
      let group = groups.get(documentId)
      if (group === undefined) {
        group = new Map()
        groups.set(documentId, group)
      }
      const known = group.get(key)
      if (known !== undefined) return await (known as Promise<T>)
      const reading = read()
      group.set(key, reading)
      try {
        return await reading
      } catch (error) {
        group.delete(key)
        throw error
      }
    },
    invalidate (documentId) {
      groups.delete(documentId)
    },
  }
}
