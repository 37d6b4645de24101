// Caches what pages show of a profile: its history, wishlist and ratings, its running streams, and its plays of titles.
// Only for pages: writers read the database.
import { findStreamLeases, type StreamLease } from '../../models/account-streams.js'
import { findProfile } from '../../models/account.js'
import { findPlaysOfTitle, type StoredPlay } from '../../models/play.js'
import { findPreferencesOfTitles, findProfileRatings } from '../../models/profile-title-preferences.js'
import { findUnprojectedTitles } from '../../models/unprojected-titles.js'
import {
  findArchivedBetween,
  findArchivedEntries,
  findNewestArchived,
  MAX_NEWEST_ARCHIVED,
} from '../../models/watch-archive.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import { createCachedReads } from '../database/cached-reads.js'
import type { ChangeWatch } from '../database/change-watch.js'
import { toIdString } from '../domain/id-strings.js'
import type { TitleRating } from '../domain/vocabulary.js'
import {
  ratingsByTitle,
  toCachedEntry,
  toCachedProfile,
  toCachedRatings,
  type CachedEntry,
  type CachedProfile,
  type CachedRatings,
} from './cached-profile.js'
import { deriveTitleWatchState } from './history/title-watch-state.js'
import { buildEntry } from './history/watch-entries.js'

/** Accounts and profiles that the caches hold: those that are active now. */
const MAX_DOCUMENTS = 10_000
/** Changes invalidate entries; the age only bounds what an unknown defect could cause. */
const MAX_AGE_MS = 10 * 60_000
/**
 * Ratings, plays and archived entries are invalidated by the change log of their profile. A process that is killed
 * between the write and the entry in the log leaves others with the older state for this time.
 */
const MAX_LOGGED_AGE_MS = 60_000

/** The titles of the newest archived entries. */
export interface NewestArchived {
  readonly titleIds: ReadonlySet<string>
  readonly droppedIds: readonly string[]
  /** True if the archive has no older entries. */
  readonly isComplete: boolean
}

/** Results are shared: callers do not change them. */
export interface ProfileStates {
  /** With the state of all its plays, also of those that wait for their projection. Null without such a profile. */
  findProfile(ref: { readonly account: string, readonly profile: string }): Promise<CachedProfile | null>
  /** Live leases of the account, and ended ones that wait for their flush. */
  findLeases(accountId: string): Promise<readonly StreamLease[]>
  findRatings(profileId: string): Promise<CachedRatings>
  /** The ratings among titles, by title ID. */
  findRatingsOf(profileId: string, titleIds: readonly string[]): Promise<ReadonlyMap<string, TitleRating | null>>
  /** The archived entries of titles. */
  findArchived(profileId: string, titleIds: readonly string[]): Promise<readonly CachedEntry[]>
  findArchivedBetween(profileId: string, since: number, until: number): Promise<readonly CachedEntry[]>
  findNewestArchived(profileId: string): Promise<NewestArchived>
  /**
   * Derives a value from the plays of a title.
   * @param version of the title; with another version, the value is derived again
   */
  deriveFromPlays<T>(
    profileId: string,
    title: { readonly id: string, readonly version: number },
    derive: (plays: readonly StoredPlay[]) => T,
  ): Promise<T>
}

type TitleSource = Pick<Catalogue, 'findTitle' | 'findItem' | 'titleVersion'>

/** Reads the database each time: for writers, and for readers that must not be behind a notification. */
export const createUncachedStates = (catalogue: TitleSource): ProfileStates =>
  createProfileStates({ isCurrent: () => false, onChange: () => undefined }, catalogue)

/** Archived entries that a list of continue watching reads at once. */
export const MAX_ARCHIVED_ENTRIES = 250

