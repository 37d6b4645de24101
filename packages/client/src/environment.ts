// The parts of browsers that the client uses where they exist. Node.js and other runtimes lack some or all of them.

interface KeyValueStore {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}
interface EventSource {
  addEventListener(type: string, listener: () => void, options?: { readonly signal?: AbortSignal }): void
}
interface TabChannel {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  postMessage(message: unknown): void
  close(): void
}
interface Environment {
  readonly document?: EventSource & { readonly hidden: boolean }
  readonly navigator?: {
    readonly onLine?: boolean,
    readonly locks?: { request<T>(name: string, work: () => Promise<T>): Promise<T> },
  }
  readonly localStorage?: KeyValueStore
  readonly sessionStorage?: KeyValueStore
  readonly BroadcastChannel?: new(name: string) => TabChannel
  readonly addEventListener?: EventSource['addEventListener']
}

const environment = globalThis as unknown as Environment

/** The page; null outside browsers. Node.js has storage and channels too, but they are not those of a page. */
export const page = environment.document === undefined ? null : {
  document: environment.document,
  localStorage: environment.localStorage,
  sessionStorage: environment.sessionStorage,
}

/** Whether the device has a network, as far as it knows. */
export function isOnline (): boolean {
  return environment.navigator?.onLine !== false
}

/** Calls the listener for each event of the window. Does nothing outside browsers. */
export function listen (type: string, listener: () => void, signal?: AbortSignal): void {
  if (page !== null) environment.addEventListener?.(type, listener, signal === undefined ? {} : { signal })
}

/** Opens the channel between the tabs of a browser; null outside browsers. */
export function openTabChannel (name: string): TabChannel | null {
  return page === null || environment.BroadcastChannel === undefined ? null : new environment.BroadcastChannel(name)
}

/**
 * Runs one work at a time in all tabs. Locks exist only in secure contexts: pages over plain HTTP and other runtimes
 * run the work at once.
 */
export async function withLock<T> (name: string, work: () => Promise<T>): Promise<T> {
  const locks = environment.navigator?.locks
  return locks === undefined ? await work() : await locks.request(name, work)
}

/** Waits, or until the signal aborts or, with `orOnline`, the network is back. */
export async function sleep (ms: number, signal?: AbortSignal | null, orOnline = false): Promise<void> {
  const done = new AbortController()
  await new Promise<void>((resolve) => {
    if (signal?.aborted === true) return resolve()
    const timer = setTimeout(resolve, ms)
    const end = (): void => {
      clearTimeout(timer)
      resolve()
    }
    signal?.addEventListener('abort', end, { signal: done.signal })
    if (orOnline) listen('online', end, done.signal)
  })
  done.abort()
}
