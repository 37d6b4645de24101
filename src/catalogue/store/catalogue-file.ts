// Maps stored media files to those of the catalogue. Many files have the same tracks and formats: equal values are
// interned, and all files have one shape.
import type { StoredHls, StoredMediaFile } from '../../../models/media.js'
import type { CatalogueFile } from './catalogue.js'
import { internString, internValue, toIdString, type InternedValues } from './interning.js'

export function toCatalogueFile (file: StoredMediaFile, itemId: string, interned: InternedValues): CatalogueFile {
  return {
    id: toIdString(file._id),
    itemId,
    state: internString(file.state, interned),
    failure: internValue(file.failure, interned),
    storageKey: file.storageKey,
    contentType: internString(file.contentType, interned),
    audioLanguages: internValue(file.audioLanguages, interned),
    audioTracks: internValue(file.audioTracks, interned),
    subtitleLanguages: internValue(file.subtitleLanguages, interned),
    embeddedSubtitles: internValue(file.embeddedSubtitles, interned),
    probeVersion: file.probeVersion,
    width: file.width,
    height: file.height,
    frameRate: file.frameRate,
    videoCodec: internString(file.videoCodec, interned),
    audioCodec: internString(file.audioCodec, interned),
    container: internString(file.container, interned),
    bitrate: file.bitrate,
    durationMs: file.durationMs,
    sizeBytes: file.sizeBytes,
    sha256: file.sha256,
    edition: internString(file.edition, interned),
    master: file.master,
    stage: internString(file.stage, interned),
    retiredAt: file.retiredAt,
    hls: toCatalogueHls(file.hls, interned),
    createdAt: file.createdAt,
  }
}

function toCatalogueHls (hls: StoredHls, interned: InternedValues): StoredHls {
  return {
    state: internString(hls.state, interned),
    progress: hls.progress,
    failure: internValue(hls.failure, interned),
    claim: hls.claim,
    claimedUntil: hls.claimedUntil,
    packages: hls.packages.length === 0 ? internValue(hls.packages, interned) : hls.packages,
  }
}
