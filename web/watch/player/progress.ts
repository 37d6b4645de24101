// Progress that could not be sent: stored in IndexedDB, also across reloads, until the client package has sent it.
import { createProgressQueue } from '@normflix/client/browser-queue.js'
import { startProgressSync } from '@normflix/client/progress-sync.js'
import { session } from '@shared/api/session.js'

export const queue = createProgressQueue()

let sync: ReturnType<typeof startProgressSync> | null = null

/** Sends the progress of the selected profile for the life of the page. @param onSent runs after events were sent */
export function startSync (onSent: () => void): void {
  sync ??= startProgressSync(session, queue, onSent)
}

/** Plans another attempt, after an event was queued. */
export function retryLater (): void {
  sync?.retryLater()
}
