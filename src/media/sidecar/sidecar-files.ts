// Sidecar files of a movie or episode, which belong to all its media files: subtitles and seek thumbnails.
import { randomUUID } from 'node:crypto'
import mongoose, { Types } from 'mongoose'
import {
  Media,
  subtitleLimitReached,
  type StoredMedia,
  type StoredSubtitle,
  type StoredThumbnails,
} from '../../../models/media.js'
import { type CatalogueItem, type CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { SubtitleKind } from '../../domain/language-choice.js'
import { fail, notFound } from '../../errors.js'
import type { MediaDeps } from '../deps.js'
import { detectImageType } from '../images/images.js'
import { addToMedia, ensureMedia, requireItem } from '../item-media.js'
import { removeObjects, thumbnailKeys } from '../object-cleanup.js'
import { sha256Hex, storeSmallObject } from '../small-objects.js'
import type { SubtitleReader } from './subtitle-reader.js'
import type { SubtitleSource } from './subtitle-worker.js'

export interface SidecarDeps extends MediaDeps {
  readonly subtitleReader: SubtitleReader
}

export interface NewSubtitle extends SubtitleSource {
  readonly kind: SubtitleKind
}

export interface AddedSubtitle {
  readonly subtitle: StoredSubtitle
  /** Cues of the file that were left out. */
  readonly unreadableCues: number
}

/**
 * Adds a subtitle to an item. Returns the existing subtitle if the client repeats an upload.
 * @throws DomainError 409 `subtitle-limit`, 422 `unreadable-subtitle`
 */
export async function addSubtitle (
  deps: SidecarDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  { kind, ...source }: NewSubtitle,
): Promise<AddedSubtitle> {
  const { publishTitleChange, storage, now } = deps
  const { language } = source
  const { webVtt, unreadableCues } = await deps.subtitleReader.readSubtitle(source)
  const existing = await findSubtitle(item, { language, kind, webVtt })
  if (existing !== null) return { subtitle: existing, unreadableCues }
  const storageKey = `${item.id}/subtitle-${randomUUID()}`
  const sha256 = await storeSmallObject(storage, storageKey, webVtt)
  const subtitle: StoredSubtitle = {
    _id: new Types.ObjectId(),
    language,
    kind,
    storageKey,
    sizeBytes: webVtt.length,
    sha256,
    mediaFile: null,
    name: null,
    createdAt: now(),
  }
  try {
    await addToMedia(deps, title, item, { subtitles: subtitle }, subtitleLimitReached)
  } catch (error) {
    await storage.remove(storageKey)
    throw error
  }
  await publishTitleChange(title.id)
  return { subtitle, unreadableCues }
}

/** Finds the uploaded subtitle of an item with a language, a kind and a text. */
export async function findSubtitle (
  item: CatalogueItem,
  { language, kind, webVtt }: Pick<NewSubtitle, 'language' | 'kind'> & { readonly webVtt: Buffer },
): Promise<StoredSubtitle | null> {
  const media = await Media.findById(item.id).lean<StoredMedia>()
  const sha256 = sha256Hex(webVtt)
  return media?.subtitles.find((subtitle) =>
    subtitle.mediaFile === null && subtitle.language === language && subtitle.kind === kind &&
    subtitle.sha256 === sha256
  ) ?? null
}

/**
 * Removes a subtitle.
 * @throws DomainError 404 `not-found`
 */
export async function removeSubtitle (deps: MediaDeps, subtitleId: string): Promise<void> {
  const media = await Media.findOne({ 'subtitles._id': subtitleId }).lean<StoredMedia>() ?? fail(notFound('subtitle'))
  await Media.updateOne({ _id: media._id }, { $pull: { subtitles: { _id: new Types.ObjectId(subtitleId) } } })
  await deps.publishTitleChange(media.title.toString())
  await removeObjects(
    deps,
    media.subtitles.filter(({ _id }) => _id.toString() === subtitleId).map(({ storageKey }) => storageKey),
  )
}

/**
 * Replaces the seek thumbnails of an item.
 * @throws DomainError 422 `unreadable-thumbnails`, `unreadable-image`
 */
export async function setThumbnails (
  deps: SidecarDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  { index, image }: { index: Buffer, image: Buffer },
): Promise<void> {
  const imageType = detectImageType(image)
  const files = { index: await deps.subtitleReader.readThumbnailIndex(index), image, imageType, master: null }
  await storeThumbnails(deps, title, item, files)
}

export interface ThumbnailFiles {
  readonly index: Buffer
  readonly image: Buffer
  readonly imageType: string
  /** The master from which they were made: they do not replace uploaded ones. Null: uploaded. */
  readonly master: Types.ObjectId | null
}

/** Stores seek thumbnails of an item, and removes those that they replace. */
export async function storeThumbnails (
  deps: MediaDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  { index, image, imageType, master }: ThumbnailFiles,
): Promise<void> {
  const { publishTitleChange, storage, now } = deps
  // An attempt that was interrupted leaves no other objects than the next one writes.
  const baseKey = `${item.id}/thumbnails-${master?.toString() ?? randomUUID()}`
  const thumbnails: StoredThumbnails = {
    indexKey: `${baseKey}.vtt`,
    imageKey: baseKey,
    imageType,
    imageBytes: image.length,
    sha256: '',
    master,
    createdAt: now(),
  }
  try {
    await storeSmallObject(storage, thumbnails.indexKey, index)
    thumbnails.sha256 = await storeSmallObject(storage, thumbnails.imageKey, image)
    await ensureMedia(title, item)
    const isReplaceable = { $or: [{ thumbnails: null }, { 'thumbnails.master': mongoose.trusted({ $ne: null }) }] }
    const filter = { _id: item.id, ...master === null ? {} : isReplaceable }
    const previous = await Media.findOneAndUpdate(filter, { $set: { thumbnails } }, {
      returnDocument: 'before',
    }).lean<StoredMedia>()
    if (previous === null && master !== null) {
      await removeObjects(deps, thumbnailKeys(thumbnails))
      return
    }
    await requireItem(deps, title, item)
    await publishTitleChange(title.id)
    const keys = thumbnailKeys(thumbnails)
    await removeObjects(deps, thumbnailKeys(previous?.thumbnails ?? null).filter((key) => !keys.includes(key)))
  } catch (error) {
    await removeObjects(deps, thumbnailKeys(thumbnails))
    throw error
  }
}
