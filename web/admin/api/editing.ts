// Creates, changes and deletes movies, shows, seasons and episodes.
import {
  accountClient,
  type Episode,
  type Movie,
  type RequestBody,
  type Schemas,
  type Show,
} from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { ifMatch, unwrapTagged, type Tagged } from './revisions.js'
import type { Title, TitleKind } from './titles.js'

export type MovieChanges = RequestBody<'/v1/admin/movies/{movieId}', 'patch'>
export type ShowChanges = RequestBody<'/v1/admin/shows/{showId}', 'patch'>
export type SeasonChanges = RequestBody<'/v1/admin/shows/{showId}/seasons/{season}', 'patch'>
export type EpisodeChanges = RequestBody<'/v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}', 'patch'>
export type Removal = Schemas['Removal']

export interface SeasonPath {
  readonly showId: string
  readonly season: number
}
export interface EpisodePath extends SeasonPath {
  readonly episode: number
}
/** A resource of the catalogue that can be deleted. */
export type Deletable =
  | { readonly kind: 'movie', readonly path: { readonly movieId: string } }
  | { readonly kind: 'show', readonly path: { readonly showId: string } }
  | { readonly kind: 'season', readonly path: SeasonPath }
  | { readonly kind: 'episode', readonly path: EpisodePath }

/** Creates a draft. */
export async function createTitle (kind: TitleKind, title: string, year: number | null): Promise<Title> {
  const body = { title, year, published: false }
  return kind === 'movie'
    ? await unwrap(accountClient.POST('/v1/admin/movies', { body }))
    : await unwrap(accountClient.POST('/v1/admin/shows', { body }))
}

/** @throws ApiProblem `precondition-failed` if the movie has changed since it was read */
export async function changeMovie (
  movieId: string,
  body: MovieChanges,
  etag: string | null,
): Promise<Tagged<Movie>> {
  return await unwrapTagged(
    accountClient.PATCH('/v1/admin/movies/{movieId}', { params: { path: { movieId } }, body, ...ifMatch(etag) }),
  )
}

/** @throws ApiProblem `precondition-failed` if the show has changed since it was read */
export async function changeShow (showId: string, body: ShowChanges, etag: string | null): Promise<Tagged<Show>> {
  return await unwrapTagged(
    accountClient.PATCH('/v1/admin/shows/{showId}', { params: { path: { showId } }, body, ...ifMatch(etag) }),
  )
}

/** Creates a season without episodes, or replaces one. */
export async function putSeason (path: SeasonPath, title: string | null): Promise<void> {
  await unwrap(
    accountClient.PUT('/v1/admin/shows/{showId}/seasons/{season}', { params: { path }, body: { title } }),
  )
}

export async function changeSeason (path: SeasonPath, body: SeasonChanges): Promise<void> {
  await unwrap(accountClient.PATCH('/v1/admin/shows/{showId}/seasons/{season}', { params: { path }, body }))
}

/** Renumbers the episodes of a season from 1, in the order of the IDs. */
export async function orderEpisodes (path: SeasonPath, episodeIds: string[], firstNumber: number): Promise<void> {
  await unwrap(
    accountClient.PUT('/v1/admin/shows/{showId}/seasons/{season}/order', {
      params: { path },
      body: { episodeIds, firstNumber },
    }),
  )
}

/** Creates an episode. */
export async function putEpisode (path: EpisodePath, title: string): Promise<void> {
  await unwrap(
    accountClient.PUT('/v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}', {
      params: { path },
      body: { title },
    }),
  )
}

/** @throws ApiProblem `precondition-failed` if the show has changed since it was read */
export async function changeEpisode (path: EpisodePath, body: EpisodeChanges, etag: string | null): Promise<Episode> {
  return await unwrap(
    accountClient.PATCH('/v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}', {
      params: { path },
      body,
      ...ifMatch(etag),
    }),
  )
}

/** Counts what a deletion would remove. */
export async function previewDeletion (target: Deletable): Promise<Removal> {
  return await unwrap(sendDeletion(target, true)) ?? fail()
}

export async function deleteResource (target: Deletable): Promise<void> {
  await unwrap(sendDeletion(target, false))
}

function fail (): never {
  throw new Error('the preview of a deletion has no content')
}

async function sendDeletion (target: Deletable, dryRun: boolean) {
  const query = { dryRun }
  switch (target.kind) {
    case 'movie':
      return await accountClient.DELETE('/v1/admin/movies/{movieId}', { params: { path: target.path, query } })
    case 'show':
      return await accountClient.DELETE('/v1/admin/shows/{showId}', { params: { path: target.path, query } })
    case 'season':
      return await accountClient.DELETE('/v1/admin/shows/{showId}/seasons/{season}', {
        params: { path: target.path, query },
      })
    case 'episode':
      return await accountClient.DELETE('/v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}', {
        params: { path: target.path, query },
      })
  }
}

/** An image of the catalogue that can be uploaded. */
export type ImageTarget =
  | { readonly kind: 'poster' | 'backdrop' | 'logo', readonly titleId: string }
  | { readonly kind: 'still', readonly path: EpisodePath }
  | { readonly kind: 'picture', readonly personId: string }

export async function uploadImage (target: ImageTarget, image: File): Promise<void> {
  const content = {
    headers: { 'content-type': image.type },
    body: image as never,
    bodySerializer: (body: unknown) => body as never,
  }
  switch (target.kind) {
    case 'poster':
    case 'backdrop':
    case 'logo': {
      const params = { path: { titleId: target.titleId } }
      await unwrap<unknown>(accountClient.POST(`/v1/admin/titles/{titleId}/${target.kind}`, { ...content, params }))
      break
    }
    case 'still': {
      const url = '/v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}/still'
      await unwrap(accountClient.POST(url, { ...content, params: { path: target.path } }))
      break
    }
    case 'picture': {
      const params = { path: { personId: target.personId } }
      await unwrap(accountClient.POST('/v1/admin/people/{personId}/picture', { ...content, params }))
    }
  }
}

export async function removePersonPicture (personId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/admin/people/{personId}/picture', { params: { path: { personId } } }))
}
