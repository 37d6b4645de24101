// Full-text search over the titles of the catalogue. An external search engine could implement the same interface.
import type { TitleMatch } from './highlights.js'
import { createIndexUpdater, type IndexUpdaterDeps } from './index-updater.js'
import { createDocumentIds, type DocumentIds } from './search-documents.js'

export interface FoundTitles {
  /** Best match first. */
  readonly titleIds: Iterable<string>
  /** Ranks of the first IDs, highest first; titles without a rank follow. */
  readonly ranks: Float64Array
}

export interface TitleSearch {
  /** Returns all matching titles, visible or not. @throws DomainError 503 `search-busy` */
  find(query: string): Promise<FoundTitles>
  /** Explains matches, by title ID. @throws DomainError 503 `search-busy` */
  explain(query: string, titleIds: readonly string[]): Promise<ReadonlyMap<string, TitleMatch>>
  /**
   * The content of the index for a snapshot, encoded. Null when it lacks a change, or as soon as a title changes.
   */
  toChunks(): AsyncGenerator<Uint8Array | null>
  /** Memory that the index uses, bytes. */
  readMemory(): Promise<number>
  close(): Promise<void>
}

/** Creates the search. It loads its index in the background when the catalogue is ready. */
export function createTitleSearch (deps: IndexUpdaterDeps): TitleSearch {
  const documentIds = createDocumentIds()
  const updater = createIndexUpdater(deps, documentIds)
  return {
    async find (query) {
      await updater.waitUntilCurrent()
      const { ids, ranks } = await updater.thread().search(query)
      return { titleIds: titleIdsOf(ids, documentIds), ranks }
    },
    async explain (query, titleIds) {
      const ids = titleIds.flatMap((id) => documentIds.find(id) ?? [])
      const matches = ids.length === 0 ? [] : await updater.thread().explain(query, ids)
      return new Map(matches.map(({ documentId, ...match }) => [documentIds.findTitleId(documentId), match]))
    },
    toChunks: updater.toChunks,
    readMemory: async () => await updater.thread().readMemory(),
    close: async () => {
      await updater.close()
    },
  }
}

function* titleIdsOf (ids: Uint32Array, documentIds: DocumentIds): Generator<string> {
  for (const id of ids) yield documentIds.findTitleId(id)
}
