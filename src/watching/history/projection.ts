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
import type { EpisodeNumbers, WatchEntry } from '../../../models/watch-entry.js'
import { reportWrite } from '../../../models/write-notifications.js'
import { lastActivityAt, type EndedItem } from '../../domain/next-up.js'
import type { TitleOutline } from '../../domain/watch-order.js'
import { unavailable } from '../../errors.js'
import { dateOrNull, type ProfileRef, type WatchingDeps } from '../deps.js'
import { loadTitleWatchState, type TitleWatchState } from './title-watch-state.js'

/** Entries that are archived together, so that a full history does not archive with every new title. */
const ARCHIVE_BATCH_SIZE = 8
const MAX_ATTEMPTS = 12
/** Largest step between two revisions of an entry; numbers are exact for eight million of them. */
const REVISION_STEP = 2 ** 30
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
  let known = profile
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const current = known ?? await findProfile(ref.account, ref.profile)
    known = null
    if (current === null) return null
    const entry = await findWatchEntry(current, titleId)
    const watchState = await loadTitleWatchState(watching.catalogue, ref.profile, titleId)
    if (await writeTitle(ref, current, titleId, entry, watchState, changes) !== 'raced') {
      await recordChange(ref, 'watching', titleId)
      return { watchState, before: entry, clearedAt: clearedUntil(current, entry) }
    }
    await delay(Math.random() * RETRY_DELAY_MS * attempt)
  }
  throw unavailable('busy', 'Many requests are updating this title at the same time. Try again.', 1)
}

/** True when the entry of a title agrees with its plays, and without such a profile. */
export async function isTitleProjected (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
): Promise<boolean> {
  const profile = await findProfile(ref.account, ref.profile)
  if (profile === null) return true
  const entry = await findWatchEntry(profile, titleId)
  const watchState = await loadTitleWatchState(watching.catalogue, ref.profile, titleId)
  return entry === null
    ? lastActivityAt(watchState.state) === 0
    : isSameEntry(entry, buildEntry(titleId, entry, watchState))
}

/** Time up to which the events of a title are cleared, ms since the epoch; 0 when none are. */
export function clearedUntil (
  profile: Pick<ProfileWatchHistory, 'historyClearedAt'>,
  entry: WatchEntry | null,
): number {
  return Math.max(profile.historyClearedAt?.getTime() ?? 0, entry?.clearedAt?.getTime() ?? 0)
}

/** The entry after a write; null when the title has none. */
interface WrittenEntry {
  readonly entry: WatchEntry
  readonly isEmbedded: boolean
}

const NO_ENTRY = { isEmbedded: false } as const

/**
 * Writes the entry of a title, also when only its revision changes: that tells other writers about the new plays.
 * @param profile null when the entry is known to be embedded
 */
export async function writeTitle (
  ref: ProfileRef,
  profile: ProfileWatchHistory | null,
  titleId: string,
  before: WatchEntry | null,
  watchState: TitleWatchState,
  changes: EntryChanges,
): Promise<WrittenEntry | typeof NO_ENTRY | 'raced'> {
  const isEmbedded = profile === null || profile.watchHistory.some((one) => one.title.toString() === titleId)
  const isEmpty = lastActivityAt(watchState.state) === 0
  // A decision is stored even without plays: an event may arrive late.
  const hasDecision = Object.values(changes).some((time) => time !== null)
  if (before === null && isEmpty && !hasDecision) return NO_ENTRY
  const entry = { ...buildEntry(titleId, before, watchState), ...changes }
  if (isEmbedded) return await replaceEntry(ref, before?.revision ?? 0, entry) ? { entry, isEmbedded } : 'raced'
  // The archive holds all entries up to `archivedUntil`: the embedded entries stay the most recent ones.
  if (profile.archivedUntil !== null && entry.activityAt <= profile.archivedUntil) {
    return await writeArchivedEntry(ref, before, entry) ? { entry, isEmbedded } : 'raced'
  }
  if (profile.watchHistory.length >= MAX_WATCH_HISTORY_ENTRIES) await archiveOldestEntries(ref, profile)
  if (!await addEntry(ref, entry)) return 'raced'
  if (before !== null) await WatchArchive.deleteOne({ _id: deriveArchivedEntryId(ref.profile, titleId) })
  return { entry, isEmbedded: true }
}

/** All fields except `revision` are IDs, numbers, booleans and dates, so their JSON compares them. */
function isSameEntry (a: WatchEntry, b: WatchEntry): boolean {
  const toJson = (entry: WatchEntry, name: string): string | undefined =>
    JSON.stringify(entry[name as keyof WatchEntry])
  return Object.keys(b).every((name) => name === 'revision' || toJson(a, name) === toJson(b, name))
}

function buildEntry (
  titleId: string,
  before: WatchEntry | null,
  { state, outline, findEpisodeNumbers }: TitleWatchState,
): WatchEntry {
  const { current, ended } = state
  const activityAt = new Date(lastActivityAt(state))
  return {
    title: new Types.ObjectId(titleId),
    item: current === null ? null : new Types.ObjectId(current.item),
    ...(current === null ? { season: null, episode: null } : findEpisodeNumbers(current.item)),
    positionMs: current?.state.positionMs ?? 0,
    durationMs: current?.state.durationMs ?? null,
    watchedMs: current?.state.watchedMs ?? 0,
    finished: current?.state.finished ?? false,
    finishedAt: dateOrNull(current?.state.finishedAt ?? null),
    lastWatchedAt: current === null ? activityAt : new Date(current.state.lastWatchedAt),
    activityAt,
    isResumable: current?.state.isResumable ?? false,
    ended: ended === null ? null : toStoredEnd(ended, outline, findEpisodeNumbers(ended.item)),
    pass: state.runNumber,
    passSince: dateOrNull(state.runStartedAt),
    skipped: state.skipped,
    hiddenAt: before?.hiddenAt ?? null,
    droppedAt: before?.droppedAt ?? null,
    clearedAt: before?.clearedAt ?? null,
    revision: nextRevision(before),
  }
}

/**
 * Steps are random, so that a writer recognises its own write: concurrent writers may write equal entries that derive
 * from different plays. The first revision is a time (ms since 2020), which no entry that was removed before has.
 */
function nextRevision (before: WatchEntry | null): number {
  return (before?.revision ?? Date.now() - Date.UTC(2020, 0)) + 1 + Math.floor(Math.random() * REVISION_STEP)
}

function toStoredEnd (
  { item, orderKey, at }: EndedItem,
  { kind }: TitleOutline,
  numbers: EpisodeNumbers,
): WatchEntry['ended'] {
  const isPlacedSpecial = kind === 'show' && orderKey.special > 0
  const after = isPlacedSpecial ? { after: { season: orderKey.season, episode: orderKey.episode } } : {}
  return { item: new Types.ObjectId(item), ...numbers, ...after, at: new Date(at) }
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
  const oldest = [...profile.watchHistory]
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
