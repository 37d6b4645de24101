// Deliveries of webhooks, for administrators: list, test and replay.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { StoredWebhookEndpoint } from '../models/webhook-endpoint.js'
import { conflict } from '../src/errors.js'
import { Cursor, Limit, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import {
  DeliveryParams,
  ReplayResult,
  SentWebhookType,
  WebhookDelivery,
  WebhookDeliveryStatus,
  WebhookParams,
  WebhookReplay,
} from '../src/schemas/webhooks.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toWebhookDelivery } from '../src/views/webhooks.js'
import {
  listDeliveries,
  replayDelivery,
  replayFailed,
  requireDelivery,
  type DeliveryCursor,
} from '../src/webhooks/deliveries.js'
import { requireEndpoint } from '../src/webhooks/endpoints.js'
import type { Webhooks } from '../src/webhooks/webhooks.js'

const DeliveriesQuery = strict({
  status: Type.Optional(WebhookDeliveryStatus),
  type: Type.Optional(SentWebhookType),
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
})

export interface AdminWebhookDeliveriesRouteOptions {
  readonly webhooks: Webhooks
  readonly cursors: CursorCodec
  now(): Date
}

/** @throws DomainError 404 `not-found`, 409 `webhook-disabled` */
async function requireEnabled (webhookId: string): Promise<StoredWebhookEndpoint> {
  const endpoint = await requireEndpoint(webhookId)
  if (endpoint.enabled) return endpoint
  throw conflict('webhook-disabled', 'Webhook disabled', 'The webhook is disabled. Enable it first.')
}

const deliveries: FastifyPluginAsyncTypebox<AdminWebhookDeliveriesRouteOptions> = async (app, options) => {
  const { webhooks: { outbox, sender, sendSoon }, cursors, now } = options

  app.get('/admin/webhooks/:webhookId/deliveries', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'List the deliveries of a webhook, newest first',
      description: 'With the payload and the last attempt of each. Deliveries are deleted 30 days after their event.',
      operationId: 'listWebhookDeliveries',
      params: WebhookParams,
      querystring: DeliveriesQuery,
      response: responses({ 200: pageSchema(ref(WebhookDelivery)) }),
    },
  }, async (request) => {
    const { params: { webhookId }, query: { limit = 20, cursor, ...filters } } = request
    await requireEndpoint(webhookId)
    const scope = ['webhook deliveries', webhookId, filters]
    const after = cursors.decode<DeliveryCursor>(cursor, scope)
    const { rows, next } = await listDeliveries({ endpointId: webhookId, ...filters, after, limit })
    return { items: rows.map(toWebhookDelivery), nextCursor: cursors.encodeNext(next, scope) }
  })

  app.post('/admin/webhooks/:webhookId/test', {
    config: { access: 'admin', idempotencyKey: true },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'Send a test event to a webhook',
      description:
        'Sends an event of type `webhook.test` and waits for the response, at most 10 s. Returns the delivery with ' +
        'the outcome. A failed test is not repeated. A disabled webhook can be tested too.',
      operationId: 'testWebhook',
      params: WebhookParams,
      response: responses({ 200: ref(WebhookDelivery) }),
    },
  }, async (request) => {
    const { webhookId } = request.params
    const { _id } = await requireEndpoint(webhookId)
    const delivery = await outbox.recordTest(_id)
    await sender.send(delivery)
    return toWebhookDelivery(await requireDelivery(webhookId, delivery._id.toString()))
  })

  app.post('/admin/webhooks/:webhookId/deliveries/:deliveryId/replay', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'Send a delivery again',
      description:
        'With the same `webhook-id` and payload, and retries as for a new event. A delivery that waits is sent now.',
      operationId: 'replayWebhookDelivery',
      params: DeliveryParams,
      response: responses({ 200: ref(WebhookDelivery) }),
    },
  }, async (request) => {
    const { webhookId, deliveryId } = request.params
    await requireEnabled(webhookId)
    await replayDelivery(webhookId, deliveryId, now())
    sendSoon()
    return toWebhookDelivery(await requireDelivery(webhookId, deliveryId))
  })

  app.post('/admin/webhooks/:webhookId/replay', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'Send all failed deliveries again',
      description: 'Those of events since a time, with the same `webhook-id` and payload. Tests are left out.',
      operationId: 'replayFailedWebhookDeliveries',
      params: WebhookParams,
      body: WebhookReplay,
      response: responses({ 200: ReplayResult }),
    },
  }, async (request) => {
    const { webhookId } = request.params
    await requireEnabled(webhookId)
    const count = await replayFailed(webhookId, new Date(request.body.since), now())
    sendSoon()
    return { count }
  })
}

export default deliveries
