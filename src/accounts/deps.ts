// The dependencies of the account modules.
import type { FastifyBaseLogger } from 'fastify'
import type { AuditLog } from '../audit/audit-log.js'
import type { Config } from '../config.js'
import type { Outbox } from '../mail/outbox.js'
import type { LeaseCheck } from '../media/delivery/lease-check.js'
import type { KeyRing } from '../security/key-ring.js'
import type { PasswordHasher } from '../security/password-hashing.js'
import type { WebhookOutbox } from '../webhooks/outbox.js'
import type { AccountAccess } from './access.js'

/** Runs work that a response does not wait for. */
export interface BackgroundRunner {
  /** @param what names the work in the log when it fails */
  runInBackground(what: string, work: () => Promise<void>): void
}

export interface AccountDeps {
  readonly config: Config
  readonly log: FastifyBaseLogger
  readonly keys: KeyRing
  readonly hasher: PasswordHasher
  readonly outbox: Outbox
  readonly background: BackgroundRunner
  readonly audit: AuditLog
  readonly access: AccountAccess
  readonly leases: LeaseCheck
  readonly events: WebhookOutbox
  now(): Date
}
