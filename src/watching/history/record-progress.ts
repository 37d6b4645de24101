// Records progress that was reported without a stream: by players that were offline, or that play a file of their own.
// The progress merges into plays like that of a stream.
import type { Types } from 'mongoose'
import { findProfile } from '../../../models/account.js'
import {
  itemDurationMs,
  longestDurationMs,
  type CatalogueItem,
  type CatalogueTitle,
} from '../../catalogue/store/catalogue.js'
import { splitIntoBatches } from '../../domain/arrays.js'
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
import { deleteIfCleared } from '../streams/flush.js'
import { mergePlays, toPlaySubject, type PlayWrite } from './plays.js'
import { clearedUntil, findWatchEntry, projectTitle } from './projection.js'
import { loadTitleWatchState } from './title-watch-state.js'

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

/** Plays that are written in one round trip. */
const WRITE_BATCH_SIZE = 100

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
  const profile = await findProfile(ref.account, ref.profile)
  if (profile === null) return new Map()
  const clearedAt = clearedUntil(profile, await findWatchEntry(profile, title.id))
  const writes = items.flatMap((one) => planWrites(watching, title, one, clearedAt))
  if (writes.length === 0) return (await loadTitleWatchState(watching.catalogue, ref.profile, title.id)).items
  const plays: Array<{ readonly id: Types.ObjectId, readonly progress: PlayProgress }> = []
  for (const batch of splitIntoBatches(writes, WRITE_BATCH_SIZE)) {
    const ids = await mergePlays(ref, batch)
    for (const [i, { progress }] of batch.entries()) {
      const id = ids[i]
      if (id !== undefined) plays.push({ id, progress })
    }
  }
  const projection = await projectTitle(watching, ref, title.id, {}, profile)
  if (projection === null) return new Map()
  for (const { id, progress } of plays) await deleteIfCleared(ref, id, progress, projection)
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
