// What a profile's token adds to titles: whether they are on the wishlist, how they were rated and how far watched.
import { findProfileWatching, type StoredProfile } from '../../models/account.js'
import { findStreamLeases } from '../../models/account-streams.js'
import { findPreferencesOfTitles, type StoredProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { findArchivedEntries } from '../../models/watch-archive.js'
import type { WatchEntry } from '../../models/watch-entry.js'
import type { AuthenticatedCaller } from '../plugins/auth.js'
import type { ProfileState } from '../schemas/catalogue.js'
import { toLeaseItemState } from './streams/stream-leases.js'
import { loadTitleWatchState } from './history/title-watch-state.js'
import type { WatchingDeps } from './watching.js'
import { findLiveLease } from './streams/resume-position.js'
import type { CatalogueItem } from '../catalogue/store/catalogue.js'

/** Looks up states by title id; undefined for tokens that are not bound to a profile. */
export type TitleStates = (titleId: string) => ProfileState | undefined

/** @param titleIds the titles that will be asked for */
export async function loadTitleStates (
  { accountId, boundProfileId }: AuthenticatedCaller,
  titleIds: readonly string[],
): Promise<TitleStates> {
  if (boundProfileId === null) return () => undefined
  const [profile, tastes] = await Promise.all([
    findProfileWatching(accountId, boundProfileId),
    findPreferencesOfTitles(boundProfileId, titleIds),
  ])
  return profile === null ? () => undefined : await statesOf(profile, titleIds, tastes)
}

/** The states of titles for a profile that has been read already. */
export async function loadTitleStatesOfProfile (
  profile: StoredProfile,
  titleIds: readonly string[],
): Promise<(titleId: string) => ProfileState> {
  return await statesOf(profile, titleIds, await findPreferencesOfTitles(profile._id.toString(), titleIds))
}

async function statesOf (
  profile: StoredProfile,
  titleIds: readonly string[],
  tastes: readonly StoredProfileTitlePreferences[],
): Promise<(titleId: string) => ProfileState> {
  return toTitleStates(profile, await findEntries(profile, titleIds), tastes)
}

/** A profile's watch history entries by title: all that the account has, and of the archive those that are asked for. */
export async function findEntries (
  profile: StoredProfile,
  titleIds: readonly string[],
): Promise<ReadonlyMap<string, WatchEntry>> {
  const entries = new Map(profile.watchHistory.map((entry) => [entry.title.toString(), entry]))
  const missing = profile.archivedUntil === null ? [] : titleIds.filter((id) => !entries.has(id))
  if (missing.length > 0) {
    for (const entry of await findArchivedEntries(profile._id.toString(), missing)) {
      entries.set(entry.title.toString(), entry)
    }
  }
  return entries
}

/** The states of titles from what has been read. */
export function toTitleStates (
  profile: StoredProfile,
  entries: ReadonlyMap<string, WatchEntry>,
  tastes: ReadonlyArray<Pick<StoredProfileTitlePreferences, 'title' | 'rating'>>,
): (titleId: string) => ProfileState {
  const wishlist = new Set(profile.wishlist.map(String))
  const ratings = new Map(tastes.map(({ title, rating }) => [title.toString(), rating]))
  return (titleId) => ({
    inWishlist: wishlist.has(titleId),
    rating: ratings.get(titleId) ?? null,
    progress: progressOf(entries.get(titleId)),
  })
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

/** What a profile watched of an item; undefined where the token is not a profile's. */
export type ItemProgress = ((itemId: string) => ProfileState['progress']) | undefined

/** How far a profile is with the items of a season. */
export function seasonProgress (
  items: readonly CatalogueItem[],
  progressOf: NonNullable<ItemProgress>,
): { finishedCount: number, lastWatchedAt: string | null } {
  const watched = items.map(({ id }) => progressOf(id)).filter((progress) => progress !== null)
  // RFC 3339 in UTC sorts as text.
  const lastWatchedAt = watched.map((progress) => progress.lastWatchedAt).sort().at(-1) ?? null
  return { finishedCount: watched.filter(({ finished }) => finished).length, lastWatchedAt }
}

/** What the profile of a token watched of each item of a title, live streams included; undefined without a profile. */
export async function loadItemProgress (
  watching: WatchingDeps,
  { accountId, boundProfileId }: AuthenticatedCaller,
  titleId: string,
): Promise<ItemProgress> {
  if (boundProfileId === null) return undefined
  const watcher = { account: accountId, profile: boundProfileId }
  const [slots, { items }] = await Promise.all([
    findStreamLeases(accountId),
    loadTitleWatchState(watching.catalogue, boundProfileId, titleId),
  ])
  return (itemId) => {
    const slot = findLiveLease(slots, watcher, itemId)
    const [live, stored] = [slot === null ? null : toLeaseItemState(slot), items.get(itemId) ?? null]
    const state = live !== null && (stored === null || live.lastWatchedAt >= stored.lastWatchedAt) ? live : stored
    if (state === null) return null
    const { positionMs, durationMs, finished } = state
    return { positionMs, durationMs, finished, lastWatchedAt: new Date(state.lastWatchedAt).toISOString() }
  }
}
