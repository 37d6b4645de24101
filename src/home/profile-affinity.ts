// What the recommendations for a profile derive from: its history, dropped titles, wishlist and ratings.
import type { StoredProfile } from '../../models/account.js'
import { ProfileTitlePreferences, type StoredProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { WatchArchive } from '../../models/watch-archive.js'
import type { WatchEntry } from '../../models/watch-entry.js'

export type RatedTitle = Pick<StoredProfileTitlePreferences, 'title' | 'rating'>

export interface ProfileAffinity {
  readonly profile: StoredProfile
  /** IDs of titles that the profile started to watch. */
  readonly watched: ReadonlySet<string>
  /** IDs of titles that the profile dropped or disliked. */
  readonly unwanted: ReadonlySet<string>
  /** The newest ratings. */
  readonly ratings: readonly RatedTitle[]
  /** True if the profile has no older ratings. */
  readonly hasAllRatings: boolean
  /** IDs of titles with archived entries; null if not all of them were read. */
  readonly archived: ReadonlySet<string> | null
}

/** Older ratings do not shape the rows. */
const MAX_RATINGS = 200
/** Disliked titles are left out however old the rating is. */
const MAX_DISLIKED_TITLES = 2_000
const MAX_ARCHIVED_ENTRIES = 500

const RATING_FIELDS = { title: 1, rating: 1 } as const

/** Reads the newest ratings of a profile, and its disliked titles. */
export async function loadRatings (profileId: string): Promise<{ newest: RatedTitle[], disliked: RatedTitle[] }> {
  const newest = await ProfileTitlePreferences.find({ profile: profileId }, RATING_FIELDS)
    .sort({ ratedAt: -1 }).limit(MAX_RATINGS).lean<RatedTitle[]>()
  // Saves the second query for most profiles.
  const disliked = newest.length < MAX_RATINGS
    ? newest.filter(({ rating }) => rating === 'down')
    : await ProfileTitlePreferences.find({ profile: profileId, rating: 'down' }, RATING_FIELDS)
      .limit(MAX_DISLIKED_TITLES).lean<RatedTitle[]>()
  return { newest, disliked }
}

export async function loadProfileAffinity (
  profile: StoredProfile,
  { newest, disliked }: { readonly newest: readonly RatedTitle[], readonly disliked: readonly RatedTitle[] },
): Promise<ProfileAffinity> {
  const archived = profile.archivedUntil === null ? [] : await findNewestArchived(profile)
  const entries = [...profile.watchHistory, ...archived]
  return {
    profile,
    watched: new Set(entries.map(({ title }) => title.toString())),
    unwanted: new Set([...entries.filter(isDropped), ...disliked].map(({ title }) => title.toString())),
    ratings: newest,
    hasAllRatings: newest.length < MAX_RATINGS,
    archived: archived.length < MAX_ARCHIVED_ENTRIES ? new Set(archived.map(({ title }) => title.toString())) : null,
  }
}

async function findNewestArchived (profile: StoredProfile): Promise<Array<Pick<WatchEntry, 'title' | 'droppedAt'>>> {
  return await WatchArchive.find({ profile: profile._id }, { title: 1, droppedAt: 1 })
    .sort({ activityAt: -1 }).limit(MAX_ARCHIVED_ENTRIES).lean<Array<Pick<WatchEntry, 'title' | 'droppedAt'>>>()
}

export function isDropped ({ droppedAt }: Pick<WatchEntry, 'droppedAt'>): boolean {
  return droppedAt !== null
}
