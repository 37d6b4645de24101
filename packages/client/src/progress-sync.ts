// Sends queued progress: when a profile is selected, when the network is back, and until it works.
import { isOnline, listen, withLock } from './environment.js'
import { ApiProblem, canRetry, ServerError, unwrap } from './problems.js'
import type { ProgressQueue, QueuedEvent } from './progress-queue.js'
import type { Session } from './session.js'

export type SyncSession = Pick<Session, 'promptClient' | 'readSession' | 'subscribeToSession'>

const LOCK = 'normflix.progress'
/** The API takes 1,000 events in a request. */
const MAX_EVENTS = 500
const RETRY_MS = 15_000
/** Problems of a request that no repetition can solve. Progress outlives the end of a session and a changed PIN. */
const FINAL_STATUSES = [400, 404, 413, 422]

const isTransient = (status: number): boolean => status === 429 || status >= 500

/** Sends one batch. @returns the events that are settled: saved, or rejected for good */
async function sendBatch (
  { promptClient }: SyncSession,
  profileId: string,
  events: readonly QueuedEvent[],
): Promise<readonly QueuedEvent[]> {
  try {
    const { results } = await unwrap(promptClient.POST('/v1/profiles/{profileId}/progress/batch', {
      params: { path: { profileId } },
      body: { events: events.map(({ profileId: _profile, ...event }) => event) },
    }))
    return events.filter((_event, index) => !isTransient(results[index]?.status ?? 500))
  } catch (error) {
    if (error instanceof ApiProblem && FINAL_STATUSES.includes(error.problem.status)) return events
    throw error
  }
}

/**
 * Sends the queued events of a profile, from one tab of the browser at a time. Two senders lose nothing: the service
 * counts an event once.
 * @returns the number of events that are settled
 * @throws ApiProblem, UnreachableError, ServerError; the events that are not settled stay queued
 */
export async function sendQueuedProgress (
  session: SyncSession,
  queue: ProgressQueue,
  profileId: string,
): Promise<number> {
  return await withLock(LOCK, async () => {
    let settledCount = 0
    for (;;) {
      const events = await queue.list(profileId, MAX_EVENTS)
      if (events.length === 0) return settledCount
      const settled = await sendBatch(session, profileId, events)
      await queue.remove(settled)
      settledCount += settled.length
      if (settled.length < events.length) throw new ServerError('the service could not save all events')
    }
  })
}

/**
 * Sends the queued events of the selected profile whenever that may succeed.
 * @param onSent runs after events were sent
 * @returns `retryLater`, which plans another attempt after an event was queued, and `stop`
 */
export function startProgressSync (
  session: SyncSession,
  queue: ProgressQueue,
  onSent: () => void = () => undefined,
): { readonly retryLater: () => void, readonly stop: () => void } {
  const stopped = new AbortController()
  let lastProfileId: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function send (): Promise<void> {
    clearTimeout(timer)
    const { profileId } = session.readSession()
    if (profileId === null || !isOnline() || stopped.signal.aborted) return
    try {
      if (await sendQueuedProgress(session, queue, profileId) > 0) onSent()
    } catch (error) {
      // After the end of the session, the next log-in sends the events.
      if (canRetry(error)) retryLater()
    }
  }

  function trySend (): void {
    void send()
  }

  function retryLater (): void {
    clearTimeout(timer)
    if (!stopped.signal.aborted) timer = setTimeout(trySend, RETRY_MS)
  }

  function followProfile (): void {
    const { profileId } = session.readSession()
    if (profileId === lastProfileId) return
    lastProfileId = profileId
    trySend()
  }

  const unsubscribe = session.subscribeToSession(followProfile)
  listen('online', trySend, stopped.signal)
  followProfile()
  return {
    retryLater,
    stop () {
      stopped.abort()
      unsubscribe()
      clearTimeout(timer)
    },
  }
}
