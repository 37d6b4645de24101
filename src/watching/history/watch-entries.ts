// Builds the watch history entry of a title from its watch state.
import { Types } from 'mongoose'
import type { StoredProfile } from '../../../models/account.js'
import type { EpisodeNumbers, WatchEntry } from '../../../models/watch-entry.js'
import { lastActivityAt, type EndedItem } from '../../domain/next-up.js'
import type { TitleOutline } from '../../domain/watch-order.js'
import { dateOrNull } from '../../domain/progress.js'
import type { TitleWatchState } from './title-watch-state.js'

/** Largest step between two revisions of an entry; numbers are exact for eight million of them. */
const REVISION_STEP = 2 ** 30

/** What an entry takes over from the one that it replaces. */
export type EntryBefore = Pick<WatchEntry, 'hiddenAt' | 'droppedAt' | 'clearedAt' | 'revision'>

/** Time up to which the events of a title are cleared, ms since the epoch; 0 when none are. */
export function clearedUntil (
  profile: Pick<StoredProfile, 'historyClearedAt'>,
  entry: Pick<WatchEntry, 'clearedAt'> | null,
): number {
  return Math.max(profile.historyClearedAt?.getTime() ?? 0, entry?.clearedAt?.getTime() ?? 0)
}

/** All fields except `revision` are IDs, numbers, booleans and dates, so their JSON compares them. */
export function isSameEntry (a: WatchEntry, b: WatchEntry): boolean {
  const toJson = (entry: WatchEntry, name: string): string | undefined =>
    JSON.stringify(entry[name as keyof WatchEntry])
  return Object.keys(b).every((name) => name === 'revision' || toJson(a, name) === toJson(b, name))
}

/** Builds the entry of a title from its state; the decisions are those of the entry before. */
export function buildEntry (
  titleId: string,
  before: EntryBefore | null,
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
function nextRevision (before: EntryBefore | null): number {
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
