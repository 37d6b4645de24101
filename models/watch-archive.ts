// Watch history entries that made room for newer ones: the same shape, one document a profile and title.
import { hash } from 'node:crypto'
import mongoose, { Schema, Types } from 'mongoose'
import { watchEntryFields, type WatchEntry } from './watch-entry.js'

export interface ArchivedEntry extends WatchEntry {
  _id: Types.ObjectId
  account: Types.ObjectId
  profile: Types.ObjectId
}

const watchArchiveSchema = new Schema<ArchivedEntry>({
  account: { type: Schema.Types.ObjectId, required: true },
  profile: { type: Schema.Types.ObjectId, required: true },
  ...watchEntryFields,
} as never, { collection: 'watcharchive', versionKey: false })

// Continue watching looks on here when the embedded entries are used up.
watchArchiveSchema.index({ profile: 1, activityAt: -1 })
// Deletion of an account.
watchArchiveSchema.index({ account: 1 })

export const WatchArchive = mongoose.model('WatchArchive', watchArchiveSchema)

/** One id for a profile and a title, so that archiving twice writes the same document. */
export function deriveArchivedEntryId (profileId: string, titleId: string): Types.ObjectId {
  return new Types.ObjectId(hash('sha256', `${profileId}\n${titleId}`, 'buffer').subarray(0, 12))
}

export async function findArchivedEntry (profileId: string, titleId: string): Promise<ArchivedEntry | null> {
  return await WatchArchive.findById(deriveArchivedEntryId(profileId, titleId)).lean<ArchivedEntry>()
}

export async function findArchivedEntries (profileId: string, titleIds: readonly string[]): Promise<ArchivedEntry[]> {
  return await WatchArchive.find({
    _id: mongoose.trusted({ $in: titleIds.map((titleId) => deriveArchivedEntryId(profileId, titleId)) }),
  }).lean<ArchivedEntry[]>()
}