export function createProfileStates (watch: ChangeWatch, catalogue: TitleSource): ProfileStates {
  const cache = { watch, maxDocuments: MAX_DOCUMENTS }
  const accounts = createCachedReads({ ...cache, collection: 'accounts', maxAgeMs: MAX_AGE_MS })
  const streams = createCachedReads({ ...cache, collection: 'streams', maxAgeMs: MAX_AGE_MS })
  const logged = createCachedReads({ ...cache, collection: 'changelogs', maxAgeMs: MAX_LOGGED_AGE_MS })

  /** Reads what was not read of the titles before. @returns what exists, by title ID */
  async function readByTitle<T> (
    kind: string,
    profileId: string,
    titleIds: readonly string[],
    read: (titleIds: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<ReadonlyMap<string, T>> {
    const known = await logged.read(profileId, kind, async () => ({
      values: new Map<string, T>(),
      absentIds: new Set<string>(),
    }))
    const missing = titleIds.filter((id) => !known.values.has(id) && !known.absentIds.has(id))
    if (missing.length > 0) {
      const found = await read(missing)
      for (const id of missing) {
        const value = found.get(id)
        if (value === undefined) known.absentIds.add(id)
        else known.values.set(id, value)
      }
    }
    return known.values
  }

  const findRatings = async (profileId: string): Promise<CachedRatings> =>
    await logged.read(profileId, 'ratings', async () => toCachedRatings(await findProfileRatings(profileId)))

  const findNewest = async (profileId: string): Promise<NewestArchived> =>
    await logged.read(profileId, 'newest archived', async () => toNewestArchived(await findNewestArchived(profileId)))

  /** Titles that can be archived: nearly all pages are about titles that are not. */
  async function filterArchived (profileId: string, titleIds: readonly string[]): Promise<readonly string[]> {
    if (titleIds.length === 0 || !watch.isCurrent()) return titleIds
    const newest = await findNewest(profileId)
    return newest.isComplete ? titleIds.filter((id) => newest.titleIds.has(id)) : titleIds
  }

  async function findArchived (profileId: string, titleIds: readonly string[]): Promise<readonly CachedEntry[]> {
    const possible = await filterArchived(profileId, titleIds)
    if (possible.length === 0) return []
    const found = await readByTitle('archived', profileId, possible, async (missing) => {
      const entries = await findArchivedEntries(profileId, missing)
      return new Map(entries.map(toCachedEntry).map((entry) => [entry.titleId, entry]))
    })
    return possible.map((id) => found.get(id)).filter((entry) => entry !== undefined)
  }

  /** Derives the entry of a title that is not projected; its decisions are those of the stored entry. */
  async function deriveEntry (profile: CachedProfile, titleId: string): Promise<CachedEntry> {
    const archived = profile.entries.has(titleId) || profile.archivedUntil === null
      ? []
      : await findArchived(profile.id, [titleId])
    const { hiddenAt = null, droppedAt = null } = profile.entries.get(titleId) ?? archived[0] ?? {}
    const version = catalogue.titleVersion(titleId)
    const derived = await logged.read(profile.id, `entry ${titleId} ${version}`, async () => {
      const plays = await findPlaysOfTitle(profile.id, titleId)
      return toCachedEntry(buildEntry(titleId, null, deriveTitleWatchState(catalogue, titleId, plays)))
    })
    return { ...derived, hiddenAt, droppedAt }
  }

  return {
    async findProfile ({ account, profile: profileId }) {
      // Before the account: a title that is projected in between is then current in both.
      const waiting = await logged.read(
        profileId,
        'unprojected',
        async () => (await findUnprojectedTitles(profileId)).map(({ title }) => toIdString(title)),
      )
      const profile = await accounts.read(account, profileId, async () => {
        const stored = await findProfile(account, profileId)
        return stored === null ? null : toCachedProfile(stored)
      })
      if (profile === null || waiting.length === 0) return profile
      const derived = await Promise.all(waiting.map(async (titleId) => await deriveEntry(profile, titleId)))
      // A title whose plays were removed has no activity, and no entry if it had none.
      const shown = derived.filter(({ titleId, activityAt }) => activityAt > 0 || profile.entries.has(titleId))
      return {
        ...profile,
        entries: new Map([...profile.entries, ...shown.map((entry) => [entry.titleId, entry] as const)]),
      }
    },
    findLeases: async (accountId) =>
      await streams.read(accountId, 'leases', async () => await findStreamLeases(accountId)),
    findRatings,
    async findRatingsOf (profileId, titleIds) {
      const { newest, isComplete } = await findRatings(profileId)
      if (isComplete) return newest
      return await readByTitle(
        'rating',
        profileId,
        titleIds,
        async (missing) => ratingsByTitle(await findPreferencesOfTitles(profileId, missing)),
      )
    },
    findArchived,
    findArchivedBetween: async (profileId, since, until) =>
      await logged.read(profileId, `archived ${since} ${until}`, async () => {
        const entries = await findArchivedBetween(profileId, since, until, MAX_ARCHIVED_ENTRIES)
        return entries.map(toCachedEntry)
      }),
    findNewestArchived: findNewest,
    deriveFromPlays: async (profileId, { id, version }, derive) =>
      await logged.read(
        profileId,
        `plays ${id} ${version}`,
        async () => derive(await findPlaysOfTitle(profileId, id)),
      ),
  }
}

function toNewestArchived (entries: Awaited<ReturnType<typeof findNewestArchived>>): NewestArchived {
  return {
    titleIds: new Set(entries.map(({ title }) => toIdString(title))),
    droppedIds: entries.filter(({ droppedAt }) => droppedAt !== null).map(({ title }) => toIdString(title)),
    isComplete: entries.length < MAX_NEWEST_ARCHIVED,
  }
}
