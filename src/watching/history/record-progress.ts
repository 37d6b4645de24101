// Records progress that was reported without a stream: by players that were offline, or that play a file of their own.
// The progress merges into plays like that of a stream.
import {
  itemDurationMs,
  longestDurationMs,
  type CatalogueItem,
  type CatalogueTitle,
} from '../../catalogue/store/catalogue.js'
import type { ItemState } from '../../domain/item-state.js'
import {
  countPlayingTimeFrom,
  isEmptyPlay,
  mergePlayProgress,
  playProgressOfEvent,
  type ItemTiming,
  type PlayProgress,
  type ProgressEvent,
} from '../../domain/progress.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { removeIfWatched } from '../lists/wishlist.js'
import { findPlayKeys, type PlayKeys, type ReportedPlay } from './play-keys.js'
import { toPlaySubject, type PlayWrite } from './plays.js'
import { loadTitleWatchState } from './title-watch-state.js'
import { findTitleBefore, writePlays } from './write-plays.js'

/** One progress event with the play that it belongs to. */
export interface ProgressReport extends ProgressEvent {
  /** Null without a key of its own: `playId` decides. */
  readonly playKey: string | null
  /** ID of the play from the client; null merges all events of an item and a UTC day into one play. */
  readonly playId?: string | null
  /** The start of the play when it is known, so that an event from a slow clock does not move it. */
  readonly start?: Pick<PlayProgress, 'startedAt' | 'startPositionMs' | 'watchedBeforeMs'>
}

/** The events of one item. */
export interface ItemReports {
  readonly item: CatalogueItem
  readonly reports: readonly ProgressReport[]
}

/**
 * Records events of one item.
 * @returns the state of the item afterwards; null without a state or without such a profile
 */
export async function recordProgress (
  watching: WatchingDeps,
  ref: ProfileRef,
  title: CatalogueTitle,
  item: CatalogueItem,
  reports: readonly ProgressReport[],
): Promise<ItemState | null> {
  return (await recordTitleProgress(watching, ref, title, [{ item, reports }])).get(item.id) ?? null
}

/**
 * Records events of items of one title. Merges the events of each play first, so that a play costs one write, and
 * projects the title once.
 * @returns the states of the items afterwards; without those that have none, and empty without such a profile
 */
export async function recordTitleProgress (
  watching: WatchingDeps,
  ref: ProfileRef,
  title: CatalogueTitle,
  items: readonly ItemReports[],
): Promise<ReadonlyMap<string, ItemState>> {
  const before = await findTitleBefore(watching, ref, title.id)
  if (before === null) return new Map()
  const playKeys = await findPlayKeys(ref, items.flatMap(toReportedPlays), before.known?.records ?? null)
  const writes = items.flatMap((one) => planWrites(watching, title, one, before.clearedAt, playKeys))
  if (writes.length === 0) return (await loadTitleWatchState(watching.catalogue, ref.profile, title.id)).items
  const projection = await writePlays(watching, ref, title.id, before, writes)
  if (projection === null) return new Map()
  const states = projection.watchState.items
  for (const { item } of items) await removeIfWatched(ref, title, states.get(item.id) ?? null)
  return states
}

function toReportedPlays ({ item, reports }: ItemReports): ReportedPlay[] {
  return reports.flatMap(({ playId }) => typeof playId === 'string' ? [{ itemId: item.id, playId }] : [])
}

function planWrites (
  { catalogue }: WatchingDeps,
  title: CatalogueTitle,
  { item, reports }: ItemReports,
  clearedAt: number,
  playKeys: PlayKeys,
): PlayWrite[] {
  const timing = {
    durationMs: itemDurationMs(catalogue, item),
    creditsStartMs: item.markers?.creditsStartMs ?? null,
    longestMs: longestDurationMs(catalogue, item),
  }
  const plays = mergeReports(item, reports.filter((report) => report.at > clearedAt), timing, playKeys)
  // Without a known start, any position counts as played; with one, a stop at the start position does not.
  const hasStart = reports.some(({ start }) => start !== undefined)
  return [...plays].map(([playKey, { playId, progress, events }]) => ({
    playKey,
    playId,
    subject: toPlaySubject(title, item),
    progress,
    events,
    isPlayed: hasStart ? !isEmptyPlay(progress) : progress.positionMs > 0 || (progress.watchedMs ?? 0) > 0,
  }))
}

/** Merged events of one play, with the ID that clients know it by. */
type MergedPlay = Pick<PlayWrite, 'playId' | 'progress'> & { readonly events: readonly PlayProgress[] }

function mergeReports (
  item: CatalogueItem,
  reports: readonly ProgressReport[],
  timing: ItemTiming,
  playKeys: PlayKeys,
): Map<string, MergedPlay> {
  const plays = new Map<string, MergedPlay>()
  for (const report of reports) {
    const playKey = choosePlayKey(item.id, report, playKeys)
    const { watchedBeforeMs = 0, ...start } = report.start ?? {}
    const progress = { ...countPlayingTimeFrom(playProgressOfEvent(report, timing), watchedBeforeMs), ...start }
    const known = plays.get(playKey)
    plays.set(playKey, {
      playId: report.playId ?? playKey,
      progress: known === undefined ? progress : mergePlayProgress(known.progress, progress),
      events: [...known?.events ?? [], progress],
    })
  }
  return plays
}

function choosePlayKey (itemId: string, { playKey, playId, at }: ProgressReport, playKeys: PlayKeys): string {
  if (playKey !== null) return playKey
  return typeof playId === 'string'
    ? playKeys.find({ itemId, playId })
    : `${itemId} ${new Date(at).toISOString().slice(0, 10)}`
}
