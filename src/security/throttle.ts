// Throttles attempts to guess a secret: some are free, then each is followed by a wait that doubles. An attempt is
// counted before it is verified, in one atomic write, so that concurrent attempts do not bypass the limit.
import type { PipelineStage } from 'mongoose'
import { Throttle, type StoredThrottle } from '../../models/throttle.js'
import { upsertOnce } from '../../models/upsert.js'
import type { KeyRing } from './key-ring.js'
import { computeMac } from './signed-tokens.js'

export interface ThrottlePolicy {
  /** Number of attempts without a wait. */
  readonly freeAttempts: number
  readonly firstWaitMs: number
  readonly maxWaitMs: number
  /** Without an attempt for this time, the count restarts; longer than `maxWaitMs`. */
  readonly resetAfterMs: number
  /** After this many consecutive attempts, further ones are blocked until the count restarts. Unlimited by default. */
  readonly maxConsecutive?: number
}

/** Key of a count. A subject such as an email appears as a MAC, so that the collection contains no personal data. */
export function throttleKey (keys: KeyRing, kind: string, subject: string): string {
  return `${kind} ${computeMac(keys.current('throttle').key, [subject]).toString('base64url')}`
}

/** Wait after the n-th consecutive attempt, ms; 0 while the next attempt is free. */
export function computeWaitMs (policy: ThrottlePolicy, attempts: number): number {
  if (attempts < policy.freeAttempts) return 0
  return Math.min(policy.maxWaitMs, policy.firstWaitMs * 2 ** (attempts - policy.freeAttempts))
}

/** The waits from the last free attempt up to the maximum, ms. */
function increasingWaits (policy: ThrottlePolicy): number[] {
  const waits: number[] = []
  for (let attempts = policy.freeAttempts; waits.at(-1) !== policy.maxWaitMs; attempts++) {
    waits.push(computeWaitMs(policy, attempts))
  }
  return waits
}

/**
 * Counts an attempt, unless it is blocked: a blocked attempt does not extend the wait.
 * @returns 0 when the attempt is allowed, else the remaining wait, ms
 */
export async function countAttempt (key: string, policy: ThrottlePolicy, now: Date): Promise<number> {
  const pipeline = countingPipeline(policy, now) as never
  const { upsertedCount, modifiedCount } = await upsertOnce(async () =>
    await Throttle.updateOne({ _id: key }, pipeline, { upsert: true, updatePipeline: true })
  )
  if (upsertedCount > 0 || modifiedCount > 0) return 0
  const stored = await Throttle.findById(key).lean<StoredThrottle>()
  // A concurrent reset may have ended the block: the next attempt is allowed.
  return Math.max(1, (stored?.blockedUntil?.getTime() ?? 0) - now.getTime())
}

/** Restarts the count after a success, or when the secret has changed. */
export async function resetAttempts (key: string): Promise<void> {
  await Throttle.deleteOne({ _id: key })
}

/** Permits attempts in spite of another count, until a time. */
export async function permitAttempts (key: string, expiresAt: Date): Promise<void> {
  await upsertOnce(async () =>
    await Throttle.updateOne({ _id: key }, { $set: { count: 0, blockedUntil: null, expiresAt } }, { upsert: true })
  )
}

export async function areAttemptsPermitted (key: string, now: Date): Promise<boolean> {
  const permit = await Throttle.findById(key).lean<StoredThrottle>()
  return permit !== null && permit.expiresAt > now
}

/**
 * Ends a successful attempt in one command: restarts its own count, and subtracts it from one that other callers share.
 * @param sharedKey null when the attempt is in no shared count
 */
export async function endAttempt (key: string, sharedKey: string | null): Promise<void> {
  const restart = { updateOne: { filter: { _id: key }, update: { $set: { count: 0, blockedUntil: null } } } }
  const count = { $max: [{ $subtract: ['$count', 1] }, 0] }
  const withdraw = {
    updateOne: { filter: { _id: sharedKey ?? '' }, update: [{ $set: { count, blockedUntil: null } }] },
  }
  // By the driver: Mongoose casts no pipelines in bulk writes, and no hook guards the counts.
  await Throttle.collection.bulkWrite((sharedKey === null ? [restart] : [restart, withdraw]) as never, {
    ordered: false,
  })
}

/** Builds the update of one attempt. It changes nothing while blocked. All times come from the clock of the service. */
function countingPipeline (policy: ThrottlePolicy, now: Date): PipelineStage[] {
  const at = (ms: number): Date => new Date(now.getTime() + ms)
  const isBlocked = { $gt: [{ $ifNull: ['$blockedUntil', new Date(0)] }, now] }
  const isExpired = { $lte: [{ $ifNull: ['$expiresAt', new Date(0)] }, now] }
  const count = { $cond: [isExpired, 1, { $add: ['$count', 1] }] }
  const waitEnds = increasingWaits(policy).map(at)
  const step = { $min: [{ $subtract: [count, policy.freeAttempts] }, waitEnds.length - 1] }
  const waitEnd = {
    $cond: [{ $lt: [count, policy.freeAttempts] }, null, { $arrayElemAt: [waitEnds, { $max: [step, 0] }] }],
  }
  const blockedUntil = policy.maxConsecutive === undefined
    ? waitEnd
    : { $cond: [{ $gte: [count, policy.maxConsecutive] }, at(policy.resetAfterMs), waitEnd] }
  return [{
    $set: {
      count: { $cond: [isBlocked, '$count', count] },
      blockedUntil: { $cond: [isBlocked, '$blockedUntil', blockedUntil] },
      expiresAt: { $cond: [isBlocked, '$expiresAt', at(policy.resetAfterMs)] },
    },
  }]
}
