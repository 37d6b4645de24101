// Views of webhooks and their deliveries.
import type { StoredWebhookDelivery } from '../../models/webhook-delivery.js'
import type { StoredWebhookEndpoint } from '../../models/webhook-endpoint.js'
import type { Webhook, WebhookDelivery, WebhookWithSecret } from '../schemas/webhooks.js'
import type { EndpointWithSecret } from '../webhooks/endpoints.js'

export function toWebhook (endpoint: StoredWebhookEndpoint, now: Date): Webhook {
  const ends = endpoint.secrets.flatMap(({ expiresAt }) => expiresAt !== null && expiresAt > now ? [expiresAt] : [])
  const lastEnd = ends.length === 0 ? null : new Date(Math.max(...ends.map((end) => end.getTime())))
  return {
    id: endpoint._id.toString(),
    url: endpoint.url,
    description: endpoint.description,
    eventTypes: endpoint.eventTypes,
    enabled: endpoint.enabled,
    disabledReason: endpoint.disabledReason,
    disabledAt: endpoint.disabledAt?.toISOString() ?? null,
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    previousSecretUntil: lastEnd?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  }
}

export function toWebhookWithSecret ({ endpoint, secret }: EndpointWithSecret, now: Date): WebhookWithSecret {
  return { ...toWebhook(endpoint, now), secret }
}

export function toWebhookDelivery (delivery: StoredWebhookDelivery): WebhookDelivery {
  const { lastAttempt } = delivery
  return {
    id: delivery._id.toString(),
    eventId: delivery.eventId,
    type: delivery.eventType,
    payload: delivery.payload,
    status: delivery.status,
    attempts: delivery.attempts,
    nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
    lastAttempt: lastAttempt === null ? null : { ...lastAttempt, at: lastAttempt.at.toISOString() },
    createdAt: delivery.createdAt.toISOString(),
  }
}
