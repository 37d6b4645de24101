// The continue-watching card of a title: resume, next episode, rewatch or nothing. The state is derived from all events
// of a profile for the title at once, so that the order of events does not matter.
import { groupBy } from './arrays.js'
import { deriveItemState, type ItemState, type RewatchRuns, type WatchedMark } from './item-state.js'
import type { PlayProgress } from './progress.js'
import { findRewatchRuns, type TitleEvents } from './rewatch-runs.js'
import {
  compareOrderKeys,
  episodeAfter,
  firstEpisodeFrom,
  type EpisodeInOrder,
  type TitleOutline,
  type WatchOrderKey,
} from './watch-order.js'

/** A movie, or an episode with its key in watch order. */
export interface ItemRef {
  readonly item: string
  /** Null for a special without a place in the order: it can be resumed, but no episode follows it. */
  readonly orderKey: WatchOrderKey | null
}

/** State of the item on a card; `lastWatchedAt` is when it last counted as started. */
export type CurrentState = Pick<
  ItemState,
  'positionMs' | 'durationMs' | 'watchedMs' | 'finished' | 'finishedAt' | 'lastWatchedAt' | 'isResumable'
>

/** An item that reached its end at a time, ms since the epoch. */
export interface EndedItem extends ItemRef {
  readonly orderKey: WatchOrderKey
  readonly at: number
}

/** A profile's state of a title in the current run. */
export interface TitleState {
  /** The newest started item. */
  readonly current: (ItemRef & { readonly state: CurrentState }) | null
  /** The item that reached its end last; the episode after it is next. */
  readonly ended: EndedItem | null
  /** 1 for the first run; each rewatch adds 1. */
  readonly runNumber: number
  /** Start of the run, ms since the epoch; null for the first run. */
  readonly runStartedAt: number | null
  /** Number of regular episodes before the item of the card that were not watched in this run. */
  readonly skipped: number
}

export const EMPTY_TITLE_STATE: TitleState = {
  current: null,
  ended: null,
  runNumber: 1,
  runStartedAt: null,
  skipped: 0,
}

export interface DerivedTitle {
  readonly state: TitleState
  readonly runs: RewatchRuns
  /** State of each played or marked item, by item ID. */
  readonly items: ReadonlyMap<string, ItemState>
}

/** Derives the state of a title from all its events, in any order. */
export function deriveTitleState (events: TitleEvents, outline: TitleOutline): DerivedTitle {
  const runs = findRewatchRuns(events, outline)
  const items = new Map<string, ItemState>()
  let state: TitleState = { ...EMPTY_TITLE_STATE, runNumber: runs.runNumber, runStartedAt: runs.startedAt }
  for (const [item, { orderKey, plays, mark }] of groupByItem(events)) {
    const itemState = deriveItemState(plays, mark, runs)
    if (itemState === null) continue
    items.set(item, itemState)
    state = advanceTitle(state, { item, orderKey }, itemState)
  }
  return { state: { ...state, skipped: countSkipped(state, items, outline) }, runs, items }
}

/** True when nothing was watched in the current run, specials without a place in the order included. */
export function isUntouched ({ items }: DerivedTitle): boolean {
  return [...items.values()].every(({ activeAt, reachedEndAt }) => activeAt === null && reachedEndAt === null)
}

interface EventsOfItem {
  readonly orderKey: WatchOrderKey | null
  readonly plays: PlayProgress[]
  readonly mark: WatchedMark | null
}

function groupByItem ({ plays, marks }: TitleEvents): Map<string, EventsOfItem> {
  const items = new Map<string, EventsOfItem>()
  for (const [item, playsOfItem] of groupBy(plays, (play) => play.item)) {
    const progress = playsOfItem.map((play) => play.progress)
    items.set(item, { orderKey: playsOfItem[0]?.orderKey ?? null, plays: progress, mark: null })
  }
  for (const { item, orderKey, mark } of marks) items.set(item, { orderKey, plays: [], ...items.get(item), mark })
  return items
}

/**
 * Adds the state of one item to the state of its title.
 * The result is the same for any order and number of calls: the newest started item is current, and the item that
 * reached its end last (the later episode on a tie) decides the next episode.
 */
export function advanceTitle (title: TitleState, ref: ItemRef, state: ItemState): TitleState {
  return {
    ...title,
    current: isNewCurrent(title.current, ref, state) ? { ...ref, state: toCurrent(state) } : title.current,
    ended: newerEnd(title.ended, toEndedItem(ref, state)),
  }
}

function toEndedItem ({ item, orderKey }: ItemRef, { reachedEndAt }: ItemState): EndedItem | null {
  return reachedEndAt === null || orderKey === null ? null : { item, orderKey, at: reachedEndAt }
}

