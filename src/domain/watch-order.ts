// Watch order of the episodes of a show: regular ones by number; a special only if it has a place in the order.

/** Sort key of an episode in watch order. A special follows the regular episode that it is placed after. */
export interface WatchOrderKey {
  readonly season: number
  readonly episode: number
  /** 0 for regular episodes. */
  readonly special: number
}

/** The sort key of every movie. */
export const MOVIE_ORDER_KEY: WatchOrderKey = { season: 0, episode: 0, special: 0 }

export interface EpisodeInOrder {
  readonly id: string
  /** Null for a special that has no place in the order. */
  readonly orderKey: WatchOrderKey | null
  /** RFC 3339 full-date; null when unknown. */
  readonly airDate: string | null
}

/** The kind and the episodes of a title. `order` is empty for a movie. */
export interface TitleOutline<E extends EpisodeInOrder = EpisodeInOrder> {
  readonly kind: 'movie' | 'show'
  readonly order: readonly E[]
}

export function compareOrderKeys (a: WatchOrderKey, b: WatchOrderKey): number {
  return a.season - b.season || a.episode - b.episode || a.special - b.special
}

/** True on and after the air date of an episode (UTC), and without one. */
export function hasAired (episode: Pick<EpisodeInOrder, 'airDate'>, now: Date): boolean {
  return episode.airDate === null || episode.airDate <= now.toISOString().slice(0, 10)
}

/** Finds the next episode after a key, across seasons. The episode of the key itself may be deleted. */
export function episodeAfter<E extends EpisodeInOrder> (order: readonly E[], key: WatchOrderKey): E | null {
  return order.find(({ orderKey }) => orderKey !== null && compareOrderKeys(orderKey, key) > 0) ?? null
}

/** Finds the first episode from a key on, across seasons: the one with the key, or the next. */
export function firstEpisodeFrom<E extends EpisodeInOrder> (order: readonly E[], key: WatchOrderKey): E | null {
  return order.find(({ orderKey }) => orderKey !== null && compareOrderKeys(orderKey, key) >= 0) ?? null
}

/** True when no episode that has aired follows a key. */
export function isLastInOrder (order: readonly EpisodeInOrder[], key: WatchOrderKey, now: Date): boolean {
  return episodeAfter(order.filter((episode) => hasAired(episode, now)), key) === null
}

/**
 * True for the items that start a new run: a movie, the first episode, the first regular episode, and a deleted episode
 * that preceded it, so that a run outlives its first episode.
 * @param deletedKey the key of a deleted item; null for others
 */
export function opensTitle (
  { kind, order }: TitleOutline,
  item: string,
  deletedKey: WatchOrderKey | null = null,
): boolean {
  if (kind === 'movie') return true
  const firstRegular = order.find(({ orderKey }) => orderKey?.special === 0)
  if (item === order[0]?.id || item === firstRegular?.id) return true
  const firstKey = firstRegular?.orderKey ?? null
  return deletedKey !== null && firstKey !== null && compareOrderKeys(deletedKey, firstKey) <= 0
}
