// Sends progress that was watched without a network: when the app starts, when the network is back, and until it works.
import { readSession, subscribeToSession } from '@shared/api/session.js'

const RETRY_MS = 15_000

/** Watches the network and the selected profile for the life of the page. @param onSent runs after events were sent */
export function startProgressSync (onSent: () => void): void {
  let lastProfileId: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function send (): Promise<void> {
    clearTimeout(timer)
    const { profileId } = readSession()
    if (profileId === null || !navigator.onLine) return
    try {
      const { PROGRESS_QUEUED, sendQueuedProgress } = await import('../player/progress-queue.js')
      window.addEventListener(PROGRESS_QUEUED, retryLater)
      if (await sendQueuedProgress(profileId) > 0) onSent()
    } catch {
      retryLater()
    }
  }

  function trySend (): void {
    void send()
  }

  function retryLater (): void {
    clearTimeout(timer)
    timer = setTimeout(trySend, RETRY_MS)
  }

  subscribeToSession(() => {
    const { profileId } = readSession()
    if (profileId === lastProfileId) return
    lastProfileId = profileId
    trySend()
  })
  window.addEventListener('online', trySend)
}
