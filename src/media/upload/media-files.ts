// The media files of an item: adds, changes, repackages and removes them.
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Types } from 'mongoose'
import {
  Media,
  mediaFileLimitReached,
  type StoredAudioTrack,
  type StoredMedia,
  type StoredMediaFile,
} from '../../../models/media.js'
import type { CatalogueItem, CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { Config } from '../../config.js'
import { DomainError, notFound } from '../../errors.js'
import type { MediaDeps } from '../deps.js'
import { addToMedia } from '../item-media.js'
import { removeFileObjects, removeObjects } from '../object-cleanup.js'
import { initialHlsState, requestPackaging } from '../packaging/packaging-state.js'
import type { Packaging } from '../packaging/packaging.js'
import type { MediaInfo } from '../probing/probe-worker.js'
import { PROBE_VERSION, type MediaProber } from '../probing/prober.js'
import { addExtractedSubtitles } from '../sidecar/extracted-subtitles.js'
import { assignLanguages, distinctLanguages, type DeclaredMetadata } from './declared-metadata.js'
import { receiveUpload } from './receive-upload.js'

export interface MediaFileDeps extends MediaDeps {
  readonly config: Pick<Config, 'maxUploadBytes'>
  readonly packaging: Packaging
  readonly prober: MediaProber
}

/**
 * Receives a media file of an item: streams it to storage, hashes and probes it, then makes it visible and playable.
 * HLS packaging follows in the background. Returns the existing file if the client repeats an upload.
 * @throws DomainError 400 `empty-upload`, 409 `media-file-limit`, 413 `upload-too-large`, 415 `unsupported-media`,
 * 422 `unreadable-media`, `claim-mismatch`
 */
export async function addMediaFile (
  deps: MediaFileDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  source: Readable,
  declared: DeclaredMetadata,
): Promise<StoredMediaFile> {
  const { storage, config } = deps
  const id = new Types.ObjectId()
  const storageKey = `${item.id}/${id.toString()}-${randomUUID()}`
  const { sizeBytes, sha256 } = await receiveUpload(source, storage, storageKey, config.maxUploadBytes)
  try {
    const existing = await findSameFile(item, sha256, declared.edition)
    if (existing !== null) {
      await storage.remove(storageKey)
      return existing
    }
    return await addReceivedFile(deps, title, item, { id, storageKey, sizeBytes, sha256 }, declared)
  } catch (error) {
    await storage.remove(storageKey)
    throw error
  }
}

async function findSameFile (
  item: CatalogueItem,
  sha256: string,
  edition: string | null,
): Promise<StoredMediaFile | null> {
  const media = await Media.findById(item.id).lean<{ files: StoredMediaFile[] }>()
  return media?.files.find((file) => file.sha256 === sha256 && file.edition === edition) ?? null
}

/** A complete file in storage that does not belong to an item yet. */
export interface ReceivedFile {
  readonly id: Types.ObjectId
  readonly storageKey: string
  readonly sizeBytes: number
  readonly sha256: string
}

/**
 * Probes a received file and adds it to its item. It is playable immediately; HLS packaging follows in the background.
 * @throws DomainError 404 `not-found`, 409 `media-file-limit`, 422 `unreadable-media`, `claim-mismatch`
 */
export async function addReceivedFile (
  deps: MediaFileDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  received: ReceivedFile,
  declared: DeclaredMetadata,
): Promise<StoredMediaFile> {
  const { id, storageKey, sizeBytes, sha256 } = received
  const result = await deps.prober.probe(await deps.storage.locate(storageKey), sizeBytes)
  if (!result.ok) {
    throw new DomainError(
      422,
      'unreadable-media',
      'Unreadable media file',
      `The file was received, but ${result.reason}. Nothing was stored.`,
    )
  }
  const audioTracks = assignLanguages(result.info.audioTracks, declared.languages)
  const file: StoredMediaFile = {
    _id: id,
    ...mediaFileFields(result.info, audioTracks),
    ...(result.info.extractedSubtitles.length === 0 ? {} : { probeVersion: PROBE_VERSION - 1 }),
    storageKey,
    sizeBytes,
    sha256,
    subtitleLanguages: [...declared.subtitleLanguages],
    edition: declared.edition,
    master: null,
    stage: 'active',
    retiredAt: null,
    createdAt: deps.now(),
  }
  await addToMedia(deps, title, item, { files: file }, mediaFileLimitReached)
  await addSubtitlesOfFile(deps, item.id, file, result.info)
  await deps.publishTitleChange(title.id)
  deps.packaging.enqueue(item.id, id.toString())
  return file
}

/** After a failure, the file counts as probed by an earlier version: it is probed again. */
export async function addSubtitlesOfFile (
  deps: MediaDeps,
  itemId: string,
  { _id, subtitleLanguages }: StoredMediaFile,
  { extractedSubtitles: subtitles }: Pick<MediaInfo, 'extractedSubtitles'>,
): Promise<void> {
  if (subtitles.length === 0) return
  const fileId = _id.toString()
  try {
    await addExtractedSubtitles(deps, { itemId, fileId, subtitles, declaredLanguages: subtitleLanguages })
    await Media.updateOne({ _id: itemId }, { $set: { 'files.$[file].probeVersion': PROBE_VERSION } }, {
      arrayFilters: [{ 'file._id': _id }],
    })
  } catch (error) {
    deps.log.warn({ err: error, mediaFile: fileId }, 'the subtitles of a media file were not stored; a job retries')
  }
}

/** The stored fields that probing determines, in the state before packaging. */
export function mediaFileFields (
  info: MediaInfo,
  audioTracks: StoredAudioTrack[],
): Omit<
  StoredMediaFile,
  | '_id'
  | 'storageKey'
  | 'sizeBytes'
  | 'sha256'
  | 'subtitleLanguages'
  | 'edition'
  | 'master'
  | 'stage'
  | 'retiredAt'
  | 'createdAt'
> {
  const {
    contentType,
    embeddedSubtitles,
    width,
    height,
    frameRate,
    videoCodec,
    audioCodec,
    container,
    bitrate,
    durationMs,
  } = info
  return {
    state: 'ready',
    failure: null,
    contentType,
    audioLanguages: distinctLanguages(audioTracks),
    audioTracks,
    embeddedSubtitles,
    probeVersion: PROBE_VERSION,
    width,
    height,
    frameRate,
    videoCodec,
    audioCodec,
    container,
    bitrate,
    durationMs,
    hls: initialHlsState(),
  }
}

export interface MediaFileChanges {
  readonly audioLanguages?: string[]
  readonly subtitleLanguages?: string[]
  readonly edition?: string | null
}

/**
 * Changes the metadata of a media file.
 * @throws DomainError 404 `not-found`
 */
export async function changeMediaFile (
  { publishTitleChange }: MediaFileDeps,
  fileId: string,
  changes: MediaFileChanges,
): Promise<StoredMediaFile> {
  const media = await findMediaWithFile(fileId)
  const { audioTracks } = requireFile(media, fileId)
  const { audioLanguages } = changes
  // One language per track: they also become the languages of the tracks, in order.
  const trackChanges = audioLanguages !== undefined && audioLanguages.length === audioTracks?.length
    ? { audioTracks: audioTracks.map((track, i) => ({ ...track, language: audioLanguages[i] ?? null })) }
    : {}
  const fields = Object.fromEntries(
    Object.entries({ ...changes, ...trackChanges }).map(([name, value]) => [`files.$[file].${name}`, value]),
  )
  await Media.updateOne({ _id: media._id }, { $set: fields }, {
    arrayFilters: [{ 'file._id': new Types.ObjectId(fileId) }],
  })
  await publishTitleChange(media.title.toString())
  return requireFile(await findMediaWithFile(fileId), fileId)
}

/**
 * Packages a media file again. The current package stays available until the new one is complete.
 * @throws DomainError 404 `not-found`
 */
export async function repackageMediaFile (
  { publishTitleChange, packaging }: MediaFileDeps,
  fileId: string,
): Promise<StoredMediaFile> {
  const media = await findMediaWithFile(fileId)
  await requestPackaging(media._id.toString(), fileId)
  await publishTitleChange(media.title.toString())
  packaging.enqueue(media._id.toString(), fileId)
  return requireFile(await findMediaWithFile(fileId), fileId)
}

/**
 * Removes a media file, its packages, the subtitles extracted from it, and the stored objects that no other file uses.
 * Watch progress is not affected.
 * @throws DomainError 404 `not-found`
 */
export async function removeMediaFile (deps: MediaDeps, fileId: string): Promise<void> {
  const media = await findMediaWithFile(fileId)
  const _id = new Types.ObjectId(fileId)
  const removed = await Media.findOneAndUpdate({ _id: media._id }, {
    $pull: { files: { _id }, subtitles: { mediaFile: _id } },
  }, { returnDocument: 'before' }).lean<StoredMedia>() ?? media
  await deps.publishTitleChange(media.title.toString())
  await removeFileObjects(deps, [requireFile(removed, fileId)])
  const extracted = removed.subtitles.filter(({ mediaFile }) => mediaFile?.equals(_id) === true)
  await removeObjects(deps, extracted.map(({ storageKey }) => storageKey))
}

async function findMediaWithFile (fileId: string): Promise<StoredMedia> {
  const media = await Media.findOne({ 'files._id': fileId }).lean<StoredMedia>()
  if (media === null) throw notFound('media file')
  return media
}

function requireFile (media: StoredMedia, fileId: string): StoredMediaFile {
  const file = media.files.find(({ _id }) => _id.toString() === fileId)
  if (file === undefined) throw notFound('media file')
  return file
}
