// Adds the fields of a profile to titles: on the wishlist, rating, and progress.
import type { StoredProfile } from '../../models/account.js'
import type { TitleRatingFields } from '../../models/profile-title-preferences.js'
import type { WatchEntry } from '../../models/watch-entry.js'
import type { CatalogueItem } from '../catalogue/store/catalogue.js'
import type { TitleRating } from '../domain/vocabulary.js'
import type { WatchingDeps } from './deps.js'
import { deriveTitleWatchState } from './history/title-watch-state.js'
import type { ProfileStates } from './profile-states.js'
import { findUnflushedLease, newestItemState } from './streams/resume-position.js'

/** The caller of a request: an account, and the profile that its token is bound to, if any. */
export interface ProfileCaller {
  readonly accountId: string
  readonly boundProfileId: string | null
}

export interface Progress {
  readonly positionMs: number
  readonly durationMs: number | null
  readonly finished: boolean
  /** RFC 3339. */
  readonly lastWatchedAt: string
}

/** The fields of a profile on a title, as the API shows them. */
export interface ProfileState {
  readonly inWishlist: boolean
  readonly rating: TitleRating | null
  /** Of a show: the progress of the episode played last. */
  readonly progress: Progress | null
}

/** Finds the state of a title by its ID; undefined for a caller without a profile. */
export type TitleStateLookup = (titleId: string) => ProfileState | undefined

/** Loads the states of the given titles for the profile of a caller. */
export async function loadTitleStates (
  states: ProfileStates,
  { accountId, boundProfileId }: ProfileCaller,
  titleIds: readonly string[],
): Promise<TitleStateLookup> {
  if (boundProfileId === null) return () => undefined
  const profile = await states.findProfile({ account: accountId, profile: boundProfileId })
  if (profile === null) return () => undefined
  return await loadTitleStatesOfProfile(states, profile, titleIds)
}

/** Loads the states of the given titles for a profile that was read before. */
export async function loadTitleStatesOfProfile (
  states: ProfileStates,
  profile: Readonly<StoredProfile>,
  titleIds: readonly string[],
): Promise<(titleId: string) => ProfileState> {
  const [entries, ratings] = await Promise.all([
    findWatchEntries(states, profile, titleIds),
    states.findRatingsOf(profile._id.toString(), titleIds),
  ])
  return toTitleStates(profile, entries, ratings)
}

/** Finds the watch history entries of a profile by title: the embedded ones, and the archived ones of given titles. */
export async function findWatchEntries (
  states: ProfileStates,
  profile: Readonly<StoredProfile>,
  titleIds: readonly string[],
): Promise<ReadonlyMap<string, WatchEntry>> {
  const entries = new Map(profile.watchHistory.map((entry) => [entry.title.toString(), entry]))
  const missing = profile.archivedUntil === null ? [] : titleIds.filter((id) => !entries.has(id))
  if (missing.length > 0) {
    for (const entry of await states.findArchived(profile._id.toString(), missing)) {
      entries.set(entry.title.toString(), entry)
    }
  }
  return entries
}

/** Combines the stored parts of the states. */
export function toTitleStates (
  profile: Readonly<StoredProfile>,
  entries: ReadonlyMap<string, WatchEntry>,
  ratedTitles: readonly TitleRatingFields[],
): (titleId: string) => ProfileState {
  const wishlist = new Set(profile.wishlist.map(String))
  const ratings = new Map(ratedTitles.map(({ title, rating }) => [title.toString(), rating]))
  return (titleId) => ({
    inWishlist: wishlist.has(titleId),
    rating: ratings.get(titleId) ?? null,
    progress: toProgress(entries.get(titleId)),
  })
}

function toProgress (entry: WatchEntry | undefined): Progress | null {
  if (entry === undefined || entry.item === null) return null
  return {
    positionMs: entry.positionMs,
    durationMs: entry.durationMs,
    finished: entry.finished,
    lastWatchedAt: entry.lastWatchedAt.toISOString(),
  }
}

/** Finds the progress of an item by its ID; undefined instead of a lookup for a caller without a profile. */
export type ItemProgressLookup = ((itemId: string) => Progress | null) | undefined

/** Summarises the progress of the items of a season. */
export function summariseSeasonProgress (
  items: readonly CatalogueItem[],
  findProgress: NonNullable<ItemProgressLookup>,
): { finishedCount: number, lastWatchedAt: string | null } {
  const watched = items.map(({ id }) => findProgress(id)).filter((progress) => progress !== null)
  // RFC 3339 times in UTC sort as text.
  const lastWatchedAt = watched.map((progress) => progress.lastWatchedAt).sort().at(-1) ?? null
  return { finishedCount: watched.filter(({ finished }) => finished).length, lastWatchedAt }
}

/** Loads the progress of the items of a title, live streams included. */
export async function loadItemProgress (
  { catalogue, states }: Pick<WatchingDeps, 'catalogue' | 'states'>,
  { accountId, boundProfileId }: ProfileCaller,
  titleId: string,
): Promise<ItemProgressLookup> {
  if (boundProfileId === null) return undefined
  const ref = { account: accountId, profile: boundProfileId }
  const [leases, plays] = await Promise.all([
    states.findLeases(accountId),
    states.findPlays(boundProfileId, titleId),
  ])
  const { items } = deriveTitleWatchState(catalogue, titleId, plays)
  return (itemId) => {
    const state = newestItemState(findUnflushedLease(leases, ref, itemId), items.get(itemId) ?? null)
    if (state === null) return null
    const { positionMs, durationMs, finished } = state
    return { positionMs, durationMs, finished, lastWatchedAt: new Date(state.lastWatchedAt).toISOString() }
  }
}
