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

/** Where a tab keeps the cursor of the last event, so that a page that loads again continues there. */
const cursorKey = (profileId: string): string => `normflix.feed.${profileId}`

function loadCursor (profileId: string): string | undefined {
  try {
    return sessionStorage.getItem(cursorKey(profileId)) ?? undefined
  } catch {
    return undefined
  }
}

function saveCursor (profileId: string, cursor: string): void {
  try {
    sessionStorage.setItem(cursorKey(profileId), cursor)
  } catch {
    // No storage: the next page loads its data twice.
  }
}

/**
 * Invalidates the cache after each change until the signal aborts. The page may have loaded its data before the feed
 * opened: the feed continues after the last event of this tab, or else everything is loaded once more.
 * @throws ApiProblem when the feed has ended
 */
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
  let since = loadCursor(profileId)
  for await (const event of followChanges(session.promptClient, profileId, { since, signal })) {
    const isAllStale = event.reset || since === undefined
    const kinds = new Set<string>(event.items.map(({ kind }) => kind))
    for (const kind of kinds) invalidate(STALE_KEYS[kind] ?? [])
    if (isAllStale) invalidate(ALL_KEYS)
    if (isAllStale || kinds.has('account')) void reloadAccount().catch(() => undefined)
    if (isAllStale || kinds.has('streams')) announceStreamsChange()
    since = event.cursor
    saveCursor(profileId, since)
  }
}
