// What the recommendations for a profile derive from: its history, dropped titles, wishlist and ratings.
import type { CachedEntry, CachedProfile, CachedRatings } from '../watching/cached-profile.js'
import type { ProfileStates } from '../watching/profile-states.js'

export interface ProfileAffinity {
  readonly profile: CachedProfile
  /** IDs of titles that the profile started to watch. */
  readonly watched: ReadonlySet<string>
  /** IDs of titles that the profile dropped or disliked. */
  readonly unwanted: ReadonlySet<string>
  readonly ratings: CachedRatings
}

export async function loadProfileAffinity (
  states: ProfileStates,
  profile: CachedProfile,
  ratings: CachedRatings,
): Promise<ProfileAffinity> {
  const archived = profile.archivedUntil === null ? null : await states.findNewestArchived(profile.id)
  const watched = new Set(profile.entries.keys())
  for (const id of archived?.titleIds ?? []) watched.add(id)
  const unwanted = new Set(ratings.disliked)
  for (const entry of profile.entries.values()) if (isDropped(entry)) unwanted.add(entry.titleId)
  for (const id of archived?.droppedIds ?? []) unwanted.add(id)
  return { profile, watched, unwanted, ratings }
}

export function isDropped ({ droppedAt }: Pick<CachedEntry, 'droppedAt'>): boolean {
  return droppedAt !== null
}
