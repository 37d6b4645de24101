// The bounded projection of plays inside the account: one watch history entry a title. Every write compares the entry's
// revision, so that a writer that saw an older state looks again; all of it can be rebuilt from plays.
import { Types } from 'mongoose'
import { Account, findProfileWatching, MAX_WATCH_HISTORY_ENTRIES, type StoredProfile } from '../../../models/account.js'
import { recordChange } from '../../../models/change-log.js'
import { isDuplicateKey } from '../../../models/upsert.js'
import { deriveArchivedEntryId, findArchivedEntry, WatchArchive } from '../../../models/watch-archive.js'
import type { Numbers, WatchEntry } from '../../../models/watch-entry.js'
import { lastActivity, type EndedItem } from '../../domain/next-up.js'
import type { TitleOutline } from '../../domain/watch-order.js'
import { unavailable } from '../../errors.js'
import { dateOrNull } from '../dates.js'
import { loadTitleWatchState, type TitleWatchState } from './title-watch-state.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

/** How many entries make room at once, so that a full history does not archive with every new title. */
const ARCHIVE_BATCH = 8
const MAX_TRIES = 12

/** What is read of a profile to write its watch history. */
export type WatchedProfile = Pick<StoredProfile, '_id' | 'watchHistory' | 'archivedUntil' | 'historyClearedAt'>

/** The entry of a title, wherever it lives. */
export async function findEntry (profile: WatchedProfile, titleId: string): Promise<WatchEntry | null> {
  const embedded = profile.watchHistory.find((entry) => entry.title.toString() === titleId)
  if (embedded !== undefined) return embedded
  return profile.archivedUntil !== null ? await findArchivedEntry(profile._id.toString(), titleId) : null
}

/** What a viewer decided about a title; it lives in the entry and is kept whatever is folded. */
export type EntryChanges = Partial<Pick<WatchEntry, 'hiddenAt' | 'droppedAt' | 'clearedAt'>>

/** What was written of a title. */
export interface Projection {
  readonly reading: TitleWatchState
  /** The entry as it was before; null when there was none. */
  readonly before: WatchEntry | null
  /** Events up to this moment (ms since the epoch) were cleared by the viewer. */
  readonly clearedAt: number
}

/**
 * Folds a title from its plays and brings the outcome into its entry.
 * @param known the profile when it was read before the plays were written: saves the first look
 * @returns null when there is no such profile
 * @throws DomainError 503 `busy`
 */
export async function projectTitle (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
  changes: EntryChanges = {},
  known: WatchedProfile | null = null,
): Promise<Projection | null> {
  let profile = known
  let isChanged = false
  const projection = await retryOnRace(async () => {
    const current = profile ?? await findProfileWatching(watcher.account, watcher.profile)
    profile = null
    if (current === null) return { done: true, value: null }
    const entry = await findEntry(current, titleId)
    const reading = await loadTitleWatchState(watching.catalogue, watcher.profile, titleId)
    const outcome = await writeTitle(watcher, current, titleId, entry, reading, changes)
    isChanged = outcome === 'written'
    return { done: outcome !== 'raced', value: { reading, before: entry, clearedAt: clearedUntil(current, entry) } }
  })
  if (isChanged) await recordChange(watcher, 'watching', titleId)
  return projection
}

/** Whether the entry of a title says what its plays say. True also when there is no such profile. */
export async function isTitleProjected (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
): Promise<boolean> {
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  if (profile === null) return true
  const entry = await findEntry(profile, titleId)
  const reading = await loadTitleWatchState(watching.catalogue, watcher.profile, titleId)
  return entry === null ? lastActivity(reading.state) === 0 : isSameEntry(entry, entryOf(titleId, entry, reading))
}

/** Events up to this moment (ms since the epoch) were cleared by the viewer. */
export function clearedUntil (profile: Pick<WatchedProfile, 'historyClearedAt'>, entry: WatchEntry | null): number {
  return Math.max(profile.historyClearedAt?.getTime() ?? 0, entry?.clearedAt?.getTime() ?? 0)
}

interface Attempt<T> {
  readonly done: boolean
  readonly value: T
}

async function retryOnRace<T> (attempt: () => Promise<Attempt<T>>): Promise<T> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const { done, value } = await attempt()
    if (done) return value
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * (i + 1)))
  }
  throw unavailable('busy', 'This title is being updated from many places at once. Try again.', 1)
}

type Outcome = 'written' | 'unchanged' | 'raced'

async function writeTitle (
  watcher: ProfileRef,
  profile: WatchedProfile,
  titleId: string,
  entry: WatchEntry | null,
  reading: TitleWatchState,
  changes: EntryChanges,
): Promise<Outcome> {
  const embedded = profile.watchHistory.some((one) => one.title.toString() === titleId)
  const isEmpty = lastActivity(reading.state) === 0
  // What was decided of a title is kept also before anything of it is known: a report may come late.
  const isDecided = Object.values(changes).some((moment) => moment !== null)
  if (entry === null && isEmpty && !isDecided) return 'unchanged'
  const written = { ...entryOf(titleId, entry, reading), ...changes }
  if (entry !== null && embedded && isSameEntry(entry, written)) return 'unchanged'
  if (embedded) return outcomeOf(await replaceEntry(watcher, entry?.revision ?? 0, written))
  // Older than something in the archive: it belongs there too, or the embedded entries would not be the most recent.
  if (profile.archivedUntil !== null && written.activityAt <= profile.archivedUntil) {
    return outcomeOf(await writeArchived(watcher, entry, written))
  }
  if (profile.watchHistory.length >= MAX_WATCH_HISTORY_ENTRIES) await archiveOldest(watcher, profile)
  const added = await addEntry(watcher, written)
  if (added && entry !== null) await WatchArchive.deleteOne({ _id: deriveArchivedEntryId(watcher.profile, titleId) })
  return outcomeOf(added)
}

