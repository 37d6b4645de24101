// The bounded projection of plays inside the account: one watch history entry a title. Every write compares the entry's
// revision, so that a writer that saw an older state looks again; all of it can be rebuilt from plays.
import { Types } from 'mongoose'
import { isDeepStrictEqual } from 'node:util'
import { Account, findProfileWatching, WATCH_HISTORY_LIMIT, type StoredProfile } from '../../models/account.js'
import { isDuplicateKey } from '../../models/duplicate-key.js'
import { findPlaysOfItem, findPlaysOfTitle, newestMark, playFactsOf, type StoredPlay } from '../../models/play.js'
import { archiveIdOf, findArchivedEntry, WatchArchive } from '../../models/watch-archive.js'
import { titleStateOf, type WatchEntry } from '../../models/watch-entry.js'
import { advanceTitle, EMPTY_TITLE_STATE, lastActivity, type ItemRef, type TitleState } from '../domain/next-up.js'
import { foldItem, type ItemState } from '../domain/progress.js'
import { unavailable } from '../errors.js'
import { groupBy } from '../group-by.js'
import type { Watcher } from './watching.js'

/** How many entries make room at once, so that a full history does not archive with every new title. */
const ARCHIVE_BATCH = 16
const MAX_TRIES = 12

/** What is read of a profile to write its watch history. */
export type WatchedProfile = Pick<StoredProfile, '_id' | 'watchHistory' | 'archivedUntil' | 'historyClearedAt'>

/** The entry of a title, wherever it lives. */
export async function findEntry (profile: WatchedProfile, titleId: string): Promise<WatchEntry | null> {
  const embedded = profile.watchHistory.find((entry) => entry.title.toString() === titleId)
  if (embedded !== undefined) return embedded
  return profile.archivedUntil !== null ? await findArchivedEntry(profile._id.toString(), titleId) : null
}

/** Folds the plays of one item as they are now. */
export async function readItemState (profileId: string, itemId: string): Promise<{ state: ItemState | null, plays: StoredPlay[] }> {
  const plays = await findPlaysOfItem(profileId, itemId)
  return { state: foldRows(plays), plays }
}

export function foldRows (rows: readonly StoredPlay[]): ItemState | null {
  return foldItem(rows.filter((row) => row.kind === 'play' && row.isPlayed).map(playFactsOf), newestMark(rows))
}

/** Brings one item's state, folded from its plays, into the entry of its title. */
export async function projectItem (watcher: Watcher, titleId: string, ref: ItemRef): Promise<ItemState | null> {
  return await retryOnRace(async () => {
    const profile = await findProfileWatching(watcher.account, watcher.profile)
    if (profile === null) return { done: true, value: null }
    const { state } = await readItemState(watcher.profile, ref.item)
    if (state === null) return { done: true, value: null }
    const entry = await findEntry(profile, titleId)
    const before = entry === null ? EMPTY_TITLE_STATE : titleStateOf(entry)
    const after = advanceTitle(before, ref, state)
    return { done: await writeTitle(watcher, profile, titleId, entry, after, {}), value: state }
  })
}

/** Folds a whole title again from its plays, after something older than its newest event changed. */
export async function projectTitle (watcher: Watcher, titleId: string, changes: Partial<Pick<WatchEntry, 'hiddenAt' | 'clearedAt'>> = {}): Promise<void> {
  await retryOnRace(async () => {
    const profile = await findProfileWatching(watcher.account, watcher.profile)
    if (profile === null) return { done: true, value: null }
    const rows = await findPlaysOfTitle(watcher.profile, titleId)
    const entry = await findEntry(profile, titleId)
    return { done: await writeTitle(watcher, profile, titleId, entry, foldTitle(rows), changes), value: null }
  })
}

/** The state of a title from all of its rows: a plain fold over its items. */
export function foldTitle (rows: readonly StoredPlay[]): TitleState {
  let title: TitleState = EMPTY_TITLE_STATE
  for (const [item, ofItem] of groupBy(rows, (row) => row.item.toString())) {
    const state = foldRows(ofItem)
    const first = ofItem[0]
    if (state !== null && first !== undefined) title = advanceTitle(title, { item, season: first.season, episode: first.episode }, state)
  }
  return title
}

interface Attempt<T> { readonly done: boolean, readonly value: T }

async function retryOnRace<T> (attempt: () => Promise<Attempt<T>>): Promise<T> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const { done, value } = await attempt()
    if (done) return value
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * (i + 1)))
  }
  throw unavailable('busy', 'This title is being updated from many places at once. Try again.', 1)
}

