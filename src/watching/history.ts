// The history of a profile: every play, newest first, in keyset pages; and removing from it.
import mongoose, { Types } from 'mongoose'
import { Account } from '../../models/account.js'
import { findSlots } from '../../models/account-streams.js'
import { Play, type StoredPlay } from '../../models/play.js'
import { Taste } from '../../models/taste.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { foldRows, projectTitle } from './projection.js'
import { flushSlot } from './flush.js'
import { isEmptyPlay } from '../domain/progress.js'
import { hasNews } from './where.js'
import { slotFacts } from './slots.js'
import type { Watcher, Watching } from './watching.js'

/** The place of a play in the history: its moment (ms since the epoch) and id. */
export type HistoryPosition = readonly [at: number, id: string]

export interface HistoryRequest {
  readonly titleId?: string
  readonly from?: Date
  readonly to?: Date
  readonly after: HistoryPosition | null
  readonly limit: number
}

export interface HistoryPage {
  readonly plays: StoredPlay[]
  readonly next: HistoryPosition | null
}

/** Sizes of the time windows a page is looked for in; each is tried when the one before did not fill the page. */
const WINDOWS_MS = [30, 365, 3_650].map((days) => days * 86_400_000)

/** What is being played right now is part of the history too. */
async function flushLive (watching: Watching, watcher: Watcher): Promise<void> {
  for (const slot of await findSlots(watcher.account)) {
    if (slot.profile.toString() === watcher.profile && hasNews(slot) && !isEmptyPlay(slotFacts(slot))) await flushSlot(watching, watcher, slot)
  }
}

/**
 * One page of plays. A lower time bound that widens until the page is full keeps a page of a long history cheap on
 * servers that do not take the order from an index.
 */
export async function listHistory (watching: Watching, watcher: Watcher, request: HistoryRequest): Promise<HistoryPage> {
  if (request.after === null) await flushLive(watching, watcher)
  const to = Math.min(request.after?.[0] ?? Infinity, request.to?.getTime() ?? Infinity, watching.now().getTime() + 1)
  const floor = request.from?.getTime() ?? 0
  for (const window of WINDOWS_MS) {
    const from = to - window
    if (from <= floor) break
    const plays = await findPage(watcher, request, from, to)
    if (plays.length > request.limit) return pageOf(plays, request.limit)
  }
  return pageOf(await findPage(watcher, request, floor, to), request.limit)
}

function pageOf (plays: StoredPlay[], limit: number): HistoryPage {
  const page = plays.slice(0, limit)
  const last = page.at(-1)
  return { plays: page, next: plays.length > limit && last !== undefined ? [last.at.getTime(), last._id.toString()] : null }
}

async function findPage (watcher: Watcher, { titleId, after, limit }: HistoryRequest, from: number, to: number): Promise<StoredPlay[]> {
  const filter: Record<string, unknown> = {
    profile: new Types.ObjectId(watcher.profile),
    at: mongoose.trusted({ $gte: new Date(from), $lte: new Date(to) }),
    isPlayed: true,
    kind: 'play',
    removedAt: null,
  }
  if (titleId !== undefined) filter['title'] = new Types.ObjectId(titleId)
  if (after !== null) filter['$or'] = [{ at: mongoose.trusted({ $lt: new Date(after[0]) }) }, { at: new Date(after[0]), _id: mongoose.trusted({ $lt: new Types.ObjectId(after[1]) }) }]
  return await Play.find(filter as never).sort({ at: -1, _id: -1 }).limit(limit + 1).lean<StoredPlay[]>()
}

/** Whether the sitting brought its item to the end with half of it watched, by itself. */
export function finishedBy (play: StoredPlay): boolean {
  return foldRows([play])?.finished ?? false
}

/** Removes one play; false when there is none. The row stays as a tombstone, so that a late event does not revive it. */
export async function removePlay (watching: Watching, watcher: Watcher, playId: string): Promise<boolean> {
  const play = await Play.findById(playId).lean<StoredPlay>()
  if (play === null || play.profile.toString() !== watcher.profile || play.removedAt !== null || play.kind !== 'play') return false
  await Play.updateOne({ _id: play._id }, { $set: { removedAt: watching.now() } })
  await projectTitle(watcher, play.title.toString())
  return true
}

/** Removes a title's plays and marks; what was played before now stays away. */
export async function removeTitleHistory (watching: Watching, watcher: Watcher, titleId: string): Promise<void> {
  const now = watching.now()
  await Play.deleteMany({ profile: watcher.profile, title: titleId })
  await projectTitle(watcher, titleId, { clearedAt: now })
}

/** Removes everything a profile ever watched. */
export async function clearHistory (watching: Watching, watcher: Watcher): Promise<void> {
  const now = watching.now()
  const profile = { 'profile._id': new Types.ObjectId(watcher.profile) }
  await Account.updateOne({ _id: watcher.account },
    { $set: { 'profiles.$[profile].historyClearedAt': now, 'profiles.$[profile].watchHistory': [], 'profiles.$[profile].archivedUntil': null } }, { arrayFilters: [profile], timestamps: false })
  await Play.deleteMany({ profile: watcher.profile })
  await WatchArchive.deleteMany({ profile: watcher.profile })
}

/** Everything that a profile holds outside of its account, when the profile itself is deleted. */
export async function eraseProfileWatching (profileId: string): Promise<void> {
  await Promise.all([
    Play.deleteMany({ profile: profileId }),
    WatchArchive.deleteMany({ profile: profileId }),
    Taste.deleteMany({ profile: profileId }),
    WishlistOrder.deleteOne({ _id: profileId }),
  ])
}
