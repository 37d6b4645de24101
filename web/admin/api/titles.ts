// Titles as administrators see them, and changes of them.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { accountClient, type Episode, type Movie, type Schemas, type Season, type Show } from '@shared/api/client.js'
import { isProblem, unwrap } from '@shared/api/problem.js'
import type { CatalogueSearch } from '../searches.js'
import { titlesKey } from './keys.js'
import { refreshWhileProcessing } from './processing.js'
import { unwrapTagged, type Tagged } from './revisions.js'

export type AdminTitle = Schemas['AdminTitle']
export type TitleKind = Schemas['TitleKind']
export type Title = Movie | Show

const PAGE_SIZE = 50

export const titleListQuery = (search: CatalogueSearch) =>
  infiniteQueryOptions({
    queryKey: titlesKey('list', search),
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...search, limit: PAGE_SIZE, ...pageParam === null ? {} : { cursor: pageParam } }
      return await unwrap(accountClient.GET('/v1/admin/titles', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })

export const movieQuery = (movieId: string) =>
  queryOptions({
    queryKey: titlesKey('movie', movieId),
    queryFn: async ({ signal }): Promise<Tagged<Movie>> =>
      await unwrapTagged(accountClient.GET('/v1/movies/{movieId}', { params: { path: { movieId } }, signal })),
    refetchInterval: ({ state: { data } }) => refreshWhileProcessing(data?.value.mediaFiles),
  })

export const showQuery = (showId: string) =>
  queryOptions({
    queryKey: titlesKey('show', showId),
    queryFn: async ({ signal }): Promise<Tagged<Show>> =>
      await unwrapTagged(accountClient.GET('/v1/shows/{showId}', { params: { path: { showId } }, signal })),
  })

export type PublicationResult = Schemas['PublicationResult']

/** The API changes at most this many titles with one request. */
const MAX_PUBLISHED_TITLES = 100

/**
 * Publishes titles or returns them to the drafts.
 * @param onProgress receives the number of titles that are done
 */
export async function publishTitles (
  titleIds: readonly string[],
  isPublished: boolean,
  onProgress: (done: number) => void,
): Promise<PublicationResult[]> {
  const results: PublicationResult[] = []
  for (let at = 0; at < titleIds.length; at += MAX_PUBLISHED_TITLES) {
    onProgress(at)
    const body = { titleIds: titleIds.slice(at, at + MAX_PUBLISHED_TITLES), published: isPublished }
    results.push(...(await unwrap(accountClient.PUT('/v1/admin/titles/publication', { body }))).items)
  }
  return results
}

export const seasonQuery = (showId: string, season: number) =>
  queryOptions({
    queryKey: titlesKey('season', showId, season),
    queryFn: async ({ signal }): Promise<Tagged<Season>> =>
      await unwrapTagged(
        accountClient.GET('/v1/shows/{showId}/seasons/{season}', { params: { path: { showId, season } }, signal }),
      ),
    refetchInterval: ({ state: { data } }) =>
      refreshWhileProcessing(data?.value.episodes.flatMap(({ mediaFiles }) => mediaFiles)),
  })

/** The episodes of a season; none for a season that does not exist yet. */
export const episodesQuery = (showId: string, season: number) =>
  queryOptions({
    queryKey: titlesKey('episodes', showId, season),
    queryFn: async ({ signal }): Promise<Episode[]> => {
      const params = { path: { showId, season } }
      try {
        return (await unwrap(accountClient.GET('/v1/shows/{showId}/seasons/{season}', { params, signal }))).episodes
      } catch (error) {
        if (isProblem(error, 'not-found')) return []
        throw error
      }
    },
    staleTime: 0,
  })

const MAX_MATCHES = 8

/** The titles that match a search best, drafts included. */
export const titleMatchesQuery = (q: string, type?: TitleKind) =>
  queryOptions({
    queryKey: titlesKey('matches', q, type),
    queryFn: async ({ signal }) => {
      const query = { q, limit: MAX_MATCHES, ...type === undefined ? {} : { type } }
      return (await unwrap(accountClient.GET('/v1/admin/titles', { params: { query }, signal }))).items
    },
  })
