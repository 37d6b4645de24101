// Stores detections of markers in a state, without comparing files.
import { Types } from 'mongoose'
import { MarkerDetection, type StoredMarkerDetection } from '../../models/marker-detection.js'

const HOUR_MS = 3_600_000

/** Adds a detection of a season; no process claims it within the next hour. @returns its ID */
export async function addMarkerDetection (
  { titleId, season = 1 }: { readonly titleId: string, readonly season?: number },
  fields: Partial<StoredMarkerDetection> = {},
): Promise<string> {
  const _id = new Types.ObjectId()
  const inAnHour = new Date(Date.now() + HOUR_MS)
  await MarkerDetection.create({
    _id,
    title: new Types.ObjectId(titleId),
    season,
    filesHash: '0'.repeat(64),
    nextAttemptAt: inAnHour,
    claimedUntil: inAnHour,
    createdAt: new Date(),
    ...fields,
  })
  return _id.toString()
}
