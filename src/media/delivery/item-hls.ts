// HLS of a movie or episode: renders the playlists that a grant allows.
import { text } from 'node:stream/consumers'
import type { Catalogue } from '../../catalogue/store/catalogue.js'
import { fail, notFound } from '../../errors.js'
import { withTimestampMap } from '../sidecar/timed-text.js'
import { isOffloaded } from './deliver-object.js'
import { findRendition } from './find-rendition.js'
import { renderMasterPlaylist } from './hls-master-playlist.js'
import { renderKeyFramePlaylist, renderMediaPlaylist, renderSubtitlePlaylist } from './hls-media-playlists.js'
import { targetSeconds } from './hls-tags.js'
import type { HlsGrant } from './media-urls.js'
import { openRenditionSet, openSubtitles, SUBTITLE_PREFIX, type HlsDeps } from './open-renditions.js'

/** Name of the playlist of key frames, beside the rendition `v`. */
const KEY_FRAMES = 'keyframes'
const KEY_FRAMES_ID = new RegExp(`^([0-9a-f]{24}-)${KEY_FRAMES}$`)

/**
 * Renders the master playlist of an item.
 * @throws DomainError 404 `not-found` if the chosen file does not exist or is not packaged
 */
export async function renderItemMasterPlaylist (deps: HlsDeps, grant: HlsGrant, token: string): Promise<string> {
  const { variants, groups } = await openRenditionSet(deps, grant) ?? fail(notFound('playlist'))
  const file = deps.catalogue.findFile(grant.file) ?? fail(notFound('playlist'))
  const playlistUri = (id: string): string => `${id}.m3u8?token=${token}`
  return renderMasterPlaylist({
    videos: variants.map(({ packageId, index: { video } }) => ({
      uri: playlistUri(`${packageId}-v`),
      keyFramesUri: playlistUri(`${packageId}-${KEY_FRAMES}`),
      video,
    })),
    groups: groups.map((group) => ({
      ...group,
      renditions: group.renditions.map((audio) => ({ ...audio, uri: playlistUri(audio.renditionId) })),
    })),
    subtitles: openSubtitles(deps.catalogue, file)
      .map((subtitle) => ({ ...subtitle, uri: playlistUri(`${SUBTITLE_PREFIX}${subtitle.id}`) })),
    audio: grant.audio,
    subtitle: grant.subtitle,
  })
}

/**
 * Renders the playlist of one rendition, of the key frames of a video, or of a subtitle.
 * @throws DomainError 403 `media-refused` above the height of the grant, 404 `not-found`; ObjectNotFoundError
 */
export async function renderRenditionPlaylist (
  deps: HlsDeps,
  grant: HlsGrant,
  playlistId: string,
  token: string,
): Promise<string> {
  if (playlistId.startsWith(SUBTITLE_PREFIX)) return renderItemSubtitle(deps, grant, playlistId, token)
  const keyFramesOf = KEY_FRAMES_ID.exec(playlistId)?.[1]
  const renditionId = keyFramesOf === undefined ? playlistId : `${keyFramesOf}v`
  const { rendition } = await findRendition(deps, grant, renditionId)
  const set = await openRenditionSet(deps, grant)
  // All renditions have the same target duration (RFC 8216bis §6.2.4); that of a retired package may be higher.
  const seconds = targetSeconds([
    rendition,
    ...set?.variants.map(({ index }) => index.video) ?? [],
    ...set?.groups.flatMap(({ renditions }) => renditions) ?? [],
  ])
  const file = `${renditionId}.mp4?token=${token}`
  if (keyFramesOf !== undefined) {
    return renderKeyFramePlaylist(rendition, seconds, file) ?? fail(notFound('playlist'))
  }
  const segment = isOffloaded(deps.config)
    ? null
    : (name: number | 'init') => `${renditionId}/${name}.m4s?token=${token}`
  return renderMediaPlaylist(rendition, seconds, { file, segment })
}

function renderItemSubtitle (
  { catalogue }: HlsDeps,
  { item, file }: HlsGrant,
  playlistId: string,
  token: string,
): string {
  findSubtitle(catalogue, item, playlistId)
  return renderSubtitlePlaylist(catalogue.findFile(file)?.durationMs ?? 0, `${playlistId}.vtt?token=${token}`)
}

/**
 * Reads a subtitle as a segment of its playlist.
 * @throws DomainError 404 `not-found`; ObjectNotFoundError
 */
export async function readSubtitleSegment (
  { catalogue, storage }: HlsDeps,
  { item }: HlsGrant,
  subtitleId: string,
): Promise<string> {
  const { storageKey } = findSubtitle(catalogue, item, subtitleId)
  return withTimestampMap(await text(await storage.open(storageKey)))
}

function findSubtitle (catalogue: Catalogue, item: string, subtitleId: string): { readonly storageKey: string } {
  return catalogue.sidecarFiles(item).subtitles
    .find(({ _id }) => `${SUBTITLE_PREFIX}${_id.toString()}` === subtitleId) ?? fail(notFound('subtitle'))
}
