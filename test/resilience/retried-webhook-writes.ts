// Every write of webhooks, sent again after its response was lost.
import { startReceiver } from '../webhooks/receiver.js'
import type { LostResponseWorld } from './lost-response-world.js'

const SENT_AGAIN = { webhookdeliveries: 'a replay that is repeated starts again, with the same ID of the event' }

/** Repeats every write of webhooks. */
export async function retryWebhookWrites ({ t, admin, retry }: LostResponseWorld): Promise<void> {
  const { url: receiverUrl } = await startReceiver(t)
  const { id } = await retry({
    operation: 'createWebhook',
    url: '/v1/admin/webhooks',
    as: admin,
    body: { url: receiverUrl, eventTypes: ['title.published'] },
  })
  const url = `/v1/admin/webhooks/${id}`
  await retry({ operation: 'changeWebhook', url, as: admin, body: { description: 'Search' } })
  await retry({ operation: 'rotateWebhookSecret', url: `${url}/secret`, as: admin, body: { overlapHours: 1 } })
  const { id: deliveryId } = await retry({ operation: 'testWebhook', url: `${url}/test`, as: admin })
  await retry({
    operation: 'replayWebhookDelivery',
    url: `${url}/deliveries/${deliveryId}/replay`,
    as: admin,
    mayChange: SENT_AGAIN,
  })
  await retry({
    operation: 'replayFailedWebhookDeliveries',
    url: `${url}/replay`,
    as: admin,
    body: { since: '2026-01-01T00:00:00Z' },
    mayChange: SENT_AGAIN,
  })
  await retry({ operation: 'deleteWebhook', url, as: admin, repeated: 404 })
}
