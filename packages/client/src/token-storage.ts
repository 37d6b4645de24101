// Where a client stores its session, so that the user stays logged in after a restart.
import { page } from './environment.js'

/** Stores texts by key. Methods may be asynchronous. */
export interface TokenStorage {
  get(key: string): string | null | Promise<string | null>
  /** @param value null removes the key */
  set(key: string, value: string | null): void | Promise<void>
}

/** Keys begin with this in browsers. */
const PREFIX = 'normflix.'

/** Stores texts until the process ends. */
export function createMemoryStorage (): TokenStorage {
  const values = new Map<string, string>()
  return {
    get: (key) => values.get(key) ?? null,
    set (key, value) {
      if (value === null) values.delete(key)
      else values.set(key, value)
    },
  }
}

/** Stores texts in the browser. All tabs share them; the profile is that of the tab, then that of the tab used last. */
export function createBrowserStorage (): TokenStorage {
  const storesOf = (key: string) =>
    (key === 'profile' ? [page?.sessionStorage, page?.localStorage] : [page?.localStorage])
      .filter((store) => store !== undefined)
  return {
    get: (key) => storesOf(key).map((store) => store.getItem(PREFIX + key)).find((value) => value !== null) ?? null,
    set (key, value) {
      for (const store of storesOf(key)) {
        if (value === null) store.removeItem(PREFIX + key)
        else store.setItem(PREFIX + key, value)
      }
    },
  }
}
