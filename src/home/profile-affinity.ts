// What the home page knows of a profile: what it watched, dropped, wishes for and thinks of titles.
import type { StoredProfile } from '../../models/account.js'
import { ProfileTitlePreferences, type StoredProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { WatchArchive } from '../../models/watch-archive.js'
import type { WatchEntry } from '../../models/watch-entry.js'

export interface ProfileAffinity {
  readonly profile: StoredProfile
  /** Titles that it watched any of. */
  readonly watched: ReadonlySet<string>
  /** Titles that it gave up or does not like. */
  readonly unwanted: ReadonlySet<string>
  /** The newest ratings. */
  readonly ratings: ReadonlyArray<Pick<StoredProfileTitlePreferences, 'title' | 'rating'>>
  /** There are no others. */
  readonly hasAllRatings: boolean
  /** Titles with archived entries; null when there are more than were read. */
  readonly archived: ReadonlySet<string> | null
}

type RatedTitle = Pick<StoredProfileTitlePreferences, 'title' | 'rating'>

/** Those shape the rows; what was disliked is left out however long ago. */
const RATINGS_READ = 200
const DISLIKED_READ = 2_000
/** Of what was watched longer ago, so many titles are known when rows are chosen. */
const ARCHIVED_READ = 500

/** The newest ratings of a profile, and everything that it does not like. */
export async function loadRatings (profileId: string): Promise<{ newest: RatedTitle[], disliked: RatedTitle[] }> {
  const fields = { title: 1, rating: 1 } as const
  const newest = await ProfileTitlePreferences.find({ profile: profileId }, fields).sort({ ratedAt: -1 }).limit(
    RATINGS_READ,
  ).lean<
    RatedTitle[]
  >()
  // Few rate more than that.
  const disliked = newest.length < RATINGS_READ
    ? newest.filter(({ rating }) => rating === 'down')
    : await ProfileTitlePreferences.find({ profile: profileId, rating: 'down' }, fields).limit(DISLIKED_READ).lean<
      RatedTitle[]
    >()
  return { newest, disliked }
}

export async function loadProfileAffinity (
  profile: StoredProfile,
  { newest, disliked }: { readonly newest: readonly RatedTitle[], readonly disliked: readonly RatedTitle[] },
): Promise<ProfileAffinity> {
  const archived = profile.archivedUntil === null
    ? []
    : await WatchArchive.find({ profile: profile._id }, { title: 1, droppedAt: 1 }).sort({ activityAt: -1 }).limit(
      ARCHIVED_READ,
    ).lean<Array<Pick<WatchEntry, 'title' | 'droppedAt'>>>()
  const entries = [...profile.watchHistory, ...archived]
  return {
    profile,
    watched: new Set(entries.map(({ title }) => title.toString())),
    unwanted: new Set([...entries.filter(isDropped), ...disliked].map(({ title }) => title.toString())),
    ratings: newest,
    hasAllRatings: newest.length < RATINGS_READ,
    archived: archived.length < ARCHIVED_READ ? new Set(archived.map(({ title }) => title.toString())) : null,
  }
}

export function isDropped ({ droppedAt }: Pick<WatchEntry, 'droppedAt'>): boolean {
  return (droppedAt ?? null) !== null
}
