// The queue of browsers: in IndexedDB, so that progress outlives a reload. All tabs share it; one of them sends it.
import { page } from './environment.js'
import { createMemoryQueue, eventKey, type ProgressQueue, type QueuedEvent } from './progress-queue.js'

const DATABASE = 'normflix.progress'
const STORE = 'events'
const PROFILE_INDEX = 'profileId'
/** Key of the local storage for the last events of closed pages. */
const LAST_EVENTS_KEY = 'normflix.last-progress'

// The part of IndexedDB that is used here: the package also compiles without the types of browsers.
type Handler = (() => void) | null
interface StoreRequest<T> {
  readonly result: T
}
interface Store {
  put(value: QueuedEvent): StoreRequest<unknown>
  delete(key: readonly string[]): StoreRequest<unknown>
  index(name: string): { getAll(key: string, limit: number): StoreRequest<QueuedEvent[]> }
}
interface Transaction {
  readonly error: unknown
  oncomplete: Handler
  onabort: Handler
  objectStore(name: string): Store
}
interface Database {
  transaction(store: string, mode: 'readonly' | 'readwrite'): Transaction
  createObjectStore(
    name: string,
    options: { readonly keyPath: readonly string[] },
  ): { createIndex(name: string, keyPath: string): unknown }
}
interface OpenRequest extends StoreRequest<Database> {
  readonly error: unknown
  onsuccess: Handler
  onerror: Handler
  onupgradeneeded: Handler
}
interface Factory {
  open(name: string, version: number): OpenRequest
}

async function openDatabase (factory: Factory): Promise<Database> {
  const request = factory.open(DATABASE, 1)
  return await new Promise((resolve, reject) => {
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: ['playId', 'eventId'] })
        .createIndex(PROFILE_INDEX, PROFILE_INDEX)
    }
    request.onsuccess = () => {
      resolve(request.result)
    }
    request.onerror = () => {
      reject(request.error)
    }
  })
}

function readLast (): QueuedEvent[] {
  return JSON.parse(page?.localStorage?.getItem(LAST_EVENTS_KEY) ?? '[]') as QueuedEvent[]
}

function writeLast (events: readonly QueuedEvent[]): void {
  if (events.length === 0) page?.localStorage?.removeItem(LAST_EVENTS_KEY)
  else page?.localStorage?.setItem(LAST_EVENTS_KEY, JSON.stringify(events))
}

function createIndexedQueue (factory: Factory): ProgressQueue {
  let database: Promise<Database> | null = null

  /** Runs requests in one transaction. @returns their results when the transaction is complete */
  async function run<T> (
    mode: 'readonly' | 'readwrite',
    work: (store: Store) => Array<StoreRequest<T>>,
  ): Promise<T[]> {
    database ??= openDatabase(factory).catch((error: unknown) => {
      database = null
      throw error
    })
    const transaction = (await database).transaction(STORE, mode)
    const requests = work(transaction.objectStore(STORE))
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = resolve
      transaction.onabort = () => {
        reject(transaction.error)
      }
    })
    return requests.map(({ result }) => result)
  }

  const put = async (events: readonly QueuedEvent[]): Promise<unknown> =>
    await run('readwrite', (store) => events.map((event) => store.put(event)))

  async function moveLast (): Promise<void> {
    const moved = readLast()
    if (moved.length === 0) return
    await put(moved)
    const keys = new Set(moved.map(eventKey))
    // A page may have closed in between.
    writeLast(readLast().filter((event) => !keys.has(eventKey(event))))
  }

  return {
    addLast (event) {
      writeLast([...readLast(), event])
    },
    async add (event) {
      await put([event])
    },
    async list (profileId, limit) {
      await moveLast()
      return (await run('readonly', (store) => [store.index(PROFILE_INDEX).getAll(profileId, limit)])).flat()
    },
    async remove (events) {
      await run('readwrite', (store) => events.map(({ playId, eventId }) => store.delete([playId, eventId])))
    },
  }
}

/** Stores events in IndexedDB; in memory outside browsers. */
export function createProgressQueue (): ProgressQueue {
  const { indexedDB } = globalThis as { readonly indexedDB?: Factory }
  return page === null || indexedDB === undefined ? createMemoryQueue() : createIndexedQueue(indexedDB)
}
