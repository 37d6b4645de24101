// Collections of titles, as stored.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { accountClient, type RequestBody, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import type { CollectionSearch } from '../searches.js'
import { collectionsKey } from './keys.js'
import { ifMatch, unwrapTagged, type Tagged } from './revisions.js'

export type AdminCollection = Schemas['AdminCollection']
export type CollectionTitle = Schemas['AdminTitle']
export type StoredCollection = Schemas['StoredCollection']
export type CollectionChanges = RequestBody<'/v1/admin/collections/{collectionId}', 'patch'>

const PAGE_SIZE = 50
const MAX_PAGE_SIZE = 100

/** All collections, empty and unpublished ones included. */
export const collectionListQuery = (search: CollectionSearch) =>
  infiniteQueryOptions({
    queryKey: collectionsKey('list', search),
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...search, limit: PAGE_SIZE, ...pageParam === null ? {} : { cursor: pageParam } }
      return await unwrap(accountClient.GET('/v1/admin/collections', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const collectionQuery = (collectionId: string) =>
  queryOptions({
    queryKey: collectionsKey('one', collectionId),
    queryFn: async ({ signal }): Promise<Tagged<StoredCollection>> =>
      await unwrapTagged(
        accountClient.GET('/v1/admin/collections/{collectionId}', { params: { path: { collectionId } }, signal }),
      ),
  })

/** The titles of a collection by ID, unpublished ones included. */
export const collectionTitlesQuery = (collectionId: string) =>
  queryOptions({
    queryKey: collectionsKey('titles', collectionId),
    queryFn: async ({ signal }) => {
      const titles = new Map<string, CollectionTitle>()
      let cursor: string | null = null
      do {
        const query: { limit: number, cursor?: string } = {
          limit: MAX_PAGE_SIZE,
          ...cursor === null ? {} : { cursor },
        }
        const params = { path: { collectionId }, query }
        const page: Schemas['AdminTitlePage'] = await unwrap(
          accountClient.GET('/v1/admin/collections/{collectionId}/titles', { params, signal }),
        )
        for (const title of page.items) titles.set(title.id, title)
        cursor = page.nextCursor
      } while (cursor !== null)
      return titles
    },
  })

/** Creates an unpublished collection. */
export async function createCollection (title: string): Promise<StoredCollection> {
  return await unwrap(accountClient.POST('/v1/admin/collections', { body: { title, published: false } }))
}

/** @throws ApiProblem `precondition-failed` if the collection has changed since it was read */
export async function changeCollection (
  collectionId: string,
  body: CollectionChanges,
  etag: string | null,
): Promise<Tagged<StoredCollection>> {
  return await unwrapTagged(
    accountClient.PATCH('/v1/admin/collections/{collectionId}', {
      params: { path: { collectionId } },
      body,
      ...ifMatch(etag),
    }),
  )
}

export async function deleteCollection (collectionId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/admin/collections/{collectionId}', { params: { path: { collectionId } } }))
}
