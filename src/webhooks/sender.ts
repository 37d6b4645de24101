// Sends stored events. The process that stores an event sends it at once; a job repeats failed attempts. Of several
// processes, one makes each attempt. Endpoints do not wait for each other.
import mongoose from 'mongoose'
import type { FastifyBaseLogger } from 'fastify'
import { WebhookDelivery, type StoredWebhookDelivery } from '../../models/webhook-delivery.js'
import {
  findWebhookEndpoint,
  findWebhookEndpoints,
  WebhookEndpoint,
  type StoredWebhookEndpoint,
} from '../../models/webhook-endpoint.js'
import type { AuditLog } from '../audit/audit-log.js'
import { nextWebhookWaitMs, parseRetryAfter, WEBHOOK_FAILURE_LIMIT_MS } from '../domain/webhook-retries.js'
import { WEBHOOK_TEST_TYPE } from '../domain/webhook-events.js'
import { publishMeasurement } from '../measurements.js'
import type { KeyRing } from '../security/key-ring.js'
import { openSecrets, resealSecrets, signatureHeaders } from './secrets.js'
import type { WebhookClient, WebhookResult } from './webhook-client.js'
import type { WebhookDisabledReason } from '../domain/webhook-states.js'

/** Longer than an attempt takes. After it, the process is considered dead and another one repeats the attempt. */
const CLAIM_TTL_MS = 30_000
/** Attempts at the same time, per endpoint and process. */
const BATCH_SIZE = 4
const GONE_STATUS = 410

export interface WebhookSender {
  /** Makes the attempts that are due. @returns the number of attempts */
  sendDue(): Promise<number>
  /** Makes one attempt now, unless another process makes it. */
  send(delivery: StoredWebhookDelivery): Promise<void>
  /** Disables an endpoint. Its events that wait count as failed, and can be replayed. */
  disable(endpoint: StoredWebhookEndpoint, reason: WebhookDisabledReason): Promise<void>
  /** Aborts attempts in progress; another process repeats them. */
  close(): Promise<void>
}

interface WebhookSenderDeps {
  readonly client: WebhookClient
  readonly keys: KeyRing
  readonly audit: Pick<AuditLog, 'record'>
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  /** From 0 to 1, for the jitter of waits. */
  random(): number
  now(): Date
}

type Claimed = StoredWebhookDelivery & { readonly nextAttemptAt: Date }

