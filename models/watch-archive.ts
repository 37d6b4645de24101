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

/** Older archived entries do not shape the home page. */
export const MAX_NEWEST_ARCHIVED = 500

/** Finds the titles of the newest archived entries, with the decisions about them. */
export async function findNewestArchived (
  profileId: string,
): Promise<ReadonlyArray<Pick<WatchEntry, 'title' | 'droppedAt'>>> {
  // By the driver: Mongoose takes half as long again.
  return await WatchArchive.collection
    .find<Pick<WatchEntry, 'title' | 'droppedAt'>>({ profile: new mongoose.Types.ObjectId(profileId) })
    .project<Pick<WatchEntry, 'title' | 'droppedAt'>>({ _id: 0, title: 1, droppedAt: 1 })
    .sort({ activityAt: -1 }).limit(MAX_NEWEST_ARCHIVED).toArray()
}

/** Finds archived entries with an activity in a time span, ms since the epoch; newest first. */
export async function findArchivedBetween (
  profileId: string,
  since: number,
  until: number,
  limit: number,
): Promise<readonly ArchivedEntry[]> {
  // The lower bound keeps the query cheap on servers that do not sort by an index.
  const span = mongoose.trusted({ $gte: new Date(since), $lte: new Date(until) })
  return await WatchArchive.find({ profile: profileId, activityAt: span })
    .sort({ activityAt: -1 }).limit(limit).lean<ArchivedEntry[]>()
}

export async function findArchivedEntries (profileId: string, titleIds: readonly string[]): Promise<ArchivedEntry[]> {
  return await WatchArchive.find({
    _id: mongoose.trusted({ $in: titleIds.map((titleId) => deriveArchivedEntryId(profileId, titleId)) }),
  }).lean<ArchivedEntry[]>()
}