/** @returns false when somebody else wrote meanwhile */
async function writeTitle (watcher: Watcher, profile: WatchedProfile, titleId: string, entry: WatchEntry | null, state: TitleState, changes: Partial<Pick<WatchEntry, 'hiddenAt' | 'clearedAt'>>): Promise<boolean> {
  const embedded = profile.watchHistory.some((one) => one.title.toString() === titleId)
  const isEmpty = state.current === null && state.ended === null
  if (entry === null && isEmpty && changes.clearedAt === undefined) return true
  const written = { ...entryOf(titleId, entry, state), ...changes }
  if (entry !== null && embedded && isSameEntry(entry, written)) return true
  if (embedded) return await replaceEntry(watcher, entry?.revision ?? 0, written)
  // Older than something in the archive: it belongs there too, or the embedded entries would not be the most recent.
  if (profile.archivedUntil !== null && written.activityAt <= profile.archivedUntil) return await writeArchived(watcher, entry, written)
  if (profile.watchHistory.length >= WATCH_HISTORY_LIMIT) await archiveOldest(watcher, profile)
  const added = await addEntry(watcher, written)
  if (added && entry !== null) await WatchArchive.deleteOne({ _id: archiveIdOf(watcher.profile, titleId) })
  return added
}

function isSameEntry (a: WatchEntry, b: WatchEntry): boolean {
  return isDeepStrictEqual(titleStateOf(a), titleStateOf(b)) &&
    a.hiddenAt?.getTime() === b.hiddenAt?.getTime() && a.clearedAt?.getTime() === b.clearedAt?.getTime()
}

function entryOf (titleId: string, before: WatchEntry | null, { current, ended }: TitleState): WatchEntry {
  return {
    title: new Types.ObjectId(titleId),
    item: current === null ? null : new Types.ObjectId(current.item),
    season: current?.season ?? null,
    episode: current?.episode ?? null,
    positionMs: current?.state.positionMs ?? 0,
    durationMs: current?.state.durationMs ?? null,
    watchedMs: current?.state.watchedMs ?? 0,
    finished: current?.state.finished ?? false,
    finishedAt: dateOrNull(current?.state.finishedAt ?? null),
    lastWatchedAt: new Date(current?.state.lastWatchedAt ?? lastActivity({ current, ended })),
    activityAt: new Date(lastActivity({ current, ended })),
    isResumable: current?.state.isResumable ?? false,
    ended: ended === null ? null : { item: new Types.ObjectId(ended.item), season: ended.season, episode: ended.episode, at: new Date(ended.at) },
    hiddenAt: before?.hiddenAt ?? null,
    clearedAt: before?.clearedAt ?? null,
    revision: (before?.revision ?? 0) + 1,
  }
}

function dateOrNull (time: number | null): Date | null {
  return time === null ? null : new Date(time)
}

async function replaceEntry (watcher: Watcher, revision: number, entry: WatchEntry): Promise<boolean> {
  const result = await Account.updateOne({ _id: watcher.account },
    { $set: { 'profiles.$[profile].watchHistory.$[entry]': entry } },
    { arrayFilters: [{ 'profile._id': new Types.ObjectId(watcher.profile) }, { 'entry.title': entry.title, 'entry.revision': revision }], timestamps: false })
  return result.modifiedCount > 0
}

/** Adds an entry unless the title has one by now or the history is full by now. */
async function addEntry (watcher: Watcher, entry: WatchEntry): Promise<boolean> {
  const result = await Account.updateOne({ _id: watcher.account },
    { $push: { 'profiles.$[profile].watchHistory': entry } },
    {
      arrayFilters: [{
        'profile._id': new Types.ObjectId(watcher.profile),
        'profile.watchHistory.title': { $ne: entry.title },
        [`profile.watchHistory.${WATCH_HISTORY_LIMIT - 1}`]: { $exists: false },
      }],
      timestamps: false,
    })
  return result.modifiedCount > 0
}

/** @returns false when somebody else wrote meanwhile */
async function writeArchived (watcher: Watcher, before: WatchEntry | null, entry: WatchEntry): Promise<boolean> {
  const _id = archiveIdOf(watcher.profile, entry.title.toString())
  const fields = { ...entry, account: new Types.ObjectId(watcher.account), profile: new Types.ObjectId(watcher.profile) }
  if (before !== null) return (await WatchArchive.updateOne({ _id, revision: before.revision }, { $set: fields })).modifiedCount > 0
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
async function archiveOldest (watcher: Watcher, profile: WatchedProfile): Promise<void> {
  const oldest = [...profile.watchHistory]
    .sort((a, b) => a.activityAt.getTime() - b.activityAt.getTime())
    .slice(0, ARCHIVE_BATCH)
  await Account.updateOne({ _id: watcher.account }, { $max: { 'profiles.$[profile].archivedUntil': oldest.at(-1)?.activityAt } },
    { arrayFilters: [{ 'profile._id': new Types.ObjectId(watcher.profile) }], timestamps: false })
  await WatchArchive.bulkWrite(oldest.map((entry) => ({
    updateOne: {
      // A newer one is there already: the upsert runs into its id, and that is as good.
      filter: { _id: archiveIdOf(watcher.profile, entry.title.toString()), revision: { $lt: entry.revision } },
      update: { $set: { ...entry, account: new Types.ObjectId(watcher.account), profile: new Types.ObjectId(watcher.profile) } },
      upsert: true,
    },
  })), { ordered: false }).catch((error: unknown) => { if (!isDuplicateKey(error)) throw error })
  await Account.updateOne({ _id: watcher.account }, { $pullAll: { 'profiles.$[profile].watchHistory': oldest } },
    { arrayFilters: [{ 'profile._id': new Types.ObjectId(watcher.profile) }], timestamps: false })
}
