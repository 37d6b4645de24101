// DASH of a movie or episode: renders the manifest that a grant allows, from the renditions of the HLS playlist.
import { text } from 'node:stream/consumers'
import type { AudioGroup } from '../../domain/hls-rendition-set.js'
import { fail, notFound } from '../../errors.js'
import type { KeyRing } from '../../security/key-ring.js'
import { ObjectNotFoundError } from '../../storage/storage.js'
import { readThumbnailGrid } from '../sidecar/thumbnail-index.js'
import { renderManifest, type ManifestAudio, type ManifestThumbnails } from './dash-manifest.js'
import { segmentList, segmentTemplate } from './dash-segments.js'
import { isOffloaded } from './deliver-object.js'
import { findDefaultAudio } from './hls-master-playlist.js'
import { signSidecarGrant, type HlsGrant } from './media-urls.js'
import { openRenditionSet, openSubtitles, SUBTITLE_PREFIX, type HlsDeps, type OpenAudio } from './open-renditions.js'
import { audioName, subtitleName, withUniqueNames } from './track-names.js'

export interface ManifestDeps extends HlsDeps {
  readonly keys: KeyRing
}

/**
 * Renders the DASH manifest of an item.
 * @throws DomainError 404 `not-found` if the chosen file does not exist or is not packaged
 */
export async function renderItemManifest (deps: ManifestDeps, grant: HlsGrant, token: string): Promise<string> {
  const { variants, groups } = await openRenditionSet(deps, grant) ?? fail(notFound('manifest'))
  const file = deps.catalogue.findFile(grant.file) ?? fail(notFound('manifest'))
  const query = `?token=${token}`
  const hasSegmentUrls = !isOffloaded(deps.config)
  const subtitles = withUniqueNames(openSubtitles(deps.catalogue, file), subtitleName).map(([subtitle, label]) => ({
    ...subtitle,
    label,
    uri: `${SUBTITLE_PREFIX}${subtitle.id}.vtt${query}`,
    isDefault: subtitle.id === grant.subtitle,
  }))
  return renderManifest({
    durationMs: Math.max(...variants.map(({ durationMs }) => durationMs)),
    videos: variants.map(({ packageId, index: { video } }) => ({ renditionId: `${packageId}-v`, video })),
    audio: defaultFirst(groups.flatMap((group) => listAudio(group, grant.audio)).filter(isFirst)),
    subtitles: defaultFirst(subtitles),
    thumbnails: await openThumbnails(deps, grant),
    hasSegmentUrls,
    segmentsOf: (rendition, id) =>
      hasSegmentUrls ? segmentTemplate(rendition, id, query) : segmentList(rendition, `${id}.mp4${query}`),
  })
}

function listAudio (group: AudioGroup<OpenAudio>, language: string | null): ManifestAudio[] {
  const defaultAudio = findDefaultAudio(group, language)
  return withUniqueNames(group.renditions, audioName).map(([audio, label]) => {
    return { audio, label, isDefault: audio === defaultAudio }
  })
}

/** Groups share the renditions that exist in one encoding only. */
function isFirst ({ audio }: ManifestAudio, i: number, list: readonly ManifestAudio[]): boolean {
  return list.findIndex((other) => other.audio === audio) === i
}

function defaultFirst<T extends { readonly isDefault: boolean }> (list: readonly T[]): T[] {
  return list.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault))
}

/** @returns null if the item has none, or those that an editor uploaded are no regular grid */
async function openThumbnails (
  { catalogue, storage, keys }: ManifestDeps,
  { item, account, profile, lease, expiresAt }: HlsGrant,
): Promise<ManifestThumbnails | null> {
  const { thumbnails } = catalogue.sidecarFiles(item)
  if (thumbnails === null) return null
  const index = await storage.open(thumbnails.indexKey).then(text).catch((error: unknown) => {
    if (error instanceof ObjectNotFoundError) return null
    throw error
  })
  const grid = index === null ? null : readThumbnailGrid(index)
  if (grid === null) return null
  const { columns, rows, intervalMs } = grid
  const token = signSidecarGrant(keys, { account, profile, lease, expiresAt, object: item })
  return {
    uri: `../../thumbnails/${item}/image?token=${token}`,
    mimeType: thumbnails.imageType,
    sizeBytes: thumbnails.imageBytes,
    columns,
    rows,
    width: columns * grid.width,
    height: rows * grid.height,
    coveredMs: columns * rows * intervalMs,
  }
}
