// The history of a profile: every play, newest first, in keyset pages; and removing from it.
import mongoose, { Types } from 'mongoose'
import { Account, findProfileWatching } from '../../../models/account.js'
import { ChangeLog, recordChange } from '../../../models/change-log.js'
import { Play, toPlayProgress, type StoredPlay } from '../../../models/play.js'
import { ProfileTitlePreferences } from '../../../models/profile-title-preferences.js'
import type { StoredUndo } from '../../../models/undo.js'
import { WatchArchive } from '../../../models/watch-archive.js'
import { WishlistOrder } from '../../../models/wishlist-order.js'
import { deriveItemState } from '../../domain/progress.js'
import { notFound } from '../../errors.js'
import { groupBy } from '../../domain/arrays.js'
import { flushLive } from '../streams/flush.js'
import { findEntry, projectTitle } from './projection.js'
import { softDelete } from './soft-delete.js'
import { eraseUndos, storeUndo, undoTokenOf, type UndoToken } from './undo-log.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

/** The place of a play in the history: its moment (ms since the epoch) and id. */
export type HistoryCursor = readonly [at: number, id: string]

export interface HistoryRequest {
  readonly titleId?: string
  readonly season?: number
  readonly from?: Date
  readonly to?: Date
  readonly after: HistoryCursor | null
  readonly limit: number
}

export interface HistoryPage {
  readonly plays: StoredPlay[]
  readonly next: HistoryCursor | null
}

/** Sizes of the time windows a page is looked for in, back from where it begins; then comes all the rest. */
const WINDOWS_MS = [7, 90, 1_000].map((days) => days * 86_400_000)
/** Rows that are read beyond what a page needs: marks, removed plays and starts without playing are among them. */
const SPARE_ROWS = 40

/** One page of plays, newest first. */
export async function listHistory (
  watching: WatchingDeps,
  watcher: ProfileRef,
  request: HistoryRequest,
): Promise<HistoryPage> {
  if (request.after === null) await flushLive(watching, watcher)
  const plays = await findPlays(watcher, request, watching.now())
  const page = plays.slice(0, request.limit)
  const last = page.at(-1)
  return { plays: page, next: plays.length > request.limit && last !== undefined ? positionOf(last) : null }
}

function positionOf ({ at, _id }: StoredPlay): HistoryCursor {
  return [at.getTime(), _id.toString()]
}

/**
 * At least one play more than the page holds, if there are as many. A lower time bound that widens until the page is full
 * keeps a page of a long history cheap on servers that do not take the order from an index.
 */
async function findPlays (watcher: ProfileRef, request: HistoryRequest, now: Date): Promise<StoredPlay[]> {
  const { after, limit, from, to } = request
  const newest = Math.min(to?.getTime() ?? Infinity, now.getTime()) + 1
  const begin = after === null ? newest : Math.min(after[0], newest)
  const oldest = from?.getTime() ?? 0
  const found = after === null || after[0] >= newest ? [] : await findAt(watcher, request, after)
  let before = begin
  for (const window of [...WINDOWS_MS, Infinity]) {
    const since = Math.max(oldest, begin - window)
    while (found.length <= limit && since < before) {
      const rows = await findBetween(watcher, request, since, before, limit + SPARE_ROWS)
      found.push(...rows.filter((row) => isShown(row) && isOfSeason(row, request)))
      before = rows.length < limit + SPARE_ROWS ? since : rows.at(-1)?.at.getTime() ?? since
    }
    if (found.length > limit || since <= oldest) break
  }
  return found
}

/** The rest of the plays of the moment at which the page before ended. */
async function findAt (watcher: ProfileRef, request: HistoryRequest, [at, id]: HistoryCursor): Promise<StoredPlay[]> {
  const rows = await Play.find({ ...filterOf(watcher, request), at: new Date(at) } as never).lean<StoredPlay[]>()
  return rows.filter((row) => isShown(row) && isOfSeason(row, request) && row._id.toString() < id).sort(newestFirst)
}

/**
 * The newest rows of a span, whole moments only: what shares the moment of the last row is read with it. Everything in the
 * filter is in an index, the rest is left to the caller: the embedded server would read every row else.
 */
