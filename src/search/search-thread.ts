// The worker thread that searches, as the rest of the service sees it: bounded in how many wait and for how long.
import { Worker } from 'node:worker_threads'
import { unavailable } from '../errors.js'
import type { Explanation, SearchDocument } from './search-index.js'
import type { SearchReply, SearchRequest, SearchTask } from './search-worker.js'

export interface SearchThread {
  put(documents: readonly SearchDocument[]): Promise<void>
  remove(slots: readonly number[]): Promise<void>
  /** @throws DomainError 503 `search-busy` */
  search(query: string): Promise<Uint32Array>
  /** @throws DomainError 503 `search-busy` */
  explain(query: string, slots: readonly number[]): Promise<Explanation[]>
  /** Bytes that the index's thread has in use. */
  readMemory(): Promise<number>
  close(): Promise<void>
}

export interface SearchThreadOptions {
  /** A search that takes longer is given up. */
  readonly timeLimitMs?: number
  /** How many searches may wait; those beyond are told to come again. */
  readonly maxWaiting?: number
  /** Told when the thread ended by itself: its index is gone. */
  onLost(error: unknown): void
}

/** A thread that has not answered for so long is ended: nothing that it is asked takes this long. */
const STUCK_AFTER_MS = 30_000

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
}

export const searchBusy = (): Error =>
  unavailable('search-busy', 'Search has too much to do at this moment. Try again shortly.', 1)

export function startSearchThread (
  { timeLimitMs = 2_000, maxWaiting = 64, onLost }: SearchThreadOptions,
): SearchThread {
  const worker = new Worker(new URL('./search-worker.js', import.meta.url))
  worker.unref()
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let searching = 0
  let isClosed = false
  let stuck: NodeJS.Timeout | null = null

  worker.on('message', (reply: SearchReply) => {
    stuck?.refresh()
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (waiting.size === 0) watchLess()
    if ('error' in reply) asked?.reject(new Error(`the search index failed: ${reply.error}`))
    else asked?.resolve(reply.result)
  })
  worker.on('error', lose)
  worker.on('exit', (code) => {
    lose(new Error(`the search thread ended with ${code}`))
  })

  function lose (error: unknown): void {
    watchLess()
    if (isClosed) return
    giveUp()
    onLost(error)
  }

  function giveUp (): void {
    isClosed = true
    for (const { reject } of waiting.values()) reject(searchBusy())
    waiting.clear()
  }

  function watchLess (): void {
    if (stuck !== null) clearTimeout(stuck)
    stuck = null
  }

  async function ask<T> (task: SearchTask): Promise<T> {
    if (isClosed) throw searchBusy()
    const id = ++lastId
    stuck ??= setTimeout(() => {
      void worker.terminate()
    }, STUCK_AFTER_MS).unref()
    return await new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      worker.postMessage({ id, task } satisfies SearchRequest)
    })
  }

  /** Asks, and waits only so long. What is given up still runs to its end: a thread cannot be interrupted without its index. */
  async function askInTime<T> (task: SearchTask): Promise<T> {
    if (searching >= maxWaiting) throw searchBusy()
    searching++
    const answer = ask<T>(task).finally(() => {
      searching--
    })
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(searchBusy())
      }, timeLimitMs)
    })
    try {
      return await Promise.race([answer, tooLate])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    put: async (documents) => {
      await ask({ kind: 'put', documents })
    },
    remove: async (slots) => {
      await ask({ kind: 'remove', slots })
    },
    search: async (query) => await askInTime({ kind: 'search', query }),
    explain: async (query, slots) => await askInTime({ kind: 'explain', query, slots }),
    readMemory: async () => await ask({ kind: 'memory' }),
    async close () {
      giveUp()
      watchLess()
      await worker.terminate()
    },
  }
}
