// Lists deliveries and replays them.
import mongoose, { Types } from 'mongoose'
import { WebhookDelivery, type StoredWebhookDelivery } from '../../models/webhook-delivery.js'
import { pageOf, type Page } from '../domain/pages.js'
import { WEBHOOK_TEST_TYPE, type SentWebhookType } from '../domain/webhook-events.js'
import { fail, notFound } from '../errors.js'
import { WEBHOOK_DELIVERY_TTL_MS } from './outbox.js'
import type { WebhookDeliveryStatus } from '../domain/webhook-states.js'

/** Sort key of a delivery. */
export type DeliveryCursor = readonly [createdAtMs: number, id: string]

export interface DeliveryFilter {
  readonly endpointId: string
  readonly status?: WebhookDeliveryStatus
  readonly type?: SentWebhookType
  readonly after: DeliveryCursor | null
  readonly limit: number
}

/** Lists one page of deliveries, newest first. */
export async function listDeliveries (
  { endpointId, status, type, after, limit }: DeliveryFilter,
): Promise<Page<StoredWebhookDelivery, DeliveryCursor>> {
  const filter = {
    endpoint: new Types.ObjectId(endpointId),
    createdAt: mongoose.trusted({ $gte: new Date(0) }),
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { eventType: type }),
    ...(after === null ? {} : { $or: olderThan(after) }),
  }
  const deliveries = await WebhookDelivery.find(filter as never).sort({ createdAt: -1, _id: -1 }).limit(limit + 1)
    .lean<StoredWebhookDelivery[]>()
  return pageOf(deliveries, limit, ({ createdAt, _id }) => [createdAt.getTime(), _id.toString()])
}

function olderThan ([atMs, id]: DeliveryCursor): object[] {
  const createdAt = new Date(atMs)
  return [
    { createdAt: mongoose.trusted({ $lt: createdAt }) },
    { createdAt, _id: mongoose.trusted({ $lt: new Types.ObjectId(id) }) },
  ]
}

/** @throws DomainError 404 `not-found` */
export async function requireDelivery (endpointId: string, deliveryId: string): Promise<StoredWebhookDelivery> {
  const delivery = await WebhookDelivery.findById(deliveryId).lean<StoredWebhookDelivery>()
  return delivery?.endpoint.toString() === endpointId ? delivery : fail(notFound('delivery'))
}

/** Sends a delivery again, from its first attempt. One that waits is sent now. @throws DomainError 404 */
export async function replayDelivery (endpointId: string, deliveryId: string, now: Date): Promise<void> {
  const { _id } = await requireDelivery(endpointId, deliveryId)
  await WebhookDelivery.updateOne({ _id }, { $set: restart(now) })
}

/** Sends the failed deliveries of events since a time again. @returns their number */
export async function replayFailed (endpointId: string, since: Date, now: Date): Promise<number> {
  const filter = {
    endpoint: new Types.ObjectId(endpointId),
    status: 'failed',
    eventType: mongoose.trusted({ $ne: WEBHOOK_TEST_TYPE }),
    createdAt: mongoose.trusted({ $gte: since }),
  }
  const { modifiedCount } = await WebhookDelivery.updateMany(filter as never, { $set: restart(now) })
  return modifiedCount
}

function restart (now: Date): Partial<StoredWebhookDelivery> {
  const expiresAt = new Date(now.getTime() + WEBHOOK_DELIVERY_TTL_MS)
  return { status: 'pending', attempts: 0, nextAttemptAt: now, expiresAt }
}