function toCurrent (
  { positionMs, durationMs, watchedMs, finished, finishedAt, lastWatchedAt, activeAt, isResumable, resumeMs }:
    ItemState,
): CurrentState {
  return {
    positionMs: isResumable ? resumeMs : positionMs,
    durationMs,
    watchedMs,
    finished,
    finishedAt,
    lastWatchedAt: activeAt ?? lastWatchedAt,
    isResumable,
  }
}

function isNewCurrent (current: TitleState['current'], ref: ItemRef, { activeAt }: ItemState): boolean {
  if (activeAt === null) return false
  if (current === null || current.item === ref.item) return true
  return (activeAt - current.state.lastWatchedAt || compareRefs(ref, current)) > 0
}

function newerEnd (a: EndedItem | null, b: EndedItem | null): EndedItem | null {
  if (a === null || b === null) return a ?? b
  return (b.at - a.at || compareRefs(b, a)) > 0 ? b : a
}

function compareRefs (a: ItemRef, b: ItemRef): number {
  const byOrder = a.orderKey === null || b.orderKey === null
    ? Number(a.orderKey !== null) - Number(b.orderKey !== null)
    : compareOrderKeys(a.orderKey, b.orderKey)
  return byOrder || (a.item < b.item ? -1 : a.item > b.item ? 1 : 0)
}

function countSkipped (
  { current, ended }: TitleState,
  items: ReadonlyMap<string, ItemState>,
  { order }: TitleOutline,
): number {
  const cardKey = current?.state.isResumable === true ? current.orderKey : ended?.orderKey ?? null
  if (cardKey === null) return 0
  return order.filter(({ id, orderKey }) =>
    orderKey?.special === 0 && compareOrderKeys(orderKey, cardKey) < 0 &&
    (items.get(id)?.reachedEndAt ?? null) === null
  ).length
}

/** Time of the newest activity on a title, ms since the epoch; orders the cards. */
export function lastActivityAt ({ current, ended, runStartedAt }: TitleState): number {
  return Math.max(current?.state.lastWatchedAt ?? 0, ended?.at ?? 0, runStartedAt ?? 0)
}

/** Time at which a title was last played, ms since the epoch; a hidden title is shown again from then on. */
export function lastPlayedAt ({ current }: TitleState): number {
  return current?.state.lastWatchedAt ?? 0
}

export type Card<E> =
  | { readonly kind: 'resume', readonly item: string, readonly state: CurrentState }
  | { readonly kind: 'next', readonly episode: E, readonly after: EndedItem }
  /** A rewatch started by request, nothing played since: the first episode, or null for a movie. */
  | { readonly kind: 'again', readonly episode: E | null }

/** An item as it is in the catalogue now: a card outlives changes of the numbers, and the deletion of its episode. */
export interface CurrentItem {
  readonly orderKey: WatchOrderKey | null
}

/**
 * Decides the card of a title. A deleted episode, and one that is watched with another one by now, cannot be resumed:
 * the episode that follows it is next, as if it had reached its end.
 * @param findItem finds an item of the catalogue; null for a deleted one
 * @returns null when the title does not belong to continue watching
 */
export function decideCard<E extends EpisodeInOrder> (
  { current, ended: storedEnd, runNumber }: TitleState,
  { kind, order }: TitleOutline<E>,
  findItem: (id: string) => CurrentItem | null,
): Card<E> | null {
  const isResumable = current?.state.isResumable === true
  const isGone = isResumable && isDeletedOrContained(current.item, findItem(current.item), { kind, order })
  if (isResumable && !isGone) return { kind: 'resume', item: current.item, state: current.state }
  const deletedEnd = isGone && current.orderKey !== null
    ? { item: current.item, orderKey: current.orderKey, at: current.state.lastWatchedAt }
    : null
  const ended = newerEnd(storedEnd, deletedEnd)
  if (ended === null) {
    // A special outside the order does not count as started.
    if (runNumber === 1 || (current !== null && current.orderKey !== null)) return null
    const first = order[0] ?? null
    return kind === 'show' && first === null ? null : { kind: 'again', episode: first }
  }
  const endedItem = findItem(ended.item)
  // Another episode may have the number of a deleted one: it was not watched.
  const episode = endedItem === null
    ? firstEpisodeFrom(order, ended.orderKey)
    : episodeAfter(order, endedItem.orderKey ?? ended.orderKey)
  return episode === null ? null : { kind: 'next', episode, after: ended }
}

/** Whether an item is deleted, or an episode that the watch order leaves out because another one contains it. */
function isDeletedOrContained (id: string, item: CurrentItem | null, { kind, order }: TitleOutline): boolean {
  if (item === null) return true
  return kind === 'show' && item.orderKey !== null && !order.some((one) => one.id === id)
}
