// Lists that find titles: browsing, rows, search, people and collections.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { profileClient, type QueryOf, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { currentProfileId } from '@shared/api/session.js'
import { titlesKey, watchingKey } from './keys.js'
import { firstPage, nextCursorOf, pageOf } from './pages.js'

export type Facets = Schemas['Facets']
export type SearchHit = Schemas['SearchHit']
export type Suggestion = Schemas['Suggestion']
export type PersonDetail = Schemas['PersonDetail']
export type Collection = Schemas['Collection']
export type SortKey = Schemas['SortKey']
export type SortOrder = Schemas['SortOrder']
export type MaturityRating = Schemas['MaturityRating']
export type TitleKind = Schemas['TitleKind']
export type TitleFilter = Omit<QueryOf<'/v1/titles', 'get'>, 'limit' | 'cursor' | 'sort' | 'order'>
export type TitleListQuery = Omit<QueryOf<'/v1/titles', 'get'>, 'limit' | 'cursor'>

const PAGE_SIZE = 48
const SEARCH_LIMIT = 60
const SUGGESTION_LIMIT = 6
const SIMILAR_LIMIT = 20

export const browseQuery = (query: TitleListQuery) =>
  infiniteQueryOptions({
    queryKey: titlesKey('browse', query),
    queryFn: async ({ pageParam, signal }) =>
      await unwrap(
        profileClient.GET('/v1/titles', { params: { query: { ...query, ...pageOf(pageParam, PAGE_SIZE) } }, signal }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: nextCursorOf,
    placeholderData: keepPreviousData,
  })

/** Number of titles for each value of a filter. */
export const facetsQuery = (filter: TitleFilter) =>
  queryOptions({
    queryKey: titlesKey('facets', filter),
    queryFn: async ({ signal }) =>
      await unwrap(profileClient.GET('/v1/titles/facets', { params: { query: filter }, signal })),
    placeholderData: keepPreviousData,
  })

export const genresQuery = () =>
  queryOptions({
    queryKey: titlesKey('genres'),
    queryFn: async ({ signal }) => (await unwrap(profileClient.GET('/v1/genres', { signal }))).items,
  })

/** All titles of a row of the home page. */
export const rowQuery = (rowId: string) =>
  infiniteQueryOptions({
    queryKey: watchingKey('row', rowId),
    queryFn: async ({ pageParam, signal }) =>
      await unwrap(
        profileClient.GET('/v1/profiles/{profileId}/home/{rowId}', {
          params: { path: { profileId: currentProfileId(), rowId }, query: pageOf(pageParam, PAGE_SIZE) },
          signal,
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: nextCursorOf,
  })

export const similarQuery = (titleId: string) =>
  queryOptions({
    queryKey: titlesKey('similar', titleId),
    queryFn: async ({ signal }) =>
      (await unwrap(
        profileClient.GET('/v1/titles/{titleId}/similar', {
          params: { path: { titleId }, query: { limit: SIMILAR_LIMIT } },
          signal,
        }),
      )).items,
  })

export const searchQuery = (q: string, type: TitleKind | undefined) =>
  queryOptions({
    queryKey: titlesKey('search', q, type),
    queryFn: async ({ signal }) =>
      await unwrap(
        profileClient.GET('/v1/search', {
          params: { query: { q, limit: SEARCH_LIMIT, ...type === undefined ? {} : { type } } },
          signal,
        }),
      ),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })

export const suggestionsQuery = (q: string) =>
  queryOptions({
    queryKey: titlesKey('suggestions', q),
    queryFn: async ({ signal }) =>
      (await unwrap(
        profileClient.GET('/v1/search/suggestions', { params: { query: { q, limit: SUGGESTION_LIMIT } }, signal }),
      )).items,
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })

/** The person whose name is the text; null without one. */
export const personByNameQuery = (name: string) =>
  queryOptions({
    queryKey: titlesKey('person-by-name', name),
    queryFn: async ({ signal }) => {
      const { items } = await unwrap(profileClient.GET('/v1/people', { params: { query: { q: name } }, signal }))
      return items.find((person) => person.name === name) ?? null
    },
  })

export const personQuery = (personId: string) =>
  infiniteQueryOptions({
    queryKey: titlesKey('person', personId),
    queryFn: async ({ pageParam, signal }) =>
      await unwrap(
        profileClient.GET('/v1/people/{personId}', {
          params: { path: { personId }, query: pageOf(pageParam, PAGE_SIZE) },
          signal,
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: nextCursorOf,
  })

export const collectionsQuery = () =>
  infiniteQueryOptions({
    queryKey: titlesKey('collections'),
    queryFn: async ({ pageParam, signal }) =>
      await unwrap(profileClient.GET('/v1/collections', { params: { query: pageOf(pageParam, PAGE_SIZE) }, signal })),
    initialPageParam: firstPage,
    getNextPageParam: nextCursorOf,
  })

export const collectionQuery = (collectionId: string) =>
  infiniteQueryOptions({
    queryKey: titlesKey('collection', collectionId),
    queryFn: async ({ pageParam, signal }) =>
      await unwrap(
        profileClient.GET('/v1/collections/{collectionId}', {
          params: { path: { collectionId }, query: pageOf(pageParam, PAGE_SIZE) },
          signal,
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: nextCursorOf,
  })
