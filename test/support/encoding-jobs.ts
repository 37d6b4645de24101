// Stores encoding jobs in a state, without encoding.
import { Types } from 'mongoose'
import { EncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'

const HOUR_MS = 3_600_000

/** Adds a job of an item; no process claims it within the next hour. @returns the ID of the job */
export async function addEncodingJob (
  { itemId, titleId = itemId }: { readonly itemId: string, readonly titleId?: string },
  fields: Partial<StoredEncodingJob> = {},
): Promise<string> {
  const _id = new Types.ObjectId()
  const inAnHour = new Date(Date.now() + HOUR_MS)
  await EncodingJob.create({
    _id,
    item: new Types.ObjectId(itemId),
    title: new Types.ObjectId(titleId),
    // One master for each edition.
    edition: _id.toString(),
    storageKey: `${itemId}/${_id.toString()}`,
    sizeBytes: 1_500_000,
    sha256: '0'.repeat(64),
    nextAttemptAt: inAnHour,
    claimedUntil: inAnHour,
    createdAt: new Date(),
    ...fields,
  })
  return _id.toString()
}
