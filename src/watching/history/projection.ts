// Projects the plays of a title into its entry in the bounded watch history of the account, or in the archive.
// Every write compares the entry's revision: a writer that read an old state tries again. All entries can be rebuilt.
import { Types } from 'mongoose'
import { setTimeout as delay } from 'node:timers/promises'
import { Account, findProfile, MAX_WATCH_HISTORY_ENTRIES, type StoredProfile } from '../../../models/account.js'
import { recordChange } from '../../../models/change-log.js'
import { createUpdateGroup } from '../../../models/grouped-updates.js'
import { isDuplicateKey, updateWithPipeline } from '../../../models/upsert.js'
import {
  deriveArchivedEntryId,
  findArchivedEntry,
  WatchArchive,
  type ArchivedEntry,
} from '../../../models/watch-archive.js'
import { findUnprojectedTitles } from '../../../models/unprojected-titles.js'
import type { WatchEntry } from '../../../models/watch-entry.js'
import { reportWrite } from '../../../models/write-notifications.js'
import { lastActivityAt } from '../../domain/next-up.js'
import { unavailable } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { loadTitleWatchState, type TitleWatchState } from './title-watch-state.js'
import { buildEntry, clearedUntil, isSameEntry } from './watch-entries.js'

/** Entries that are archived together, so that a full history does not archive with every new title. */
const ARCHIVE_BATCH_SIZE = 8
const MAX_ATTEMPTS = 12
/** Upper bound of the random delay before the second attempt; it grows with each attempt. */
const RETRY_DELAY_MS = 5

/** The fields of a profile that projecting a title reads. */
export type ProfileWatchHistory = Pick<StoredProfile, '_id' | 'watchHistory' | 'archivedUntil' | 'historyClearedAt'>

/** Finds the entry of a title, embedded in the account or in the archive. */
export async function findWatchEntry (profile: ProfileWatchHistory, titleId: string): Promise<WatchEntry | null> {
  const embedded = profile.watchHistory.find((entry) => entry.title.toString() === titleId)
  if (embedded !== undefined) return embedded
  return profile.archivedUntil !== null ? await findArchivedEntry(profile._id.toString(), titleId) : null
}

/** Reads the entry of a title; null without an entry or without such a profile. */
export async function loadWatchEntry (ref: ProfileRef, titleId: string): Promise<WatchEntry | null> {
  const profile = await findProfile(ref.account, ref.profile)
  return profile === null ? null : await findWatchEntry(profile, titleId)
}

/** Explicit decisions about a title, which do not derive from plays. */
export type EntryChanges = Partial<Pick<WatchEntry, 'hiddenAt' | 'droppedAt' | 'clearedAt'>>

export interface Projection {
  readonly watchState: TitleWatchState
  /** The entry before the projection; null when there was none. */
  readonly before: WatchEntry | null
  /** Events up to this time (ms since the epoch) are cleared. */
  readonly clearedAt: number
}

/**
 * Derives the state of a title from its plays and writes it to the entry of the title.
 * @param profile the profile as read before its plays were written, which saves the first read
 * @returns null without such a profile
 * @throws DomainError 503 `busy`
 */
export async function projectTitle (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  changes: EntryChanges = {},
  profile: ProfileWatchHistory | null = null,
): Promise<Projection | null> {
  const projection = await writeProjection(watching, ref, titleId, changes, profile)
  if (projection !== null) await recordChange(ref, 'watching', titleId)
  return projection
}

/** Projects a title whose change is logged already. */
export async function writeProjection (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  changes: EntryChanges = {},
  profile: ProfileWatchHistory | null = null,
): Promise<Projection | null> {
  let known = profile
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const current = known ?? await findProfile(ref.account, ref.profile)
    known = null
    if (current === null) return null
    const entry = await findWatchEntry(current, titleId)
    const watchState = await loadTitleWatchState(watching.catalogue, ref.profile, titleId)
    if (await writeTitle(ref, current, titleId, entry, watchState, changes) !== 'raced') {
      return { watchState, before: entry, clearedAt: clearedUntil(current, entry) }
    }
    await delay(Math.random() * RETRY_DELAY_MS * attempt)
  }
  throw tooManyUpdates()
}

export function tooManyUpdates (): Error {
  return unavailable('busy', 'Many requests are updating this title at the same time. Try again.', 1)
}

/** True when the entry of a title agrees with its plays or waits for its projection, and without such a profile. */
export async function isTitleProjected (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
): Promise<boolean> {
  const profile = await findProfile(ref.account, ref.profile)
  if (profile === null) return true
  const entry = await findWatchEntry(profile, titleId)
  const watchState = await loadTitleWatchState(watching.catalogue, ref.profile, titleId)
  const isSame = entry === null
    ? lastActivityAt(watchState.state) === 0
    : isSameEntry(entry, buildEntry(titleId, entry, watchState))
  return isSame || (await findUnprojectedTitles(ref.profile)).some(({ title }) => title.toString() === titleId)
}

/**
 * Writes the entry of a title, also when only its revision changes: that tells other writers about the new plays.
 * @returns `raced` when another writer changed the entry in between
 */
