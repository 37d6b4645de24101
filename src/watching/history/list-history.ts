// Lists the history of a profile in keyset pages, newest first: every play, or one group per title.
import mongoose, { Types } from 'mongoose'
import { Play, toPlayProgress, type StoredPlay } from '../../../models/play.js'
import { groupBy } from '../../domain/arrays.js'
import { deriveItemState } from '../../domain/item-state.js'
import { pageOf } from '../../domain/pages.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { flushProfileLeases } from '../streams/flush.js'

/** The last play of a page: its time (ms since the epoch) and ID. */
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

/** Time windows that are searched for a page, back from its start; after the last one follows everything older. */
const WINDOWS_MS = [7, 90, 1_000].map((days) => days * 86_400_000)
/**
 * Records read beyond the page size, because marks, removed plays and unplayed starts are filtered out afterwards. If
 * they do not suffice, each further read is twice as long.
 */
const SPARE_RECORDS = 8
const MAX_RECORDS = 1_000

/** Lists one page of plays, newest first. Flushes the profile's streams before the first page. */
export async function listHistory (
  watching: WatchingDeps,
  ref: ProfileRef,
  request: HistoryRequest,
): Promise<HistoryPage> {
  if (request.after === null) await flushProfileLeases(watching, ref)
  const { rows, next } = pageOf(await findPlays(ref, request, watching.now()), request.limit, toCursor)
  return { plays: rows, next }
}

function toCursor ({ at, _id }: StoredPlay): HistoryCursor {
  return [at.getTime(), _id.toString()]
}

/**
 * Finds at least one play more than the page holds, if there are as many. A lower time bound, which moves back until
 * the page is full, keeps a page of a long history cheap on servers that do not sort by an index.
 */
async function findPlays (ref: ProfileRef, request: HistoryRequest, now: Date): Promise<StoredPlay[]> {
  const { after, limit, from, to } = request
  const newest = Math.min(to?.getTime() ?? Infinity, now.getTime()) + 1
  const pageStart = after === null ? newest : Math.min(after[0], newest)
  const oldest = from?.getTime() ?? 0
  const found = after === null || after[0] >= newest ? [] : await findRestOfMoment(ref, request, after)
  let before = pageStart
  let count = limit + SPARE_RECORDS
  for (const window of [...WINDOWS_MS, Infinity]) {
    const since = Math.max(oldest, pageStart - window)
    while (found.length <= limit && since < before) {
      const { records, readTo } = await findBetween(ref, request, since, before, count)
      found.push(...records.filter((record) => isListedPlay(record) && isOfSeason(record, request)))
      before = readTo
      count = Math.min(2 * count, MAX_RECORDS)
    }
    if (found.length > limit || since <= oldest) break
  }
  return found
}

/** Finds the plays with the same time as the last play of the previous page, and a lower ID. */
async function findRestOfMoment (
  ref: ProfileRef,
  request: HistoryRequest,
  [at, id]: HistoryCursor,
): Promise<StoredPlay[]> {
  const records = await Play.find({ ...toFilter(ref, request), at: new Date(at) } as never).lean<StoredPlay[]>()
  return records
    .filter((record) => isListedPlay(record) && isOfSeason(record, request) && record._id.toString() < id)
    .sort(compareNewestFirst)
}

/**
 * Finds the newest records of a time span: all records of each moment. The filter uses only fields of the index; the
 * caller filters by the others, because the fallback server would scan the collection.
 * @returns with the end of the span that is still unread, exclusive
 */
async function findBetween (
  ref: ProfileRef,
  request: HistoryRequest,
  since: number,
  before: number,
  count: number,
): Promise<{ readonly records: readonly StoredPlay[], readonly readTo: number }> {
  const filter = toFilter(ref, request)
  const span = mongoose.trusted({ $gte: new Date(since), $lt: new Date(before) })
  const records = await Play.find({ ...filter, at: span } as never)
    .sort({ at: -1, _id: -1 }).limit(count).lean<StoredPlay[]>()
  const last = records.at(-1)
  if (last === undefined || records.length < count) return { records, readTo: since }
  // More records may have the time of the last one.
  const complete = records.filter(({ at }) => at > last.at)
  if (complete.length > 0) return { records: complete, readTo: last.at.getTime() + 1 }
  const ofMoment = await Play.find({ ...filter, at: last.at } as never).lean<StoredPlay[]>()
  return { records: ofMoment.sort(compareNewestFirst), readTo: last.at.getTime() }
}

