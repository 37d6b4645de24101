// Caches what pages show of a profile: its history, wishlist and ratings, its running streams, and its plays of titles.
// Only for pages: writers read the database.
import type { Types } from 'mongoose'
import { findStreamLeases, type StreamLease } from '../../models/account-streams.js'
import { findProfile, type StoredProfile } from '../../models/account.js'
import { findPlaysOfTitle, type StoredPlay } from '../../models/play.js'
import {
  findPreferencesOfTitles,
  findProfileRatings,
  type ProfileRatings,
  type TitleRatingFields,
} from '../../models/profile-title-preferences.js'
import {
  findArchivedBetween,
  findArchivedEntries,
  findNewestArchived,
  type ArchivedEntry,
} from '../../models/watch-archive.js'
import { createCachedReads } from '../database/cached-reads.js'
import type { ChangeWatch } from '../database/change-watch.js'

/** Accounts and profiles that the caches hold: those that are active now. */
const MAX_DOCUMENTS = 5_000
/** Changes invalidate entries; the age only bounds what an unknown defect could cause. */
const MAX_AGE_MS = 10 * 60_000
/**
 * Ratings, plays and archived entries are invalidated by the change log of their profile. A process that is killed
 * between the write and the entry in the log leaves others with the older state for this time.
 */
const MAX_LOGGED_AGE_MS = 60_000

/** Results are shared: callers do not change them. */
export interface ProfileStates {
  /** Null without such a profile. */
  findProfile(ref: { readonly account: string, readonly profile: string }): Promise<Readonly<StoredProfile> | null>
  /** Live leases of the account, and ended ones that wait for their flush. */
  findLeases(accountId: string): Promise<readonly StreamLease[]>
  findRatings(profileId: string): Promise<ProfileRatings>
  /** The ratings among titles. */
  findRatingsOf(profileId: string, titleIds: readonly string[]): Promise<readonly TitleRatingFields[]>
  /** The archived entries of titles. */
  findArchived(profileId: string, titleIds: readonly string[]): Promise<readonly ArchivedEntry[]>
  findArchivedBetween(profileId: string, since: number, until: number): Promise<readonly ArchivedEntry[]>
  findNewestArchived(profileId: string): ReturnType<typeof findNewestArchived>
  findPlays(profileId: string, titleId: string): Promise<readonly StoredPlay[]>
}

/** Reads the database each time: for writers, and for readers that must not be behind a notification. */
export const createUncachedStates = (): ProfileStates =>
  createProfileStates({ isCurrent: () => false, onChange: () => undefined })

/** Archived entries that a list of continue watching reads at once. */
export const MAX_ARCHIVED_ENTRIES = 250

export function createProfileStates (watch: ChangeWatch): ProfileStates {
  const cache = { watch, maxDocuments: MAX_DOCUMENTS }
  const accounts = createCachedReads({ ...cache, collection: 'accounts', maxAgeMs: MAX_AGE_MS })
  const streams = createCachedReads({ ...cache, collection: 'streams', maxAgeMs: MAX_AGE_MS })
  const logged = createCachedReads({ ...cache, collection: 'changelogs', maxAgeMs: MAX_LOGGED_AGE_MS })

  /** Reads the documents of the titles that were not read before. */
  async function readByTitle<T extends { readonly title: Types.ObjectId }> (
    kind: string,
    profileId: string,
    titleIds: readonly string[],
    read: (profileId: string, titleIds: readonly string[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const known = await logged.read(profileId, kind, async () => new Map<string, T | null>())
    const missing = titleIds.filter((id) => !known.has(id))
    if (missing.length > 0) {
      const found = await read(profileId, missing)
      for (const id of missing) known.set(id, null)
      for (const document of found) known.set(document.title.toString(), document)
    }
    return titleIds.flatMap((id) => known.get(id) ?? [])
  }

  const findRatings = async (profileId: string): Promise<ProfileRatings> =>
    await logged.read(profileId, 'ratings', async () => await findProfileRatings(profileId))

  return {
    findProfile: async ({ account, profile }) =>
      await accounts.read(account, profile, async () => await findProfile(account, profile)),
    findLeases: async (accountId) =>
      await streams.read(accountId, 'leases', async () => await findStreamLeases(accountId)),
    findRatings,
    async findRatingsOf (profileId, titleIds) {
      const { newest, isComplete } = await findRatings(profileId)
      return isComplete ? newest : await readByTitle('rating', profileId, titleIds, findPreferencesOfTitles)
    },
    findArchived: async (profileId, titleIds) =>
      await readByTitle('archived', profileId, titleIds, findArchivedEntries),
    findArchivedBetween: async (profileId, since, until) =>
      await logged.read(
        profileId,
        `archived ${since} ${until}`,
        async () => await findArchivedBetween(profileId, since, until, MAX_ARCHIVED_ENTRIES),
      ),
    findNewestArchived: async (profileId) =>
      await logged.read(profileId, 'newest archived', async () => await findNewestArchived(profileId)),
    findPlays: async (profileId, titleId) =>
      await logged.read(profileId, `plays ${titleId}`, async () => await findPlaysOfTitle(profileId, titleId)),
  }
}
