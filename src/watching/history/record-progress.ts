// Records progress that was reported without a stream: by players that were offline, or that play a file of their own.
// The progress merges into plays like that of a stream.
import type { Types } from 'mongoose'
import { findProfile } from '../../../models/account.js'
import { itemDurationMs, type CatalogueItem, type CatalogueTitle } from '../../catalogue/store/catalogue.js'
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
import { mergePlay, toPlaySubject } from './plays.js'
import { clearedUntil, findWatchEntry, projectTitle } from './projection.js'
import { loadTitleWatchState } from './title-watch-state.js'

/** One progress event with the play that it belongs to. */
export interface ProgressReport extends ProgressEvent {
  /** Null merges all events of an item and a UTC day into one play. */
  readonly playKey: string | null
  /** The start of the play when it is known, so that an event from a slow clock does not move it. */
  readonly start?: Pick<PlayProgress, 'startedAt' | 'startPositionMs'>
}

/** Clamps a client's time to the time of the server. */
export function clampToNow (at: Date, now: Date): number {
  return Math.min(at.getTime(), now.getTime())
}

/**
 * Records events of one item. Merges the events of each play first, so that a play costs one write.
 * @returns the state of the item afterwards; null without a state or without such a profile
 */
export async function recordProgress (
  watching: WatchingDeps,
  ref: ProfileRef,
  title: CatalogueTitle,
  item: CatalogueItem,
  reports: readonly ProgressReport[],
): Promise<ItemState | null> {
  const profile = await findProfile(ref.account, ref.profile)
  if (profile === null) return null
  const clearedAt = clearedUntil(profile, await findWatchEntry(profile, title.id))
  const timing = {
    durationMs: itemDurationMs(watching.catalogue, item),
    creditsStartMs: item.markers?.creditsStartMs ?? null,
  }
  const progressByPlay = mergeReports(item, reports.filter((report) => report.at > clearedAt), timing)
  const subject = toPlaySubject(title, item)
  const plays: Array<{ id: Types.ObjectId, progress: PlayProgress }> = []
  // Without a known start, any position counts as played; with one, a stop at the start position does not.
  const hasStart = reports.some(({ start }) => start !== undefined)
  for (const [playKey, progress] of progressByPlay) {
    const isPlayed = hasStart ? !isEmptyPlay(progress) : progress.positionMs > 0 || (progress.watchedMs ?? 0) > 0
    plays.push({ id: await mergePlay(ref, playKey, subject, progress, isPlayed), progress })
  }
  if (plays.length === 0) {
    return (await loadTitleWatchState(watching.catalogue, ref.profile, title.id)).items.get(item.id) ?? null
  }
  const projection = await projectTitle(watching, ref, title.id, {}, profile)
  if (projection === null) return null
  for (const { id, progress } of plays) await deleteIfCleared(id, progress, projection)
  const state = projection.watchState.items.get(item.id) ?? null
  await removeIfWatched(ref, title, state)
  return state
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
