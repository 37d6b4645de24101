// Progress that could not be sent: stored until the network is back.
import type { RequestBody } from './types.js'

type BatchEvent = RequestBody<'/v1/profiles/{profileId}/progress/batch', 'post'>['events'][number]

/** The service counts an event once, by its play and its ID. */
export interface QueuedEvent extends BatchEvent {
  readonly profileId: string
  readonly playId: string
  readonly eventId: string
}

export interface ProgressQueue {
  /** Stores an event. An event that is stored already is replaced. */
  add(event: QueuedEvent): Promise<void>
  /** Stores an event while the page closes: at once, because a transaction would be cut off. */
  addLast(event: QueuedEvent): void
  /** Returns stored events of a profile. */
  list(profileId: string, limit: number): Promise<QueuedEvent[]>
  remove(events: readonly QueuedEvent[]): Promise<void>
}

/** Identifies an event. */
export function eventKey ({ playId, eventId }: QueuedEvent): string {
  return `${playId} ${eventId}`
}

/** Stores events until the process ends. */
export function createMemoryQueue (): ProgressQueue {
  const events = new Map<string, QueuedEvent>()
  const addLast = (event: QueuedEvent): void => {
    events.set(eventKey(event), event)
  }
  return {
    addLast,
    add: async (event) => addLast(event),
    list: async (profileId, limit) =>
      [...events.values()].filter((event) => event.profileId === profileId).slice(0, limit),
    async remove (sent) {
      for (const event of sent) events.delete(eventKey(event))
    },
  }
}
