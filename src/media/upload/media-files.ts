// The media files of an item: taken in, probed, listed, changed, removed.
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Types } from 'mongoose'
import {
  Media,
  tooManyMediaFiles,
  type StoredAudioTrack,
  type StoredMedia,
  type StoredMediaFile,
} from '../../../models/media.js'
import { numbersOf, type CatalogueItem, type CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { DomainError, notFound } from '../../errors.js'
import type { Config } from '../../config.js'
import type { MediaDeps } from '../deps.js'
import { assignLanguages, spokenLanguages } from './declared-metadata.js'
import { requestPackaging, initialHlsState, type Packaging } from '../packaging/packaging.js'
import type { MediaInfo, MediaProber } from '../probing/probe.js'
import { receiveUpload } from './receive-upload.js'
import { removeFileBytes } from '../object-cleanup.js'

/** What the uploader says of a file; what the file itself says wins where it is certain. */
export interface DeclaredMetadata {
  readonly languages: readonly string[]
  readonly subtitleLanguages: readonly string[]
  readonly edition: string | null
}

export interface MediaFileDeps extends MediaDeps {
  readonly config: Pick<Config, 'maxUploadBytes'>
  readonly packaging: Packaging
  readonly prober: MediaProber
}

/**
 * Takes in a file of a movie or episode: streamed to storage, hashed, probed, and only then visible. It can be played at
 * once; its package for HLS follows in the background. A file that the item has already is not kept twice.
 * @throws DomainError 400 `empty-upload`, 409 `media-file-limit`, 413, 415, 422 `unreadable-media`, `claim-mismatch`
 */
export async function addMediaFile (
  services: MediaFileDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  source: Readable,
  claims: DeclaredMetadata,
): Promise<StoredMediaFile> {
  const { storage, config } = services
  const id = new Types.ObjectId()
  const storageKey = `${item.id}/${id.toString()}-${randomUUID()}`
  const { sizeBytes, sha256 } = await receiveUpload(source, storage, storageKey, config.maxUploadBytes)
  try {
    const known = await findSameFile(item, sha256, claims)
    if (known !== null) {
      await storage.remove(storageKey)
      return known
    }
    return await addReceivedFile(services, title, item, { id, storageKey, sizeBytes, sha256 }, claims)
  } catch (error) {
    await storage.remove(storageKey)
    throw error
  }
}

/** Who sends a file again has not seen the answer. */
async function findSameFile (
  item: CatalogueItem,
  sha256: string,
  { edition }: DeclaredMetadata,
): Promise<StoredMediaFile | null> {
  const media = await Media.findById(item.id).lean<{ files: StoredMediaFile[] }>()
  return media?.files.find((file) => file.sha256 === sha256 && file.edition === edition) ?? null
}

/** A whole file in storage that no item names yet. */
export interface ReceivedFile {
  readonly id: Types.ObjectId
  readonly storageKey: string
  readonly sizeBytes: number
  readonly sha256: string
}

/**
 * Probes a file that is in storage and gives it to its item. It can be played at once; its package for HLS follows in the
 * background.
 * @throws DomainError 409 `media-file-limit`, 422 `unreadable-media`, `claim-mismatch`
 */
export async function addReceivedFile (
  services: MediaFileDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  received: ReceivedFile,
  claims: DeclaredMetadata,
): Promise<StoredMediaFile> {
  const { id, storageKey, sizeBytes, sha256 } = received
  const result = await services.prober.probe(await services.storage.locate(storageKey), sizeBytes)
  if (!result.ok) {
    throw new DomainError(
      422,
      'unreadable-media',
      'The file cannot be used',
      `The file was received, but ${result.reason}. Nothing was kept.`,
    )
  }
  const audioTracks = assignLanguages(result.facts.audioTracks, claims.languages)
  const file: StoredMediaFile = {
    _id: id,
    ...describeFile(result.facts, audioTracks),
    storageKey,
    sizeBytes,
    sha256,
    subtitleLanguages: [...claims.subtitleLanguages],
    edition: claims.edition,
    createdAt: services.now(),
  }
  await attach(title, item, file)
  await services.catalogue.refresh(title.id)
  services.packaging.request(item.id, id.toString())
  return file
}

/** What probing tells of a file that was just received. */
export function describeFile (
  facts: MediaInfo,
  audioTracks: StoredAudioTrack[],
): Omit<
  StoredMediaFile,
  '_id' | 'storageKey' | 'sizeBytes' | 'sha256' | 'subtitleLanguages' | 'edition' | 'createdAt'
> {
  const { contentType, width, height, frameRate, videoCodec, audioCodec, container, bitrate, durationMs } = facts
  return {
    state: 'ready',
    failure: null,
    contentType,
    audioLanguages: spokenLanguages(audioTracks),
    audioTracks,
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

async function attach (title: CatalogueTitle, item: CatalogueItem, file: StoredMediaFile): Promise<void> {
  await Media.updateOne({ _id: item.id }, { $setOnInsert: { title: title.id, ...numbersOf(title, item) } }, {
    upsert: true,
  })
  const result = await Media.updateOne({ _id: item.id }, { $push: { files: file } })
  if (result.modifiedCount === 0) throw tooManyMediaFiles()
}

export interface MediaFileChanges {
  readonly audioLanguages?: string[]
  readonly subtitleLanguages?: string[]
  readonly edition?: string | null
}

/** @throws DomainError 404 */
export async function changeMediaFile (
  { catalogue }: MediaFileDeps,
  fileId: string,
  changes: MediaFileChanges,
): Promise<StoredMediaFile> {
  const media = await findMediaOf(fileId)
  const { audioTracks } = fileIn(media, fileId)
  const { audioLanguages } = changes
  // As many as there are tracks: then they are those of the tracks, in their order.
  const tracks = audioLanguages !== undefined && audioLanguages.length === audioTracks?.length
    ? { audioTracks: audioTracks.map((track, i) => ({ ...track, language: audioLanguages[i] ?? null })) }
    : {}
  const set = Object.fromEntries(
    Object.entries({ ...changes, ...tracks }).map(([name, value]) => [`files.$[file].${name}`, value]),
  )
  await Media.updateOne({ _id: media._id }, { $set: set }, {
    arrayFilters: [{ 'file._id': new Types.ObjectId(fileId) }],
  })
  await catalogue.refresh(media.title.toString())
  return fileIn(await findMediaOf(fileId), fileId)
}

/** Packages a file again; what it offers stays until the new package is complete. @throws DomainError 404 */
export async function repackageMediaFile (
  { catalogue, packaging }: MediaFileDeps,
  fileId: string,
): Promise<StoredMediaFile> {
  const media = await findMediaOf(fileId)
  await requestPackaging(media._id.toString(), fileId)
  await catalogue.refresh(media.title.toString())
  packaging.request(media._id.toString(), fileId)
  return fileIn(await findMediaOf(fileId), fileId)
}

/** Removes a file with what was packaged of it, and its bytes when no other shares them; nobody's progress depends on it. @throws DomainError 404 */
export async function removeMediaFile (services: MediaFileDeps, fileId: string): Promise<void> {
  const media = await findMediaOf(fileId)
  await Media.updateOne({ _id: media._id }, { $pull: { files: { _id: new Types.ObjectId(fileId) } } })
  await services.catalogue.refresh(media.title.toString())
  await removeFileBytes(services, [fileIn(media, fileId)])
}

async function findMediaOf (fileId: string): Promise<StoredMedia> {
  const media = await Media.findOne({ 'files._id': fileId }).lean<StoredMedia>()
  if (media === null) throw notFound('media file')
  return media
}

function fileIn (media: StoredMedia, fileId: string): StoredMediaFile {
  const file = media.files.find((one) => one._id.toString() === fileId)
  if (file === undefined) throw notFound('media file')
  return file
}