export async function writeTitle (
  ref: ProfileRef,
  profile: ProfileWatchHistory,
  titleId: string,
  before: WatchEntry | null,
  watchState: TitleWatchState,
  changes: EntryChanges,
): Promise<'written' | 'raced'> {
  const isEmpty = lastActivityAt(watchState.state) === 0
  // A decision is stored even without plays: an event may arrive late.
  const hasDecision = Object.values(changes).some((time) => time !== null)
  if (before === null && isEmpty && !hasDecision) return 'written'
  const entry = { ...buildEntry(titleId, before, watchState), ...changes }
  if (profile.watchHistory.some((one) => one.title.toString() === titleId)) {
    return await replaceEntry(ref, before?.revision ?? 0, entry) ? 'written' : 'raced'
  }
  // The archive holds all entries up to `archivedUntil`: the embedded entries stay the most recent ones.
  if (profile.archivedUntil !== null && entry.activityAt <= profile.archivedUntil) {
    return await writeArchivedEntry(ref, before, entry) ? 'written' : 'raced'
  }
  if (profile.watchHistory.length >= MAX_WATCH_HISTORY_ENTRIES) await archiveOldestEntries(ref, profile)
  if (!await addEntry(ref, entry)) return 'raced'
  if (before !== null) await WatchArchive.deleteOne({ _id: deriveArchivedEntryId(ref.profile, titleId) })
  return 'written'
}

const group = createUpdateGroup(() => Account.collection as never)

/** @returns false when another writer changed the entry in between */
async function replaceEntry (ref: ProfileRef, revision: number, entry: WatchEntry): Promise<boolean> {
  // By the driver: no hook guards the watch history. The path contains no limit.
  const isChanged = await group.send({
    filter: { _id: new Types.ObjectId(ref.account) },
    update: { $set: { 'profiles.$[profile].watchHistory.$[entry]': entry } },
    arrayFilters: [
      { 'profile._id': new Types.ObjectId(ref.profile) },
      { 'entry.title': entry.title, 'entry.revision': revision },
    ],
  })
  reportWrite('accounts', ref.account)
  if (isChanged) return true
  // Unknown when the command contained other updates, and after a repeated one.
  const stored = (await findProfile(ref.account, ref.profile))?.watchHistory
    .find(({ title }) => title.equals(entry.title))
  return stored?.revision === entry.revision
}

/** @returns false when another writer added the title or filled the history in between */
async function addEntry (ref: ProfileRef, entry: WatchEntry): Promise<boolean> {
  const result = await Account.updateOne({ _id: ref.account }, {
    $push: { 'profiles.$[profile].watchHistory': entry },
  }, {
    arrayFilters: [{
      'profile._id': new Types.ObjectId(ref.profile),
      'profile.watchHistory.title': { $ne: entry.title },
      [`profile.watchHistory.${MAX_WATCH_HISTORY_ENTRIES - 1}`]: { $exists: false },
    }],
    timestamps: false,
  })
  return result.modifiedCount > 0
}

/** @returns false when another writer wrote the entry in between */
async function writeArchivedEntry (ref: ProfileRef, before: WatchEntry | null, entry: WatchEntry): Promise<boolean> {
  const _id = deriveArchivedEntryId(ref.profile, entry.title.toString())
  const fields = {
    ...entry,
    account: new Types.ObjectId(ref.account),
    profile: new Types.ObjectId(ref.profile),
  }
  if (before !== null) return await replaceArchivedEntry(_id, before.revision, fields)
  try {
    await WatchArchive.create({ _id, ...fields })
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Compares the revision in a pipeline: for a filter on more than `_id`, the fallback server scans the collection. */
async function replaceArchivedEntry (_id: Types.ObjectId, revision: number, fields: object): Promise<boolean> {
  const isUnchanged = { $eq: ['$revision', revision] }
  return await updateWithPipeline(WatchArchive, _id, [
    { $replaceWith: { $cond: [isUnchanged, { $mergeObjects: ['$$ROOT', { $literal: fields }] }, '$$ROOT'] } },
  ])
}

/**
 * Moves the oldest entries to the archive: writes them there, then removes them from the account if they are unchanged.
 * A crash in between leaves both copies; readers use the embedded one, which cannot be older.
 */
async function archiveOldestEntries (ref: ProfileRef, profile: ProfileWatchHistory): Promise<void> {
  // An entry that waits for its projection may be the newest.
  const waiting = new Set((await findUnprojectedTitles(ref.profile)).map(({ title }) => title.toString()))
  const oldest = profile.watchHistory.filter(({ title }) => !waiting.has(title.toString()))
    .sort((a, b) => a.activityAt.getTime() - b.activityAt.getTime())
    .slice(0, ARCHIVE_BATCH_SIZE)
  await Account.updateOne({ _id: ref.account }, {
    $max: { 'profiles.$[profile].archivedUntil': oldest.at(-1)?.activityAt },
  }, { arrayFilters: [{ 'profile._id': new Types.ObjectId(ref.profile) }], timestamps: false })
  await Promise.all(oldest.map(async (entry) =>
    await archiveEntry({
      _id: deriveArchivedEntryId(ref.profile, entry.title.toString()),
      ...entry,
      account: new Types.ObjectId(ref.account),
      profile: new Types.ObjectId(ref.profile),
    })
  ))
  await Account.updateOne({ _id: ref.account }, { $pullAll: { 'profiles.$[profile].watchHistory': oldest } }, {
    arrayFilters: [{ 'profile._id': new Types.ObjectId(ref.profile) }],
    timestamps: false,
  })
}

const archiveGroup = createUpdateGroup(() => WatchArchive.collection as never)

/** Inserts an entry, or replaces one with an older revision. */
async function archiveEntry (entry: ArchivedEntry): Promise<void> {
  const isNewer = { $gte: [{ $ifNull: ['$revision', -1] }, entry.revision] }
  await archiveGroup.send({
    filter: { _id: entry._id },
    update: [{ $replaceWith: { $cond: [isNewer, '$$ROOT', { $literal: entry }] } }],
    upsert: true,
  })
}
