// What the recommendations for a profile derive from: its history, dropped titles, wishlist and ratings.
import type { StoredProfile } from '../../models/account.js'
import type { ProfileRatings, TitleRatingFields } from '../../models/profile-title-preferences.js'
import { MAX_NEWEST_ARCHIVED } from '../../models/watch-archive.js'
import type { WatchEntry } from '../../models/watch-entry.js'
import type { ProfileStates } from '../watching/profile-states.js'

export interface ProfileAffinity {
  readonly profile: Readonly<StoredProfile>
  /** IDs of titles that the profile started to watch. */
  readonly watched: ReadonlySet<string>
  /** IDs of titles that the profile dropped or disliked. */
  readonly unwanted: ReadonlySet<string>
  /** The newest ratings. */
  readonly ratings: readonly TitleRatingFields[]
  /** IDs of titles with archived entries; null if not all of them were read. */
  readonly archived: ReadonlySet<string> | null
}

export async function loadProfileAffinity (
  states: ProfileStates,
  profile: Readonly<StoredProfile>,
  { newest, disliked }: ProfileRatings,
): Promise<ProfileAffinity> {
  const archived = profile.archivedUntil === null ? [] : await states.findNewestArchived(profile._id.toString())
  const entries = [...profile.watchHistory, ...archived]
  return {
    profile,
    watched: new Set(entries.map(({ title }) => title.toString())),
    unwanted: new Set([...entries.filter(isDropped), ...disliked].map(({ title }) => title.toString())),
    ratings: newest,
    archived: archived.length < MAX_NEWEST_ARCHIVED ? new Set(archived.map(({ title }) => title.toString())) : null,
  }
}

export function isDropped ({ droppedAt }: Pick<WatchEntry, 'droppedAt'>): boolean {
  return droppedAt !== null
}
