// Creates, changes and deletes endpoints, and rotates their secrets.
import { Types } from 'mongoose'
import { insertIntoSlot } from '../../models/slots.js'
import { WebhookDelivery } from '../../models/webhook-delivery.js'
import {
  findWebhookEndpoint,
  findWebhookEndpoints,
  MAX_WEBHOOK_SECRETS,
  WebhookEndpoint,
  type StoredWebhookEndpoint,
} from '../../models/webhook-endpoint.js'
import type { WebhookEventType } from '../domain/webhook-events.js'
import { conflict, fail, notFound, validationFailed } from '../errors.js'
import type { KeyRing } from '../security/key-ring.js'
import { findUrlProblem, type AddressRules } from './addresses.js'
import { createSecret } from './secrets.js'
import type { WebhookSender } from './sender.js'
import { MAX_WEBHOOK_ENDPOINTS } from '../domain/webhook-states.js'

const HOUR_MS = 3_600_000

export interface WebhookFields {
  readonly url: string
  readonly description: string | null
  readonly eventTypes: readonly WebhookEventType[]
  readonly enabled: boolean
}

export interface EndpointDeps {
  readonly keys: KeyRing
  readonly rules: AddressRules
  readonly sender: Pick<WebhookSender, 'disable'>
  now(): Date
}

export interface EndpointWithSecret {
  readonly endpoint: StoredWebhookEndpoint
  /** `whsec_…`, shown this once. */
  readonly secret: string
}

/** @throws DomainError 404 `not-found` */
export async function requireEndpoint (id: string): Promise<StoredWebhookEndpoint> {
  return await findWebhookEndpoint(id) ?? fail(notFound('webhook'))
}

/** @throws DomainError 400 `validation-failed` for the URL, 409 `webhook-limit` */
export async function createEndpoint (
  { keys, rules, now }: EndpointDeps,
  fields: WebhookFields,
): Promise<EndpointWithSecret> {
  assertUrl(fields.url, rules)
  const _id = new Types.ObjectId()
  const at = now()
  const { secret, stored } = createSecret(keys, _id, at)
  const endpoint = await insertIntoSlot(
    MAX_WEBHOOK_ENDPOINTS,
    async () => (await findWebhookEndpoints()).map((one) => one.slot),
    async (slot) => {
      const created: StoredWebhookEndpoint = {
        _id,
        slot,
        ...fields,
        eventTypes: [...new Set(fields.eventTypes)],
        disabledReason: fields.enabled ? null : 'administrator',
        disabledAt: fields.enabled ? null : at,
        failingSince: null,
        secrets: [stored],
        createdAt: at,
        updatedAt: at,
      }
      await WebhookEndpoint.create(created)
      return created
    },
  )
  if (endpoint !== null) return { endpoint, secret }
  throw conflict(
    'webhook-limit',
    'Too many webhooks',
    `The service has at most ${MAX_WEBHOOK_ENDPOINTS} webhooks. Delete one first.`,
    { maxWebhooks: MAX_WEBHOOK_ENDPOINTS },
  )
}

/** Changes fields. Enabling an endpoint starts its failure time again. @throws DomainError 400, 404 */
export async function changeEndpoint (
  { rules, sender, now }: EndpointDeps,
  id: string,
  { enabled, eventTypes, ...fields }: Partial<WebhookFields>,
): Promise<StoredWebhookEndpoint> {
  if (fields.url !== undefined) assertUrl(fields.url, rules)
  const endpoint = await requireEndpoint(id)
  const update = {
    ...fields,
    ...(eventTypes === undefined ? {} : { eventTypes: [...new Set(eventTypes)] }),
    ...(enabled === true && !endpoint.enabled
      ? { enabled: true, disabledReason: null, disabledAt: null, failingSince: null }
      : {}),
    updatedAt: now(),
  }
  await WebhookEndpoint.updateOne({ _id: id }, { $set: update })
  if (enabled === false && endpoint.enabled) await sender.disable(endpoint, 'administrator')
  return await requireEndpoint(id)
}

/** Deletes an endpoint with its deliveries. @throws DomainError 404 */
export async function deleteEndpoint (id: string): Promise<void> {
  const { deletedCount } = await WebhookEndpoint.deleteOne({ _id: id })
  if (deletedCount === 0) throw notFound('webhook')
  await WebhookDelivery.deleteMany({ endpoint: id })
}

/**
 * Creates a new secret. The current one signs beside it until the end of the overlap.
 * @throws DomainError 404, 409 `edit-conflict` when another request rotates at the same time
 */
export async function rotateSecret (
  { keys, now }: EndpointDeps,
  id: string,
  overlapHours: number,
): Promise<EndpointWithSecret> {
  const endpoint = await requireEndpoint(id)
  const at = now()
  const overlapEnd = new Date(at.getTime() + overlapHours * HOUR_MS)
  const { secret, stored } = createSecret(keys, endpoint._id, at)
  const older = endpoint.secrets
    .map((one) => ({ ...one, expiresAt: one.expiresAt ?? overlapEnd }))
    .filter(({ expiresAt }) => expiresAt > at)
    .slice(0, MAX_WEBHOOK_SECRETS - 1)
  const unchanged = { _id: endpoint._id, 'secrets.0._id': endpoint.secrets[0]?._id }
  const update = { $set: { secrets: [stored, ...older], updatedAt: at } }
  const { modifiedCount } = await WebhookEndpoint.updateOne(unchanged, update)
  if (modifiedCount === 0) {
    throw conflict('edit-conflict', 'Edit conflict', 'The secret was rotated at the same time. Repeat the request.')
  }
  return { endpoint: await requireEndpoint(id), secret }
}

function assertUrl (url: string, rules: AddressRules): void {
  const message = findUrlProblem(url, rules)
  if (message !== null) throw validationFailed([{ pointer: '/url', message }], `The URL ${message}.`)
}
