// What the modules of watching share: their dependencies, and the profile that a call is for.
import type { Catalogue } from '../catalogue/store/catalogue.js'
import type { PlanTable } from '../domain/plans.js'
import type { WebhookOutbox } from '../webhooks/outbox.js'
import type { KnownTitles } from './history/known-titles.js'
import type { ProfileStates } from './profile-states.js'

export interface WatchingDeps {
  readonly catalogue: Catalogue
  /** For pages; writers read the database. */
  readonly states: ProfileStates
  /** For writers. */
  readonly knownTitles: KnownTitles
  readonly events: WebhookOutbox
  readonly plans: Pick<PlanTable, 'smallestPlanFor'>
  now(): Date
  /** Logs a background failure; the scheduler retries. */
  warn(error: unknown, message: string): void
}

/** IDs of the account and the profile that a call is for. */
export interface ProfileRef {
  readonly account: string
  readonly profile: string
}
