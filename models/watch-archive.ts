// Watch history entries that the account has no room for: one document per profile and title, in the embedded shape.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { derivedId } from './upsert.js'
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

// Continue watching after the embedded entries.
watchArchiveSchema.index({ profile: 1, activityAt: -1 })
// Deletion of an account.
watchArchiveSchema.index({ account: 1 })

export const WatchArchive = mongoose.model('WatchArchive', watchArchiveSchema)

/** ID of an archived entry: archiving the same title twice writes one document. */
export function deriveArchivedEntryId (profileId: string, titleId: string): Types.ObjectId {
  return derivedId(profileId, titleId)
}

export async function findArchivedEntry (profileId: string, titleId: string): Promise<ArchivedEntry | null> {
  return await WatchArchive.findById(deriveArchivedEntryId(profileId, titleId)).lean<ArchivedEntry>()
}

export async function findArchivedEntries (profileId: string, titleIds: readonly string[]): Promise<ArchivedEntry[]> {
  return await WatchArchive.find({
    _id: mongoose.trusted({ $in: titleIds.map((titleId) => deriveArchivedEntryId(profileId, titleId)) }),
  }).lean<ArchivedEntry[]>()
}