function toFilter (ref: ProfileRef, { titleId }: HistoryRequest): Record<string, unknown> {
  return {
    profile: new Types.ObjectId(ref.profile),
    ...(titleId === undefined ? {} : { title: new Types.ObjectId(titleId) }),
  }
}

function compareNewestFirst (a: StoredPlay, b: StoredPlay): number {
  return b.at.getTime() - a.at.getTime() || (a._id.toString() < b._id.toString() ? 1 : -1)
}

function isOfSeason (play: StoredPlay, { season }: HistoryRequest): boolean {
  return season === undefined || play.season === season
}

/** True when this play alone finished its item: it reached the end with half of the runtime watched. */
export function hasFinishedItem (play: StoredPlay): boolean {
  return deriveItemState([toPlayProgress(play)])?.finished ?? false
}

/** The plays of one title within the filters of a request. */
export interface TitleGroup {
  readonly last: StoredPlay
  readonly plays: number
  readonly firstWatchedAt: Date
}

export interface TitleGroupPage {
  readonly groups: TitleGroup[]
  readonly next: HistoryCursor | null
}

/** Plays that are read together to find the titles among them. */
const GROUP_BATCH_SIZE = 500

/** Lists one page of titles, ordered by their newest play. */
export async function listHistoryByTitle (
  watching: WatchingDeps,
  ref: ProfileRef,
  request: HistoryRequest,
): Promise<TitleGroupPage> {
  const newestPlays: StoredPlay[] = []
  const seen = new Set<string>()
  let after = request.after
  let isLastPage = false
  while (newestPlays.length <= request.limit && !isLastPage) {
    const page = await listHistory(watching, ref, { ...request, after, limit: GROUP_BATCH_SIZE })
    const firsts = page.plays.filter((play) => !seen.has(play.title.toString()) && seen.add(play.title.toString()))
    const listed = request.after === null
      ? new Set<string>()
      : await findTitlesListedBefore(ref, firsts, request, request.after)
    newestPlays.push(...firsts.filter((play) => !listed.has(play.title.toString())))
    after = page.next
    isLastPage = page.next === null
  }
  const { rows, next } = pageOf(newestPlays, request.limit, toCursor)
  return { groups: await summariseTitles(ref, request, rows), next }
}

/** Finds the titles that an earlier page lists: they have a play at or before the cursor in list order. */
async function findTitlesListedBefore (
  ref: ProfileRef,
  plays: readonly StoredPlay[],
  request: HistoryRequest,
  [at, id]: HistoryCursor,
): Promise<Set<string>> {
  const since = new Date(at)
  const records = await Play.find({
    profile: ref.profile,
    title: mongoose.trusted({ $in: plays.map(({ title }) => title) }),
    at: mongoose.trusted({ $gte: since }),
  } as never).select('title at season kind isPlayed removedAt').lean<StoredPlay[]>()
  const isListed = (record: StoredPlay): boolean =>
    isListedPlay(record) && matchesRequest(record, request) &&
    (record.at > since || (record.at.getTime() === at && record._id.toString() >= id))
  return new Set(records.filter(isListed).map(({ title }) => title.toString()))
}

async function summariseTitles (
  ref: ProfileRef,
  request: HistoryRequest,
  newestPlays: readonly StoredPlay[],
): Promise<TitleGroup[]> {
  const records = await Play.find({
    profile: ref.profile,
    title: mongoose.trusted({ $in: newestPlays.map(({ title }) => title) }),
  } as never).select('title at startedAt season kind isPlayed removedAt').lean<StoredPlay[]>()
  const listed = records.filter((record) => isListedPlay(record) && matchesRequest(record, request))
  const byTitle = groupBy(listed, ({ title }) => title.toString())
  return newestPlays.map((last) => {
    const plays = byTitle.get(last.title.toString()) ?? [last]
    return {
      last,
      plays: plays.length,
      firstWatchedAt: new Date(Math.min(...plays.map(({ startedAt }) => startedAt.getTime()))),
    }
  })
}

/** True for a play that the history lists; false for marks, unplayed starts and removed plays. */
export function isListedPlay ({ kind, isPlayed, removedAt }: StoredPlay): boolean {
  return kind === 'play' && isPlayed && removedAt === null
}

function matchesRequest (play: StoredPlay, request: HistoryRequest): boolean {
  const { from, to } = request
  return isOfSeason(play, request) && (from === undefined || play.at >= from) && (to === undefined || play.at <= to)
}
