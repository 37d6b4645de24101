// Creates the catalogue in memory: loads all titles, media and collections once, and follows their changes.
import type { ChangeWatch } from '../../database/change-watch.js'
import type { Catalogue, CatalogueTitle, ChangeListener, SidecarFiles } from './catalogue.js'
import { createState, findItem, type CatalogueState } from './catalogue-state.js'
import {
  createSources,
  loadState,
  readItemIdsWithMedia,
  restoreState,
  type DocumentSource,
  type Restoration,
} from './document-sources.js'
import { createPlayableHeights } from './playable-heights.js'
import type { SavedSnapshots } from './saved-snapshots.js'
import { toTitleChunks } from './title-chunks.js'
import { createSortedLists, type SortedLists } from './sorted-lists.js'

const NO_SIDECAR_FILES: SidecarFiles = { subtitles: [], thumbnails: null }

/** Delay before a failed load or read is repeated. */
const RETRY_DELAY_MS = 1_000

/** Changed documents per query: an import changes thousands per second. */
const RELOAD_BATCH_SIZE = 500

interface CatalogueLog {
  warn(details: object, message: string): void
}

/** A catalogue that is empty until it is opened. */
export interface OpenableCatalogue extends Catalogue {
  /**
   * Loads everything. The change watch must be open, so that no change is missed in between. When the watch has missed
   * changes, everything is loaded again.
   */
  open(): Promise<void>
  /** The snapshot of the last load; null if that read all titles. */
  restoration(): Restoration | null
  /**
   * Resolves when all changes that the watch has reported so far are applied.
   * @returns false if that failed, so that everything is loaded again
   */
  onIdle(): Promise<boolean>
  /** The titles for a snapshot. No title may change until the last chunk was taken: `onChange` reports changes. */
  toChunks(): Generator<unknown>
}

export interface CatalogueDeps {
  readonly watch: Pick<ChangeWatch, 'onChange'>
  readonly log: CatalogueLog
  /** Where titles are loaded from if possible. */
  readonly snapshots?: SavedSnapshots
}

/** Creates the catalogue of a process. */
export function createCatalogue ({ watch, log, snapshots }: CatalogueDeps): OpenableCatalogue {
  let state = createState()
  let generation = 0
  let ownChangeCount = 0
  let isReady = false
  let isClosed = false
  let isFollowing = false
  /** The state lacks changes until everything is loaded again. */
  let mustReopen = false
  let restoration: Restoration | null = null
  /** Reloads of changed documents that are in progress. */
  const drains = new Set<Promise<void>>()
  let retryTimer: NodeJS.Timeout | null = null
  /** Settles when the current load has ended. */
  let opening: Promise<unknown> = Promise.resolve()
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
    onFirstFile (titleId) {
      notifyListeners(titleId, state.titles.get(titleId) ?? null)
    },
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

  /** Reloads changed documents. Changes that arrive during a read are collected for the next one. */
  function follow (source: DocumentSource): void {
    const pendingIds = new Set<string>()
    let isDraining = false
    async function drain (): Promise<void> {
      while (pendingIds.size > 0) {
        const ids = [...pendingIds].slice(0, RELOAD_BATCH_SIZE)
        for (const id of ids) pendingIds.delete(id)
        await reloadDocuments(source, ids)
      }
    }
    watch.onChange(source.name, (id) => {
      if (!isFollowing) return
      if (id === null) {
        openAgain()
        return
      }
      pendingIds.add(id)
      if (isDraining) return
      isDraining = true
      const draining = drain().catch(openLater).finally(() => {
        isDraining = false
        drains.delete(draining)
      })
      drains.add(draining)
    })
  }

  /** Loads everything again, after a load in progress. */
  function openAgain (): void {
    mustReopen = true
    if (isClosed || retryTimer !== null) return
    // One reopened watch reports each collection.
    retryTimer = setTimeout(() => {
      retryTimer = null
      opening = opening.then(open).catch(openLater)
    }).unref()
  }

  function openLater (error: unknown): void {
    mustReopen = true
    if (isClosed) return
    log.warn({ err: error }, 'the catalogue could not be read, loading it again')
    if (retryTimer !== null) clearTimeout(retryTimer)
    retryTimer = setTimeout(() => {
      retryTimer = null
      openAgain()
    }, RETRY_DELAY_MS).unref()
  }

  async function open (): Promise<void> {
    isFollowing = true
    mustReopen = false
    replays = []
    if (!await restore()) use(await loadState(), null)
    const pendingReplays = replays
    replays = null
    for (const replay of pendingReplays) await replay()
    isReady = true
  }

  /** @returns false if there is no snapshot that can be used */
  async function restore (): Promise<boolean> {
    try {
      const snapshot = await snapshots?.find() ?? null
      if (snapshots === undefined || snapshot === null) return false
      const { state: restored, ...from } = await restoreState(snapshots, snapshot)
      use(restored, from)
      return true
    } catch (error) {
      log.warn({ err: error }, 'the snapshot of the catalogue cannot be used, reading all titles')
      return false
    }
  }

  function use (loaded: CatalogueState, from: Restoration | null): void {
    state = loaded
    restoration = from
    versions.clear()
    loadedVersion = ++lastVersion
    generation++
    notifyListeners(null, null)
  }

  for (const source of Object.values(sources)) follow(source)

  const lookups = {
    findTitle: (id: string) => state.titles.get(id) ?? null,
    canHaveFiles: (titleId: string) => state.titlesWithFiles.has(titleId),
    itemFiles: (itemId: string) => state.filesByItem.get(itemId) ?? [],
    generation: () => generation,
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
    async open () {
      const first = open()
      opening = first.catch(() => undefined)
      await first
    },
    isReady: () => isReady,
    restoration: () => restoration,
    async onIdle () {
      while (drains.size > 0) await Promise.all(drains)
      return isReady && !mustReopen && replays === null
    },
    toChunks: () => toTitleChunks(state),
    findItem: (id) => findItem(state, id),
    findFile: (id) => state.files.get(id) ?? null,
    lowestPlayableHeight: createPlayableHeights(lookups),
    sidecarFiles: (itemId) => state.sidecarFiles.get(itemId) ?? NO_SIDECAR_FILES,
    findSubtitle: (id) => state.subtitles.get(id) ?? null,
    findPerson: (id) => state.people.byId.get(id) ?? null,
    findPersonPicture: (id) => state.personPictures.get(id) ?? null,
    people: () => state.people.byId.values(),
    findCollection: (id) => state.collections.get(id) ?? null,
    collections: () => state.collections.values(),
    collectionsWithTitle: (titleId) => state.collectionsByTitle.get(titleId) ?? [],
    sortedTitles: (sort, group) => currentLists().sortedTitles(sort, group),
    sortedTitlesWithFiles: (sort, group) => currentLists().sortedTitlesWithFiles(sort, group),
    genreGroupSizes: (by) => currentLists().genreGroupSizes(by),
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
    reloadPersonPicture: async (personId) => {
      await reloadDocuments(sources.personPictures, [personId])
    },
    async close () {
      isClosed = true
      if (retryTimer !== null) clearTimeout(retryTimer)
      await opening
    },
  }
}
