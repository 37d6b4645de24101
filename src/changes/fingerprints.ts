// Fingerprints of the sessions and streams of an account, by which change feeds notice that they changed.
import type { StreamLease } from '../../models/account-streams.js'
import { fingerprint } from '../accounts/account-fingerprint.js'
import { listSessions } from '../accounts/sessions.js'

/** Covers which sessions are live; their use does not change it. */
export async function fingerprintSessions (accountId: string, now: Date): Promise<string> {
  const sessions = await listSessions(accountId, now)
  return fingerprint(sessions.map(({ _id }) => _id.toString()).sort())
}

/** Covers which streams are live; heartbeats do not change it. */
export function fingerprintStreams (leases: readonly StreamLease[], now: Date): string {
  const live = leases.filter(({ retainedUntil, expiresAt }) => retainedUntil === null && expiresAt > now)
  return fingerprint(live.map(({ _id }) => _id.toString()).sort())
}
