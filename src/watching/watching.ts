// What every part of watching needs: the catalogue to name things, the clock, the log.
import type { Catalogue } from '../catalogue/store/catalogue.js'

export interface WatchingDeps {
  readonly catalogue: Catalogue
  now(): Date
  /** Told of work in the background that failed; the sweeper tries again. */
  warn(error: unknown, message: string): void
}

/** Whose watching it is. */
export interface ProfileRef {
  readonly account: string
  readonly profile: string
}

/** Where a lease stands: how long it lasts, and how often a client renews it. */
export const LEASE_TTL_MS = 60_000
export const HEARTBEAT_INTERVAL_MS = 10_000
/** A running stream reaches the history at least this often. */
export const FLUSH_INTERVAL_MS = 60_000