function outcomeOf (isWritten: boolean): Outcome {
  return isWritten ? 'written' : 'raced'
}

/** All that can be compared of an entry is data: ids, numbers, dates. */
function isSameEntry (a: WatchEntry, b: WatchEntry): boolean {
  const text = (entry: WatchEntry, name: string): string | undefined => JSON.stringify(entry[name as keyof WatchEntry])
  return Object.keys(b).every((name) => name === 'revision' || text(a, name) === text(b, name))
}

function entryOf (
  titleId: string,
  before: WatchEntry | null,
  { state, outline, numbersOf }: TitleWatchState,
): WatchEntry {
  const { current, ended } = state
  const activityAt = new Date(lastActivity(state))
  return {
    title: new Types.ObjectId(titleId),
    item: current === null ? null : new Types.ObjectId(current.item),
    ...(current === null ? { season: null, episode: null } : numbersOf(current.item)),
    positionMs: current?.state.positionMs ?? 0,
    durationMs: current?.state.durationMs ?? null,
    watchedMs: current?.state.watchedMs ?? 0,
    finished: current?.state.finished ?? false,
    finishedAt: dateOrNull(current?.state.finishedAt ?? null),
    lastWatchedAt: current === null ? activityAt : new Date(current.state.lastWatchedAt),
    activityAt,
    isResumable: current?.state.isResumable ?? false,
    ended: ended === null ? null : storedEnd(ended, outline, numbersOf(ended.item)),
    pass: state.pass,
    passSince: dateOrNull(state.passSince),
    skipped: state.skipped,
    hiddenAt: before?.hiddenAt ?? null,
    droppedAt: before?.droppedAt ?? null,
    clearedAt: before?.clearedAt ?? null,
    revision: (before?.revision ?? 0) + 1,
  }
}

function storedEnd ({ item, place, at }: EndedItem, { kind }: TitleOutline, numbers: Numbers): WatchEntry['ended'] {
  const isPlacedSpecial = kind === 'show' && place.special > 0
  const after = isPlacedSpecial ? { after: { season: place.season, episode: place.episode } } : {}
  return { item: new Types.ObjectId(item), ...numbers, ...after, at: new Date(at) }
}

/** @returns false when somebody else wrote meanwhile */
async function replaceEntry (watcher: ProfileRef, revision: number, entry: WatchEntry): Promise<boolean> {
  const result = await Account.updateOne({ _id: watcher.account }, {
    $set: { 'profiles.$[profile].watchHistory.$[entry]': entry },
  }, {
    arrayFilters: [{ 'profile._id': new Types.ObjectId(watcher.profile) }, {
      'entry.title': entry.title,
      'entry.revision': revision,
    }],
    timestamps: false,
  })
  return result.modifiedCount > 0
}

/** Adds an entry unless the title has one by now or the history is full by now. */
async function addEntry (watcher: ProfileRef, entry: WatchEntry): Promise<boolean> {
  const result = await Account.updateOne({ _id: watcher.account }, {
    $push: { 'profiles.$[profile].watchHistory': entry },
  }, {
    arrayFilters: [{
      'profile._id': new Types.ObjectId(watcher.profile),
      'profile.watchHistory.title': { $ne: entry.title },
      [`profile.watchHistory.${MAX_WATCH_HISTORY_ENTRIES - 1}`]: { $exists: false },
    }],
    timestamps: false,
  })
  return result.modifiedCount > 0
}

/** @returns false when somebody else wrote meanwhile */
async function writeArchived (watcher: ProfileRef, before: WatchEntry | null, entry: WatchEntry): Promise<boolean> {
  const _id = deriveArchivedEntryId(watcher.profile, entry.title.toString())
  const fields = {
    ...entry,
    account: new Types.ObjectId(watcher.account),
    profile: new Types.ObjectId(watcher.profile),
  }
  if (before !== null) {
    return (await WatchArchive.updateOne({ _id, revision: before.revision }, { $set: fields })).modifiedCount > 0
  }
  try {
    await WatchArchive.create({ _id, ...fields })
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/**
 * Moves the oldest entries to the archive: written there first, then removed here exactly as they were. A crash between
 * the two leaves both, and readers take the embedded one, which cannot be older.
 */
async function archiveOldest (watcher: ProfileRef, profile: WatchedProfile): Promise<void> {
  const oldest = [...profile.watchHistory]
    .sort((a, b) => a.activityAt.getTime() - b.activityAt.getTime())
    .slice(0, ARCHIVE_BATCH)
  await Account.updateOne({ _id: watcher.account }, {
    $max: { 'profiles.$[profile].archivedUntil': oldest.at(-1)?.activityAt },
  }, { arrayFilters: [{ 'profile._id': new Types.ObjectId(watcher.profile) }], timestamps: false })
  await WatchArchive.bulkWrite(
    oldest.map((entry) => ({
      updateOne: {
        // A newer one is there already: the upsert runs into its id, and that is as good.
        filter: {
          _id: deriveArchivedEntryId(watcher.profile, entry.title.toString()),
          revision: { $lt: entry.revision },
        },
        update: {
          $set: {
            ...entry,
            account: new Types.ObjectId(watcher.account),
            profile: new Types.ObjectId(watcher.profile),
          },
        },
        upsert: true,
      },
    })),
    { ordered: false },
  ).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error
  })
  await Account.updateOne({ _id: watcher.account }, { $pullAll: { 'profiles.$[profile].watchHistory': oldest } }, {
    arrayFilters: [{ 'profile._id': new Types.ObjectId(watcher.profile) }],
    timestamps: false,
  })
}
