// The stored state of encoding jobs: claims, progress, results.
import mongoose, { Types } from 'mongoose'
import { MAX_LOG_TAIL_CHARACTERS, NOT_CLAIMED } from '../../../models/attempt.js'
import { EncodingJob, type StoredEncodingJob, type StoredRendition } from '../../../models/encoding-job.js'
import type { StoredFailure } from '../../../models/media.js'
import { acquireClaim, type Claim } from '../../database/claims.js'
import type { EncodingFailureOptions } from './encoding-deps.js'

/** After this many attempts a job fails, until it is retried by a request. */
export const MAX_ATTEMPTS = 3
/** The attempts of a job with chunks that may end with a crash, one after the other, without a finished chunk. */
export const MAX_CRASHES = 50
const FIRST_RETRY_MS = 60_000
const RETRY_FACTOR = 4
/** A job that waits for disk space or for ffmpeg is tried this often, and any number of times. */
const BLOCKED_RETRY_MS = 5 * 60_000
export const CLAIM_TTL_MS = 60_000
export const CLAIM_RENEWAL_INTERVAL_MS = 2_000

/** Reasons that lie in the service, not in the master: the attempt does not count. */
const BLOCKED = ['disk-full', 'encoder-unavailable', 'storage-unavailable']

export interface RunningJob {
  readonly job: StoredEncodingJob
  /** ID of this attempt. */
  readonly claimId: Types.ObjectId
  progress: number
}

/** A crash loses one chunk at most: the attempt that takes over is the same one. */
const hasCrashedInChunks = ({ state, isChunked }: StoredEncodingJob): boolean => state === 'running' && isChunked

/** Finished chunks stay for the next attempt. */
const progressAtNextAttempt = ({ job, progress }: RunningJob): number => job.isChunked ? progress : 0

/** Whether a job that was not claimed yet ended with too many crashes. */
export function hasCrashedTooOften (job: StoredEncodingJob): boolean {
  return hasCrashedInChunks(job) ? job.crashes >= MAX_CRASHES : job.attempts >= MAX_ATTEMPTS
}

/**
 * Claims a job for an attempt.
 * @param onLost called when the job was cancelled or deleted, or another process took it over
 * @returns null if the job is not waiting or another process runs it
 */
export async function claimJob (
  running: RunningJob,
  now: () => Date,
  onLost: () => void,
): Promise<Claim | null> {
  const { job, claimId } = running
  const { _id } = job
  return await acquireClaim({
    async acquire (claimedUntil) {
      const { modifiedCount } = await EncodingJob.updateOne({
        _id,
        state: mongoose.trusted({ $in: ['waiting', 'running'] }),
        nextAttemptAt: mongoose.trusted({ $lte: now() }),
        claimedUntil: mongoose.trusted({ $lte: now() }),
      } as never, {
        $set: { state: 'running', claim: claimId, claimedUntil, progress: progressAtNextAttempt(running) },
        $inc: hasCrashedInChunks(job) ? { crashes: 1 } : { attempts: 1 },
      })
      return modifiedCount > 0
    },
    renew: async (claimedUntil) => await updateOwnJob(running, { $set: { claimedUntil, progress: running.progress } }),
    async release () {
      // The process is stopping: the attempt does not count.
      await updateOwnJob(running, {
        $set: { state: 'waiting', claim: null, claimedUntil: NOT_CLAIMED, progress: progressAtNextAttempt(running) },
        $inc: { attempts: -1 },
      })
    },
  }, { ttlMs: CLAIM_TTL_MS, renewalIntervalMs: CLAIM_RENEWAL_INTERVAL_MS, now, onReleaseRequested: onLost })
}

/** Stores the renditions whose objects may exist. @returns false if the claim was lost */
export async function saveRenditions (running: RunningJob, renditions: readonly StoredRendition[]): Promise<boolean> {
  return await updateOwnJob(running, { $set: { renditions } })
}

/** Ends the job and releases the claim. */
export async function saveSuccess (running: RunningJob): Promise<void> {
  await updateOwnJob(running, {
    $set: { state: 'done', progress: 1, failure: null, logTail: '', claim: null, claimedUntil: NOT_CLAIMED },
  })
}

/** Stores a failed attempt and releases the claim. The job waits for the next attempt, unless it was the last. */
export async function saveFailure (
  running: RunningJob,
  failure: StoredFailure,
  now: Date,
  { logTail = '', isFinal = false, isBegun = true }: EncodingFailureOptions = {},
): Promise<void> {
  const isBlocked = BLOCKED.includes(failure.code)
  const attempts = running.job.attempts + (hasCrashedInChunks(running.job) ? 0 : 1)
  const hasFailed = isFinal || (!isBlocked && attempts >= MAX_ATTEMPTS)
  const delayMs = isBlocked ? BLOCKED_RETRY_MS : retryDelayMs(attempts)
  await updateOwnJob(running, {
    $set: {
      state: hasFailed ? 'failed' : 'waiting',
      progress: hasFailed ? 0 : progressAtNextAttempt(running),
      failure,
      logTail: logTail.slice(-MAX_LOG_TAIL_CHARACTERS),
      nextAttemptAt: new Date(now.getTime() + delayMs),
      claim: null,
      claimedUntil: NOT_CLAIMED,
    },
    $inc: { attempts: isBlocked || !(isBegun || hasCrashedInChunks(running.job)) ? -1 : 0 },
  })
}

/** Time until the next attempt, ms. @param attempts that failed, at least 1 */
export function retryDelayMs (attempts: number): number {
  return FIRST_RETRY_MS * RETRY_FACTOR ** (Math.max(1, attempts) - 1)
}

/** Stores with which settings the chunks are encoded. @returns false if the claim was lost */
export async function saveChunkSettings (running: RunningJob, chunkSettings: string): Promise<boolean> {
  return await updateOwnJob(running, { $set: { chunkSettings } })
}

/** Stores the clock of a master, and whether it is encoded in chunks. @returns false if the claim was lost */
export async function saveClock (running: RunningJob): Promise<boolean> {
  const { clock, isChunked } = running.job
  return await updateOwnJob(running, { $set: { clock, isChunked } })
}

/** Stores that a chunk of a job is done: crashes before do not count any more. */
export async function resetCrashes (jobId: Types.ObjectId): Promise<void> {
  await EncodingJob.updateOne({ _id: jobId }, { $set: { crashes: 0 } })
}

async function updateOwnJob ({ job: { _id }, claimId }: RunningJob, update: object): Promise<boolean> {
  const { matchedCount } = await EncodingJob.updateOne({ _id, claim: claimId }, update)
  return matchedCount > 0
}

/** IDs of the jobs that can be run now, oldest first. */
export async function listDueJobs (now: Date): Promise<string[]> {
  const jobs = await EncodingJob.find({
    state: mongoose.trusted({ $in: ['waiting', 'running'] }),
    nextAttemptAt: mongoose.trusted({ $lte: now }),
    claimedUntil: mongoose.trusted({ $lte: now }),
  } as never).select('_id').sort({ _id: 1 }).lean<Array<{ _id: Types.ObjectId }>>()
  return jobs.map(({ _id }) => _id.toString())
}
