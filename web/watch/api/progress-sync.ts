// Sends progress that was watched without a network. The code loads when a profile is selected and the page is online.
import { readSession, subscribeToSession } from '@shared/api/session.js'

/** @param onSent runs after events were sent */
export function startProgressSync (onSent: () => void): void {
  function start (): void {
    if (readSession().profileId === null || !navigator.onLine) return
    import('../player/progress.js').then(({ startSync }) => {
      startSync(onSent)
    }, () => undefined)
  }

  subscribeToSession(start)
  window.addEventListener('online', start)
}