async function findBetween (
  watcher: ProfileRef,
  request: HistoryRequest,
  since: number,
  before: number,
  limit: number,
): Promise<StoredPlay[]> {
  const span = mongoose.trusted({ $gte: new Date(since), $lt: new Date(before) })
  const rows = await Play.find({ ...filterOf(watcher, request), at: span } as never).sort({ at: -1, _id: -1 }).limit(
    limit,
  ).lean<StoredPlay[]>()
  const last = rows.at(-1)
  if (last === undefined || rows.length < limit) return rows
  const ofLast = await Play.find({ ...filterOf(watcher, request), at: last.at } as never).lean<StoredPlay[]>()
  return [...rows.filter((row) => row.at > last.at), ...ofLast.sort(newestFirst)]
}

function filterOf (watcher: ProfileRef, { titleId }: HistoryRequest): Record<string, unknown> {
  return {
    profile: new Types.ObjectId(watcher.profile),
    ...(titleId === undefined ? {} : { title: new Types.ObjectId(titleId) }),
  }
}

function newestFirst (a: StoredPlay, b: StoredPlay): number {
  return b.at.getTime() - a.at.getTime() || (a._id.toString() < b._id.toString() ? 1 : -1)
}

function isOfSeason (play: StoredPlay, { season }: HistoryRequest): boolean {
  return season === undefined || play.season === season
}

/** Whether the sitting brought its item to the end with half of it watched, by itself. */
export function finishedBy (play: StoredPlay): boolean {
  return deriveItemState([toPlayProgress(play)])?.finished ?? false
}

/** What a profile played of one title within a span of time. */
export interface TitleGroup {
  readonly last: StoredPlay
  readonly plays: number
  readonly firstWatchedAt: Date
}

export interface GroupPage {
  readonly groups: TitleGroup[]
  readonly next: HistoryCursor | null
}

/** How many plays are looked at at once for the titles among them. */
const GROUP_BATCH = 500

/** One page of titles, each with its newest play; a title is listed once, where it was played last. */
export async function listHistoryByTitle (
  watching: WatchingDeps,
  watcher: ProfileRef,
  request: HistoryRequest,
): Promise<GroupPage> {
  const newest: StoredPlay[] = []
  const seen = new Set<string>()
  let after = request.after
  let isEnd = false
  while (newest.length <= request.limit && !isEnd) {
    const page = await listHistory(watching, watcher, { ...request, after, limit: GROUP_BATCH })
    const firsts = page.plays.filter((play) => !seen.has(play.title.toString()) && seen.add(play.title.toString()))
    const listed = request.after === null
      ? new Set<string>()
      : await titlesPlayedAfter(watcher, firsts, request, request.after)
    newest.push(...firsts.filter((play) => !listed.has(play.title.toString())))
    after = page.next
    isEnd = page.next === null
  }
  const groups = await countPlays(watcher, request, newest.slice(0, request.limit))
  const last = groups.at(-1)?.last
  return { groups, next: newest.length > request.limit && last !== undefined ? positionOf(last) : null }
}

/** Which of some plays' titles were listed on a page before: those played later than where this page begins. */
async function titlesPlayedAfter (
  watcher: ProfileRef,
  plays: readonly StoredPlay[],
  request: HistoryRequest,
  [at, id]: HistoryCursor,
): Promise<Set<string>> {
  const from = new Date(at)
  const rows = await Play.find(
    {
      profile: watcher.profile,
      title: mongoose.trusted({ $in: plays.map(({ title }) => title) }),
      at: mongoose.trusted({ $gte: from }),
    } as never,
  )
    .select('title at season kind isPlayed removedAt').lean<StoredPlay[]>()
  const isListed = (row: StoredPlay): boolean =>
    isShown(row) && matches(row, request) &&
    (row.at > from || (row.at.getTime() === at && row._id.toString() >= id))
  return new Set(rows.filter(isListed).map(({ title }) => title.toString()))
}

