// Creates the catalogue in memory: loads all titles, media and collections once, and follows their change streams.
import {
  changedDocumentId,
  watchCollection,
  type ChangeStream,
  type DocumentChange,
} from '../../database/change-stream.js'
import type { Catalogue, CatalogueTitle, ChangeListener, SidecarFiles } from './catalogue.js'
import { createState } from './catalogue-state.js'
import { createSources, loadState, readItemIdsWithMedia, type DocumentSource } from './document-sources.js'
import { createSortedLists, type SortedLists } from './sorted-lists.js'

const NO_SIDECAR_FILES: SidecarFiles = { subtitles: [], thumbnails: null }

/** Delay before lost change streams are opened again. */
const REOPEN_DELAY_MS = 1_000

/** Changed documents per query: an import changes thousands per second. */
const RELOAD_BATCH_SIZE = 500

interface CatalogueLog {
  warn(details: object, message: string): void
}

/** A catalogue that is empty until it is opened. */
export interface OpenableCatalogue extends Catalogue {
  /**
   * Opens the change streams, then loads everything, so that no change is missed in between.
   * If a stream is lost, opens all streams and loads everything again.
   */
  open(): Promise<void>
}

/** Creates the catalogue of a process. */
export function createCatalogue (log: CatalogueLog): OpenableCatalogue {
  let state = createState()
  let generation = 0
  let ownChangeCount = 0
  let isReady = false
  let isClosed = false
  let reopenTimer: NodeJS.Timeout | null = null
  /** Settles when the current attempt to open has ended. */
  let opening: Promise<unknown> = Promise.resolve()
  let streams: ChangeStream[] = []
  /** Reloads of documents that changed during a full load; they run again after it. Null outside a full load. */
  let replays: Array<() => Promise<void>> | null = null
  /** Reads are numbered in the order in which they start. */
  let lastReadNumber = 0
  let activeReads = 0
  /** The number of the read that each document was last applied from; empty while no reads are active. */
  const appliedReads = new Map<string, number>()
  const listeners = new Set<ChangeListener>()
  /** Versions of titles that changed since the last full load. */
  const versions = new Map<string, number>()
  let [lastVersion, loadedVersion] = [0, 0]
  let sortedLists: SortedLists | null = null

  function increaseVersion (titleId: string | undefined): void {
    if (titleId !== undefined) versions.set(titleId, ++lastVersion)
  }

  function notifyListeners (titleId: string | null, before: CatalogueTitle | null): void {
    for (const listener of listeners) listener(titleId, before)
  }

  const sources = createSources({
    state: () => state,
    onTitleApplied (titleId, before) {
      increaseVersion(titleId)
      notifyListeners(titleId, before)
    },
    onTitleAffected: increaseVersion,
  })

  /** Reads documents and applies them, except those that a later read has already applied. */
  async function reloadDocuments (source: DocumentSource, ids: readonly string[]): Promise<void> {
    replays?.push(async () => {
      await reloadDocuments(source, ids)
    })
    const readNumber = ++lastReadNumber
    activeReads++
    try {
      const documents = new Map((await source.read(ids)).map((document) => [document._id.toString(), document]))
      for (const id of ids) {
        const key = `${source.name} ${id}`
        if ((appliedReads.get(key) ?? 0) > readNumber) continue
        appliedReads.set(key, readNumber)
        source.apply(id, documents.get(id) ?? null)
      }
      generation++
    } finally {
      if (--activeReads === 0) appliedReads.clear()
    }
  }

  /** Reads a title and the media of the items that it had before and has now. */
  async function reloadTitle (titleId: string): Promise<void> {
    const itemsBefore = state.titles.get(titleId)?.items ?? []
    await reloadDocuments(sources.titles, [titleId])
    const itemIds = new Set([...itemsBefore, ...state.titles.get(titleId)?.items ?? []].map(({ id }) => id))
    const withMedia = await readItemIdsWithMedia(titleId)
    const changed = [...itemIds].filter((id) => withMedia.has(id) || state.filesByItem.has(id))
    if (changed.length > 0) await reloadDocuments(sources.media, changed)
    ownChangeCount++
  }

  /** Opens a change stream. When the promise resolves, the server records changes. */
  async function openStream (source: DocumentSource): Promise<ChangeStream> {
    // Opening a stream on a connection that is being closed would reconnect.
    if (isClosed) throw new Error('the catalogue is closed')
    const stream = watchCollection(source.model)
    streams.push(stream)
    const first = await stream.tryNext()
    if (first !== null) {
      replays?.push(async () => {
        await reloadDocuments(source, [requireDocumentId(first)])
      })
    }
    return stream
  }

  /** Reloads changed documents. Changes that arrive during a read are collected for the next one. */
  async function followStream (source: DocumentSource, stream: ChangeStream): Promise<void> {
    const pendingIds = new Set<string>()
    let draining: Promise<void> | null = null
    async function drain (): Promise<void> {
      while (pendingIds.size > 0) {
        const ids = [...pendingIds].slice(0, RELOAD_BATCH_SIZE)
        for (const id of ids) pendingIds.delete(id)
        await reloadDocuments(source, ids)
      }
      draining = null
    }
    for await (const change of stream) {
      pendingIds.add(requireDocumentId(change))
      if (draining === null) {
        draining = drain()
        draining.catch((error: unknown) => {
          if (streams.includes(stream)) reopenLater(error)
        })
      }
      if (pendingIds.size >= RELOAD_BATCH_SIZE) await draining
    }
    if (!isClosed && streams.includes(stream)) throw new Error('the change stream ended')
  }

  function reopenLater (error: unknown): void {
    if (isClosed || reopenTimer !== null) return
    log.warn({ err: error }, 'change stream of the catalogue lost, reloading the catalogue')
    reopenTimer = setTimeout(() => {
      reopenTimer = null
      opening = open().catch((reason: unknown) => {
        reopenLater(reason)
      })
    }, REOPEN_DELAY_MS)
    reopenTimer.unref()
  }

  async function open (): Promise<void> {
    await closeStreams()
    replays = []
    const opened = await Promise.all(
      Object.values(sources).map(async (source) => [source, await openStream(source)] as const),
    )
    await load()
    const pendingReplays = replays
    replays = null
    for (const replay of pendingReplays) await replay()
    isReady = true
    for (const [source, stream] of opened) {
      followStream(source, stream).catch((error: unknown) => {
        if (streams.includes(stream)) reopenLater(error)
      })
    }
  }

  async function load (): Promise<void> {
    state = await loadState()
    versions.clear()
    loadedVersion = ++lastVersion
    generation++
    notifyListeners(null, null)
  }

  async function closeStreams (): Promise<void> {
    const open = streams
    streams = []
    await Promise.all(open.map(async (stream) => {
      await stream.close().catch(() => undefined)
    }))
  }

  const lookups = {
    findTitle: (id: string) => state.titles.get(id) ?? null,
    titles: () => state.titles.values(),
    onChange (listener: ChangeListener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
  /** Created when first needed: most commands of the command line need no sorted lists. */
  function currentLists (): SortedLists {
    sortedLists ??= createSortedLists(lookups)
    return sortedLists
  }

  return {
    ...lookups,
    open,
    isReady: () => isReady,
    findItem: (id) => state.items.get(id) ?? null,
    findFile: (id) => state.files.get(id) ?? null,
    itemFiles: (itemId) => state.filesByItem.get(itemId) ?? [],
    canHaveFiles: (titleId) => state.titlesWithFiles.has(titleId),
    sidecarFiles: (itemId) => state.sidecarFiles.get(itemId) ?? NO_SIDECAR_FILES,
    findSubtitle: (id) => state.subtitles.get(id) ?? null,
    findPerson: (id) => state.people.byId.get(id) ?? null,
    people: () => state.people.byId.values(),
    findCollection: (id) => state.collections.get(id) ?? null,
    collections: () => state.collections.values(),
    collectionsWithTitle: (titleId) => state.collectionsByTitle.get(titleId) ?? [],
    sortedTitles: (sort, group) => currentLists().sortedTitles(sort, group),
    genreGroupSizes: (by) => currentLists().genreGroupSizes(by),
    generation: () => generation,
    titleVersion: (titleId) => versions.get(titleId) ?? loadedVersion,
    ownChangeCount: () => ownChangeCount,
    reloadTitle,
    async reloadTitles (ids) {
      await reloadDocuments(sources.titles, ids)
      ownChangeCount++
    },
    reloadCollection: async (id) => {
      await reloadDocuments(sources.collections, [id])
    },
    async close () {
      isClosed = true
      if (reopenTimer !== null) clearTimeout(reopenTimer)
      await closeStreams()
      // An attempt to open that was in progress may have opened streams.
      await opening
      await closeStreams()
    },
  }
}

/** @throws Error for a change of the collection itself */
function requireDocumentId (change: DocumentChange): string {
  const id = changedDocumentId(change)
  if (id === null) throw new Error('the collection was dropped or renamed')
  return id
}
