// Merges progress into the plays of a title and projects the title, in as few round trips as the order of the writes
// permits: the plays first, then the change log. The entry in the account follows later if the title has one.
import { Types } from 'mongoose'
import { findProfile } from '../../../models/account.js'
import { recordChange } from '../../../models/change-log.js'
import { derivePlayId, findRecordsOfTitle, Play, type StoredPlay } from '../../../models/play.js'
import { findLastChange, recordUnprojected, type LastChange } from '../../../models/unprojected-titles.js'
import type { WatchEntry } from '../../../models/watch-entry.js'
import { splitIntoBatches } from '../../domain/arrays.js'
import { lastEventAt } from '../../domain/progress.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import type { KnownTitle } from './known-titles.js'
import { reportFinishedPlays } from './finished-plays.js'
import { mergeIntoRecords, mergePlays, type PlayWrite } from './plays.js'
import { findWatchEntry, projectTitle, writeTitle, type ProfileWatchHistory, type Projection } from './projection.js'
import { continueRemovedPlays } from './removed-plays.js'
import { deriveTitleWatchState } from './title-watch-state.js'
import { clearedUntil } from './watch-entries.js'

/** Plays that are written in one round trip. */
const WRITE_BATCH_SIZE = 100

/** What the writes to a title start from. */
export interface TitleBefore {
  readonly entry: WatchEntry | null
  /** Events up to this time (ms since the epoch) are cleared. */
  readonly clearedAt: number
  /** Null when the title is known from an earlier write. */
  readonly profile: ProfileWatchHistory | null
  readonly known: KnownTitle | null
  /** The newest change of the title, found before everything else; null when the title cannot wait for a projection. */
  readonly last: LastChange | null
}

/** Finds what the writes to a title start from, without a read if it is known; null without such a profile. */
export async function findTitleBefore (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
): Promise<TitleBefore | null> {
  const known = watching.knownTitles.find(ref.profile, titleId)
  if (known !== null) {
    return { entry: known.entry, clearedAt: clearedUntil(known, known.entry), profile: null, known, last: known.last }
  }
  const last = await findLastChange(ref.profile, titleId)
  const profile = await findProfile(ref.account, ref.profile)
  if (profile === null) return null
  const entry = await findWatchEntry(profile, titleId)
  const isEmbedded = entry !== null && profile.watchHistory.includes(entry)
  return { entry, clearedAt: clearedUntil(profile, entry), profile, known: null, last: isEmbedded ? last : null }
}

/**
 * Merges progress into plays of one title, and projects the title now or later.
 * @param before read before the plays, so that another write in between is noticed
 * @returns null without such a profile
 * @throws DomainError 503 `busy`
 */
export async function writePlays (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  before: TitleBefore,
  writes: readonly PlayWrite[],
): Promise<Projection | null> {
  // After a failure in between, what is known would lack the plays.
  watching.knownTitles.remove(ref.profile, titleId)
  const findRecords = async (): Promise<readonly StoredPlay[]> =>
    before.known?.records ?? await findRecordsOfTitle(ref.profile, titleId)
  const planned = continueRemovedPlays(ref, writes, before.known?.records ?? [])
  const writing = writeAll(ref, planned, before.known?.records)
  // With a last change, the change log shows other writes. Without one, only a read after the own write finds them.
  if (before.last === null) await writing
  const [records] = await Promise.all([findRecords(), writing])
  // The records were unknown before: the database has not changed a play that was removed before the event.
  const continued = await writeContinuations(ref, planned, records)
  const merged = mergeIntoRecords(ref, records, continued)
  const projected = await (before.last === null
    ? projectRecords(watching, ref, titleId, before, merged)
    : postponeProjection(watching, ref, titleId, before, before.last, merged))
  const { projection, written } = projected === null
    ? await projectAfterRace(watching, ref, titleId, continued)
    : { projection: projected, written: continued }
  if (projection === null) return null
  const uncleared = written.filter(({ progress }) => lastEventAt(progress) > projection.clearedAt)
  await reportFinishedPlays(watching, ref, uncleared)
  if (!await deleteClearedPlays(watching, ref, titleId, written, projection)) return projection
  return await projectTitle(watching, ref, titleId)
}

