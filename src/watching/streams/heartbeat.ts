// Records heartbeats: renews the lease of a stream and saves its position.
import type { StreamLease } from '../../../models/account-streams.js'
import { deliverableFiles } from '../../catalogue/store/catalogue.js'
import { isAvailable, isSuitable, type MaturityScope } from '../../domain/maturity.js'
import type { ProgressEvent } from '../../domain/progress.js'
import { notFound } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { findPlay } from '../history/plays.js'
import type { FlushSchedule } from './flush-schedule.js'
import { flushEndedLease, flushLease } from './flush.js'
import { streamEnded, type StreamEndReason } from './playback-errors.js'
import { endStream, findLease, LEASE_TTL_MS, renewLease } from './stream-leases.js'
import type { StreamItem, StreamItems } from './stream-items.js'

/** How often clients send a heartbeat; several may be lost before a lease ends. */
export const HEARTBEAT_INTERVAL_MS = 10_000

export interface HeartbeatDeps {
  readonly watching: WatchingDeps
  readonly flushSchedule: FlushSchedule
  readonly streamItems: StreamItems
}

/**
 * Renews a lease and saves the current position.
 * @param scope maturity limits of the profile now; the stream ends when its title exceeds them
 * @returns when the lease expires unless it is renewed again
 * @throws DomainError 404 `not-found` for an unknown stream, 409 `stream-ended` with the reason
 */
export async function recordHeartbeat (
  { watching, flushSchedule, streamItems }: HeartbeatDeps,
  ref: ProfileRef,
  scope: MaturityScope,
  streamId: string,
  event: ProgressEvent,
  state: StreamLease['state'],
): Promise<Date> {
  const now = watching.now()
  const status = await renewLease(ref, streamId, event, state, now)
  if (status === 'unknown' && await findPlay(ref, streamId) === null) throw notFound('stream')
  if (status !== 'live') throw streamEnded(status === 'ended-by-plan' ? 'plan' : 'ended')
  const endReason = findEndReason(watching, scope, await streamItems.find(ref, streamId))
  if (endReason !== null) {
    await endLiveStream(watching, ref, streamId)
    throw streamEnded(endReason)
  }
  if (flushSchedule.isDue(streamId, state === 'paused', now)) flushInBackground(watching, ref, streamId)
  return new Date(now.getTime() + LEASE_TTL_MS)
}

/**
 * Why a profile may no longer play an item; null when it may. While another file is left, the stream continues: a
 * player whose file was deleted requests a new playback.
 */
function findEndReason (
  { catalogue, now }: WatchingDeps,
  scope: MaturityScope,
  item: StreamItem | null,
): Extract<StreamEndReason, 'maturity' | 'unavailable'> | null {
  // The lease was removed at the same time.
  if (item === null) return null
  const title = catalogue.findTitle(item.titleId)
  if (title === null || !isAvailable(title, now())) return 'unavailable'
  if (catalogue.findItem(item.itemId) === null || deliverableFiles(catalogue, item.itemId).length === 0) {
    return 'unavailable'
  }
  return isSuitable(scope, title.maturityRating) ? null : 'maturity'
}

async function endLiveStream (watching: WatchingDeps, ref: ProfileRef, streamId: string): Promise<void> {
  await endStream(ref.account, streamId, watching.now())
  const lease = await findLease(ref, streamId)
  if (lease !== null) await flushEndedLease(watching, ref, lease)
}

function flushInBackground (watching: WatchingDeps, ref: ProfileRef, streamId: string): void {
  findLease(ref, streamId)
    .then(async (lease) => lease === null ? null : await flushLease(watching, ref, lease))
    .catch((error: unknown) => {
      watching.warn(error, 'cannot flush a stream; a later heartbeat or the clean-up job retries')
    })
}
