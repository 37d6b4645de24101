// What pages need of a profile, converted once when it is read: IDs are strings, and entries are found by title.
import type { StoredProfile } from '../../models/account.js'
import type { ProfileRatings, TitleRatingFields } from '../../models/profile-title-preferences.js'
import { toTitleState, type WatchEntry } from '../../models/watch-entry.js'
import { toIdString } from '../domain/id-strings.js'
import type { TitleState } from '../domain/next-up.js'
import type { TitleRating } from '../domain/vocabulary.js'

/** The watch history entry of a title. */
export interface CachedEntry {
  readonly titleId: string
  readonly state: TitleState
  /** Watched to an end, or far enough for recommendations. */
  readonly showsInterest: boolean
  /** Ms since the epoch. */
  readonly activityAt: number
  readonly hiddenAt: Date | null
  readonly droppedAt: Date | null
}

export interface CachedProfile {
  readonly id: string
  /** Title IDs, newest first. */
  readonly wishlist: readonly string[]
  readonly wishlistIds: ReadonlySet<string>
  /** The embedded entries by title ID. */
  readonly entries: ReadonlyMap<string, CachedEntry>
  /** Newest activity in the archive, ms since the epoch; null when it is empty. */
  readonly archivedUntil: number | null
}

export interface CachedRatings {
  /** The newest ratings by title ID. */
  readonly newest: ReadonlyMap<string, TitleRating | null>
  /** True if the profile has no older ratings. */
  readonly isComplete: boolean
  /** IDs of disliked titles, however old the rating is. */
  readonly disliked: readonly string[]
}

/** Share of an item that a profile watches of titles it is interested in. */
const MIN_WATCHED_SHARE = 0.5

export function toCachedProfile (profile: StoredProfile): CachedProfile {
  const wishlist = profile.wishlist.map(toIdString)
  return {
    id: toIdString(profile._id),
    wishlist,
    wishlistIds: new Set(wishlist),
    entries: new Map(profile.watchHistory.map(toCachedEntry).map((entry) => [entry.titleId, entry])),
    archivedUntil: profile.archivedUntil?.getTime() ?? null,
  }
}

export function toCachedEntry (entry: WatchEntry): CachedEntry {
  const { finished, ended, positionMs, durationMs } = entry
  return {
    titleId: toIdString(entry.title),
    state: toTitleState(entry),
    showsInterest: finished || ended !== null ||
      (durationMs !== null && positionMs > durationMs * MIN_WATCHED_SHARE),
    activityAt: entry.activityAt.getTime(),
    hiddenAt: entry.hiddenAt,
    droppedAt: entry.droppedAt,
  }
}

export function toCachedRatings ({ newest, isComplete, disliked }: ProfileRatings): CachedRatings {
  return { newest: ratingsByTitle(newest), isComplete, disliked: disliked.map(({ title }) => toIdString(title)) }
}

export function ratingsByTitle (ratings: readonly TitleRatingFields[]): Map<string, TitleRating | null> {
  return new Map(ratings.map(({ title, rating }) => [toIdString(title), rating]))
}
