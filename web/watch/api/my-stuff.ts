// Lists of the profile: history, ratings, wishlist and hidden titles.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { profileClient, type Rating, type Schemas, type Undo } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { currentProfileId } from '@shared/api/session.js'
import { titlesKey, watchingKey } from './keys.js'
import { firstPage, nextCursorOf, pageOf } from './pages.js'

export type HistoryEntry = Schemas['HistoryEntry']
export type HistoryItem = Schemas['HistoryItem']
export type HistoryGroup = Schemas['HistoryGroup']
export type DismissedTitle = Schemas['DismissedTitle']
export type RatedTitle = Schemas['RatedTitle']
export type WishlistOrder = 'newest' | 'own'

export interface HistoryFilter {
  /** One entry for each title, or for each play. */
  readonly group?: 'title'
  readonly titleId?: string
  /** Times, RFC 3339: inclusive and exclusive. */
  readonly from?: string
  readonly to?: string
}

/** The URL of the history page. */
export interface HistorySearch {
  readonly view?: 'titles' | 'plays'
  /** ID of the only title to show. */
  readonly title?: string
  /** First and last day, such as "2026-01-31". */
  readonly from?: string
  readonly to?: string
}

const PAGE_SIZE = 40
/** The greatest page: the user moves titles between the loaded ones. */
const WISHLIST_PAGE_SIZE = 100
const profilePath = (): { profileId: string } => ({ profileId: currentProfileId() })

export function isHistoryGroup (entry: HistoryEntry): entry is HistoryGroup {
  return 'plays' in entry
}

export const historyQuery = (filter: HistoryFilter) =>
  infiniteQueryOptions({
    queryKey: watchingKey('history', filter),
    queryFn: async ({ pageParam, signal }) =>
      await unwrap(
        profileClient.GET('/v1/profiles/{profileId}/history', {
          params: { path: profilePath(), query: { ...filter, ...pageOf(pageParam, PAGE_SIZE) } },
          signal,
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: nextCursorOf,
    placeholderData: keepPreviousData,
  })

export async function removePlay (playId: string): Promise<Undo> {
  return await unwrap(
    profileClient.DELETE('/v1/profiles/{profileId}/history/{playId}', {
      params: { path: { ...profilePath(), playId } },
    }),
  )
}

/** Clears the history of a title, or the whole history. */
export async function clearHistory (titleId: string | null): Promise<Undo> {
  return await unwrap(
    profileClient.DELETE('/v1/profiles/{profileId}/history', {
      params: { path: profilePath(), query: titleId === null ? {} : { titleId } },
    }),
  )
}

export const ratingsQuery = (rating: Rating | null) =>
  infiniteQueryOptions({
    queryKey: titlesKey('ratings', rating),
    queryFn: async ({ pageParam, signal }) =>
      await unwrap(
        profileClient.GET('/v1/profiles/{profileId}/ratings', {
          params: {
            path: profilePath(),
            query: { ...pageOf(pageParam, PAGE_SIZE), ...rating === null ? {} : { rating } },
          },
          signal,
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: nextCursorOf,
    placeholderData: keepPreviousData,
  })

export const wishlistQuery = (order: WishlistOrder) =>
  infiniteQueryOptions({
    queryKey: titlesKey('wishlist', order),
    queryFn: async ({ pageParam, signal }) =>
      await unwrap(
        profileClient.GET('/v1/profiles/{profileId}/wishlist', {
          params: { path: profilePath(), query: { order, ...pageOf(pageParam, WISHLIST_PAGE_SIZE) } },
          signal,
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: nextCursorOf,
    placeholderData: keepPreviousData,
  })

/** Sets the own order. Titles that are not named follow in their current order. */
export async function orderWishlist (titleIds: readonly string[]): Promise<void> {
  await unwrap(
    profileClient.PUT('/v1/profiles/{profileId}/wishlist/order', {
      params: { path: profilePath() },
      body: { titleIds: [...titleIds] },
    }),
  )
}

export const hiddenQuery = () =>
  queryOptions({
    queryKey: watchingKey('hidden'),
    queryFn: async ({ signal }) =>
      (await unwrap(
        profileClient.GET('/v1/profiles/{profileId}/continue-watching/hidden', {
          params: { path: profilePath() },
          signal,
        }),
      )).items,
  })

/** Shows a hidden or dropped title in continue watching again. */
export async function restoreTitle (titleId: string): Promise<Undo> {
  return await unwrap(
    profileClient.PUT('/v1/profiles/{profileId}/continue-watching/{titleId}', {
      params: { path: { ...profilePath(), titleId } },
    }),
  )
}
