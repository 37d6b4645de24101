// Finds the saved position of an item, from the live leases and the stored plays; the newest event wins.
import { findStreamLeases, type StreamLease } from '../../../models/account-streams.js'
import type { ItemState } from '../../domain/item-state.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { loadTitleWatchState, type TitleWatchState } from '../history/title-watch-state.js'
import { toLeaseItemState } from './stream-leases.js'

export interface ResumePosition {
  /** State of the item; null when it was neither played nor marked. */
  readonly state: ItemState | null
  /** State of the title from stored plays, without live leases. */
  readonly watchState: TitleWatchState
}

/** Finds the newest lease of a profile for an item with events that the history lacks. */
export function findUnflushedLease (
  leases: readonly StreamLease[],
  ref: ProfileRef,
  itemId: string,
): StreamLease | null {
  return leases
    .filter((lease) =>
      lease.profile.toString() === ref.profile && lease.item.toString() === itemId && hasUnflushedEvents(lease)
    )
    .sort((a, b) => (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0))[0] ?? null
}

const NEVER = new Date(-1)

/** True when a lease has events that the history lacks; false for a private stream, which is never recorded. */
export function hasUnflushedEvents (lease: StreamLease): boolean {
  if (lease.private || lease.at === null) return false
  return lease.at > (lease.flushedAt ?? NEVER) && lease.at > (lease.restart?.at ?? NEVER)
}

/** Returns the newer state of an item: that of its live lease, or the stored one. */
export function newestItemState (lease: StreamLease | null, stored: ItemState | null): ItemState | null {
  const live = lease === null ? null : toLeaseItemState(lease)
  return live !== null && (stored === null || live.lastWatchedAt >= stored.lastWatchedAt) ? live : stored
}

export async function findResumePosition (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  itemId: string,
): Promise<ResumePosition> {
  const [leases, watchState] = await Promise.all([
    findStreamLeases(ref.account),
    loadTitleWatchState(watching.catalogue, ref.profile, titleId),
  ])
  const lease = findUnflushedLease(leases, ref, itemId)
  return { state: newestItemState(lease, watchState.items.get(itemId) ?? null), watchState }
}
