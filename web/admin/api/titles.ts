// Titles as administrators see them, and changes of them.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { accountClient, type Episode, type Movie, type Schemas, type Season, type Show } from '@shared/api/client.js'
import { isProblem, unwrap } from '@shared/api/problem.js'
import type { CatalogueSearch } from '../searches.js'
import { titlesKey } from './keys.js'
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
  })

export const showQuery = (showId: string) =>
  queryOptions({
    queryKey: titlesKey('show', showId),
    queryFn: async ({ signal }): Promise<Tagged<Show>> =>
      await unwrapTagged(accountClient.GET('/v1/shows/{showId}', { params: { path: { showId } }, signal })),
  })

/** Publishes a title or returns it to the drafts. */
export async function setPublished ({ id, kind }: AdminTitle, isPublished: boolean): Promise<void> {
  const body = { published: isPublished }
  if (kind === 'movie') {
    await unwrap(accountClient.PATCH('/v1/admin/movies/{movieId}', { params: { path: { movieId: id } }, body }))
  } else {
    await unwrap(accountClient.PATCH('/v1/admin/shows/{showId}', { params: { path: { showId: id } }, body }))
  }
}

export const seasonQuery = (showId: string, season: number) =>
  queryOptions({
    queryKey: titlesKey('season', showId, season),
    queryFn: async ({ signal }): Promise<Tagged<Season>> =>
      await unwrapTagged(
        accountClient.GET('/v1/shows/{showId}/seasons/{season}', { params: { path: { showId, season } }, signal }),
      ),
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
