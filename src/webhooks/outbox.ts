// Stores events for the endpoints that subscribe to them: with the change that causes them, in one transaction, so that
// a crash loses neither. Without a subscriber, the change is written as before, and nothing else.
import mongoose, { Types } from 'mongoose'
import { derivedId, isDuplicateKey } from '../../models/upsert.js'
import { WebhookDelivery, type StoredWebhookDelivery } from '../../models/webhook-delivery.js'
import {
  WEBHOOK_TEST_TYPE,
  type NewWebhookEvent,
  type SentWebhookType,
  type WebhookEventType,
} from '../domain/webhook-events.js'
import type { Subscriptions } from './subscriptions.js'

/** Deliveries are listed and can be replayed for this time. */
export const WEBHOOK_DELIVERY_TTL_MS = 30 * 86_400_000

/** The transaction of a write; null for a write without one. */
export type WriteSession = mongoose.ClientSession | null

export interface WebhookOutbox {
  /**
   * Writes a change and stores the events that it causes, both or neither.
   * @param write may run several times, with new documents; all its writes use the session
   * @param toEvents the events of the result
   */
  writeWithEvents<Type extends WebhookEventType, T>(
    type: Type,
    write: (session: WriteSession) => Promise<T>,
    toEvents: (result: T) => ReadonlyArray<NewWebhookEvent<Type>>,
  ): Promise<T>
  /** Stores an event whose change a crash would repeat, or that has none. It needs a key, so that it is stored once. */
  record<Type extends WebhookEventType>(type: Type, toEvent: () => NewWebhookEvent<Type>): Promise<void>
  /** Stores a test event for one endpoint. */
  recordTest(endpoint: Types.ObjectId): Promise<StoredWebhookDelivery>
}

/** An outbox without subscribers, for work outside a service. */
export const NO_EVENTS: WebhookOutbox = {
  writeWithEvents: async (_type, write) => await write(null),
  record: async () => undefined,
  recordTest: async () => {
    throw new Error('there is no endpoint')
  },
}

/** Another write of the same document came first. */
export class WriteConflictError extends Error {}

/**
 * A write of a loaded document, which cannot run again after a conflict: the document has to be loaded again.
 * @throws WriteConflictError in the second run
 */
export function runOnce<T> (write: (session: WriteSession) => Promise<T>): (session: WriteSession) => Promise<T> {
  let hasRun = false
  return async (session) => {
    if (hasRun) throw new WriteConflictError('the document was changed at the same time')
    hasRun = true
    return await write(session)
  }
}

interface WebhookOutboxDeps {
  readonly subscriptions: Subscriptions
  /** Called after events were stored. */
  onStored(): void
  now(): Date
}

export function createWebhookOutbox ({ subscriptions, onStored, now }: WebhookOutboxDeps): WebhookOutbox {
  /** Builds the deliveries of an event, one per endpoint. An event with a key has the same IDs each time. */
  function toDeliveries (
    type: SentWebhookType,
    { data, key }: { readonly data: object, readonly key: readonly string[] | null },
    endpoints: readonly Types.ObjectId[],
  ): StoredWebhookDelivery[] {
    const at = now()
    const eventObjectId = key === null ? new Types.ObjectId() : derivedId(type, ...key)
    const account = 'accountId' in data ? new Types.ObjectId(String(data.accountId)) : null
    const payload = JSON.stringify({ type, timestamp: at.toISOString(), data })
    return endpoints.map((endpoint) => ({
      _id: derivedId(endpoint.toString(), eventObjectId.toString()),
      endpoint,
      account,
      eventId: `evt_${eventObjectId.toString()}`,
      eventType: type,
      payload,
      status: 'pending',
      attempts: 0,
      nextAttemptAt: at,
      lastAttempt: null,
      createdAt: at,
      expiresAt: new Date(at.getTime() + WEBHOOK_DELIVERY_TTL_MS),
    }))
  }

  return {
    async writeWithEvents (type, write, toEvents) {
      const endpoints = await subscriptions.find(type)
      if (endpoints.length === 0) return await write(null)
      // Not the transaction of Mongoose: it resets documents after a conflict, and fails for embedded ones.
      const session = await mongoose.startSession()
      try {
        return await session.withTransaction(async () => {
          const written = await write(session)
          const deliveries = toEvents(written).flatMap((event) => toDeliveries(type, event, endpoints))
          if (deliveries.length > 0) await WebhookDelivery.insertMany(deliveries, { session })
          return written
        })
      } finally {
        await session.endSession()
        onStored()
      }
    },
    async record (type, toEvent) {
      const endpoints = await subscriptions.find(type)
      if (endpoints.length === 0) return
      const deliveries = toDeliveries(type, toEvent(), endpoints)
      await WebhookDelivery.insertMany(deliveries, { ordered: false }).catch((error: unknown) => {
        // Stored by an earlier call.
        if (!isDuplicateKey(error)) throw error
      })
      onStored()
    },
    async recordTest (endpoint) {
      const [delivery] = toDeliveries(WEBHOOK_TEST_TYPE, { data: {}, key: null }, [endpoint])
      if (delivery === undefined) throw new Error('a test has one delivery')
      await WebhookDelivery.create(delivery)
      return delivery
    },
  }
}
