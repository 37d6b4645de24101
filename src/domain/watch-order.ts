// The order in which the episodes of a show are watched: regular ones by number, specials only where they were given a place.

/** Where an episode stands: a special stands behind the regular episode that it was placed after; `special` is 0 for regular ones. */
export interface WatchOrderKey {
  readonly season: number
  readonly episode: number
  readonly special: number
}

/** A movie is its own only place. */
export const MOVIE_ORDER_KEY: WatchOrderKey = { season: 0, episode: 0, special: 0 }

export interface EpisodeInOrder {
  readonly id: string
  readonly place: WatchOrderKey | null
  /** RFC 3339 full-date; null when it is not known. */
  readonly airDate: string | null
}

/** What a title looks like to whoever asks what comes next. `order` is empty for a movie. */
export interface TitleOutline<E extends EpisodeInOrder = EpisodeInOrder> {
  readonly kind: 'movie' | 'show'
  readonly order: readonly E[]
}

/** Nothing is known of a title that was deleted. */
export const UNKNOWN_TITLE: TitleOutline = { kind: 'show', order: [] }

export function compareOrderKeys (a: WatchOrderKey, b: WatchOrderKey): number {
  return a.season - b.season || a.episode - b.episode || a.special - b.special
}

/** An episode airs on its date, UTC; without a date it has aired. */
export function hasAired (episode: Pick<EpisodeInOrder, 'airDate'>, now: Date): boolean {
  return episode.airDate === null || episode.airDate <= now.toISOString().slice(0, 10)
}

/**
 * The episode that follows a place in the order of its show, across seasons.
 * Works by number, so that an episode that was deleted meanwhile still has a successor.
 */
export function episodeAfter<E extends EpisodeInOrder> (order: readonly E[], place: WatchOrderKey): E | null {
  return order.find((episode) => episode.place !== null && compareOrderKeys(episode.place, place) > 0) ?? null
}

/** True when nothing that had aired by then follows a place. */
export function isLastInOrder (order: readonly EpisodeInOrder[], place: WatchOrderKey, now: Date): boolean {
  const next = episodeAfter(order.filter((episode) => hasAired(episode, now)), place)
  return next === null
}

/** True for the items that a new pass begins with: a movie, the first of all episodes, the first regular one. */
export function opensTitle ({ kind, order }: TitleOutline, item: string): boolean {
  if (kind === 'movie') return true
  return item === order[0]?.id || item === order.find((episode) => episode.place?.special === 0)?.id
}
