// Guessing is slowed: some attempts are free, then each is followed by a wait that doubles. An attempt is counted before it
// is looked at, in one atomic write, so that many at once are no way round.
import type { PipelineStage } from 'mongoose'
import { isDuplicateKey } from '../../models/upsert.js'
import { Throttle, type StoredThrottle } from '../../models/throttle.js'

export interface ThrottlePolicy {
  /** This many attempts come without a wait. */
  readonly freeAttempts: number
  readonly firstWaitMs: number
  readonly maxWaitMs: number
  /** After this long without an attempt the count begins again; longer than `maxWaitMs`. */
  readonly resetAfterMs: number
  /** After so many in a row nothing is taken any more until they are forgotten; no such bound when left out. */
  readonly maxConsecutive?: number
}

/** How long to wait after the n-th attempt in a row, ms; 0 while the next one is free. */
export function computeWaitMs (policy: ThrottlePolicy, attempts: number): number {
  if (attempts < policy.freeAttempts) return 0
  return Math.min(policy.maxWaitMs, policy.firstWaitMs * 2 ** (attempts - policy.freeAttempts))
}

/** The waits from the last free attempt on, until they no longer grow; ms. */
function growingWaits (policy: ThrottlePolicy): number[] {
  const waits: number[] = []
  for (let attempts = policy.freeAttempts; waits.at(-1) !== policy.maxWaitMs; attempts++) {
    waits.push(computeWaitMs(policy, attempts))
  }
  return waits
}

/**
 * Counts an attempt, unless it comes too early: then nothing changes, and the wait does not grow.
 * @returns 0 when the attempt may be made, else how long to wait, ms
 */
export async function countAttempt (key: string, policy: ThrottlePolicy, now: Date): Promise<number> {
  if (await countUnlessBlocked(key, policy, now)) return 0
  const stored = await Throttle.findById(key).lean<StoredThrottle>()
  // It may have been forgiven between the two: come again at once.
  return Math.max(1, (stored?.blockedUntil?.getTime() ?? 0) - now.getTime())
}

/** Begins the count again: the attempt was right, or what was guessed at has changed. */
export async function resetAttempts (key: string): Promise<void> {
  await Throttle.deleteOne({ _id: key })
}

/** Takes back the count of one attempt that was right, where the wrong ones of others still count. */
export async function withdrawAttempt (key: string): Promise<void> {
  const fewer = { $max: [{ $subtract: ['$count', 1] }, 0] }
  await Throttle.updateOne({ _id: key }, [{ $set: { count: fewer, blockedUntil: null } }] as never, {
    updatePipeline: true,
  })
}

async function countUnlessBlocked (key: string, policy: ThrottlePolicy, now: Date): Promise<boolean> {
  const pipeline = countingPipeline(policy, now) as never
  try {
    const result = await Throttle.updateOne({ _id: key }, pipeline, { upsert: true, updatePipeline: true })
    return result.upsertedCount > 0 || result.modifiedCount > 0
  } catch (error) {
    // Two first attempts at once: the other made the document, so this is an update now.
    if (!isDuplicateKey(error)) throw error
    return (await Throttle.updateOne({ _id: key }, pipeline, { updatePipeline: true })).modifiedCount > 0
  }
}

/** Changes nothing while blocked, which is how the writer learns of it. All moments are reckoned here, not by the database. */
function countingPipeline (policy: ThrottlePolicy, now: Date): PipelineStage[] {
  const at = (ms: number): Date => new Date(now.getTime() + ms)
  const isBlocked = { $gt: [{ $ifNull: ['$blockedUntil', new Date(0)] }, now] }
  const isForgotten = { $lte: [{ $ifNull: ['$forgetAt', new Date(0)] }, now] }
  const counted = { $cond: [isForgotten, 1, { $add: ['$count', 1] }] }
  const ends = growingWaits(policy).map(at)
  const step = { $min: [{ $subtract: [counted, policy.freeAttempts] }, ends.length - 1] }
  const paused = { $cond: [{ $lt: [counted, policy.freeAttempts] }, null, { $arrayElemAt: [ends, { $max: [step, 0] }] }] }
  const nextBlock = policy.maxConsecutive === undefined
    ? paused
    : { $cond: [{ $gte: [counted, policy.maxConsecutive] }, at(policy.resetAfterMs), paused] }
  return [{
    $set: {
      count: { $cond: [isBlocked, '$count', counted] },
      blockedUntil: { $cond: [isBlocked, '$blockedUntil', nextBlock] },
      forgetAt: { $cond: [isBlocked, '$forgetAt', at(policy.resetAfterMs)] },
    },
  }]
}
