// Keeps the search index up to date: loads it in the background, and applies the changes of the catalogue.
import mongoose from 'mongoose'
import { Title } from '../../models/title.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import { toIdString } from '../domain/id-strings.js'
import { readInBatches } from '../database/read-in-batches.js'
import {
  SEARCH_PROJECTION,
  toSearchDocument,
  type DocumentIds,
  type SearchableTitleDocument,
} from './search-documents.js'
import { searchBusy, startSearchThread, type SearchThread } from './search-thread.js'

export interface IndexUpdater {
  /** The thread that holds the index. */
  thread(): SearchThread
  /** Waits for a limited time until the index contains the changes so far. @throws DomainError 503 `search-busy` */
  waitUntilCurrent(): Promise<void>
  /**
   * The content of the index for a snapshot, encoded. Null when it lacks a change, or as soon as a title changes.
   */
  toChunks(): AsyncGenerator<Uint8Array | null>
  close(): Promise<void>
}

export interface IndexSnapshot {
  readonly file: Uint8Array<ArrayBuffer>
  /** Titles that changed after the snapshot. */
  readonly changedTitleIds: readonly string[]
}

export interface IndexUpdaterDeps {
  readonly catalogue: Pick<Catalogue, 'isReady' | 'ownChangeCount' | 'onChange' | 'findTitle'>
  readonly log: { warn(details: object, message: string): void }
  /** The file of the index that belongs to the catalogue as it was loaded; null if it read all titles. */
  readSnapshot?(): Promise<IndexSnapshot | null>
}

const LOAD_BATCH_SIZE = 500
/** Searches wait while the index applies a batch, so it is small. */
const UPDATE_BATCH_SIZE = 100
/** For changes of this process: only many changes take longer. */
const OWN_CHANGES_TIMEOUT_MS = 500
/** For changes of other processes, which can write thousands of titles per second. */
const OTHER_CHANGES_TIMEOUT_MS = 50
const FIRST_LOAD_TIMEOUT_MS = 2_000
const RETRY_DELAY_MS = 1_000

