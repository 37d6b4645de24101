// Webhooks, as administrators manage them.
import { Type, type Static } from 'typebox'
import { WEBHOOK_EVENT_TYPES, WEBHOOK_TEST_TYPE } from '../domain/webhook-events.js'
import { describe, Id, nullable, ref, strict, Timestamp } from './common.js'
import {
  MAX_WEBHOOK_ENDPOINTS,
  WEBHOOK_DISABLED_REASONS,
  WEBHOOK_ATTEMPT_ERRORS,
  WEBHOOK_DELIVERY_STATUSES,
} from '../domain/webhook-states.js'

const DEFAULT_OVERLAP_HOURS = 24
const MAX_OVERLAP_HOURS = 168

export const WebhookEventType = Type.Enum([...WEBHOOK_EVENT_TYPES], {
  title: 'WebhookEventType',
  description: 'Type of an event',
})
export const SentWebhookType = Type.Enum([...WEBHOOK_EVENT_TYPES, WEBHOOK_TEST_TYPE], {
  title: 'SentWebhookType',
  description: 'Type of an event that was sent; `webhook.test` is sent by request only',
})
export const WebhookDeliveryStatus = Type.Enum([...WEBHOOK_DELIVERY_STATUSES], {
  title: 'WebhookDeliveryStatus',
  description: 'pending: an attempt follows; succeeded: the endpoint responded with 2xx; failed: no attempt follows',
})

const Url = Type.String({
  minLength: 1,
  maxLength: 2_048,
  description: 'https URL that receives the events, without user and fragment. It must lead to a public address',
  examples: ['https://hooks.example.com/normflix'],
})
const Description = Type.String({ maxLength: 200, description: 'Text for administrators', examples: ['Billing'] })
const EventTypes = Type.Array(WebhookEventType, {
  minItems: 1,
  maxItems: WEBHOOK_EVENT_TYPES.length,
  uniqueItems: true,
  description: 'Types of events that the endpoint receives',
  examples: [['account.created', 'plan.changed']],
})
const Enabled = Type.Boolean({ description: 'Whether events are sent' })

export const WebhookInput = strict({
  url: Url,
  description: Type.Optional(nullable(Description, 'Text for administrators; null: none')),
  eventTypes: EventTypes,
  enabled: Type.Optional(describe(Enabled, 'Whether events are sent; true by default')),
}, { $id: 'WebhookInput', description: 'A webhook, as administrators write it' })
export type WebhookInput = Static<typeof WebhookInput>

export const WebhookChanges = strict({
  url: Type.Optional(Url),
  description: Type.Optional(nullable(Description, 'Text for administrators; null: none')),
  eventTypes: Type.Optional(EventTypes),
  enabled: Type.Optional(Enabled),
}, { $id: 'WebhookChanges', description: 'Fields of a webhook to change', minProperties: 1 })

export const SecretRotation = strict({
  overlapHours: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_OVERLAP_HOURS,
      default: DEFAULT_OVERLAP_HOURS,
      description: 'How long the previous secret signs beside the new one, hours; 0 ends it at once',
    }),
  ),
})

export const WebhookReplay = strict({ since: describe(Timestamp, 'Events since this time, inclusive') })
export const ReplayResult = Type.Object({
  count: Type.Integer({ minimum: 0, description: 'Number of deliveries that are sent again' }),
}, { description: 'What is sent again' })

const webhook = {
  id: Id,
  url: Type.String({ description: 'URL that receives the events' }),
  description: nullable(Type.String(), 'Text for administrators; null: none'),
  eventTypes: Type.Array(WebhookEventType, { description: 'Types of events that the endpoint receives' }),
  enabled: Enabled,
  disabledReason: nullable(
    Type.Enum([...WEBHOOK_DISABLED_REASONS], {
      title: 'WebhookDisabledReason',
      description: 'administrator: by request; gone: it responded with 410; failing: all attempts failed for 5 days',
    }),
    'Why no events are sent; null while it is enabled',
  ),
  disabledAt: nullable(Timestamp, 'When it was disabled; null while it is enabled'),
  failingSince: nullable(Timestamp, 'Time of the first failed attempt since the last success; null: none failed'),
  previousSecretUntil: nullable(Timestamp, 'Until when a previous secret signs as well; null: only the current one'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
}
export const Webhook = Type.Object(webhook, { $id: 'Webhook', description: 'An endpoint that receives events' })
export type Webhook = Static<typeof Webhook>

export const WebhookWithSecret = Type.Object({
  ...webhook,
  secret: Type.String({
    description: 'Secret that verifies signatures, `whsec_` and base64. It is shown this once',
    examples: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfBXFHjLQo='],
  }),
}, { $id: 'WebhookWithSecret', description: 'A webhook with its new secret' })
export type WebhookWithSecret = Static<typeof WebhookWithSecret>

export const WebhookAttempt = Type.Object({
  at: Timestamp,
  durationMs: Type.Integer({ minimum: 0, description: 'Until the beginning of the response was read, ms' }),
  statusCode: nullable(Type.Integer(), 'Status of the response; null without a response'),
  error: nullable(
    Type.Enum([...WEBHOOK_ATTEMPT_ERRORS], {
      title: 'WebhookAttemptError',
      description: 'status: neither 2xx nor 3xx; redirect: 3xx, which is not followed; blocked-address: an address ' +
        'that the service does not connect to',
    }),
    'Why the attempt failed; null: it succeeded',
  ),
  responseText: nullable(Type.String(), 'First 1024 bytes of the response; null without a response'),
}, { title: 'WebhookAttempt', description: 'An attempt to send an event' })

export const WebhookDelivery = Type.Object({
  id: Id,
  eventId: Type.String({
    description: 'The `webhook-id`: the same for all attempts and replays of an event',
    examples: ['evt_665f1c2e9b1e8a0012ab34cd'],
  }),
  type: SentWebhookType,
  payload: Type.String({ description: 'JSON as it is sent' }),
  status: WebhookDeliveryStatus,
  attempts: Type.Integer({ minimum: 0, description: 'Number of attempts since the event or the last replay' }),
  nextAttemptAt: nullable(Timestamp, 'Earliest time of the next attempt; null: none follows'),
  lastAttempt: nullable(WebhookAttempt, 'The last attempt; null: none was made'),
  createdAt: describe(Timestamp, 'Time of the event'),
}, { $id: 'WebhookDelivery', description: 'One event for one webhook. It is deleted 30 days after the event' })
export type WebhookDelivery = Static<typeof WebhookDelivery>

export const WebhookList = Type.Object({
  items: Type.Array(ref(Webhook), { description: 'All webhooks, oldest first' }),
  maxWebhooks: Type.Integer({ description: 'Limit on their number', examples: [MAX_WEBHOOK_ENDPOINTS] }),
}, { description: 'All webhooks and their limit' })
export const WebhookParams = Type.Object({ webhookId: Id })
export const DeliveryParams = Type.Object({ webhookId: Id, deliveryId: Id })
