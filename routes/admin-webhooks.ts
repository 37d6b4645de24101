// Webhooks, for administrators: endpoints of other systems that receive events.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { findWebhookEndpoints } from '../models/webhook-endpoint.js'
import type { KeyRing } from '../src/security/key-ring.js'
import { NoContent, optionalBody, ref, responses } from '../src/schemas/common.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import {
  SecretRotation,
  Webhook,
  WebhookChanges,
  WebhookInput,
  WebhookList,
  WebhookParams,
  WebhookWithSecret,
} from '../src/schemas/webhooks.js'
import { toWebhook, toWebhookWithSecret } from '../src/views/webhooks.js'
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  requireEndpoint,
  rotateSecret,
} from '../src/webhooks/endpoints.js'
import type { Webhooks } from '../src/webhooks/webhooks.js'
import { MAX_WEBHOOK_ENDPOINTS } from '../src/domain/webhook-states.js'

export interface AdminWebhooksRouteOptions {
  readonly keys: KeyRing
  readonly webhooks: Webhooks
  now(): Date
}

const adminWebhooks: FastifyPluginAsyncTypebox<AdminWebhooksRouteOptions> = async (app, options) => {
  const { keys, webhooks: { rules, sender }, now } = options
  const deps = { keys, rules, sender, now }

  app.get('/admin/webhooks', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'List all webhooks',
      description:
        'Oldest first, without their secrets. `failingSince` and `disabledReason` show which need attention.',
      operationId: 'listWebhooks',
      response: responses({ 200: WebhookList }),
    },
  }, async () => {
    const endpoints = await findWebhookEndpoints()
    return { items: endpoints.map((one) => toWebhook(one, now())), maxWebhooks: MAX_WEBHOOK_ENDPOINTS }
  })

  app.get('/admin/webhooks/:webhookId', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'Get a webhook',
      description: 'Without its secret, which is shown at creation and rotation only.',
      operationId: 'getWebhook',
      params: WebhookParams,
      response: responses({ 200: ref(Webhook) }),
    },
  }, async (request) => toWebhook(await requireEndpoint(request.params.webhookId), now()))

  app.post('/admin/webhooks', {
    config: { access: 'admin', idempotencyKey: true, hasSecretResponse: true },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'Create a webhook',
      description:
        'From now on, events of the selected types are sent to the URL. The response contains the secret that ' +
        'verifies their signatures; it is not shown again. The service has at most 20 webhooks.',
      operationId: 'createWebhook',
      body: ref(WebhookInput),
      response: responses({ 201: withHeaders(ref(WebhookWithSecret), 'Location') }),
    },
  }, async (request, reply) => {
    const { url, eventTypes, description = null, enabled = true } = request.body
    const created = await createEndpoint(deps, { url, eventTypes, description, enabled })
    reply.code(201).header('location', `/v1/admin/webhooks/${created.endpoint._id.toString()}`)
    return toWebhookWithSecret(created, now())
  })

  app.patch('/admin/webhooks/:webhookId', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'Change a webhook',
      description:
        'Only the fields of the body change. Disabling stops all attempts: events that wait count as failed and can ' +
        'be replayed; events while it is disabled are not stored.',
      operationId: 'changeWebhook',
      params: WebhookParams,
      body: ref(WebhookChanges),
      response: responses({ 200: ref(Webhook) }),
    },
  }, async (request) => toWebhook(await changeEndpoint(deps, request.params.webhookId, request.body), now()))

  app.delete('/admin/webhooks/:webhookId', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'Delete a webhook',
      description: 'With its deliveries, also those that wait.',
      operationId: 'deleteWebhook',
      params: WebhookParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await deleteEndpoint(request.params.webhookId)
    return await reply.code(204).send(null)
  })

  app.post('/admin/webhooks/:webhookId/secret', {
    config: { access: 'admin', idempotencyKey: true, hasSecretResponse: true },
    // The body may be omitted.
    preValidation: async (request) => {
      request.body ??= {}
    },
    schema: {
      tags: ['Admin: webhooks'],
      summary: 'Rotate the secret of a webhook',
      description:
        'Returns a new secret, once. For `overlapHours` (24 by default), requests have two signatures, by the new ' +
        'and the previous secret, so that receivers can change it without a gap. At most two previous secrets stay ' +
        'valid.',
      operationId: 'rotateWebhookSecret',
      params: WebhookParams,
      body: optionalBody(SecretRotation),
      response: responses({ 200: ref(WebhookWithSecret) }),
    },
  }, async (request) => {
    const { overlapHours = 24 } = request.body
    return toWebhookWithSecret(await rotateSecret(deps, request.params.webhookId, overlapHours), now())
  })
}

export default adminWebhooks
