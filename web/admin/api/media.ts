// Media files, subtitles and thumbnails of movies and episodes.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { accountClient, type RequestBody, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { titlesKey, uploadsKey } from './keys.js'
import { refreshWhileProcessing } from './processing.js'
import type { EpisodePath } from './editing.js'

export type Upload = Schemas['Upload']
export type SubtitleKind = Schemas['SubtitleKind']
export type AdminSubtitle = Schemas['AdminSubtitle']
export type MediaChanges = RequestBody<'/v1/admin/media/{mediaFileId}', 'patch'>

/** What can be played: a movie or an episode. */
export type PlayableItem =
  | { readonly kind: 'movie', readonly itemId: string }
  | { readonly kind: 'episode', readonly itemId: string, readonly path: EpisodePath }

const UPLOADS_REFRESH_MS = 3_000

/** The 100 newest uploads; read again while one of them is active. */
export const uploadsQuery = () =>
  queryOptions({
    queryKey: uploadsKey('list'),
    queryFn: async ({ signal }) => (await unwrap(accountClient.GET('/v1/admin/uploads', { signal }))).items,
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.some((upload) => upload.state === 'uploading' || upload.state === 'processing') === true
        ? UPLOADS_REFRESH_MS
        : false,
  })

/** The state of an upload; read again until it is processed. */
export const uploadQuery = (uploadId: string) =>
  queryOptions({
    queryKey: uploadsKey('one', uploadId),
    queryFn: async ({ signal }) =>
      await unwrap(accountClient.GET('/v1/admin/uploads/{uploadId}', { params: { path: { uploadId } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.state === 'ready' || state.data?.state === 'failed' ? false : UPLOADS_REFRESH_MS,
  })

export async function deleteUpload (uploadId: string): Promise<void> {
  await unwrap(
    accountClient.DELETE('/v1/admin/uploads/{uploadId}', {
      params: { path: { uploadId }, header: { 'tus-resumable': '1.0.0' } },
    }),
  )
}

export async function changeMedia (mediaFileId: string, body: MediaChanges): Promise<void> {
  await unwrap(accountClient.PATCH('/v1/admin/media/{mediaFileId}', { params: { path: { mediaFileId } }, body }))
}

export async function deleteMedia (mediaFileId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/admin/media/{mediaFileId}', { params: { path: { mediaFileId } } }))
}

/** Packages a media file for HLS again. */
export async function packageMedia (mediaFileId: string): Promise<void> {
  await unwrap(accountClient.POST('/v1/admin/media/{mediaFileId}/package', { params: { path: { mediaFileId } } }))
}

const SUBTITLE_TYPES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\.vtt$/i, 'text/vtt'],
  [/\.srt$/i, 'application/x-subrip'],
  [/\.(ass|ssa)$/i, 'text/x-ssa'],
]

/** Uploads a subtitle file: WebVTT, SubRip or ASS. */
export async function uploadSubtitle (
  item: PlayableItem,
  file: File,
  query: { readonly language: string, readonly kind: SubtitleKind },
): Promise<Schemas['AddedSubtitle']> {
  const type = SUBTITLE_TYPES.find(([pattern]) => pattern.test(file.name))?.[1] ?? 'text/vtt'
  const content = { headers: { 'content-type': type }, body: file as never, bodySerializer: (body: unknown) => body }
  return await unwrap(
    item.kind === 'movie'
      ? accountClient.POST('/v1/admin/movies/{movieId}/subtitles', {
        params: { path: { movieId: item.itemId }, query },
        ...content as object,
      })
      : accountClient.POST('/v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}/subtitles', {
        params: { path: item.path, query },
        ...content as object,
      }),
  )
}

/** All subtitles of an item, those that viewers do not get included. */
export const subtitlesQuery = (item: PlayableItem) =>
  queryOptions({
    queryKey: titlesKey('subtitles', item.itemId),
    queryFn: async ({ signal }) => {
      const list = item.kind === 'movie'
        ? accountClient.GET('/v1/admin/movies/{movieId}/subtitles', {
          params: { path: { movieId: item.itemId } },
          signal,
        })
        : accountClient.GET('/v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}/subtitles', {
          params: { path: item.path },
          signal,
        })
      return (await unwrap(list)).items
    },
    staleTime: 0,
  })

export async function deleteSubtitle (subtitleId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/admin/subtitles/{subtitleId}', { params: { path: { subtitleId } } }))
}

/** Uploads seek thumbnails: a WebVTT index and the image that it names. */
export async function uploadThumbnails (item: PlayableItem, index: File, image: File): Promise<void> {
  const form = new FormData()
  form.set('index', index)
  form.set('image', image)
  const content = { body: form as never, bodySerializer: () => form }
  await unwrap(
    item.kind === 'movie'
      ? accountClient.POST('/v1/admin/movies/{movieId}/thumbnails', {
        params: { path: { movieId: item.itemId } },
        ...content as object,
      })
      : accountClient.POST('/v1/admin/shows/{showId}/seasons/{season}/episodes/{episode}/thumbnails', {
        params: { path: item.path },
        ...content as object,
      }),
  )
}

export type MediaItem = Schemas['AdminMediaItem']
export type MediaFileState = Schemas['MediaFileState']

const PAGE_SIZE = 50
const JOBS_REFRESH_MS = 5_000

/** Movies and episodes with media files, newest first; with a state, the queue or the failures. */
export const mediaListQuery = (state: MediaFileState | undefined) =>
  infiniteQueryOptions({
    queryKey: titlesKey('media', state),
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_SIZE,
        ...state === undefined ? {} : { state },
        ...pageParam === null ? {} : { cursor: pageParam },
      }
      return await unwrap(accountClient.GET('/v1/admin/media', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state: { data } }) =>
      refreshWhileProcessing(data?.pages.flatMap(({ items }) => items.flatMap(({ files }) => files))),
  })

/** Uploads, packaging, encodings and emails that wait or failed. */
export const jobCountsQuery = () =>
  queryOptions({
    queryKey: uploadsKey('jobs'),
    queryFn: async ({ signal }) => (await unwrap(accountClient.GET('/v1/admin/jobs', { signal }))).items,
    refetchInterval: JOBS_REFRESH_MS,
    staleTime: 0,
  })
