// What a profile's token adds to titles: whether they are on the wishlist and how far they were watched.
import { findProfileWatching } from '../../models/account.js'
import { findArchivedEntries } from '../../models/watch-archive.js'
import type { WatchEntry } from '../../models/watch-entry.js'
import type { Caller } from '../plugins/auth.js'
import type { ProfileState } from '../schemas/catalogue.js'

/** Looks up states by title id; undefined for tokens that are not bound to a profile. */
export type ProfileStates = (titleId: string) => ProfileState | undefined

/** @param titleIds the titles that will be asked for */
export async function readProfileStates ({ accountId, boundProfileId }: Caller, titleIds: readonly string[]): Promise<ProfileStates> {
  if (boundProfileId === null) return () => undefined
  const profile = await findProfileWatching(accountId, boundProfileId)
  if (profile === null) return () => undefined
  const wishlist = new Set(profile.wishlist.map((id) => id.toString()))
  const entries = new Map(profile.watchHistory.map((entry) => [entry.title.toString(), entry]))
  if (profile.archivedUntil !== null) {
    for (const entry of await findArchivedEntries(boundProfileId, titleIds.filter((id) => !entries.has(id)))) entries.set(entry.title.toString(), entry)
  }
  return (titleId) => ({ inWishlist: wishlist.has(titleId), progress: progressOf(entries.get(titleId)) })
}

function progressOf (entry: WatchEntry | undefined): ProfileState['progress'] {
  if (entry === undefined || entry.item === null) return null
  return {
    positionMs: entry.positionMs,
    durationMs: entry.durationMs,
    finished: entry.finished,
    lastWatchedAt: entry.lastWatchedAt.toISOString(),
  }
}
