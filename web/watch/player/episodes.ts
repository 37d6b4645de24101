// The episodes around the current one.
import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query'
import type { ContinueCard, Episode, Playback, Season, Show } from '@shared/api/client.js'
import { continueCardQuery, seasonQuery, showQuery } from '../api/titles.js'

/** An episode or movie that can be played next. */
export interface NextItem {
  readonly titleId: string
  readonly itemId: string
  readonly title: string
  readonly season: number | null
  readonly episode: number | null
  readonly name: string
  /** Where it starts, ms. */
  readonly positionMs: number
  /** Why it cannot be played yet; null: it can. */
  readonly waiting: ContinueCard['waiting']
}

export interface Neighbours {
  readonly previous: NextItem | null
  readonly next: NextItem | null
}

type Item = Playback['item']

const isPlayable = ({ mediaFiles }: Episode): boolean => mediaFiles.length > 0

export function fromCard ({ title, item, positionMs, waiting }: ContinueCard): NextItem {
  const { season, episode } = item
  return {
    titleId: title.id,
    itemId: item.id,
    title: title.title,
    season,
    episode,
    name: item.title,
    positionMs,
    waiting,
  }
}

export function fromEpisode (show: Show, season: number, { id, number, title, progress }: Episode): NextItem {
  const positionMs = progress?.finished === false ? progress.positionMs : 0
  return {
    titleId: show.id,
    itemId: id,
    title: show.title,
    season,
    episode: number,
    name: title,
    positionMs,
    waiting: null,
  }
}

/**
 * Finds the playable episodes before and after one. Pure.
 * @param seasons the season of the episode and those next to it
 */
export function findNeighbours (show: Show, seasons: readonly Season[], item: Item): Neighbours {
  const episodes = seasons.toSorted((a, b) => a.number - b.number).flatMap((season) =>
    season.episodes.map((episode) => ({ season: season.number, episode }))
  )
  const index = episodes.findIndex(({ episode }) => episode.id === item.id)
  if (index === -1) return { previous: null, next: null }
  const toItem = (found: typeof episodes[number] | undefined): NextItem | null =>
    found === undefined ? null : fromEpisode(show, found.season, found.episode)
  return {
    previous: toItem(episodes.slice(0, index).findLast(({ episode }) => isPlayable(episode))),
    next: toItem(episodes.slice(index + 1).find(({ episode }) => isPlayable(episode))),
  }
}

/** The numbers of a season and the ones next to it. Specials are a season of their own. */
function nearSeasons (show: Show, season: number): number[] {
  const numbers = show.seasons.map(({ number }) => number).filter((number) => season === 0 || number > 0)
  const index = numbers.indexOf(season)
  return season === 0 ? [0] : numbers.slice(Math.max(0, index - 1), index + 2)
}

const neighboursQuery = (queryClient: QueryClient, titleId: string, item: Item) =>
  queryOptions({
    queryKey: [...showQuery(titleId).queryKey, 'neighbours', item.id],
    queryFn: async () => {
      const show = await queryClient.ensureQueryData(showQuery(titleId))
      const seasons = await Promise.all(
        nearSeasons(show, item.season ?? 0).map(async (number) =>
          await queryClient.ensureQueryData(seasonQuery(titleId, number))
        ),
      )
      return findNeighbours(show, seasons, item)
    },
  })

/** The episodes before and after an item; none for a movie, and until they are loaded. */
export function useNeighbours (queryClient: QueryClient, titleId: string, item: Item | null): Neighbours {
  const isEpisode = item !== null && item.season !== null
  const { data } = useQuery({
    ...neighboursQuery(queryClient, titleId, item ?? { id: '', season: null, episode: null, title: '' }),
    enabled: isEpisode,
  })
  return isEpisode && data !== undefined ? data : { previous: null, next: null }
}

/**
 * Returns what follows a finished item.
 * @param offered the offer of the stop
 */
export async function findNext (
  queryClient: QueryClient,
  titleId: string,
  item: Item,
  offered: ContinueCard | null,
): Promise<NextItem | null> {
  if (offered !== null && offered.item.id !== item.id) return fromCard(offered)
  if (item.season === null) return null
  const [card, { next }] = await Promise.all([
    queryClient.fetchQuery(continueCardQuery(titleId)).catch(() => null),
    queryClient.ensureQueryData(neighboursQuery(queryClient, titleId, item)).catch(() => ({ next: null })),
  ])
  return card !== null && card.item.id !== item.id && card.kind === 'next' ? fromCard(card) : next
}
