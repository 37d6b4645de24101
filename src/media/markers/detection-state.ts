// The stored state of marker detections: requests, claims, results.
import mongoose, { Types } from 'mongoose'
import { MAX_LOG_TAIL_CHARACTERS, NOT_CLAIMED } from '../../../models/attempt.js'
import { MarkerDetection, type DetectionState, type StoredMarkerDetection } from '../../../models/marker-detection.js'
import type { StoredFailure } from '../../../models/media.js'
import { upsertOnce } from '../../../models/upsert.js'
import { acquireClaim, type Claim } from '../../database/claims.js'
import { pageOf, type Page } from '../../domain/pages.js'
import { CLAIM_RENEWAL_INTERVAL_MS, CLAIM_TTL_MS, MAX_ATTEMPTS, retryDelayMs } from '../encoding/job-state.js'

/** Time without a change of the files before a season is compared: once for a folder that is added. */
export const SETTLE_MS = 60_000
/** Time between two attempts of a detection that waits for masters of its season, or for the storage. */
const WAIT_RETRY_MS = 60_000
/** Time between two attempts of a detection whose program is missing. Their number is not limited. */
const SKIPPED_RETRY_MS = 60 * 60_000

export interface SeasonKey {
  readonly title: Types.ObjectId
  readonly season: number
}

export interface RunningDetection {
  readonly detection: StoredMarkerDetection
  /** ID of this attempt. */
  readonly claimId: Types.ObjectId
  progress: number
}

export interface DetectionResult {
  readonly comparedEpisodes: number
  readonly introEpisodes: number
  readonly creditsEpisodes: number
}

export async function findDetection ({ title, season }: SeasonKey): Promise<StoredMarkerDetection | null> {
  return await MarkerDetection.findOne({ title, season }).lean<StoredMarkerDetection>()
}

/** @returns the hashes of the files that the detections of a show know, by season */
export async function findFilesHashes (title: Types.ObjectId): Promise<Map<number, string>> {
  const detections = await MarkerDetection.find({ title }).select('season filesHash').lean<StoredMarkerDetection[]>()
  return new Map(detections.map(({ season, filesHash }) => [season, filesHash]))
}

/**
 * Lists one page of detections, newest first.
 * @param after ID of the last detection on the previous page
 */
export async function listDetections (
  filter: { readonly state?: DetectionState, readonly titleId?: string },
  after: string | null,
  limit: number,
): Promise<Page<StoredMarkerDetection, string>> {
  const detections = await MarkerDetection.find({
    ...(filter.state === undefined ? {} : { state: filter.state }),
    ...(filter.titleId === undefined ? {} : { title: new Types.ObjectId(filter.titleId) }),
    ...(after === null ? {} : { _id: mongoose.trusted({ $lt: new Types.ObjectId(after) }) }),
  } as never).sort({ _id: -1 }).limit(limit + 1).lean<StoredMarkerDetection[]>()
  return pageOf(detections, limit, ({ _id }) => _id.toString())
}

/** Fields of a detection that starts again. A running attempt loses its claim, and stops. */
const restarted = (filesHash: string, nextAttemptAt: Date, now: Date) => ({
  filesHash,
  nextAttemptAt,
  queuedAt: now,
  state: 'waiting',
  attempts: 0,
  progress: 0,
  failure: null,
  logTail: '',
  claim: null,
  claimedUntil: NOT_CLAIMED,
})

/** Queues the detection of a season whose files have changed; no effect for the files that it knows. */
export async function saveChangedFiles ({ title, season }: SeasonKey, filesHash: string, now: Date): Promise<void> {
  const nextAttemptAt = new Date(now.getTime() + SETTLE_MS)
  const { matchedCount } = await MarkerDetection.updateOne(
    { title, season, filesHash: mongoose.trusted({ $ne: filesHash }) } as never,
    { $set: restarted(filesHash, nextAttemptAt, now) },
  )
  if (matchedCount > 0) return
  await upsertOnce(async () =>
    await MarkerDetection.updateOne({ title, season }, {
      $setOnInsert: { ...restarted(filesHash, nextAttemptAt, now), createdAt: now },
    }, { upsert: true })
  )
}

/** Queues the detection of a season now. A running one is not changed. */
export async function saveRequest ({ title, season }: SeasonKey, filesHash: string, now: Date): Promise<void> {
  const { matchedCount } = await MarkerDetection.updateOne(
    { title, season, state: mongoose.trusted({ $ne: 'running' }) } as never,
    { $set: restarted(filesHash, now, now) },
  )
  if (matchedCount > 0) return
  await upsertOnce(async () =>
    await MarkerDetection.updateOne({ title, season }, {
      $setOnInsert: { ...restarted(filesHash, now, now), createdAt: now },
    }, { upsert: true })
  )
}

