// Reads of the media of a stream: they renew its lease, and estimate the position of a player that reports none.
import { Types } from 'mongoose'
import { AccountStreams, type StreamLease } from '../../../models/account-streams.js'
import { estimatePositionMs } from '../../domain/progress.js'
import type { ProfileRef } from '../deps.js'
import { applyEvent, findLease, LEASE_TTL_MS } from './stream-leases.js'

/** A lease is renewed by reading at most this often, and not at all while heartbeats renew it. */
export const READ_RENEWAL_INTERVAL_MS = 10_000

/**
 * Renews a lease because its media are read. Reports no position. Never revives a lease that has ended: of a stream
 * that was ended early, `retainedUntil` or the expiry show it even if the clock of this process is behind.
 * @param servedMs playing time of the video that was sent since the last call
 */
export async function renewLeaseByReading (
  accountId: string,
  streamId: string,
  servedMs: number,
  now: Date,
): Promise<void> {
  const lease = new Types.ObjectId(streamId)
  const expiresAt = new Date(now.getTime() + LEASE_TTL_MS)
  const renewBefore = new Date(expiresAt.getTime() - READ_RENEWAL_INTERVAL_MS)
  await AccountStreams.updateOne({ _id: accountId }, {
    $max: { 'leases.$[due].expiresAt': expiresAt, 'leases.$[estimated].readAt': now },
    $inc: { 'leases.$[estimated].servedMs': servedMs },
  }, {
    arrayFilters: [
      { 'due._id': lease, 'due.retainedUntil': null, 'due.expiresAt': { $gt: now, $lte: renewBefore } },
      { 'estimated._id': lease, 'estimated.expiresAt': { $gt: now }, 'estimated.estimatePosition': true },
    ],
  })
}

/**
 * Saves the estimated position of a lease whose client requested it and reported none.
 * @returns the lease as stored
 */
export async function saveEstimate (ref: ProfileRef, lease: StreamLease): Promise<StreamLease> {
  const { startedAt, readAt } = lease
  if (!lease.estimatePosition || lease.at !== null || readAt === null) return lease
  const reads = { ...lease, startedAt: startedAt.getTime(), readAt: readAt.getTime() }
  const event = { positionMs: estimatePositionMs(reads), at: reads.readAt, watchedMs: null, eventId: '' }
  await applyEvent(ref, lease._id.toString(), event)
  return await findLease(ref, lease._id.toString()) ?? lease
}
