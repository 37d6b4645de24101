// "Where was I": the state of one item from the live slots and its title's plays, the newest winning.
import { findSlots, type StreamSlot } from '../../../models/account-streams.js'
import type { ItemState } from '../../domain/progress.js'
import { slotState } from './stream-leases.js'
import { readTitle, type TitleReading } from '../history/title-watch-state.js'
import type { Watcher, Watching } from '../watching.js'

export interface Whereabouts {
  readonly state: ItemState | null
  readonly reading: TitleReading
}

/** The live slot of a profile that has news of an item; private ones leave no trace. */
export function liveSlotOf (slots: readonly StreamSlot[], watcher: Watcher, itemId: string): StreamSlot | null {
  return slots
    .filter((slot) => slot.profile.toString() === watcher.profile && slot.item.toString() === itemId && hasNews(slot))
    .sort((a, b) => (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0))[0] ?? null
}

/** True when a slot holds events that matter to readers. */
export function hasNews (slot: StreamSlot): boolean {
  return !slot.private && slot.at !== null && (slot.flushedAt === null || slot.at > slot.flushedAt)
}

export async function findWhereabouts (
  watching: Watching,
  watcher: Watcher,
  titleId: string,
  itemId: string,
): Promise<Whereabouts> {
  const [slots, reading] = await Promise.all([
    findSlots(watcher.account),
    readTitle(watching.catalogue, watcher.profile, titleId),
  ])
  const state = reading.items.get(itemId) ?? null
  const slot = liveSlotOf(slots, watcher, itemId)
  const live = slot === null ? null : slotState(slot)
  const isLiveNewer = live !== null && (state === null || live.lastWatchedAt >= state.lastWatchedAt)
  return { state: isLiveNewer ? live : state, reading }
}
