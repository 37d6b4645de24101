// What a title's card in continue watching says: resume, next episode, or nothing. Pure; the catalogue is an argument.
import type { ItemState } from './progress.js'

/** A movie (no numbers) or an episode. */
export interface ItemRef {
  readonly item: string
  readonly season: number | null
  readonly episode: number | null
}

/** What a card tells of the item it is about. */
export type CurrentState = Pick<ItemState, 'positionMs' | 'durationMs' | 'watchedMs' | 'finished' | 'finishedAt' | 'lastWatchedAt' | 'isResumable'>

/** An item brought to its end, and when (ms since the epoch). */
export interface EndedItem extends ItemRef { readonly at: number }

/** One profile's state of one title: its newest started item, and the newest that was brought to its end. */
export interface TitleState {
  readonly current: (ItemRef & { readonly state: CurrentState }) | null
  readonly ended: EndedItem | null
}

export const EMPTY_TITLE_STATE: TitleState = { current: null, ended: null }

/**
 * Takes in the present state of one item. Called with the items of a title in any order, any number of times, it ends
 * the same: the newest started item is current, the newest ended one (the later episode on a tie) decides what is next.
 */
export function advanceTitle (title: TitleState, ref: ItemRef, state: ItemState): TitleState {
  return {
    current: isNewCurrent(title.current, ref, state) ? { ...ref, state } : title.current,
    ended: newerEnd(title.ended, endOf(ref, state)),
  }
}

function isNewCurrent (current: TitleState['current'], ref: ItemRef, state: ItemState): boolean {
  if (!state.started) return false
  if (current === null || current.item === ref.item) return true
  return (state.lastWatchedAt - current.state.lastWatchedAt || compareRefs(ref, current)) > 0
}

/** Opening something and jumping to its end without playing it changes nothing. */
function endOf (ref: ItemRef, state: ItemState): EndedItem | null {
  if (state.endedAt === null || !(state.started || state.finished)) return null
  // A special stands outside the order of a show: it is resumed, but nothing follows it.
  if (ref.season === 0) return null
  return { ...ref, at: state.endedAt }
}

function newerEnd (a: EndedItem | null, b: EndedItem | null): EndedItem | null {
  if (a === null || b === null) return a ?? b
  return (b.at - a.at || compareRefs(b, a)) > 0 ? b : a
}

function compareRefs (a: ItemRef, b: ItemRef): number {
  return (a.season ?? 0) - (b.season ?? 0) || (a.episode ?? 0) - (b.episode ?? 0) || (a.item < b.item ? -1 : a.item > b.item ? 1 : 0)
}

/** When a title was last touched, for the order of the cards. */
export function lastActivity (title: TitleState): number {
  return Math.max(title.current?.state.lastWatchedAt ?? 0, title.ended?.at ?? 0)
}

/** The regular episodes of a show in the order they are watched; specials only where they were given a place. */
export interface EpisodeInOrder {
  readonly id: string
  readonly season: number
  readonly episode: number
}

/**
 * The episode that follows another in the order of its show, across seasons.
 * Works by number, so that an episode that was deleted meanwhile still has a successor.
 */
export function episodeAfter<E extends EpisodeInOrder> (order: readonly E[], after: Pick<EpisodeInOrder, 'season' | 'episode'>): E | null {
  return order.find((episode) => episode.season > after.season ||
    (episode.season === after.season && episode.episode > after.episode)) ?? null
}

export type Card<E> =
  | { readonly kind: 'resume', readonly item: ItemRef, readonly state: CurrentState }
  | { readonly kind: 'next', readonly episode: E, readonly after: EndedItem }

/**
 * Decides the card of one title. `order` is empty for a movie.
 * @returns null when the title has no place in continue watching
 */
export function decideCard<E extends EpisodeInOrder> (title: TitleState, order: readonly E[]): Card<E> | null {
  const { current, ended } = title
  if (current?.state.isResumable === true) return { kind: 'resume', item: current, state: current.state }
  if (ended === null || ended.season === null || ended.episode === null) return null
  const episode = episodeAfter(order, { season: ended.season, episode: ended.episode })
  return episode === null ? null : { kind: 'next', episode, after: ended }
}
