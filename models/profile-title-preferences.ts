// A profile's rating and languages for one title. One small document each, read by ID, so that thousands of ratings do
// not enlarge the account.
import mongoose, { Schema, Types, type PipelineStage } from 'mongoose'
import './mongoose-settings.js'
import { AUDIO_KINDS, SUBTITLE_KINDS, type AudioKind, type SubtitleKind } from '../src/domain/language-choice.js'
import { TITLE_RATINGS, type TitleRating } from '../src/domain/vocabulary.js'
import { derivedId, updateWithPipeline } from './upsert.js'

export interface StoredProfileTitlePreferences {
  _id: Types.ObjectId
  account: Types.ObjectId
  profile: Types.ObjectId
  title: Types.ObjectId
  rating: TitleRating | null
  ratedAt: Date | null
  /** Null when no audio was chosen. */
  audio: { language: string, kind: AudioKind } | null
  /** Null when no choice was made; a language of null means that subtitles are off. */
  subtitles: { language: string | null, kind: SubtitleKind } | null
  updatedAt: Date
}

const preferencesSchema = new Schema<StoredProfileTitlePreferences>({
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
}, { collection: 'profiletitlepreferences', versionKey: false })

// Pages of ratings, newest first, all or of one kind; deletion of a profile.
preferencesSchema.index({ profile: 1, ratedAt: -1, _id: -1, rating: 1 })
// Deletion and export of an account.
preferencesSchema.index({ account: 1 })

export const ProfileTitlePreferences = mongoose.model('ProfileTitlePreferences', preferencesSchema)

/** ID of a profile's preferences for a title. */
export function derivePreferencesId (profileId: string, titleId: string): Types.ObjectId {
  return derivedId(profileId, titleId)
}

export async function findTitlePreferences (
  profileId: string,
  titleId: string,
): Promise<StoredProfileTitlePreferences | null> {
  return await ProfileTitlePreferences.findById(derivePreferencesId(profileId, titleId))
    .lean<StoredProfileTitlePreferences>()
}

export type TitleRatingFields = Pick<StoredProfileTitlePreferences, 'title' | 'rating'>

export interface ProfileRatings {
  /** The newest ratings. */
  readonly newest: readonly TitleRatingFields[]
  /** True if the profile has no older ratings. */
  readonly isComplete: boolean
  /** Disliked titles, however old the rating is. */
  readonly disliked: readonly TitleRatingFields[]
}

/** Older ratings do not shape the home page. */
const MAX_NEWEST_RATINGS = 200
const MAX_DISLIKED_TITLES = 2_000
const RATING_FIELDS = { title: 1, rating: 1 } as const

/** Finds the newest ratings of a profile, and its disliked titles. */
export async function findProfileRatings (profileId: string): Promise<ProfileRatings> {
  // By the driver: Mongoose takes half as long again.
  const newest = await ProfileTitlePreferences.collection.find({ profile: new Types.ObjectId(profileId) })
    .project<TitleRatingFields>(RATING_FIELDS)
    .sort({ ratedAt: -1 }).limit(MAX_NEWEST_RATINGS).toArray()
  const isComplete = newest.length < MAX_NEWEST_RATINGS
  // Saves the second query for most profiles.
  const disliked = isComplete
    ? newest.filter(({ rating }) => rating === 'down')
    : await ProfileTitlePreferences.find({ profile: profileId, rating: 'down' }, RATING_FIELDS)
      .limit(MAX_DISLIKED_TITLES).lean<TitleRatingFields[]>()
  return { newest, isComplete, disliked }
}

export async function findPreferencesOfTitles (
  profileId: string,
  titleIds: readonly string[],
): Promise<StoredProfileTitlePreferences[]> {
  if (titleIds.length === 0) return []
  return await ProfileTitlePreferences.find({
    _id: mongoose.trusted({ $in: titleIds.map((titleId) => derivePreferencesId(profileId, titleId)) }),
  }).lean<StoredProfileTitlePreferences[]>()
}

/**
 * Updates a profile's preferences for a title; creates the document if there is none.
 * @param set an aggregation expression for each field; it may read stored fields
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
  const defaults = Object.fromEntries(
    ['rating', 'ratedAt', 'audio', 'subtitles'].map((name) => [name, { $ifNull: [`$${name}`, null] }]),
  )
  const pipeline: PipelineStage[] = [{ $set: { ...defaults, ...ids } }, { $set: { ...set, updatedAt: now } }]
  await updateWithPipeline(ProfileTitlePreferences, derivePreferencesId(owner.profile, titleId), pipeline, {
    upsert: true,
  })
}
