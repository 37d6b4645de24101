// Records heartbeats: renews the lease of a stream and saves its position.
import type { StreamLease } from '../../../models/account-streams.js'
import type { ProgressEvent } from '../../domain/progress.js'
import { notFound } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { findPlay } from '../history/plays.js'
import type { FlushSchedule } from './flush-schedule.js'
import { flushLease } from './flush.js'
import { streamEnded } from './playback-errors.js'
import { findLease, LEASE_TTL_MS, renewLease } from './stream-leases.js'

/** How often clients send a heartbeat; several may be lost before a lease ends. */
export const HEARTBEAT_INTERVAL_MS = 10_000

/**
 * Renews a lease and saves the current position.
 * @returns when the lease expires unless it is renewed again
 * @throws DomainError 404 `not-found` for an unknown stream, 409 `stream-ended`
 */
export async function recordHeartbeat (
  watching: WatchingDeps,
  ref: ProfileRef,
  streamId: string,
  event: ProgressEvent,
  state: StreamLease['state'],
  schedule: FlushSchedule,
): Promise<Date> {
  const now = watching.now()
  const status = await renewLease(ref, streamId, event, state, now)
  if (status === 'unknown' && await findPlay(ref, streamId) === null) throw notFound('stream')
  if (status !== 'live') throw streamEnded()
  if (schedule.isDue(streamId, state === 'paused', now)) flushInBackground(watching, ref, streamId)
  return new Date(now.getTime() + LEASE_TTL_MS)
}

function flushInBackground (watching: WatchingDeps, ref: ProfileRef, streamId: string): void {
  findLease(ref, streamId)
    .then(async (lease) => lease === null ? null : await flushLease(watching, ref, lease))
    .catch((error: unknown) => {
      watching.warn(error, 'cannot flush a stream; a later heartbeat or the clean-up job retries')
    })
}
