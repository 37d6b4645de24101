// The stored state of marker detections: requests, claims, results.
import mongoose, { Types } from 'mongoose'
import { MarkerDetection, type DetectionState, type StoredMarkerDetection } from '../../../models/marker-detection.js'
import { upsertOnce } from '../../../models/upsert.js'
import { pageOf, type Page } from '../../domain/pages.js'
import { createAttempts, restartedFields, type RunningAttempt } from '../attempts.js'

/** Time without a change of the files before a season is compared: once for a folder that is added. */
export const SETTLE_MS = 60_000

export interface SeasonKey {
  readonly title: Types.ObjectId
  readonly season: number
}

export type RunningDetection = RunningAttempt<StoredMarkerDetection>

export const detectionAttempts = createAttempts<StoredMarkerDetection>(MarkerDetection, {
  dueStates: ['waiting', 'running', 'skipped'],
  // What the process encoded beside it may have caused the crash.
  isResumed: ({ state }) => state === 'running',
})

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
  ...restartedFields(nextAttemptAt),
  filesHash,
  queuedAt: now,
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
