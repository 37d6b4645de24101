// Webhooks and their deliveries.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { accountClient, type RequestBody, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { webhooksKey } from './keys.js'

export type Webhook = Schemas['Webhook']
export type WebhookWithSecret = Schemas['WebhookWithSecret']
export type WebhookDelivery = Schemas['WebhookDelivery']
export type WebhookEventType = Schemas['WebhookEventType']
export type WebhookInput = RequestBody<'/v1/admin/webhooks', 'post'>
export type WebhookChanges = RequestBody<'/v1/admin/webhooks/{webhookId}', 'patch'>
export type DeliveryStatus = Schemas['WebhookDeliveryStatus']

export const EVENT_TYPES: readonly WebhookEventType[] = [
  'account.created',
  'plan.changed',
  'title.published',
  'media.ready',
  'media.failed',
  'play.finished',
  'stream.refused',
]
export const DELIVERY_STATUSES: readonly DeliveryStatus[] = ['pending', 'succeeded', 'failed']

const PAGE_SIZE = 20

export const webhookListQuery = () =>
  queryOptions({
    queryKey: webhooksKey('list'),
    queryFn: async ({ signal }) => await unwrap(accountClient.GET('/v1/admin/webhooks', { signal })),
    staleTime: 0,
  })

export const webhookQuery = (webhookId: string) =>
  queryOptions({
    queryKey: webhooksKey('one', webhookId),
    queryFn: async ({ signal }) =>
      await unwrap(accountClient.GET('/v1/admin/webhooks/{webhookId}', { params: { path: { webhookId } }, signal })),
    staleTime: 0,
  })

export const deliveriesQuery = (webhookId: string, status: DeliveryStatus | null) =>
  infiniteQueryOptions({
    queryKey: webhooksKey('deliveries', webhookId, status),
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_SIZE,
        ...status === null ? {} : { status },
        ...pageParam === null ? {} : { cursor: pageParam },
      }
      const params = { path: { webhookId }, query }
      return await unwrap(accountClient.GET('/v1/admin/webhooks/{webhookId}/deliveries', { params, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })

export async function createWebhook (body: WebhookInput): Promise<WebhookWithSecret> {
  const params = { header: { 'idempotency-key': crypto.randomUUID() } }
  return await unwrap(accountClient.POST('/v1/admin/webhooks', { params, body }))
}

export async function changeWebhook (webhookId: string, body: WebhookChanges): Promise<Webhook> {
  return await unwrap(
    accountClient.PATCH('/v1/admin/webhooks/{webhookId}', { params: { path: { webhookId } }, body }),
  )
}

export async function deleteWebhook (webhookId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/admin/webhooks/{webhookId}', { params: { path: { webhookId } } }))
}

/** The previous secret signs for another day. */
export async function rotateSecret (webhookId: string): Promise<WebhookWithSecret> {
  const params = { path: { webhookId } }
  return await unwrap(accountClient.POST('/v1/admin/webhooks/{webhookId}/secret', { params, body: {} }))
}

export async function testWebhook (webhookId: string): Promise<WebhookDelivery> {
  return await unwrap(
    accountClient.POST('/v1/admin/webhooks/{webhookId}/test', { params: { path: { webhookId } } }),
  )
}

export async function replayDelivery (webhookId: string, deliveryId: string): Promise<void> {
  const params = { path: { webhookId, deliveryId } }
  await unwrap(accountClient.POST('/v1/admin/webhooks/{webhookId}/deliveries/{deliveryId}/replay', { params }))
}

/** @returns the number of deliveries that are sent again */
export async function replayFailed (webhookId: string, since: string): Promise<number> {
  const params = { path: { webhookId } }
  return (await unwrap(accountClient.POST('/v1/admin/webhooks/{webhookId}/replay', { params, body: { since } }))).count
}
