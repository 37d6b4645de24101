// Follows the change feed of the selected profile while the page is open. The code loads after the first page.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useSession } from '@shared/api/hooks.js'

export function useChangeFeed (): void {
  const queryClient = useQueryClient()
  const { profileId } = useSession()
  useEffect(() => {
    if (profileId === null) return undefined
    const closed = new AbortController()
    import('./follow-feed.js').then(async ({ followFeed }) => {
      await followFeed(queryClient, profileId, closed.signal)
      // The session has ended, or the profile cannot be used any more.
    }).catch(() => undefined)
    return () => closed.abort()
  }, [queryClient, profileId])
}
