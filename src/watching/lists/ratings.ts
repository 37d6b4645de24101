// Thumbs up and down: one rating a title, and the list of them, newest first, in keyset pages.
import mongoose, { Types } from 'mongoose'
import { recordChange } from '../../../models/change-log.js'
import {
  ProfileTitlePreferences,
  derivePreferencesId,
  upsertTitlePreferences,
  type StoredProfileTitlePreferences,
} from '../../../models/profile-title-preferences.js'
import type { CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { TitleRating } from '../../domain/vocabulary.js'
import type { ProfileRef } from '../deps.js'

/** Rates a title; the same rating again changes nothing, not even its place in the list. */
export async function rateTitle (watcher: ProfileRef, titleId: string, rating: TitleRating, now: Date): Promise<void> {
  await upsertTitlePreferences(watcher, titleId, {
    rating: { $literal: rating },
    ratedAt: { $cond: [{ $eq: ['$rating', { $literal: rating }] }, '$ratedAt', now] },
  }, now)
  await recordChange(watcher, 'rating', titleId)
}

export async function unrateTitle (watcher: ProfileRef, titleId: string, now: Date): Promise<void> {
  await ProfileTitlePreferences.updateOne({ _id: derivePreferencesId(watcher.profile, titleId) }, {
    $set: { rating: null, ratedAt: null, updatedAt: now },
  })
  await recordChange(watcher, 'rating', titleId)
}

/** The place of a rating in the list: its moment (ms since the epoch) and id. */
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
  /** Null for titles that are gone, or not this viewer's to see: they are left out. */
  findVisible(titleId: string): CatalogueTitle | null
}

/** One page of ratings; reads on until the page is full or nothing is left. */
export async function listRatings (
  watcher: ProfileRef,
  request: RatingsRequest,
): Promise<{ ratings: RatedTitle[], next: RatingsCursor | null }> {
  const found: Array<{ rated: RatedTitle, position: RatingsCursor }> = []
  let after = request.after
  for (;;) {
    const rows = await findRated(watcher, request, after)
    for (const row of rows) {
      after = [row.ratedAt.getTime(), row._id.toString()]
      const title = request.findVisible(row.title.toString())
      if (title !== null) found.push({ rated: { title, rating: row.rating, ratedAt: row.ratedAt }, position: after })
    }
    if (rows.length <= request.limit || found.length > request.limit) break
  }
  const page = found.slice(0, request.limit)
  return {
    ratings: page.map(({ rated }) => rated),
    next: found.length > request.limit ? page.at(-1)?.position ?? null : null,
  }
}

type RatedTaste = StoredProfileTitlePreferences & { rating: TitleRating, ratedAt: Date }

async function findRated (
  watcher: ProfileRef,
  { rating, limit }: RatingsRequest,
  after: RatingsCursor | null,
): Promise<RatedTaste[]> {
  const filter: Record<string, unknown> = {
    profile: new Types.ObjectId(watcher.profile),
    // Both bounds: titles without a rating have null here.
    ratedAt: mongoose.trusted({ $gt: new Date(0), ...(after === null ? {} : { $lte: new Date(after[0]) }) }),
  }
  if (rating !== null) filter['rating'] = rating
  if (after !== null) {
    filter['$or'] = [{ ratedAt: mongoose.trusted({ $lt: new Date(after[0]) }) }, {
      _id: mongoose.trusted({ $lt: new Types.ObjectId(after[1]) }),
    }]
  }
  return await ProfileTitlePreferences.find(filter as never).sort({ ratedAt: -1, _id: -1 }).limit(limit + 1).lean<
    RatedTaste[]
  >()
}
