// The stored state of encoding jobs: claims, progress, results.
import { Types } from 'mongoose'
import { EncodingJob, type StoredEncodingJob, type StoredRendition } from '../../../models/encoding-job.js'
import { createAttempts, type RunningAttempt } from '../attempts.js'

export type RunningJob = RunningAttempt<StoredEncodingJob>

/** Chunks: a crash loses one of them at most, and finished ones stay for the next attempt. */
export const jobAttempts = createAttempts<StoredEncodingJob>(EncodingJob, {
  dueStates: ['waiting', 'running'],
  isResumed: ({ state, isChunked }) => state === 'running' && isChunked,
  keepsProgress: ({ isChunked }) => isChunked,
})

/** Stores the renditions whose objects may exist. @returns false if the claim was lost */
export async function saveRenditions (running: RunningJob, renditions: readonly StoredRendition[]): Promise<boolean> {
  return await jobAttempts.update(running, { $set: { renditions } })
}

/** Stores with which settings the chunks are encoded. @returns false if the claim was lost */
export async function saveChunkSettings (running: RunningJob, chunkSettings: string): Promise<boolean> {
  return await jobAttempts.update(running, { $set: { chunkSettings } })
}

/** Stores the clock of a master, and whether it is encoded in chunks. @returns false if the claim was lost */
export async function saveClock (running: RunningJob): Promise<boolean> {
  const { clock, isChunked } = running.job
  return await jobAttempts.update(running, { $set: { clock, isChunked } })
}

/** Stores whether the pictures of a master may contain captions. @returns false if the claim was lost */
export async function saveCaptions (running: RunningJob, hasCaptions: boolean): Promise<boolean> {
  running.job.hasCaptions = hasCaptions
  return await jobAttempts.update(running, { $set: { hasCaptions } })
}

/** Stores that a chunk of a job is done: crashes before do not count any more. */
export async function resetCrashes (jobId: Types.ObjectId): Promise<void> {
  await EncodingJob.updateOne({ _id: jobId }, { $set: { crashes: 0 } })
}
