// What a title's card in continue watching says: resume, next episode, or nothing. Pure: everything a profile ever said of
// the title is folded at once, so that the order in which events arrive cannot matter; the catalogue is an argument.
import { groupBy } from './arrays.js'
import { findRewatchRuns, type TitleEvents } from './rewatch-runs.js'
import { deriveItemState, type ItemState, type RewatchRuns, type PlayProgress, type WatchedMark } from './progress.js'
import {
  compareOrderKeys,
  episodeAfter,
  type EpisodeInOrder,
  type WatchOrderKey,
  type TitleOutline,
} from './watch-order.js'

/** A movie, or an episode with its place in the order of its show. */
export interface ItemRef {
  readonly item: string
  /** Null for a special without a place: it is resumed, but nothing follows it. */
  readonly place: WatchOrderKey | null
}

/** What a card tells of the item it is about; `lastWatchedAt` is when it last counted as started. */
export type CurrentState = Pick<
  ItemState,
  'positionMs' | 'durationMs' | 'watchedMs' | 'finished' | 'finishedAt' | 'lastWatchedAt' | 'isResumable'
>

/** An item brought to its end, and when (ms since the epoch). */
export interface EndedItem extends ItemRef {
  readonly place: WatchOrderKey
  readonly at: number
}

/** One profile's state of one title in the running pass. */
export interface TitleState {
  /** The newest started item. */
  readonly current: (ItemRef & { readonly state: CurrentState }) | null
  /** The item most recently brought to its end; what follows it is next. */
  readonly ended: EndedItem | null
  /** 1 for the first time; one more each time that it is watched again. */
  readonly pass: number
  /** When this pass began, ms since the epoch; null for the first. */
  readonly passSince: number | null
  /** How many regular episodes before the item of the card were not watched in this pass. */
  readonly skipped: number
}

export const EMPTY_TITLE_STATE: TitleState = { current: null, ended: null, pass: 1, passSince: null, skipped: 0 }

export interface DerivedTitle {
  readonly state: TitleState
  readonly passes: RewatchRuns
  /** The state of every item that was played or marked, by id. */
  readonly items: ReadonlyMap<string, ItemState>
}

/** Folds everything that was ever said of a title, in any order. */
export function deriveTitleState (events: TitleEvents, outline: TitleOutline): DerivedTitle {
  const passes = findRewatchRuns(events, outline)
  const items = new Map<string, ItemState>()
  let state: TitleState = { ...EMPTY_TITLE_STATE, pass: passes.number, passSince: passes.since }
  for (const [item, { place, plays, mark }] of byItem(events)) {
    const folded = deriveItemState(plays, mark, passes)
    if (folded === null) continue
    items.set(item, folded)
    state = advanceTitle(state, { item, place }, folded)
  }
  return { state: { ...state, skipped: countSkipped(state, items, outline) }, passes, items }
}

/** Nothing was watched in the running pass, specials without a place included. */
export function isUntouched ({ items }: DerivedTitle): boolean {
  return [...items.values()].every(({ activeAt, endedAt }) => activeAt === null && endedAt === null)
}

interface EventsOfItem {
  readonly place: WatchOrderKey | null
  readonly plays: PlayProgress[]
  readonly mark: WatchedMark | null
}

function byItem ({ plays, marks }: TitleEvents): Map<string, EventsOfItem> {
  const items = new Map<string, EventsOfItem>()
  for (const [item, ofItem] of groupBy(plays, (play) => play.item)) {
    items.set(item, { place: ofItem[0]?.place ?? null, plays: ofItem.map(({ facts }) => facts), mark: null })
  }
  for (const { item, place, mark } of marks) items.set(item, { place, plays: [], ...items.get(item), mark })
  return items
}

/**
 * Takes in the present state of one item. Called with the items of a title in any order, any number of times, it ends
 * the same: the newest started item is current, the newest ended one (the later episode on a tie) decides what is next.
 */
export function advanceTitle (title: TitleState, ref: ItemRef, state: ItemState): TitleState {
  return {
    ...title,
    current: isNewCurrent(title.current, ref, state) ? { ...ref, state: toCurrent(state) } : title.current,
    ended: newerEnd(title.ended, endOf(ref, state)),
  }
}

/** A special without a place stands outside the order of its show. */
function endOf ({ item, place }: ItemRef, { endedAt }: ItemState): EndedItem | null {
  return endedAt === null || place === null ? null : { item, place, at: endedAt }
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
  const byPlace = a.place === null || b.place === null
    ? Number(a.place !== null) - Number(b.place !== null)
    : compareOrderKeys(a.place, b.place)
  return byPlace || (a.item < b.item ? -1 : a.item > b.item ? 1 : 0)
}

function countSkipped (
  { current, ended }: TitleState,
  items: ReadonlyMap<string, ItemState>,
  { order }: TitleOutline,
): number {
  const place = current?.state.isResumable === true ? current.place : ended?.place ?? null
  if (place === null) return 0
  return order.filter((episode) =>
    episode.place?.special === 0 && compareOrderKeys(episode.place, place) < 0 &&
    (items.get(episode.id)?.endedAt ?? null) === null
  ).length
}

/** When a title was last touched, for the order of the cards. */
export function lastActivity ({ current, ended, passSince }: TitleState): number {
  return Math.max(current?.state.lastWatchedAt ?? 0, ended?.at ?? 0, passSince ?? 0)
}

/** When a title was last played: what brings a hidden one back. */
export function lastPlayed ({ current }: TitleState): number {
  return current?.state.lastWatchedAt ?? 0
}

export type Card<E> =
  | { readonly kind: 'resume', readonly item: string, readonly state: CurrentState }
  | { readonly kind: 'next', readonly episode: E, readonly after: EndedItem }
  /** Begun again by a call, and nothing played since: the first episode, or null for the movie itself. */
  | { readonly kind: 'again', readonly episode: E | null }

/**
 * Decides the card of one title.
 * @returns null when the title has no place in continue watching
 */
export function decideCard<E extends EpisodeInOrder> (
  { current, ended, pass }: TitleState,
  { kind, order }: TitleOutline<E>,
): Card<E> | null {
  if (current?.state.isResumable === true) return { kind: 'resume', item: current.item, state: current.state }
  if (ended === null) {
    // What stands outside the order does not count as begun.
    if (pass === 1 || (current !== null && current.place !== null)) return null
    const first = order[0] ?? null
    return kind === 'show' && first === null ? null : { kind: 'again', episode: first }
  }
  const episode = episodeAfter(order, ended.place)
  return episode === null ? null : { kind: 'next', episode, after: ended }
}
