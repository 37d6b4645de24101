// "Where was I": the state of one item from the live slots and its title's plays, the newest winning.
import { findStreamLeases, type StreamLease } from '../../../models/account-streams.js'
import type { ItemState } from '../../domain/progress.js'
import { toLeaseItemState } from './stream-leases.js'
import { loadTitleWatchState, type TitleWatchState } from '../history/title-watch-state.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

export interface ResumePosition {
  readonly state: ItemState | null
  readonly reading: TitleWatchState
}

/** The live slot of a profile that has news of an item; private ones leave no trace. */
export function findLiveLease (slots: readonly StreamLease[], watcher: ProfileRef, itemId: string): StreamLease | null {
  return slots
    .filter((slot) =>
      slot.profile.toString() === watcher.profile && slot.item.toString() === itemId && hasUnflushedEvents(slot)
    )
    .sort((a, b) => (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0))[0] ?? null
}

/** True when a slot holds events that matter to readers. */
export function hasUnflushedEvents (slot: StreamLease): boolean {
  return !slot.private && slot.at !== null && (slot.flushedAt === null || slot.at > slot.flushedAt)
}

export async function findResumePosition (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
  itemId: string,
): Promise<ResumePosition> {
  const [slots, reading] = await Promise.all([
    findStreamLeases(watcher.account),
    loadTitleWatchState(watching.catalogue, watcher.profile, titleId),
  ])
  const state = reading.items.get(itemId) ?? null
  const slot = findLiveLease(slots, watcher, itemId)
  const live = slot === null ? null : toLeaseItemState(slot)
  const isLiveNewer = live !== null && (state === null || live.lastWatchedAt >= state.lastWatchedAt)
  return { state: isLiveNewer ? live : state, reading }
}
