// Titles, and what a profile does with them.
import {
  asProfile,
  type Card,
  type ContinueCard,
  type Movie,
  type Rating,
  type Season,
  type Show,
  type Undo,
} from './client.js'
import { answerOf } from './problem.js'
import { profileId } from './session.js'

export type Title = Movie | Show
export type Kind = Card['kind']

/** Where a profile is in an episode: in its newest play. */
export interface Seen {
  readonly positionMs: number
  readonly durationMs: number | null
  readonly finished: boolean
}

const CARDS = 100
const PLAYS = 100

export async function loadTitle (kind: Kind, id: string): Promise<Title> {
  return kind === 'movie'
    ? await answerOf(asProfile.GET('/v1/movies/{movieId}', { params: { path: { movieId: id } } }))
    : await answerOf(asProfile.GET('/v1/shows/{showId}', { params: { path: { showId: id } } }))
}

export function isShow (title: Title): title is Show {
  return 'seasons' in title
}

export async function loadSeason (showId: string, season: number): Promise<Season> {
  return await answerOf(asProfile.GET('/v1/shows/{showId}/seasons/{season}', { params: { path: { showId, season } } }))
}

/** The card of continue watching for this title; null when it has none. */
export async function findContinueCard (titleId: string): Promise<ContinueCard | null> {
  const { items } = await answerOf(
    asProfile.GET('/v1/profiles/{profileId}/continue-watching', {
      params: { path: { profileId: profileId() }, query: { limit: CARDS } },
    }),
  )
  return items.find(({ title }) => title.id === titleId) ?? null
}

/** What was seen of each episode or of the movie, by its id. */
export async function loadSeen (titleId: string): Promise<ReadonlyMap<string, Seen>> {
  const { items } = await answerOf(
    asProfile.GET('/v1/profiles/{profileId}/history', {
      params: { path: { profileId: profileId() }, query: { titleId, limit: PLAYS } },
    }),
  )
  const seen = new Map<string, Seen>()
  // Newest first: the first of an item tells where it is, any tells whether it was finished.
  for (const play of items) {
    if (!('item' in play)) continue
    const { item, positionMs, durationMs, finished } = play
    const newer = seen.get(item.id)
    seen.set(
      item.id,
      newer === undefined ? { positionMs, durationMs, finished } : { ...newer, finished: newer.finished || finished },
    )
  }
  return seen
}

export async function setWish (titleId: string, isWished: boolean): Promise<void> {
  const options = { params: { path: { profileId: profileId(), titleId } } }
  await answerOf(
    isWished
      ? asProfile.PUT('/v1/profiles/{profileId}/wishlist/{titleId}', options)
      : asProfile.DELETE('/v1/profiles/{profileId}/wishlist/{titleId}', options),
  )
}

export async function rate (titleId: string, rating: Rating | null): Promise<void> {
  const params = { path: { profileId: profileId(), titleId } }
  await answerOf(
    rating === null
      ? asProfile.DELETE('/v1/profiles/{profileId}/ratings/{titleId}', { params })
      : asProfile.PUT('/v1/profiles/{profileId}/ratings/{titleId}', { params, body: { rating } }),
  )
}

/** Takes a title out of continue watching until it is played again. */
export async function hide (titleId: string): Promise<Undo> {
  return await answerOf(
    asProfile.DELETE('/v1/profiles/{profileId}/continue-watching/{titleId}', {
      params: { path: { profileId: profileId(), titleId } },
    }),
  )
}

export async function undo (undoId: string): Promise<void> {
  await answerOf(
    asProfile.POST('/v1/profiles/{profileId}/undo/{undoId}', { params: { path: { profileId: profileId(), undoId } } }),
  )
}

/** Opens a new pass, so that a finished title begins at its start. */
export async function watchAgain (titleId: string): Promise<Undo> {
  return await answerOf(
    asProfile.PUT('/v1/profiles/{profileId}/rewatch/{titleId}', {
      params: { path: { profileId: profileId(), titleId } },
    }),
  )
}
