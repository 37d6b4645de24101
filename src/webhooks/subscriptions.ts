// The endpoints that subscribe to an event type, in memory: an event without a subscriber costs no query.
import type { Types } from 'mongoose'
import { findWebhookEndpoints, type StoredWebhookEndpoint } from '../../models/webhook-endpoint.js'
import type { ChangeWatch } from '../database/change-watch.js'
import type { WebhookEventType } from '../domain/webhook-events.js'

export interface Subscriptions {
  /** IDs of the enabled endpoints that subscribe to a type. */
  find(type: WebhookEventType): Promise<readonly Types.ObjectId[]>
}

export function createSubscriptions (watch: ChangeWatch): Subscriptions {
  let endpoints: readonly StoredWebhookEndpoint[] | null = null
  let version = 0
  watch.onChange('webhookendpoints', () => {
    version++
    endpoints = null
  })

  async function load (): Promise<readonly StoredWebhookEndpoint[]> {
    const versionBefore = version
    const loaded = await findWebhookEndpoints()
    // A change during the load may be missing in it.
    if (version === versionBefore && watch.isCurrent()) endpoints = loaded
    return loaded
  }

  return {
    async find (type) {
      const current = endpoints !== null && watch.isCurrent() ? endpoints : await load()
      return current.filter(({ enabled, eventTypes }) => enabled && eventTypes.includes(type)).map(({ _id }) => _id)
    },
  }
}
