// Caches reads of the database by the document that they depend on. A change of that document, in any process, removes
// them. While the change watch is not current, every call reads.
import { LRUCache } from 'lru-cache'
import type { FollowedCollection } from '../../models/write-notifications.js'
import type { ChangeWatch } from './change-watch.js'
import { limitEntries } from '../domain/cache-limits.js'

/** Without it, each read asks for the time. */
const AGE_RESOLUTION_MS = 1_000

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
  /** Returns a cached result at once; undefined if there is none. */
  peek<T>(documentId: string, key: string): T | undefined
  invalidate(documentId: string): void
}

interface CachedRead<T = unknown> {
  readonly reading: Promise<T>
  /** Undefined until it is read. */
  result: T | undefined
}

export function createCachedReads (
  { watch, collection, maxDocuments, maxAgeMs }: CachedReadsOptions,
): CachedReads {
  const groups = new LRUCache<string, Map<string, CachedRead>>({
    ...limitEntries(maxDocuments),
    ttl: maxAgeMs,
    ttlResolution: AGE_RESOLUTION_MS,
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
      if (known !== undefined) return await (known.reading as Promise<T>)
      const cached: CachedRead<T> = { reading: read(), result: undefined }
      group.set(key, cached)
      try {
        cached.result = await cached.reading
        return cached.result
      } catch (error) {
        group.delete(key)
        throw error
      }
    },
    peek: <T>(documentId: string, key: string) =>
      watch.isCurrent() ? groups.get(documentId)?.get(key)?.result as T | undefined : undefined,
    invalidate (documentId) {
      groups.delete(documentId)
    },
  }
}
