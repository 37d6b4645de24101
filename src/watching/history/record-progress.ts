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
  isEmptyPlay,
  mergePlayProgress,
  playProgressOfEvent,
  type ItemTiming,
  type PlayProgress,
  type ProgressEvent,
} from '../../domain/progress.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { removeIfWatched } from '../lists/wishlist.js'
import { toPlaySubject, type PlayWrite } from './plays.js'
import { loadTitleWatchState } from './title-watch-state.js'
import { findTitleBefore, writePlays } from './write-plays.js'

/** One progress event with the play that it belongs to. */
export interface ProgressReport extends ProgressEvent {
  /** Null merges all events of an item and a UTC day into one play. */
  readonly playKey: string | null
  /** The start of the play when it is known, so that an event from a slow clock does not move it. */
  readonly start?: Pick<PlayProgress, 'startedAt' | 'startPositionMs'>
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
  const writes = items.flatMap((one) => planWrites(watching, title, one, before.clearedAt))
  if (writes.length === 0) return (await loadTitleWatchState(watching.catalogue, ref.profile, title.id)).items
  const projection = await writePlays(watching, ref, title.id, before, writes)
  if (projection === null) return new Map()
  const states = projection.watchState.items
  for (const { item } of items) await removeIfWatched(ref, title, states.get(item.id) ?? null)
  return states
}

function planWrites (
  { catalogue }: WatchingDeps,
  title: CatalogueTitle,
  { item, reports }: ItemReports,
  clearedAt: number,
): PlayWrite[] {
  const timing = {
    durationMs: itemDurationMs(catalogue, item),
    creditsStartMs: item.markers?.creditsStartMs ?? null,
    longestMs: longestDurationMs(catalogue, item),
  }
  const progressByPlay = mergeReports(item, reports.filter((report) => report.at > clearedAt), timing)
  // Without a known start, any position counts as played; with one, a stop at the start position does not.
  const hasStart = reports.some(({ start }) => start !== undefined)
  return [...progressByPlay].map(([playKey, progress]) => ({
    playKey,
    subject: toPlaySubject(title, item),
    progress,
    isPlayed: hasStart ? !isEmptyPlay(progress) : progress.positionMs > 0 || (progress.watchedMs ?? 0) > 0,
  }))
}

function mergeReports (
  item: CatalogueItem,
  reports: readonly ProgressReport[],
  timing: ItemTiming,
): Map<string, PlayProgress> {
  const progressByPlay = new Map<string, PlayProgress>()
  for (const report of reports) {
    const playKey = derivePlayKey(item.id, report)
    const progress = { ...playProgressOfEvent(report, timing), ...report.start }
    const known = progressByPlay.get(playKey)
    progressByPlay.set(playKey, known === undefined ? progress : mergePlayProgress(known, progress))
  }
  return progressByPlay
}

function derivePlayKey (itemId: string, { playKey, at }: ProgressReport): string {
  return playKey ?? `${itemId} ${new Date(at).toISOString().slice(0, 10)}`
}