/**
 * Writes the events that follow the removal of their play.
 * @returns the writes with those of the events
 */
async function writeContinuations (
  ref: ProfileRef,
  writes: readonly PlayWrite[],
  records: readonly StoredPlay[],
): Promise<readonly PlayWrite[]> {
  const written = continueRemovedPlays(ref, writes, records)
  const missing = written.filter((write) => !writes.includes(write))
  if (missing.length > 0) await writeAll(ref, missing, records)
  return written
}

/** Projects a title from its stored plays; what was known of them may be from before the removal of one. */
async function projectAfterRace (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  writes: readonly PlayWrite[],
): Promise<{ readonly projection: Projection | null, readonly written: readonly PlayWrite[] }> {
  const projection = await projectTitle(watching, ref, titleId)
  const ids = new Set(projection?.watchState.records.map(({ _id }) => _id.toString()))
  const isStored = ({ playKey }: PlayWrite): boolean => ids.has(derivePlayId(ref.profile, playKey).toString())
  if (projection === null || writes.every(isStored)) return { projection, written: writes }
  const written = await writeContinuations(ref, writes, await findRecordsOfTitle(ref.profile, titleId))
  const isUnchanged = written.every((write) => writes.includes(write))
  return { projection: isUnchanged ? projection : await projectTitle(watching, ref, titleId), written }
}

async function writeAll (
  ref: ProfileRef,
  writes: readonly PlayWrite[],
  known: readonly StoredPlay[] = [],
): Promise<void> {
  for (const batch of splitIntoBatches(writes, WRITE_BATCH_SIZE)) await mergePlays(ref, batch, known)
}

/**
 * Logs the change. Readers derive the title from its plays until it is projected.
 * @returns null when another writer changed the title in between, and when too many titles wait
 */
async function postponeProjection (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  { entry, clearedAt, profile, known }: TitleBefore,
  last: LastChange,
  records: readonly StoredPlay[],
): Promise<Projection | null> {
  const recorded = await recordUnprojected(ref, titleId, last, watching.now())
  if (recorded === null || entry === null) return null
  const { historyClearedAt } = profile ?? known ?? { historyClearedAt: null }
  watching.knownTitles.set(ref.profile, titleId, { entry, historyClearedAt, records, last: recorded })
  const watchState = deriveTitleWatchState(watching.catalogue, titleId, records.filter(isStoredPlay))
  return { watchState, before: entry, clearedAt }
}

/** @returns null when another writer changed the entry in between */
async function projectRecords (
  { catalogue }: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  { entry: before, clearedAt, profile }: TitleBefore,
  records: readonly StoredPlay[],
): Promise<Projection | null> {
  if (profile === null) return null
  const watchState = deriveTitleWatchState(catalogue, titleId, records.filter(isStoredPlay))
  if (await writeTitle(ref, profile, titleId, before, watchState, {}) === 'raced') return null
  // Last: a client that follows the change log then reads the new entry, and caches read the new plays.
  await recordChange(ref, 'watching', titleId)
  return { watchState, before, clearedAt }
}

const isStoredPlay = ({ removedAt }: StoredPlay): boolean => removedAt === null

/** Deletes plays that were written while their history was cleared. @returns false when there are none */
async function deleteClearedPlays (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  writes: readonly PlayWrite[],
  { clearedAt }: Projection,
): Promise<boolean> {
  const cleared = mergeIntoRecords(ref, [], writes.filter(({ progress }) => lastEventAt(progress) <= clearedAt))
  if (cleared.length === 0) return false
  watching.knownTitles.remove(ref.profile, titleId)
  for (const { _id } of cleared) await Play.deleteOne({ _id: new Types.ObjectId(_id) })
  return true
}