export function createWebhookSender ({ client, keys, audit, log, random, now }: WebhookSenderDeps): WebhookSender {
  /** By ID of the endpoint. */
  const running = new Map<string, Promise<number>>()
  let isClosed = false
  const inMs = (ms: number): Date => new Date(now().getTime() + ms)

  /** Starts an attempt, unless another process has started it. */
  async function claim (delivery: StoredWebhookDelivery): Promise<Claimed | null> {
    const { _id, nextAttemptAt } = delivery
    const claimedUntil = inMs(CLAIM_TTL_MS)
    const start = { $set: { nextAttemptAt: claimedUntil }, $inc: { attempts: 1 } }
    const { modifiedCount } = await WebhookDelivery.updateOne({ _id, nextAttemptAt, status: 'pending' }, start)
    return modifiedCount === 0 ? null : { ...delivery, nextAttemptAt: claimedUntil, attempts: delivery.attempts + 1 }
  }

  /** Stores the outcome of a claimed attempt, unless the claim expired. */
  async function finish (delivery: Claimed, fields: object): Promise<void> {
    const { _id, nextAttemptAt } = delivery
    await WebhookDelivery.updateOne({ _id, nextAttemptAt }, { $set: fields })
  }

  /** @returns whether the endpoint responded */
  async function attempt (
    endpoint: StoredWebhookEndpoint,
    secrets: readonly string[],
    delivery: Claimed,
  ): Promise<boolean> {
    const at = now()
    const startedAt = performance.now()
    const result = await client.post(endpoint.url, {
      'content-type': 'application/json',
      'user-agent': 'NormFlix-Webhooks',
      ...signatureHeaders(secrets, delivery.eventId, at, delivery.payload),
    }, delivery.payload)
    const { error, statusCode, responseText } = result
    if (error === 'aborted') {
      await finish(delivery, { nextAttemptAt: at, attempts: delivery.attempts - 1 })
      return false
    }
    const lastAttempt = { at, durationMs: Math.round(performance.now() - startedAt), statusCode, error, responseText }
    if (error === null) {
      publishMeasurement('webhook-attempt', { result: 'succeeded' })
      await finish(delivery, { status: 'succeeded', nextAttemptAt: null, lastAttempt })
      await WebhookEndpoint.updateOne({ _id: endpoint._id, failingSince: mongoose.trusted({ $ne: null }) }, {
        $set: { failingSince: null },
      })
      return true
    }
    await handleFailure(endpoint, delivery, result, lastAttempt)
    return statusCode !== null
  }

  async function handleFailure (
    endpoint: StoredWebhookEndpoint,
    delivery: Claimed,
    { statusCode, error, retryAfter }: WebhookResult,
    lastAttempt: object,
  ): Promise<void> {
    const isTest = delivery.eventType === WEBHOOK_TEST_TYPE
    const waitMs = isTest ? null : nextWebhookWaitMs(delivery.attempts, parseRetryAfter(retryAfter, now()), random())
    const isFinal = waitMs === null || statusCode === GONE_STATUS
    publishMeasurement('webhook-attempt', { result: isFinal ? 'given-up' : 'postponed' })
    const details = { webhook: endpoint._id.toString(), event: delivery.eventId, attempt: delivery.attempts, error }
    log.warn({ ...details, statusCode, waitMs }, 'a webhook was not delivered')
    await finish(delivery, {
      status: isFinal ? 'failed' : 'pending',
      nextAttemptAt: isFinal ? null : inMs(waitMs),
      lastAttempt,
    })
    if (isTest) return
    await WebhookEndpoint.updateOne({ _id: endpoint._id, failingSince: null }, { $set: { failingSince: now() } })
    if (statusCode === GONE_STATUS) await disable(endpoint, 'gone')
    else await disableIfFailing(endpoint._id)
  }

  /** Reads the endpoint again: another attempt may have succeeded. */
  async function disableIfFailing (id: StoredWebhookEndpoint['_id']): Promise<void> {
    const endpoint = await findWebhookEndpoint(id)
    const failingSince = endpoint?.failingSince ?? null
    if (endpoint === null || failingSince === null) return
    if (now().getTime() - failingSince.getTime() >= WEBHOOK_FAILURE_LIMIT_MS) await disable(endpoint, 'failing')
  }

  async function disable ({ _id }: StoredWebhookEndpoint, reason: WebhookDisabledReason): Promise<void> {
    const fields = { enabled: false, disabledReason: reason, disabledAt: now(), updatedAt: now() }
    const { modifiedCount } = await WebhookEndpoint.updateOne({ _id, enabled: true }, { $set: fields })
    if (modifiedCount > 0 && reason !== 'administrator') {
      const subject = { kind: 'webhook', id: _id.toString() }
      audit.record({ action: 'webhook-disabled', result: 'ok', reason, subject })
      log.error({ webhook: _id.toString(), reason }, 'a webhook was disabled')
    }
    await failPending(_id)
  }

  async function failPending (endpoint: StoredWebhookEndpoint['_id']): Promise<void> {
    await WebhookDelivery.updateMany({ endpoint, status: 'pending' }, {
      $set: { status: 'failed', nextAttemptAt: null },
    })
  }

  async function findDue (endpoint: StoredWebhookEndpoint): Promise<StoredWebhookDelivery[]> {
    const due = { endpoint: endpoint._id, status: 'pending', nextAttemptAt: mongoose.trusted({ $lte: now() }) }
    return await WebhookDelivery.find(due as never).sort({ nextAttemptAt: 1 }).limit(BATCH_SIZE).lean<
      StoredWebhookDelivery[]
    >()
  }

  async function sendDueOf (id: StoredWebhookEndpoint['_id']): Promise<number> {
    let attempts = 0
    for (;;) {
      // Read again for each batch: it may have been disabled, changed or deleted.
      const endpoint = await findWebhookEndpoint(id)
      if (endpoint === null || isClosed) return attempts
      if (!endpoint.enabled) {
        // A test is sent once; what an interrupted `disable` left does not wait.
        await failPending(id)
        return attempts
      }
      const secrets = openSecrets(keys, endpoint, now())
      const claimed = (await Promise.all((await findDue(endpoint)).map(claim))).filter((one) => one !== null)
      if (claimed.length === 0) return attempts
      attempts += claimed.length
      const responded = await Promise.all(claimed.map(async (delivery) => await attempt(endpoint, secrets, delivery)))
      // The others wait for the next run: an endpoint that does not respond costs a timeout each time.
      if (responded.includes(false)) return attempts
    }
  }

  async function startLoop (id: StoredWebhookEndpoint['_id']): Promise<number> {
    const key = id.toString()
    const loop = running.get(key) ?? sendDueOf(id).finally(() => {
      running.delete(key)
    })
    running.set(key, loop)
    return await loop
  }

  async function reseal (endpoint: StoredWebhookEndpoint): Promise<void> {
    const secrets = resealSecrets(keys, endpoint)
    if (secrets === null) return
    // A rotation in between has changed the first secret.
    const unchanged = { _id: endpoint._id, 'secrets.0._id': endpoint.secrets[0]?._id }
    await WebhookEndpoint.updateOne(unchanged, { $set: { secrets } })
  }

  return {
    disable,
    async sendDue () {
      const counts = await Promise.all((await findWebhookEndpoints()).map(async (endpoint) => {
        try {
          await reseal(endpoint)
          return await startLoop(endpoint._id)
        } catch (error) {
          // A failure of one endpoint does not delay the others.
          log.error({ err: error, webhook: endpoint._id.toString() }, 'the events of a webhook could not be sent')
          return 0
        }
      }))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    async send (delivery) {
      const endpoint = await findWebhookEndpoint(delivery.endpoint)
      if (endpoint === null) return
      const secrets = openSecrets(keys, endpoint, now())
      const claimed = await claim(delivery)
      if (claimed !== null) await attempt(endpoint, secrets, claimed)
    },
    async close () {
      isClosed = true
      await client.close()
      await Promise.allSettled(running.values())
    },
  }
}
