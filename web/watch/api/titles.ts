// Titles, and the wishlist, ratings and watch state of the profile.
import { queryOptions } from '@tanstack/react-query'
import {
  profileClient,
  type ContinueCard,
  type Movie,
  type Rating,
  type Show,
  type Undo,
} from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { currentProfileId } from '@shared/api/session.js'
import { titlesKey, watchingKey } from './keys.js'

export type Title = Movie | Show

const MAX_CONTINUE_CARDS = 100

export function isShow (title: Title): title is Show {
  return 'seasons' in title
}

export const movieQuery = (movieId: string) =>
  queryOptions({
    queryKey: titlesKey('movie', movieId),
    queryFn: async ({ signal }) =>
      await unwrap(profileClient.GET('/v1/movies/{movieId}', { params: { path: { movieId } }, signal })),
  })

export const showQuery = (showId: string) =>
  queryOptions({
    queryKey: titlesKey('show', showId),
    queryFn: async ({ signal }) =>
      await unwrap(profileClient.GET('/v1/shows/{showId}', { params: { path: { showId } }, signal })),
  })

export const seasonQuery = (showId: string, season: number) =>
  queryOptions({
    queryKey: titlesKey('season', showId, season),
    queryFn: async ({ signal }) =>
      await unwrap(
        profileClient.GET('/v1/shows/{showId}/seasons/{season}', { params: { path: { showId, season } }, signal }),
      ),
  })

/** The continue-watching card of a title; null without one. */
export const continueCardQuery = (titleId: string) =>
  queryOptions({
    queryKey: watchingKey('continue', titleId),
    queryFn: async ({ signal }): Promise<ContinueCard | null> => {
      const { items } = await unwrap(
        profileClient.GET('/v1/profiles/{profileId}/continue-watching', {
          params: { path: { profileId: currentProfileId() }, query: { limit: MAX_CONTINUE_CARDS } },
          signal,
        }),
      )
      return items.find(({ title }) => title.id === titleId) ?? null
    },
  })

export async function setInWishlist (titleId: string, isInWishlist: boolean): Promise<void> {
  const options = { params: { path: { profileId: currentProfileId(), titleId } } }
  await unwrap(
    isInWishlist
      ? profileClient.PUT('/v1/profiles/{profileId}/wishlist/{titleId}', options)
      : profileClient.DELETE('/v1/profiles/{profileId}/wishlist/{titleId}', options),
  )
}

export async function rateTitle (titleId: string, rating: Rating | null): Promise<void> {
  const params = { path: { profileId: currentProfileId(), titleId } }
  await unwrap(
    rating === null
      ? profileClient.DELETE('/v1/profiles/{profileId}/ratings/{titleId}', { params })
      : profileClient.PUT('/v1/profiles/{profileId}/ratings/{titleId}', { params, body: { rating } }),
  )
}

/** Hides a title from continue watching until it is played again. */
export async function hideFromContinueWatching (titleId: string): Promise<Undo> {
  return await unwrap(
    profileClient.DELETE('/v1/profiles/{profileId}/continue-watching/{titleId}', {
      params: { path: { profileId: currentProfileId(), titleId } },
    }),
  )
}

async function undoAction (undoId: string): Promise<void> {
  await unwrap(
    profileClient.POST('/v1/profiles/{profileId}/undo/{undoId}', {
      params: { path: { profileId: currentProfileId(), undoId } },
    }),
  )
}

/** Undoes actions in the reverse order. */
export async function undoAll (undos: readonly Undo[]): Promise<void> {
  for (const { undo } of [...undos].reverse()) await undoAction(undo)
}

/** Starts a rewatch, so that a finished title starts at its beginning. */
export async function startRewatch (titleId: string): Promise<Undo> {
  return await unwrap(
    profileClient.PUT('/v1/profiles/{profileId}/rewatch/{titleId}', {
      params: { path: { profileId: currentProfileId(), titleId } },
    }),
  )
}
