// Keeps the page up to date: the change feed tells which data of the profile changed, on this device or another one.
import type { QueryClient } from '@tanstack/react-query'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { profileClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { useSession } from '@shared/api/hooks.js'

/** Keys that each kind of change makes out of date. */
const STALE_KEYS: Readonly<Record<string, readonly string[]>> = {
  watching: ['watching', 'titles'],
  wishlist: ['titles', 'watching'],
  rating: ['titles', 'watching'],
  history: ['watching', 'titles'],
  catalogue: ['titles', 'watching'],
  reset: ['titles', 'watching'],
}
const MIN_RECONNECT_MS = 2_000
const MAX_RECONNECT_MS = 60_000
/** Several changes in a row load the page once. */
const COLLECT_MS = 250

/** Follows the change feed of the selected profile while the page is open. */
export function useChangeFeed (): void {
  const queryClient = useQueryClient()
  const { profileId } = useSession()
  useEffect(() => {
    if (profileId === null) return undefined
    return followChanges(queryClient, profileId)
  }, [queryClient, profileId])
}

/** @returns a function that closes the feed */
function followChanges (queryClient: QueryClient, profileId: string): () => void {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let reconnectMs = MIN_RECONNECT_MS
  let isClosed = false
  const stale = new Set<string>()
  let collector: ReturnType<typeof setTimeout> | undefined

  function invalidate (kind: string): void {
    for (const key of STALE_KEYS[kind] ?? []) stale.add(key)
    collector ??= setTimeout(() => {
      collector = undefined
      for (const key of stale) void queryClient.invalidateQueries({ queryKey: [key] })
      stale.clear()
    }, COLLECT_MS)
  }

  async function open (): Promise<void> {
    try {
      const { url } = await unwrap(
        profileClient.GET('/v1/profiles/{profileId}/changes/url', { params: { path: { profileId } } }),
      )
      if (isClosed) return
      source = new EventSource(url)
      source.onopen = () => {
        reconnectMs = MIN_RECONNECT_MS
      }
      source.addEventListener('changes', ({ data }: MessageEvent<string>) => {
        const { items, reset } = JSON.parse(data) as Pick<Schemas['Changes'], 'items' | 'reset'>
        for (const { kind } of items) invalidate(kind)
        if (reset) invalidate('reset')
      })
      source.onerror = () => {
        // The browser repeats a broken connection; a closed one needs another signed URL.
        if (source?.readyState === EventSource.CLOSED) reconnect()
      }
    } catch {
      reconnect()
    }
  }

  function reconnect (): void {
    source?.close()
    if (isClosed) return
    timer = setTimeout(() => {
      invalidate('reset')
      void open()
    }, reconnectMs)
    reconnectMs = Math.min(2 * reconnectMs, MAX_RECONNECT_MS)
  }

  void open()
  return () => {
    isClosed = true
    source?.close()
    clearTimeout(timer)
    clearTimeout(collector)
  }
}
