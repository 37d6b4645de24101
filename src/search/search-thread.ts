// Client of the search worker thread. Bounds the number of pending searches and the time that each may take.
import { Worker } from 'node:worker_threads'
import { unavailable } from '../errors.js'
import type { SearchDocument } from './document-store.js'
import type { DocumentExplanation } from './search-index.js'
import type { FoundDocuments } from './search-results.js'
import type { SearchReply, SearchRequest, SearchTask } from './search-worker.js'

export interface SearchThread {
  put(documents: readonly SearchDocument[]): Promise<void>
  remove(ids: readonly number[]): Promise<void>
  /** @throws DomainError 503 `search-busy` */
  search(query: string): Promise<FoundDocuments>
  /** @throws DomainError 503 `search-busy` */
  explain(query: string, ids: readonly number[]): Promise<DocumentExplanation[]>
  /**
   * Takes the index of a snapshot file, which is moved to the thread.
   * @returns the titles of the documents, as `startSnapshot` received them
   */
  restore(file: Uint8Array<ArrayBuffer>): Promise<Uint8Array>
  /** Starts a snapshot. The index must not change until the last chunk was taken. */
  startSnapshot(titleIds: Uint8Array): Promise<void>
  /** The next chunk of the file, encoded; null after the last one. */
  nextChunk(): Promise<Uint8Array | null>
  /** Gives back the memory that the index reserves while it grows. */
  compact(): Promise<void>
  /** Memory of the thread in use, bytes. */
  readMemory(): Promise<number>
  close(): Promise<void>
}

export interface SearchThreadOptions {
  /** Searches that take longer fail. */
  readonly timeoutMs?: number
  /** Further searches are rejected. */
  readonly maxPending?: number
  /** Called if the thread ends unexpectedly: its index is lost. */
  onLost(error: unknown): void
}

/** A thread that sends no reply within this time is terminated. No task takes this long. */
const WATCHDOG_TIMEOUT_MS = 30_000

/** Searches create little garbage; by default the thread takes 48 MB for it. */
const YOUNG_GENERATION_MB = 12

interface PendingReply {
  resolve(result: unknown): void
  reject(error: unknown): void
}

export const searchBusy = (): Error => unavailable('search-busy', 'Search is overloaded. Try again in a moment.', 1)

export function startSearchThread (
  { timeoutMs = 2_000, maxPending = 64, onLost }: SearchThreadOptions,
): SearchThread {
  // What --import preloads in the main thread, such as a tracer, would be loaded again.
  const worker = new Worker(new URL('./search-worker.js', import.meta.url), {
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  })
  worker.unref()
  const pendingReplies = new Map<number, PendingReply>()
  let lastRequestId = 0
  let pendingSearches = 0
  let isClosed = false
  let watchdog: NodeJS.Timeout | null = null

  worker.on('message', (reply: SearchReply) => {
    watchdog?.refresh()
    const pending = pendingReplies.get(reply.id)
    pendingReplies.delete(reply.id)
    if (pendingReplies.size === 0) stopWatchdog()
    if ('error' in reply) pending?.reject(new Error(`the search index failed: ${reply.error}`))
    else pending?.resolve(reply.result)
  })
  worker.on('error', handleLoss)
  worker.on('exit', (code) => {
    handleLoss(new Error(`the search thread ended with code ${code}`))
  })

  function handleLoss (error: unknown): void {
    stopWatchdog()
    if (isClosed) return
    rejectPending()
    onLost(error)
  }

  function rejectPending (): void {
    isClosed = true
    for (const { reject } of pendingReplies.values()) reject(searchBusy())
    pendingReplies.clear()
  }

  function stopWatchdog (): void {
    if (watchdog !== null) clearTimeout(watchdog)
    watchdog = null
  }

  async function send<T> (task: SearchTask, moved: readonly ArrayBuffer[] = []): Promise<T> {
    if (isClosed) throw searchBusy()
    const id = ++lastRequestId
    watchdog ??= setTimeout(() => {
      void worker.terminate()
    }, WATCHDOG_TIMEOUT_MS).unref()
    return await new Promise<T>((resolve, reject) => {
      pendingReplies.set(id, { resolve: resolve as PendingReply['resolve'], reject })
      worker.postMessage({ id, task } satisfies SearchRequest, moved)
    })
  }

  /** After the timeout, the thread still completes the task: terminating it would lose the index. */
  async function sendWithTimeout<T> (task: SearchTask): Promise<T> {
    if (pendingSearches >= maxPending) throw searchBusy()
    pendingSearches++
    const reply = send<T>(task).finally(() => {
      pendingSearches--
    })
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(searchBusy())
      }, timeoutMs)
    })
    try {
      return await Promise.race([reply, timeout])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    put: async (documents) => {
      await send({ kind: 'put', documents })
    },
    remove: async (ids) => {
      await send({ kind: 'remove', ids })
    },
    restore: async (file) => await send({ kind: 'restore', file }, [file.buffer]),
    startSnapshot: async (titleIds) => {
      await send({ kind: 'startSnapshot', titleIds })
    },
    nextChunk: async () => await send({ kind: 'nextChunk' }),
    compact: async () => {
      await send({ kind: 'compact' })
    },
    search: async (query) => await sendWithTimeout({ kind: 'search', query }),
    explain: async (query, ids) => await sendWithTimeout({ kind: 'explain', query, ids }),
    readMemory: async () => await send({ kind: 'memory' }),
    async close () {
      rejectPending()
      stopWatchdog()
      await worker.terminate()
    },
  }
}
