// Ratings of titles: one per profile and title, listed in keyset pages, newest first.
import mongoose, { Types } from 'mongoose'
import { recordChange } from '../../../models/change-log.js'
import {
  ProfileTitlePreferences,
  derivePreferencesId,
  upsertTitlePreferences,
  type StoredProfileTitlePreferences,
} from '../../../models/profile-title-preferences.js'
import type { CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { pageOf } from '../../domain/pages.js'
import type { TitleRating } from '../../domain/vocabulary.js'
import type { ProfileRef } from '../deps.js'

/** Rates a title; the same rating again changes nothing, its position in the list included. */
export async function rateTitle (ref: ProfileRef, titleId: string, rating: TitleRating, now: Date): Promise<void> {
  await upsertTitlePreferences(ref, titleId, {
    rating: { $literal: rating },
    ratedAt: { $cond: [{ $eq: ['$rating', { $literal: rating }] }, '$ratedAt', now] },
  }, now)
  await recordChange(ref, 'rating', titleId)
}

export async function unrateTitle (ref: ProfileRef, titleId: string, now: Date): Promise<void> {
  await ProfileTitlePreferences.updateOne({ _id: derivePreferencesId(ref.profile, titleId) }, {
    $set: { rating: null, ratedAt: null, updatedAt: now },
  })
  await recordChange(ref, 'rating', titleId)
}

/** The last rating of a page: its time (ms since the epoch) and ID. */
export type RatingsCursor = readonly [at: number, id: string]

export interface RatedTitle {
  readonly title: CatalogueTitle
  readonly rating: TitleRating
  readonly ratedAt: Date
}

export interface RatingsRequest {
  readonly rating: TitleRating | null
  readonly after: RatingsCursor | null
  readonly limit: number
  /** Returns null for a title that is deleted or that the profile may not see; the list leaves it out. */
  findVisible(titleId: string): CatalogueTitle | null
}

/** Lists one page of ratings; reads batches until the page is full or no rating is left. */
export async function listRatings (
  ref: ProfileRef,
  request: RatingsRequest,
): Promise<{ ratings: RatedTitle[], next: RatingsCursor | null }> {
  const found: Array<{ rated: RatedTitle, cursor: RatingsCursor }> = []
  let after = request.after
  let isLastBatch = false
  while (found.length <= request.limit && !isLastBatch) {
    const rows = await findRatings(ref, request, after)
    isLastBatch = rows.length <= request.limit
    for (const { _id, title: titleId, rating, ratedAt } of rows) {
      after = [ratedAt.getTime(), _id.toString()]
      const title = request.findVisible(titleId.toString())
      if (title !== null) found.push({ rated: { title, rating, ratedAt }, cursor: after })
    }
  }
  const { rows, next } = pageOf(found, request.limit, ({ cursor }) => cursor)
  return { ratings: rows.map(({ rated }) => rated), next }
}

type StoredRating = StoredProfileTitlePreferences & { rating: TitleRating, ratedAt: Date }

async function findRatings (
  ref: ProfileRef,
  { rating, limit }: RatingsRequest,
  after: RatingsCursor | null,
): Promise<StoredRating[]> {
  const filter: Record<string, unknown> = {
    profile: new Types.ObjectId(ref.profile),
    // The lower bound excludes titles without a rating, which have null.
    ratedAt: mongoose.trusted({ $gt: new Date(0), ...(after === null ? {} : { $lte: new Date(after[0]) }) }),
  }
  if (rating !== null) filter['rating'] = rating
  if (after !== null) {
    filter['$or'] = [
      { ratedAt: mongoose.trusted({ $lt: new Date(after[0]) }) },
      { _id: mongoose.trusted({ $lt: new Types.ObjectId(after[1]) }) },
    ]
  }
  return await ProfileTitlePreferences.find(filter as never)
    .sort({ ratedAt: -1, _id: -1 }).limit(limit + 1).lean<StoredRating[]>()
}
