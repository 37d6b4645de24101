// Keeps the page up to date: the change feed names the data of the profile or the account that changed, on this device
// or another one.
import type { QueryClient } from '@tanstack/react-query'
import { followChanges } from '@normflix/client/changes.js'
import { reloadAccount, session } from '@shared/api/session.js'
import { announceStreamsChange } from './streams-change.js'

const PROFILE_KEYS = ['titles', 'watching']
const ALL_KEYS = [...PROFILE_KEYS, 'account']
/** Keys that each kind of change makes out of date. */
const STALE_KEYS: Readonly<Record<string, readonly string[]>> = {
  watching: PROFILE_KEYS,
  wishlist: PROFILE_KEYS,
  rating: PROFILE_KEYS,
  history: PROFILE_KEYS,
  catalogue: PROFILE_KEYS,
  account: ['account'],
  streams: ['account'],
}
/** Several changes in a row load the page once. */
const COLLECT_MS = 250

/** Invalidates the cache after each change until the signal aborts. @throws ApiProblem when the feed has ended */
export async function followFeed (queryClient: QueryClient, profileId: string, signal: AbortSignal): Promise<void> {
  const stale = new Set<string>()
  let collector: ReturnType<typeof setTimeout> | undefined

  function invalidate (keys: readonly string[]): void {
    for (const key of keys) stale.add(key)
    collector ??= setTimeout(() => {
      collector = undefined
      for (const key of stale) void queryClient.invalidateQueries({ queryKey: [key] })
      stale.clear()
    }, COLLECT_MS)
  }

  signal.addEventListener('abort', () => clearTimeout(collector))
  for await (const { items, reset } of followChanges(session.promptClient, profileId, { signal })) {
    for (const { kind } of items) invalidate(STALE_KEYS[kind] ?? [])
    if (reset) invalidate(ALL_KEYS)
    const kinds = new Set<string>(items.map(({ kind }) => kind))
    if (reset || kinds.has('account')) void reloadAccount().catch(() => undefined)
    if (reset || kinds.has('streams')) announceStreamsChange()
  }
}
