// Views of media files and subtitles.
import type { StoredMediaFile, StoredSubtitle } from '../../models/media.js'
import type { CatalogueFile, CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { ListedMedia } from '../media/list-media.js'
import type { AdminMediaItem } from '../schemas/admin-media.js'
import type { AdminSubtitle, MediaFile, Subtitle } from '../schemas/media-files.js'

type ViewedFile = CatalogueFile | (StoredMediaFile & { id?: never })

export function toMediaFile (file: ViewedFile): MediaFile {
  return {
    id: file.id ?? (file as StoredMediaFile)._id.toString(),
    state: file.state,
    audioLanguages: [...file.audioLanguages],
    audioTracks: file.audioTracks.map(({ language, kind, name, channels, codec }) => ({
      language,
      kind,
      name,
      channels,
      codec,
    })),
    subtitleLanguages: [...file.subtitleLanguages],
    embeddedSubtitles: file.embeddedSubtitles.map(({ codec, language, name, kind, extraction }) => ({
      codec,
      language,
      name,
      kind,
      extraction,
    })),
    width: file.width,
    height: file.height,
    frameRate: file.frameRate,
    videoCodec: file.videoCodec,
    audioCodec: file.audioCodec,
    container: file.container,
    bitrate: file.bitrate,
    durationMs: file.durationMs,
    sizeBytes: file.sizeBytes,
    sha256: file.sha256,
    edition: file.edition,
  }
}

/** Adds the fields for administrators: failures and the state of the packaging. */
export function toAdminMediaFile (file: ViewedFile): MediaFile {
  const { state, progress, failure } = file.hls
  return {
    ...toMediaFile(file),
    failure: file.failure,
    masterId: file.master?.toString() ?? null,
    stage: file.stage,
    hls: { state, progress, reason: failure },
  }
}

/** @param title null for a deleted one */
export function toAdminMediaItem (
  { _id, title: titleId, season, episode, files }: ListedMedia,
  title: CatalogueTitle | null,
): AdminMediaItem {
  const newestAt = Math.max(...files.map(({ createdAt }) => createdAt.getTime()))
  return {
    itemId: _id.toString(),
    titleId: titleId.toString(),
    title: title?.title ?? null,
    kind: season === null ? 'movie' : 'episode',
    season,
    episode,
    files: files.map(toAdminMediaFile),
    newestAt: files.length === 0 ? null : new Date(newestAt).toISOString(),
  }
}

export function toSubtitle ({ _id, language, kind, sizeBytes }: StoredSubtitle): Subtitle {
  return { id: _id.toString(), language, kind, sizeBytes }
}

/**
 * All subtitles of an item, then the tracks of its media files that did not become subtitles.
 * @param offeredIds IDs of the subtitles that players of any media file get
 */
export function toAdminSubtitles (
  subtitles: readonly StoredSubtitle[],
  files: readonly CatalogueFile[],
  offeredIds: ReadonlySet<string>,
): AdminSubtitle[] {
  const stored = subtitles.map((subtitle): AdminSubtitle => ({
    ...toSubtitle(subtitle),
    name: subtitle.name,
    mediaFileId: subtitle.mediaFile?.toString() ?? null,
    state: offeredIds.has(subtitle._id.toString()) ? 'offered' : 'replaced',
  }))
  const others = files.flatMap((file) =>
    file.embeddedSubtitles.flatMap(({ language, kind, name, extraction }): AdminSubtitle[] =>
      extraction === 'extracted'
        ? []
        : [{ id: null, language, kind, name, sizeBytes: null, mediaFileId: file.id, state: extraction }]
    )
  )
  return [...stored, ...others]
}
