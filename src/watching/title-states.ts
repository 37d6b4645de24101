// Adds the fields of a profile to titles: on the wishlist, rating, and progress.
import type { StreamLease } from '../../models/account-streams.js'
import type { CatalogueItem } from '../catalogue/store/catalogue.js'
import type { ItemState } from '../domain/item-state.js'
import { findContainers } from '../domain/media-span.js'
import type { CurrentState } from '../domain/next-up.js'
import type { TitleRating } from '../domain/vocabulary.js'
import type { CachedEntry, CachedProfile } from './cached-profile.js'
import type { WatchingDeps } from './deps.js'
import { deriveTitleWatchState } from './history/title-watch-state.js'
import type { ProfileStates } from './profile-states.js'
import { findUnflushedLease, hasUnflushedEvents, newestItemState } from './streams/resume-position.js'
import { toLeaseItemState } from './streams/stream-leases.js'

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

/** The state of a title with which the profile did nothing: that of most cards. */
export const UNTOUCHED_TITLE: ProfileState = { inWishlist: false, rating: null, progress: null }

/** Finds the state of a title by its ID; undefined for a caller without a profile. */
export type TitleStateLookup = (titleId: string) => ProfileState | undefined

/** Loads the states of the given titles for the profile of a caller. */
export async function loadTitleStates (
  states: ProfileStates,
  { accountId, boundProfileId }: ProfileCaller,
  titleIds: readonly string[],
): Promise<TitleStateLookup> {
  if (boundProfileId === null) return () => undefined
  const [profile, leases] = await Promise.all([
    states.findProfile({ account: accountId, profile: boundProfileId }),
    states.findLeases(accountId),
  ])
  if (profile === null) return () => undefined
  return await loadTitleStatesOfProfile(states, profile, titleIds, leases)
}

/** Loads the states of the given titles for a profile that was read before, with the leases of its account. */
export async function loadTitleStatesOfProfile (
  states: ProfileStates,
  profile: CachedProfile,
  titleIds: readonly string[],
  leases: readonly StreamLease[],
): Promise<(titleId: string) => ProfileState> {
  const [entries, ratings] = await Promise.all([
    findWatchEntries(states, profile, titleIds),
    states.findRatingsOf(profile.id, titleIds),
  ])
  return toTitleStates(profile, entries, ratings, leases)
}

/** Finds the watch history entries of a profile by title: the embedded ones, and the archived ones of given titles. */
export async function findWatchEntries (
  states: ProfileStates,
  profile: CachedProfile,
  titleIds: readonly string[],
): Promise<ReadonlyMap<string, CachedEntry>> {
  const missing = profile.archivedUntil === null ? [] : titleIds.filter((id) => !profile.entries.has(id))
  const archived = missing.length === 0 ? [] : await states.findArchived(profile.id, missing)
  if (archived.length === 0) return profile.entries
  return new Map([...profile.entries, ...archived.map((entry) => [entry.titleId, entry] as const)])
}

/**
 * Combines the stored parts of the states.
 * @param leases of the account: they have events that the entries lack
 */
export function toTitleStates (
  { id, wishlistIds }: CachedProfile,
  entries: ReadonlyMap<string, CachedEntry>,
  ratings: ReadonlyMap<string, TitleRating | null>,
  leases: readonly StreamLease[],
): (titleId: string) => ProfileState {
  const played = leases.filter((lease) => lease.profile.toString() === id && hasUnflushedEvents(lease))
  return (titleId) => {
    const inWishlist = wishlistIds.has(titleId)
    const rating = ratings.get(titleId) ?? null
    const stored = entries.get(titleId)?.state.current?.state
    const current = played.length === 0
      ? stored
      : findNewest(stored, played.filter(({ title }) => title.toString() === titleId))
    if (!inWishlist && rating === null && current === undefined) return UNTOUCHED_TITLE
    return { inWishlist, rating, progress: toProgress(current) }
  }
}

/** Finds the newest of the stored state and those of leases. */
function findNewest (stored: CurrentState | undefined, leases: readonly StreamLease[]): CurrentState | undefined {
  return leases.map(toLeaseItemState).reduce<CurrentState | undefined>(
    (state, live) => state === undefined || live.lastWatchedAt >= state.lastWatchedAt ? live : state,
    stored,
  )
}

function toProgress (state: CurrentState | undefined): Progress | null {
  if (state === undefined) return null
  const { positionMs, durationMs, finished, lastWatchedAt } = state
  return { positionMs, durationMs, finished, lastWatchedAt: new Date(lastWatchedAt).toISOString() }
}

/** Finds the progress of an item by its ID; undefined instead of a lookup for a caller without a profile. */
export type ItemProgressLookup = ((itemId: string) => Progress | null) | undefined

/** Summarises the progress of a season. Episodes that the media of another one contains are finished with it. */
export function summariseSeasonProgress (
  items: readonly CatalogueItem[],
  findProgress: NonNullable<ItemProgressLookup>,
): { finishedCount: number, lastWatchedAt: string | null } {
  const watched = items.map(({ id }) => findProgress(id)).filter((progress) => progress !== null)
  const spanning = items.filter(({ mediaSpan }) => mediaSpan > 1)
  const containers = findContainers(spanning.map(({ id, episode, mediaSpan }) => ({ id, number: episode, mediaSpan })))
  const isFinished = (id: string | undefined): boolean => id !== undefined && findProgress(id)?.finished === true
  // RFC 3339 times in UTC sort as text.
  const lastWatchedAt = watched.map((progress) => progress.lastWatchedAt).sort().at(-1) ?? null
  return {
    finishedCount: items.filter(({ id, episode }) => isFinished(id) || isFinished(containers.get(episode)?.id)).length,
    lastWatchedAt,
  }
}

const NO_ITEMS: ReadonlyMap<string, ItemState> = new Map()
const findNoProgress = (): null => null

/** Loads the progress of the items of a title, live streams included. */
export async function loadItemProgress (
  { catalogue, states }: Pick<WatchingDeps, 'catalogue' | 'states'>,
  { accountId, boundProfileId }: ProfileCaller,
  titleId: string,
): Promise<ItemProgressLookup> {
  if (boundProfileId === null) return undefined
  const ref = { account: accountId, profile: boundProfileId }
  const version = catalogue.titleVersion(titleId)
  const [leases, items] = await Promise.all([
    states.findLeases(accountId),
    states.deriveFromPlays(
      boundProfileId,
      { id: titleId, version },
      (plays) => plays.length === 0 ? NO_ITEMS : deriveTitleWatchState(catalogue, titleId, plays).items,
    ),
  ])
  if (items.size === 0 && leases.length === 0) return findNoProgress
  return (itemId) => {
    return toProgress(newestItemState(findUnflushedLease(leases, ref, itemId), items.get(itemId) ?? null) ?? undefined)
  }
}
