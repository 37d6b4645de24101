// Progress without a stream slot: from players that were offline, or that play elsewhere. The same facts, the same merge.
import type { Types } from 'mongoose'
import { findProfileWatching } from '../../../models/account.js'
import { durationOf, numbersOf, type CatalogueItem, type CatalogueTitle } from '../../catalogue/store/catalogue.js'
import {
  toPlayProgressOfEvent,
  isEmptyPlay,
  mergePlayProgress,
  type ItemState,
  type ItemTiming,
  type PlayProgress,
  type ProgressEvent,
} from '../../domain/progress.js'
import { wasClearedMeanwhile } from '../streams/flush.js'
import { mergePlay, type PlaySubject } from './plays.js'
import { clearedUntil, findEntry, projectTitle } from './projection.js'
import { loadTitleWatchState } from './title-watch-state.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'
import { dropIfWatched } from '../lists/wishlist.js'

/** One report of progress: what, and in which sitting; without one, all reports of a UTC day are one sitting. */
export interface ProgressReport extends ProgressEvent {
  readonly sitting: string | null
  /** Where the sitting began, when it is known: an event of a slow clock does not move that. */
  readonly start?: Pick<PlayProgress, 'startedAt' | 'startPositionMs'>
}

export function subjectOf (title: CatalogueTitle, item: CatalogueItem): PlaySubject {
  return {
    title: title.id,
    item: item.id,
    ...numbersOf(title, item),
    titleName: title.title,
    itemName: item.name,
    mediaFile: null,
  }
}

export function playKeyOf (itemId: string, report: ProgressReport): string {
  return report.sitting ?? `${itemId} ${new Date(report.at).toISOString().slice(0, 10)}`
}

/** A clock that runs ahead is set back to the server's. */
export function clampTime (at: Date, now: Date): number {
  return Math.min(at.getTime(), now.getTime())
}

/**
 * Records reports on one item: each sitting's are merged first, so that it costs one write a sitting.
 * @returns the item's state afterwards; null when all of it had been cleared from history
 */
export async function recordProgress (
  watching: WatchingDeps,
  watcher: ProfileRef,
  title: CatalogueTitle,
  item: CatalogueItem,
  reports: readonly ProgressReport[],
): Promise<ItemState | null> {
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  if (profile === null) return null
  const clearedAt = clearedUntil(profile, await findEntry(profile, title.id))
  const timing = {
    durationMs: durationOf(watching.catalogue, item),
    creditsStartMs: item.markers?.creditsStartMs ?? null,
  }
  const sittings = mergeSittings(item, reports.filter((report) => report.at > clearedAt), timing)
  const subject = subjectOf(title, item)
  const plays: Array<{ id: Types.ObjectId, facts: PlayProgress }> = []
  // A report without a known beginning tells a place; a stop of a stream that stands where it began tells nothing.
  const isStream = reports.some(({ start }) => start !== undefined)
  for (const [sitting, facts] of sittings) {
    const id = await mergePlay(
      watcher,
      sitting,
      subject,
      facts,
      isStream ? !isEmptyPlay(facts) : facts.positionMs > 0 || (facts.watchedMs ?? 0) > 0,
    )
    plays.push({ id, facts })
  }
  if (plays.length === 0) {
    return (await loadTitleWatchState(watching.catalogue, watcher.profile, title.id)).items.get(item.id) ?? null
  }
  const projection = await projectTitle(watching, watcher, title.id, {}, profile)
  if (projection === null) return null
  for (const { id, facts } of plays) await wasClearedMeanwhile(id, facts, projection)
  const state = projection.reading.items.get(item.id) ?? null
  await dropIfWatched(watcher, title, state)
  return state
}

function mergeSittings (
  item: CatalogueItem,
  reports: readonly ProgressReport[],
  timing: ItemTiming,
): Map<string, PlayProgress> {
  const sittings = new Map<string, PlayProgress>()
  for (const report of reports) {
    const sitting = playKeyOf(item.id, report)
    const facts = { ...toPlayProgressOfEvent(report, timing), ...report.start }
    const known = sittings.get(sitting)
    sittings.set(sitting, known === undefined ? facts : mergePlayProgress(known, facts))
  }
  return sittings
}
