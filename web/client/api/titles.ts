// Titles, and the wishlist, ratings and watch progress of the profile.
import {
  profileClient,
  type Card,
  type ContinueCard,
  type Movie,
  type Rating,
  type Season,
  type Show,
  type Undo,
} from './client.js'
import { unwrap } from './problem.js'
import { currentProfileId } from './session.js'

export type Title = Movie | Show
export type Kind = Card['kind']

/** The newest play of a movie or episode. */
export interface WatchProgress {
  readonly positionMs: number
  readonly durationMs: number | null
  readonly finished: boolean
}

const MAX_RESULTS = 48
const MAX_CARDS = 100
const MAX_PLAYS = 100

export async function loadTitle (kind: Kind, id: string): Promise<Title> {
  return kind === 'movie'
    ? await unwrap(profileClient.GET('/v1/movies/{movieId}', { params: { path: { movieId: id } } }))
    : await unwrap(profileClient.GET('/v1/shows/{showId}', { params: { path: { showId: id } } }))
}

export function isShow (title: Title): title is Show {
  return 'seasons' in title
}

export async function loadSeason (showId: string, season: number): Promise<Season> {
  return await unwrap(
    profileClient.GET('/v1/shows/{showId}/seasons/{season}', { params: { path: { showId, season } } }),
  )
}

/** Finds the continue-watching card of a title. */
export async function findContinueCard (titleId: string): Promise<ContinueCard | null> {
  const { items } = await unwrap(
    profileClient.GET('/v1/profiles/{profileId}/continue-watching', {
      params: { path: { profileId: currentProfileId() }, query: { limit: MAX_CARDS } },
    }),
  )
  return items.find(({ title }) => title.id === titleId) ?? null
}

/** Loads the watch progress of the movie, or of each episode of the show, by item ID. */
export async function loadWatchProgress (titleId: string): Promise<ReadonlyMap<string, WatchProgress>> {
  const { items } = await unwrap(
    profileClient.GET('/v1/profiles/{profileId}/history', {
      params: { path: { profileId: currentProfileId() }, query: { titleId, limit: MAX_PLAYS } },
    }),
  )
  const progress = new Map<string, WatchProgress>()
  // Plays are sorted newest first: the first one has the position, and any of them can have finished the item.
  for (const play of items) {
    if (!('item' in play)) continue
    const { item, positionMs, durationMs, finished } = play
    const newer = progress.get(item.id)
    progress.set(
      item.id,
      newer === undefined ? { positionMs, durationMs, finished } : { ...newer, finished: newer.finished || finished },
    )
  }
  return progress
}

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

export async function undoAction (undoId: string): Promise<void> {
  await unwrap(
    profileClient.POST('/v1/profiles/{profileId}/undo/{undoId}', {
      params: { path: { profileId: currentProfileId(), undoId } },
    }),
  )
}

/** Starts a rewatch, so that a finished title starts at its beginning. */
export async function startRewatch (titleId: string): Promise<Undo> {
  return await unwrap(
    profileClient.PUT('/v1/profiles/{profileId}/rewatch/{titleId}', {
      params: { path: { profileId: currentProfileId(), titleId } },
    }),
  )
}

/** Searches for titles. Returns the best matches first, and the number of all. */
export async function searchTitles (
  query: string,
  signal: AbortSignal,
): Promise<{ readonly items: readonly Card[], readonly total: number }> {
  return await unwrap(
    profileClient.GET('/v1/search', { params: { query: { q: query, limit: MAX_RESULTS } }, signal }),
  )
}
