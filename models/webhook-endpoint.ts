// An endpoint of another system that receives events. Its secrets are encrypted; the schema bounds their number.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from '../src/domain/webhook-events.js'
import {
  MAX_WEBHOOK_ENDPOINTS,
  WEBHOOK_DISABLED_REASONS,
  type WebhookDisabledReason,
} from '../src/domain/webhook-states.js'
import { reportWritesOf } from './write-notifications.js'

/** The current secret, and older ones that are still valid. */
export const MAX_WEBHOOK_SECRETS = 3

export interface StoredWebhookSecret {
  _id: Types.ObjectId
  /** ID of the key that encrypts the secret. */
  kid: string
  /** Encrypted `whsec_…`. */
  sealed: Buffer
  createdAt: Date
  /** When it no longer signs; null for the current secret. */
  expiresAt: Date | null
}

export interface StoredWebhookEndpoint {
  _id: Types.ObjectId
  /** From 0 to `MAX_WEBHOOK_ENDPOINTS` - 1. The unique index limits the number of endpoints, also under concurrency. */
  slot: number
  url: string
  description: string | null
  eventTypes: WebhookEventType[]
  enabled: boolean
  /** Null while it is enabled; so is `disabledAt`. */
  disabledReason: WebhookDisabledReason | null
  disabledAt: Date | null
  /** When the first of the attempts that failed without a success in between was made; null after a success. */
  failingSince: Date | null
  /** The current secret first. */
  secrets: StoredWebhookSecret[]
  createdAt: Date
  updatedAt: Date
}

const secretSchema = new Schema<StoredWebhookSecret>({
  kid: { type: String, required: true },
  sealed: { type: Buffer, required: true },
  createdAt: { type: Date, required: true },
  expiresAt: { type: Date, default: null },
})

const webhookEndpointSchema = new Schema<StoredWebhookEndpoint>({
  slot: { type: Number, min: 0, max: MAX_WEBHOOK_ENDPOINTS - 1, required: true },
  url: { type: String, required: true },
  description: { type: String, default: null },
  eventTypes: { type: [String], enum: WEBHOOK_EVENT_TYPES, required: true },
  enabled: { type: Boolean, required: true },
  disabledReason: { type: String, enum: [...WEBHOOK_DISABLED_REASONS, null], default: null },
  disabledAt: { type: Date, default: null },
  failingSince: { type: Date, default: null },
  secrets: {
    type: [secretSchema],
    required: true,
    validate: (secrets: unknown[]) => secrets.length >= 1 && secrets.length <= MAX_WEBHOOK_SECRETS,
  },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
}, { collection: 'webhookendpoints', versionKey: false })

// The limit on the number of endpoints.
webhookEndpointSchema.index({ slot: 1 }, { unique: true })

reportWritesOf(webhookEndpointSchema, 'webhookendpoints')

export const WebhookEndpoint = mongoose.model('WebhookEndpoint', webhookEndpointSchema)

/** Lists all endpoints, oldest first. */
export async function findWebhookEndpoints (): Promise<StoredWebhookEndpoint[]> {
  const endpoints = await WebhookEndpoint.find().limit(MAX_WEBHOOK_ENDPOINTS).lean<StoredWebhookEndpoint[]>()
  return endpoints.map(withBuffers).sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
}

export async function findWebhookEndpoint (id: string | Types.ObjectId): Promise<StoredWebhookEndpoint | null> {
  const endpoint = await WebhookEndpoint.findById(id).lean<StoredWebhookEndpoint>()
  return endpoint === null ? null : withBuffers(endpoint)
}

/** A lean read returns the binary type of the driver. */
function withBuffers (endpoint: StoredWebhookEndpoint): StoredWebhookEndpoint {
  return {
    ...endpoint,
    secrets: endpoint.secrets.map((secret) => ({
      ...secret,
      sealed: Buffer.from(secret.sealed.buffer as unknown as Uint8Array),
    })),
  }
}
