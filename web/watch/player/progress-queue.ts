// Progress that could not be sent: kept in IndexedDB until the network is back, also after a reload. All tabs share it;
// one of them sends it. The service counts an event once, by its eventId.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { profileClient, type RequestBody } from '@shared/api/client.js'
import { canRetry, unwrap } from '@shared/api/problem.js'

type BatchEvent = RequestBody<'/v1/profiles/{profileId}/progress/batch', 'post'>['events'][number]

export interface QueuedEvent extends BatchEvent {
  readonly profileId: string
  readonly eventId: string
}

interface ProgressDatabase extends DBSchema {
  events: { key: [string, string], value: QueuedEvent, indexes: { profileId: string } }
}

/** Event of the window after an event was stored. */
export const PROGRESS_QUEUED = 'normflix:progress-queued'
const DATABASE = 'normflix.progress'
const LOCK = 'normflix.progress'
/** Where a closing page leaves its last event: it has no time for a transaction. */
const LAST_EVENTS_KEY = 'normflix.last-progress'
/** The API takes 1,000 events in a request. */
const MAX_EVENTS = 500

let database: Promise<IDBPDatabase<ProgressDatabase>> | null = null

async function openDatabase (): Promise<IDBPDatabase<ProgressDatabase>> {
  database ??= openDB<ProgressDatabase>(DATABASE, 1, {
    upgrade: (db) => {
      db.createObjectStore('events', { keyPath: ['playId', 'eventId'] }).createIndex('profileId', 'profileId')
    },
  })
  return await database
}

/** Stores an event for later. An event that is stored already is replaced. */
export async function queueProgress (event: QueuedEvent): Promise<void> {
  await (await openDatabase()).put('events', event)
  window.dispatchEvent(new Event(PROGRESS_QUEUED))
}

/** Stores an event while the page closes. */
export function queueLastProgress (event: QueuedEvent): void {
  localStorage.setItem(LAST_EVENTS_KEY, JSON.stringify([...readLastProgress(), event]))
}

function readLastProgress (): QueuedEvent[] {
  return JSON.parse(localStorage.getItem(LAST_EVENTS_KEY) ?? '[]') as QueuedEvent[]
}

async function moveLastProgress (): Promise<void> {
  const db = await openDatabase()
  for (const event of readLastProgress()) await db.put('events', event)
  localStorage.removeItem(LAST_EVENTS_KEY)
}

/**
 * Sends the stored events of a profile. Events that the service rejects are removed: repeating them cannot succeed.
 * @returns the number of events that the service received
 * @throws UnreachableError and others; the events stay stored
 */
export async function sendQueuedProgress (profileId: string): Promise<number> {
  return await withLock(async () => {
    await moveLastProgress()
    const db = await openDatabase()
    let sent = 0
    for (;;) {
      const events = await db.getAllFromIndex('events', 'profileId', profileId, MAX_EVENTS)
      if (events.length === 0) return sent
      await sendBatch(profileId, events)
      const { store, done } = db.transaction('events', 'readwrite')
      for (const { playId = '', eventId } of events) void store.delete([playId, eventId])
      await done
      sent += events.length
    }
  })
}

async function sendBatch (profileId: string, events: readonly QueuedEvent[]): Promise<void> {
  try {
    await unwrap(
      profileClient.POST('/v1/profiles/{profileId}/progress/batch', {
        params: { path: { profileId } },
        body: { events: events.map(({ profileId: _profile, ...event }) => event) },
      }),
    )
  } catch (error) {
    if (canRetry(error)) throw error
  }
}

/** Pages without a secure context have no locks; then two tabs can send the same events, which count once. */
async function withLock<T> (run: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined
  return locks === undefined ? await run() : await locks.request(LOCK, run)
}
