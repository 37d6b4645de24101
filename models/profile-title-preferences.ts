// What one profile thinks of one title, and the languages it chose for it: one small document each, read by its id, so
// that opinions on thousands of titles never make the account larger.
import mongoose, { Schema, Types, type PipelineStage } from 'mongoose'
import { hash } from 'node:crypto'
import { AUDIO_KINDS, SUBTITLE_KINDS, type AudioKind, type SubtitleKind } from '../src/domain/language-choice.js'
import { TITLE_RATINGS, type TitleRating } from '../src/domain/vocabulary.js'
import { isDuplicateKey } from './upsert.js'

export interface StoredProfileTitlePreferences {
  _id: Types.ObjectId
  account: Types.ObjectId
  profile: Types.ObjectId
  title: Types.ObjectId
  rating: TitleRating | null
  ratedAt: Date | null
  audio: { language: string, kind: AudioKind } | null
  /** A language of null says that subtitles were switched off; null that nothing was ever said. */
  subtitles: { language: string | null, kind: SubtitleKind } | null
  updatedAt: Date
}

const tasteSchema = new Schema<StoredProfileTitlePreferences>({
  account: { type: Schema.Types.ObjectId, required: true },
  profile: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, required: true },
  rating: { type: String, enum: TITLE_RATINGS, default: null },
  ratedAt: { type: Date, default: null },
  audio: {
    type: new Schema({
      language: { type: String, required: true },
      kind: { type: String, enum: AUDIO_KINDS, required: true },
    }, { _id: false }),
    default: null,
  },
  subtitles: {
    type: new Schema({
      language: { type: String, default: null },
      kind: { type: String, enum: SUBTITLE_KINDS, required: true },
    }, { _id: false }),
    default: null,
  },
  updatedAt: { type: Date, required: true },
}, { collection: 'tastes', versionKey: false })

// Pages of ratings, newest first, all or of one kind; deletion of a profile.
tasteSchema.index({ profile: 1, ratedAt: -1, _id: -1, rating: 1 })
// Deletion and export of an account.
tasteSchema.index({ account: 1 })

export const ProfileTitlePreferences = mongoose.model('Taste', tasteSchema)

/** One id for a profile and a title, so that whoever writes first and whoever reads find the same document. */
export function derivePreferencesId (profileId: string, titleId: string): Types.ObjectId {
  return new Types.ObjectId(hash('sha256', `taste\n${profileId}\n${titleId}`, 'buffer').subarray(0, 12))
}

export async function findTitlePreferences (
  profileId: string,
  titleId: string,
): Promise<StoredProfileTitlePreferences | null> {
  return await ProfileTitlePreferences.findById(derivePreferencesId(profileId, titleId)).lean<
    StoredProfileTitlePreferences
  >()
}

export async function findPreferencesOfTitles (
  profileId: string,
  titleIds: readonly string[],
): Promise<StoredProfileTitlePreferences[]> {
  if (titleIds.length === 0) return []
  return await ProfileTitlePreferences.find({
    _id: mongoose.trusted({ $in: titleIds.map((titleId) => derivePreferencesId(profileId, titleId)) }),
  })
    .lean<StoredProfileTitlePreferences[]>()
}

/**
 * Writes one profile's taste in one title, making the document when there is none.
 * @param set expressions by member; they may look at what is stored
 */
export async function upsertTitlePreferences (
  owner: { readonly account: string, readonly profile: string },
  titleId: string,
  set: Record<string, unknown>,
  now: Date,
): Promise<void> {
  const ids = {
    account: new Types.ObjectId(owner.account),
    profile: new Types.ObjectId(owner.profile),
    title: new Types.ObjectId(titleId),
  }
  const blank = Object.fromEntries(
    ['rating', 'ratedAt', 'audio', 'subtitles'].map((name) => [name, { $ifNull: [`$${name}`, null] }]),
  )
  const pipeline: PipelineStage[] = [{ $set: { ...blank, ...ids } }, { $set: { ...set, updatedAt: now } }]
  const filter = { _id: derivePreferencesId(owner.profile, titleId) }
  try {
    await ProfileTitlePreferences.updateOne(filter, pipeline as never, { upsert: true, updatePipeline: true })
  } catch (error) {
    // Two first ones at once: the other made the document, so this is an update now.
    if (!isDuplicateKey(error)) throw error
    await ProfileTitlePreferences.updateOne(filter, pipeline as never, { updatePipeline: true })
  }
}
