// Webhooks of a process: the outbox, and the sender that empties it.
import type { FastifyBaseLogger } from 'fastify'
import type { AuditLog } from '../audit/audit-log.js'
import type { Config } from '../config.js'
import type { ChangeWatch } from '../database/change-watch.js'
import type { KeyRing } from '../security/key-ring.js'
import type { AddressRules } from './addresses.js'
import { createWebhookOutbox, type WebhookOutbox } from './outbox.js'
import { createWebhookSender, type WebhookSender } from './sender.js'
import { createSubscriptions } from './subscriptions.js'
import { createWebhookClient } from './webhook-client.js'

export interface Webhooks {
  readonly outbox: WebhookOutbox
  readonly sender: WebhookSender
  readonly rules: AddressRules
  /** Starts to send what is due, in the background. */
  sendSoon(): void
}

export interface WebhooksDeps {
  readonly config: Pick<Config, 'webhooks'>
  readonly keys: KeyRing
  readonly audit: Pick<AuditLog, 'record'>
  readonly watch: ChangeWatch
  readonly background: { runInBackground(what: string, work: () => Promise<void>): void }
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  now(): Date
}

/** @param isEager false: only `sendDue` sends events */
export function createWebhooks (deps: WebhooksDeps, isEager: boolean): Webhooks {
  const { background, watch, now } = deps
  const rules = deps.config.webhooks
  const client = createWebhookClient(rules)
  const sender = createWebhookSender({ ...deps, client, random: Math.random })
  let isScheduled = false

  function sendSoon (): void {
    if (isScheduled || !isEager) return
    isScheduled = true
    background.runInBackground('sending webhooks', async () => {
      isScheduled = false
      await sender.sendDue()
    })
  }

  const outbox = createWebhookOutbox({ subscriptions: createSubscriptions(watch), onStored: sendSoon, now })
  return { outbox, sender, rules, sendSoon }
}