async function countPlays (
  watcher: ProfileRef,
  request: HistoryRequest,
  newest: readonly StoredPlay[],
): Promise<TitleGroup[]> {
  const rows = await Play.find(
    { profile: watcher.profile, title: mongoose.trusted({ $in: newest.map(({ title }) => title) }) } as never,
  )
    .select('title at startedAt season kind isPlayed removedAt').lean<StoredPlay[]>()
  const ofTitle = groupBy(rows.filter((row) => isShown(row) && matches(row, request)), (row) => row.title.toString())
  return newest.map((last) => {
    const plays = ofTitle.get(last.title.toString()) ?? [last]
    return {
      last,
      plays: plays.length,
      firstWatchedAt: new Date(Math.min(...plays.map(({ startedAt }) => startedAt.getTime()))),
    }
  })
}

/** A play that the history shows. */
function isShown ({ kind, isPlayed, removedAt }: StoredPlay): boolean {
  return kind === 'play' && isPlayed && removedAt === null
}

function matches (play: StoredPlay, request: HistoryRequest): boolean {
  const { from, to } = request
  return isOfSeason(play, request) && (from === undefined || play.at >= from) && (to === undefined || play.at <= to)
}

/**
 * Removes one play. The row stays as a tombstone, so that a late event does not revive it.
 * @returns null when there is no such play
 */
export async function removePlay (
  watching: WatchingDeps,
  watcher: ProfileRef,
  playId: string,
): Promise<UndoToken | null> {
  const play = await Play.findById(playId).lean<StoredPlay>()
  if (play === null || play.profile.toString() !== watcher.profile || !isShown(play)) return null
  const title = play.title.toString()
  const undo = await storeUndo(watching, watcher, title, { kind: 'removed-play', play: play._id })
  await Play.updateOne({ _id: play._id }, { $set: { removedAt: watching.now() } })
  await projectTitle(watching, watcher, title)
  return undoTokenOf(undo)
}

/** Removes a title's plays and marks; what was played before now stays away. */
export async function removeTitleHistory (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
): Promise<UndoToken> {
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  const entry = profile === null ? null : await findEntry(profile, titleId)
  const undo = await storeUndo(watching, watcher, titleId, { kind: 'cleared-title', entry })
  await softDelete(undo, 'plays', Play as never, { profile: undo.profile, title: undo.title, at: untilNow(undo) })
  await projectTitle(watching, watcher, titleId, { clearedAt: undo.at, hiddenAt: null, droppedAt: null })
  return undoTokenOf(undo)
}

function untilNow ({ at }: StoredUndo): object {
  return mongoose.trusted({ $lte: at })
}

/** Removes everything a profile ever watched. */
export async function clearHistory (watching: WatchingDeps, watcher: ProfileRef): Promise<UndoToken> {
  const stored = await findProfileWatching(watcher.account, watcher.profile)
  if (stored === null) throw notFound('profile')
  const { historyClearedAt, archivedUntil, watchHistory: entries } = stored
  const undo = await storeUndo(watching, watcher, null, {
    kind: 'cleared-history',
    historyClearedAt,
    archivedUntil,
    entries,
  })
  const profile = { 'profile._id': undo.profile }
  await Account.updateOne({ _id: watcher.account }, {
    $set: {
      'profiles.$[profile].historyClearedAt': undo.at,
      'profiles.$[profile].watchHistory': [],
      'profiles.$[profile].archivedUntil': null,
    },
  }, { arrayFilters: [profile], timestamps: false })
  await softDelete(undo, 'plays', Play as never, { profile: undo.profile, at: untilNow(undo) })
  await softDelete(undo, 'watcharchive', WatchArchive as never, { profile: undo.profile })
  await recordChange(watcher, 'history', null)
  return undoTokenOf(undo)
}

/** Everything that a profile holds outside of its account, when the profile itself is deleted. */
export async function eraseProfileWatching (profileId: string): Promise<void> {
  await Promise.all([
    Play.deleteMany({ profile: profileId }),
    WatchArchive.deleteMany({ profile: profileId }),
    ProfileTitlePreferences.deleteMany({ profile: profileId }),
    WishlistOrder.deleteOne({ _id: profileId }),
    ChangeLog.deleteOne({ _id: profileId }),
    eraseUndos(profileId),
  ])
}