const isDue = (now: Date) => ({
  state: mongoose.trusted({ $in: ['waiting', 'running', 'skipped'] }),
  nextAttemptAt: mongoose.trusted({ $lte: now }),
  claimedUntil: mongoose.trusted({ $lte: now }),
})

/** The detections that can run now, the longest waiting first. */
export async function listDueDetections (now: Date): Promise<StoredMarkerDetection[]> {
  return await MarkerDetection.find(isDue(now) as never).sort({ nextAttemptAt: 1 }).lean<StoredMarkerDetection[]>()
}

/**
 * Claims a detection for an attempt.
 * @param onLost called when the files changed, the title was deleted, or another process took it over
 * @returns null if it is not due any more
 */
export async function claimDetection (
  running: RunningDetection,
  now: () => Date,
  onLost: () => void,
): Promise<Claim | null> {
  const { detection: { _id }, claimId } = running
  return await acquireClaim({
    async acquire (claimedUntil) {
      const { modifiedCount } = await MarkerDetection.updateOne({ _id, ...isDue(now()) } as never, {
        $set: { state: 'running', claim: claimId, claimedUntil, progress: 0 },
        $inc: { attempts: 1 },
      })
      return modifiedCount > 0
    },
    renew: async (claimedUntil) => await updateOwn(running, { $set: { claimedUntil, progress: running.progress } }),
    async release () {
      // The process is stopping: the attempt does not count.
      await updateOwn(running, { $set: ended('waiting'), $inc: { attempts: -1 } })
    },
  }, { ttlMs: CLAIM_TTL_MS, renewalIntervalMs: CLAIM_RENEWAL_INTERVAL_MS, now, onReleaseRequested: onLost })
}

const ended = (state: StoredMarkerDetection['state']) => ({
  state,
  progress: state === 'done' ? 1 : 0,
  claim: null,
  claimedUntil: NOT_CLAIMED,
})

/** Whether a detection that is not claimed yet ended with too many crashes. */
export const hasCrashedTooOften = ({ attempts }: StoredMarkerDetection): boolean => attempts >= MAX_ATTEMPTS

/** @returns whether this attempt still has its claim: another one must not store what it found */
export async function hasClaim ({ detection: { _id }, claimId }: RunningDetection): Promise<boolean> {
  return await MarkerDetection.exists({ _id, claim: claimId }) !== null
}

/**
 * Waits for something outside of the detection: the attempt does not count.
 * @param failure null: the season has masters that are not encoded yet
 */
export async function saveWait (running: RunningDetection, failure: StoredFailure | null, now: Date): Promise<void> {
  const nextAttemptAt = new Date(now.getTime() + WAIT_RETRY_MS)
  await updateOwn(running, { $set: { ...ended('waiting'), failure, nextAttemptAt }, $inc: { attempts: -1 } })
}

export async function saveResult (running: RunningDetection, result: DetectionResult, now: Date): Promise<void> {
  await updateOwn(running, { $set: { ...ended('done'), ...result, failure: null, logTail: '', detectedAt: now } })
}

/** A program is missing: the attempt does not count. */
export async function saveSkip (running: RunningDetection, failure: StoredFailure, now: Date): Promise<void> {
  const nextAttemptAt = new Date(now.getTime() + SKIPPED_RETRY_MS)
  await updateOwn(running, { $set: { ...ended('skipped'), failure, nextAttemptAt }, $inc: { attempts: -1 } })
}

/** The detection waits for the next attempt, unless it was the last. */
export async function saveFailedAttempt (
  running: RunningDetection,
  failure: StoredFailure,
  logTail: string,
  now: Date,
): Promise<void> {
  const attempts = running.detection.attempts + 1
  await updateOwn(running, {
    $set: {
      ...ended(attempts >= MAX_ATTEMPTS ? 'failed' : 'waiting'),
      failure,
      logTail: logTail.slice(-MAX_LOG_TAIL_CHARACTERS),
      nextAttemptAt: new Date(now.getTime() + retryDelayMs(attempts)),
    },
  })
}

/** The earlier attempts ended with a crash; this one has not begun, and does not count. */
export async function saveTooManyCrashes (running: RunningDetection, failure: StoredFailure): Promise<void> {
  await updateOwn(running, { $set: { ...ended('failed'), failure, logTail: '' }, $inc: { attempts: -1 } })
}

async function updateOwn ({ detection: { _id }, claimId }: RunningDetection, update: object): Promise<boolean> {
  const { matchedCount } = await MarkerDetection.updateOne({ _id, claim: claimId }, update)
  return matchedCount > 0
}

/** Claims of the attempts that are running: their scratch folders are in use. */
export async function findDetectionClaims (): Promise<string[]> {
  const running = await MarkerDetection.find({ state: 'running' }).select('claim').lean<StoredMarkerDetection[]>()
  return running.flatMap(({ claim }) => claim?.toString() ?? [])
}