export function createIndexUpdater (
  { catalogue, log, readSnapshot }: IndexUpdaterDeps,
  documentIds: DocumentIds,
): IndexUpdater {
  const changedTitleIds = new Set<string>()
  let mustLoad = true
  let isLoaded = false
  /** Only the first load can use a snapshot: changes of a later one are not known. */
  let canRestore = readSnapshot !== undefined
  let isClosed = false
  let updating: Promise<void> | null = null
  let retryTimer: NodeJS.Timeout | null = null
  /** Numbers changes, starting with the first load. All changes up to `appliedCount` are in the index. */
  let [changeCount, appliedCount] = [1, 0]
  /** Number of the change by which the index contains all writes of this process, as of the last search. */
  let [ownChangeCount, ownChangesUpTo] = [catalogue.ownChangeCount(), 0]
  let waiters: Array<{ readonly upTo: number, resolve(): void }> = []
  let currentThread: SearchThread | null = null

  /** Starts the thread when it is first needed. */
  function thread (): SearchThread {
    currentThread ??= startSearchThread({
      onLost (error) {
        log.warn({ err: error }, 'search index lost, building it again')
        currentThread = null
        // Counts as a change, so that searches wait for the new index instead of being rejected at once.
        changeCount++
        mustLoad = true
        isLoaded = false
        canRestore = false
        startUpdate()
      },
    })
    return currentThread
  }

  const unsubscribe = catalogue.onChange((titleId) => {
    changeCount++
    if (titleId === null) mustLoad = true
    else changedTitleIds.add(titleId)
    startUpdate()
  })

  function startUpdate (): void {
    if (updating !== null || isClosed || retryTimer !== null) return
    updating = applyAllChanges().catch((error: unknown) => {
      if (isClosed) return
      log.warn({ err: error }, 'could not update the search index, trying again')
      retryTimer = setTimeout(() => {
        retryTimer = null
        startUpdate()
      }, RETRY_DELAY_MS).unref()
    }).finally(() => {
      updating = null
    })
  }

  async function applyAllChanges (): Promise<void> {
    while (hasPendingChanges()) {
      const upTo = changeCount
      const appliesEverything = mustLoad || changedTitleIds.size <= UPDATE_BATCH_SIZE
      if (mustLoad) await loadIndex()
      else await applyBatch()
      if (appliesEverything) resolveWaiters(upTo)
    }
  }

  function hasPendingChanges (): boolean {
    return !isClosed && (mustLoad || changedTitleIds.size > 0)
  }

  function resolveWaiters (upTo: number): void {
    appliedCount = upTo
    for (const waiter of waiters.filter((one) => one.upTo <= appliedCount)) waiter.resolve()
    waiters = waiters.filter((one) => one.upTo > appliedCount)
  }

  /** Reads all titles in batches. The next batch is read after the index has taken the previous one. */
  async function loadIndex (): Promise<void> {
    mustLoad = false
    if (canRestore && await restoreIndex()) return
    mustLoad = false
    changedTitleIds.clear()
    const [target, seenTitleIds] = [thread(), new Set<string>()]
    try {
      const batches = readInBatches<SearchableTitleDocument>(Title, SEARCH_PROJECTION, LOAD_BATCH_SIZE)
      for await (const titles of batches) {
        for (const { _id } of titles) seenTitleIds.add(toIdString(_id))
        await target.put(toDocuments(titles))
      }
      await removeDocuments(documentIds.titleIds().filter((id) => !seenTitleIds.has(id)))
      await target.compact()
      isLoaded = true
    } catch (error) {
      mustLoad = true
      throw error
    }
  }

  /** Takes the index from a snapshot, and reads the titles that changed since then. */
  async function restoreIndex (): Promise<boolean> {
    canRestore = false
    try {
      const snapshot = await readSnapshot?.() ?? null
      if (snapshot === null) return false
      documentIds.restore(await thread().restore(snapshot.file), shareId)
      for (const id of snapshot.changedTitleIds) changedTitleIds.add(id)
      while (changedTitleIds.size > 0) await applyBatch()
      // Everything was loaded again in between: more titles may have changed.
      isLoaded = !mustLoad
      return isLoaded
    } catch (error) {
      log.warn({ err: error }, 'the snapshot of the search index cannot be used, reading all titles')
      return false
    }
  }

  /** The string of the catalogue, where it has one: both hold each ID. */
  function shareId (id: string): string {
    return catalogue.findTitle(id)?.id ?? id
  }

  async function applyBatch (): Promise<void> {
    const batch = [...changedTitleIds].slice(0, UPDATE_BATCH_SIZE)
    for (const id of batch) changedTitleIds.delete(id)
    try {
      const titles = await Title.find({ _id: mongoose.trusted({ $in: batch }) }, SEARCH_PROJECTION)
        .lean<SearchableTitleDocument[]>()
      const existingIds = new Set(titles.map(({ _id }) => _id.toString()))
      await thread().put(toDocuments(titles))
      await removeDocuments(batch.filter((id) => !existingIds.has(id)))
    } catch (error) {
      for (const id of batch) changedTitleIds.add(id)
      throw error
    }
  }

  function toDocuments (titles: readonly SearchableTitleDocument[]): ReturnType<typeof toSearchDocument>[] {
    return titles.map((title) => toSearchDocument(documentIds.assign(shareId(toIdString(title._id))), title))
  }

  async function removeDocuments (titleIds: readonly string[]): Promise<void> {
    const removed = titleIds.flatMap((id) => documentIds.find(id) ?? [])
    for (const id of titleIds) documentIds.remove(id)
    if (removed.length > 0) await thread().remove(removed)
  }

  async function waitUntilCurrent (): Promise<void> {
    if (ownChangeCount !== catalogue.ownChangeCount()) {
      ;[ownChangeCount, ownChangesUpTo] = [catalogue.ownChangeCount(), changeCount]
    }
    const upTo = changeCount
    if (appliedCount < upTo) {
      const timeoutMs = !isLoaded
        ? FIRST_LOAD_TIMEOUT_MS
        : appliedCount < ownChangesUpTo
        ? OWN_CHANGES_TIMEOUT_MS
        : OTHER_CHANGES_TIMEOUT_MS
      await waitAtMost(
        timeoutMs,
        new Promise((resolve) => {
          waiters.push({ upTo, resolve })
        }),
      )
    }
    if (!isLoaded) throw searchBusy()
  }

  async function* toChunks (): AsyncGenerator<Uint8Array | null> {
    const [count, target] = [changeCount, currentThread]
    const isCurrent = (): boolean => isLoaded && updating === null && !hasPendingChanges() && changeCount === count
    if (target === null || !isCurrent()) {
      yield null
      return
    }
    await target.startSnapshot(documentIds.toBytes())
    for (let chunk = await target.nextChunk(); chunk !== null; chunk = await target.nextChunk()) {
      yield isCurrent() ? chunk : null
    }
  }

  if (catalogue.isReady()) startUpdate()
  return {
    thread,
    waitUntilCurrent,
    toChunks,
    async close () {
      isClosed = true
      unsubscribe()
      if (retryTimer !== null) clearTimeout(retryTimer)
      await currentThread?.close()
      await updating
    },
  }
}

async function waitAtMost (timeoutMs: number, condition: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([condition, timeout]).finally(() => {
    clearTimeout(timer)
  })
}
