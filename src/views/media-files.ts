// Views of media files and subtitles.
import type { StoredMediaFile, StoredSubtitle } from '../../models/media.js'
import type { CatalogueFile } from '../catalogue/store/catalogue.js'
import type { MediaFile, Subtitle } from '../schemas/media-files.js'

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
    hls: { state, progress, reason: failure },
  }
}

export function toSubtitle ({ _id, language, kind, sizeBytes }: StoredSubtitle): Subtitle {
  return { id: _id.toString(), language, kind, sizeBytes }
}
