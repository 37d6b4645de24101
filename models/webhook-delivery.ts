// One event for one endpoint: it waits to be sent, or shows how it was sent. The event is stored with the change that
// caused it, so that a crash loses none.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import type { SentWebhookType } from '../src/domain/webhook-events.js'
import {
  WEBHOOK_ATTEMPT_ERRORS,
  WEBHOOK_DELIVERY_STATUSES,
  type WebhookAttemptError,
  type WebhookDeliveryStatus,
} from '../src/domain/webhook-states.js'

export interface StoredWebhookAttempt {
  at: Date
  durationMs: number
  /** Null without a response. */
  statusCode: number | null
  /** Null when it succeeded. */
  error: WebhookAttemptError | null
  /** Beginning of the response body; null without a response. */
  responseText: string | null
}

export interface StoredWebhookDelivery {
  _id: Types.ObjectId
  endpoint: Types.ObjectId
  /** Account that the event is about; null for none. */
  account: Types.ObjectId | null
  /** The `webhook-id`: the same for all endpoints, attempts and replays of an event. */
  eventId: string
  eventType: SentWebhookType
  /** JSON as it is sent. */
  payload: string
  status: WebhookDeliveryStatus
  /** Number of attempts that have started since the event, or since the last replay. */
  attempts: number
  /**
   * When the next attempt may start; null when none follows. An attempt moves it into the future: until then, no other
   * process sends.
   */
  nextAttemptAt: Date | null
  lastAttempt: StoredWebhookAttempt | null
  createdAt: Date
  expiresAt: Date
}

const attemptSchema = new Schema<StoredWebhookAttempt>({
  at: { type: Date, required: true },
  durationMs: { type: Number, required: true },
  statusCode: { type: Number, default: null },
  error: { type: String, enum: [...WEBHOOK_ATTEMPT_ERRORS, null], default: null },
  responseText: { type: String, default: null },
}, { _id: false })

const webhookDeliverySchema = new Schema<StoredWebhookDelivery>({
  endpoint: { type: Schema.Types.ObjectId, required: true },
  account: { type: Schema.Types.ObjectId, default: null },
  eventId: { type: String, required: true },
  eventType: { type: String, required: true },
  payload: { type: String, required: true },
  status: { type: String, enum: WEBHOOK_DELIVERY_STATUSES, required: true },
  attempts: { type: Number, required: true },
  nextAttemptAt: { type: Date, default: null },
  lastAttempt: { type: attemptSchema, default: null },
  createdAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
}, { collection: 'webhookdeliveries', versionKey: false })

// Deliveries of an endpoint, newest first, and its deletion.
webhookDeliverySchema.index({ endpoint: 1, createdAt: -1, _id: -1 })
// Deliveries of an endpoint that are due; replays of failed ones.
webhookDeliverySchema.index({ endpoint: 1, status: 1, nextAttemptAt: 1 })
// Deletion of an account.
webhookDeliverySchema.index({ account: 1 })
// Clean-up only.
webhookDeliverySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const WebhookDelivery = mongoose.model('WebhookDelivery', webhookDeliverySchema)
