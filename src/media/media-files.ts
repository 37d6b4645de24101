// The media files of an item: taken in, probed, listed, changed, removed.
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Types } from 'mongoose'
import { Media, tooManyMediaFiles, type StoredMedia, type StoredMediaFile } from '../../models/media.js'
import { numbersOf, type CatalogueItem, type CatalogueTitle } from '../catalogue/snapshot.js'
import { DomainError, notFound } from '../errors.js'
import type { Services } from '../services.js'
import type { MediaProber } from './probe.js'
import { receiveUpload } from './receive-upload.js'
import { removeUnusedBytes } from './stored-bytes.js'

/** What the uploader says of a file; what the file itself says wins where it is certain. */
export interface UploadClaims {
  readonly languages: readonly string[]
  readonly subtitleLanguages: readonly string[]
  readonly edition: string | null
}

type MediaServices = Pick<Services, 'catalogue' | 'storage' | 'config' | 'log' | 'now'>

/**
 * Takes in a file of a movie or episode: streamed to storage, hashed, probed, and only then visible.
 * @throws DomainError 400 `empty-upload`, 409 `media-file-limit`, 413, 415, 422 `unreadable-media`
 */
export async function addMediaFile (services: MediaServices, prober: MediaProber, title: CatalogueTitle, item: CatalogueItem, source: Readable, claims: UploadClaims): Promise<StoredMediaFile> {
  const { storage, config } = services
  const id = new Types.ObjectId()
  const storageKey = `${item.id}/${id.toString()}-${randomUUID()}`
  const { sizeBytes, sha256 } = await receiveUpload(source, storage, storageKey, config.maxUploadBytes)
  try {
    return await addReceivedFile(services, prober, title, item, { id, storageKey, sizeBytes, sha256 }, claims)
  } catch (error) {
    await storage.remove(storageKey)
    throw error
  }
}

/** A whole file in storage that no item names yet. */
export interface ReceivedFile {
  readonly id: Types.ObjectId
  readonly storageKey: string
  readonly sizeBytes: number
  readonly sha256: string
}

/**
 * Probes a file that is in storage and gives it to its item.
 * @throws DomainError 409 `media-file-limit`, 422 `unreadable-media`
 */
export async function addReceivedFile (services: MediaServices, prober: MediaProber, title: CatalogueTitle, item: CatalogueItem, received: ReceivedFile, claims: UploadClaims): Promise<StoredMediaFile> {
  const { id, storageKey, sizeBytes, sha256 } = received
  const result = await prober.probe(await services.storage.locate(storageKey), sizeBytes)
  if (!result.ok) throw new DomainError(422, 'unreadable-media', 'The file cannot be used', `The file was received, but ${result.reason}. Nothing was kept.`)
  const { facts } = result
  const file: StoredMediaFile = {
    _id: id,
    state: 'ready',
    storageKey,
    contentType: facts.contentType,
    audioLanguages: claims.languages.length > 0 ? [...claims.languages] : facts.audioLanguages,
    subtitleLanguages: [...claims.subtitleLanguages],
    width: facts.width,
    height: facts.height,
    frameRate: facts.frameRate,
    videoCodec: facts.videoCodec,
    audioCodec: facts.audioCodec,
    container: facts.container,
    bitrate: facts.bitrate,
    durationMs: facts.durationMs,
    sizeBytes,
    sha256,
    edition: claims.edition,
    createdAt: services.now(),
  }
  await attach(title, item, file)
  await services.catalogue.refresh(title.id)
  return file
}

async function attach (title: CatalogueTitle, item: CatalogueItem, file: StoredMediaFile): Promise<void> {
  await Media.updateOne({ _id: item.id }, { $setOnInsert: { title: title.id, ...numbersOf(title, item) } }, { upsert: true })
  const result = await Media.updateOne({ _id: item.id }, { $push: { files: file } })
  if (result.modifiedCount === 0) throw tooManyMediaFiles()
}

export interface MediaFileChanges {
  readonly audioLanguages?: string[]
  readonly subtitleLanguages?: string[]
  readonly edition?: string | null
}

/** @throws DomainError 404 */
export async function changeMediaFile ({ catalogue }: MediaServices, fileId: string, changes: MediaFileChanges): Promise<StoredMediaFile> {
  const media = await findMediaOf(fileId)
  const set = Object.fromEntries(Object.entries(changes).map(([name, value]) => [`files.$[file].${name}`, value]))
  await Media.updateOne({ _id: media._id }, { $set: set }, { arrayFilters: [{ 'file._id': new Types.ObjectId(fileId) }] })
  await catalogue.refresh(media.title.toString())
  return fileIn(await findMediaOf(fileId), fileId)
}

/** Removes a file, and its bytes when no other shares them; nobody's progress depends on it. @throws DomainError 404 */
export async function removeMediaFile (services: MediaServices, fileId: string): Promise<void> {
  const media = await findMediaOf(fileId)
  await Media.updateOne({ _id: media._id }, { $pull: { files: { _id: new Types.ObjectId(fileId) } } })
  await services.catalogue.refresh(media.title.toString())
  await removeUnusedBytes(services, [fileIn(media, fileId).storageKey])
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
