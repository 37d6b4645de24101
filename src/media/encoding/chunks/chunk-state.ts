// The stored state of chunks: creation, claims, results.
import mongoose, { Types } from 'mongoose'
import {
  AUDIO_PASS,
  EncodingChunk,
  type StoredEncodingChunk,
} from '../../../../models/encoding-chunk.js'
import { MAX_LOG_TAIL_CHARACTERS, NOT_CLAIMED } from '../../../../models/attempt.js'
import { type StoredEncodingJob } from '../../../../models/encoding-job.js'
import { isDuplicateKey } from '../../../../models/upsert.js'
import { acquireClaim, type Claim } from '../../../database/claims.js'
import { CLAIM_RENEWAL_INTERVAL_MS, CLAIM_TTL_MS, MAX_ATTEMPTS, retryDelayMs } from '../../attempts.js'
import type { EncodingFailedError } from '../encoding-deps.js'
import type { EncodingPlan } from '../encoding-plan.js'
import { resetCrashes } from '../job-state.js'
import { hasTracks, planChunks } from './chunk-plan.js'

export interface RunningChunk {
  readonly chunk: StoredEncodingChunk
  /** ID of this attempt. */
  readonly claimId: Types.ObjectId
  progress: number
}

/** The passes of a plan with their number in the chunks, which begins at 1. */
export interface ChunkPass {
  readonly pass: number
  readonly plan: EncodingPlan
}

/**
 * Stores the chunks of passes that do not exist yet, and that of the audio.
 * @param settings the storage keys contain a part of them: outputs of other settings never take their place
 */
export async function addChunks (
  { _id: job, item }: StoredEncodingJob,
  plan: EncodingPlan,
  passes: readonly ChunkPass[],
  settings: string,
  now: Date,
): Promise<void> {
  const existing = new Set((await listChunks(job)).map(({ _id }) => _id))
  const chunks = [
    ...(hasTracks(plan) ? [{ pass: AUDIO_PASS, number: 0, heights: [] }] : []),
    ...passes.flatMap(({ pass, plan: { rungs } }) =>
      planChunks(plan).map(({ number }) => ({ pass, number, heights: rungs.map(({ height }) => height) }))
    ),
  ].map((chunk) => ({
    ...chunk,
    _id: [job.toString(), settings.slice(0, 8), chunk.pass, chunk.number].join('-'),
    job,
    item,
    nextAttemptAt: now,
  })).filter(({ _id }) => !existing.has(_id))
  if (chunks.length === 0) return
  await EncodingChunk.insertMany(chunks, { ordered: false }).catch((error: unknown) => {
    // A process that lost the job a moment ago added them too.
    if (!isDuplicateKey(error)) throw error
  })
}

/** The chunks of a job by pass and number, without their logs. */
export async function listChunks (job: Types.ObjectId): Promise<StoredEncodingChunk[]> {
  const chunks = await EncodingChunk.find({ job }).select('-logTail').lean<StoredEncodingChunk[]>()
  return chunks.sort((a, b) => a.pass - b.pass || a.number - b.number)
}

/** Whether a chunk can be claimed. */
export function isDue ({ state, claimedUntil, nextAttemptAt }: StoredEncodingChunk, now: Date): boolean {
  return state === 'waiting' && claimedUntil <= now && nextAttemptAt <= now
}

/**
 * Claims a chunk.
 * @param onLost called when the chunk was removed, or another process took it over
 * @returns null if the chunk is not waiting or another process encodes it
 */
export async function claimChunk (running: RunningChunk, now: () => Date, onLost: () => void): Promise<Claim | null> {
  const { chunk: { _id }, claimId } = running
  return await acquireClaim({
    async acquire (claimedUntil) {
      const { modifiedCount } = await EncodingChunk.updateOne({
        _id,
        state: 'waiting',
        nextAttemptAt: mongoose.trusted({ $lte: now() }),
        claimedUntil: mongoose.trusted({ $lte: now() }),
      } as never, { $set: { claim: claimId, claimedUntil, progress: 0 }, $inc: { claims: 1 } })
      return modifiedCount > 0
    },
    renew: async (claimedUntil) =>
      await updateOwnChunk(running, { $set: { claimedUntil, progress: running.progress } }),
    async release () {
      await updateOwnChunk(running, { $set: { claim: null, claimedUntil: NOT_CLAIMED, progress: 0 } })
    },
  }, { ttlMs: CLAIM_TTL_MS, renewalIntervalMs: CLAIM_RENEWAL_INTERVAL_MS, now, onReleaseRequested: onLost })
}

/** Stores that the outputs are complete. @returns false if the claim was lost */
export async function saveChunk (running: RunningChunk, frames: number): Promise<boolean> {
  const fields = { state: 'done', progress: 1, frames, failure: null, claim: null, claimedUntil: NOT_CLAIMED }
  const isSaved = await updateOwnChunk(running, { $set: fields })
  if (isSaved) await resetCrashes(running.chunk.job)
  return isSaved
}

/** Stores a failed attempt. The chunk waits for the next one, unless it was the last. */
export async function saveChunkFailure (
  running: RunningChunk,
  { code, message, options: { logTail = '' } }: EncodingFailedError,
  now: Date,
): Promise<void> {
  await updateOwnChunk(running, failureOf(running.chunk, { code, text: message }, logTail, now))
}

/** Puts a chunk back whose outputs turned out to be incomplete. */
export async function rejectChunk (chunk: StoredEncodingChunk, text: string, now: Date): Promise<void> {
  const isDone = { _id: chunk._id, state: 'done' as const }
  await EncodingChunk.updateOne(isDone, failureOf(chunk, { code: 'encoding-failed', text }, '', now))
}

function failureOf (
  chunk: StoredEncodingChunk,
  failure: { readonly code: string, readonly text: string },
  logTail: string,
  now: Date,
): object {
  const failures = chunk.failures + 1
  return {
    $set: {
      state: failures >= MAX_ATTEMPTS ? 'failed' : 'waiting',
      progress: 0,
      failures,
      failure,
      logTail: logTail.slice(-MAX_LOG_TAIL_CHARACTERS),
      nextAttemptAt: new Date(now.getTime() + retryDelayMs(failures)),
      claim: null,
      claimedUntil: NOT_CLAIMED,
    },
  }
}

async function updateOwnChunk ({ chunk: { _id }, claimId }: RunningChunk, update: object): Promise<boolean> {
  const { matchedCount } = await EncodingChunk.updateOne({ _id, claim: claimId }, update)
  return matchedCount > 0
}

/** What ffmpeg printed at the end of a failed chunk. */
export async function readLogTail (chunkId: string): Promise<string> {
  return (await EncodingChunk.findById(chunkId).select('logTail').lean<StoredEncodingChunk>())?.logTail ?? ''
}

/** Whether a chunk still exists: its job was neither cancelled nor deleted. */
export async function hasChunk (chunkId: string): Promise<boolean> {
  return await EncodingChunk.exists({ _id: chunkId }) !== null
}

/** Which attempts are running, or ended with a crash. @returns their IDs */
export async function findChunkClaims (claimIds: readonly string[]): Promise<string[]> {
  const ids = claimIds.filter((id) => Types.ObjectId.isValid(id)).map((id) => new Types.ObjectId(id))
  if (ids.length === 0) return []
  const chunks = await EncodingChunk.find({ claim: mongoose.trusted({ $in: ids }) } as never).select('claim')
    .lean<StoredEncodingChunk[]>()
  return chunks.flatMap(({ claim }) => claim?.toString() ?? [])
}
