// What belongs to a movie or episode whichever file of it is played: subtitles and seek thumbnails.
import { randomUUID } from 'node:crypto'
import { Types } from 'mongoose'
import {
  Media,
  tooManySubtitles,
  type StoredMedia,
  type StoredSubtitle,
  type StoredThumbnails,
} from '../../../models/media.js'
import { numbersOf, type CatalogueItem, type CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { SubtitleKind } from '../../domain/language-choice.js'
import { fail, notFound } from '../../errors.js'
import type { MediaDeps } from '../deps.js'
import { imageTypeOf, sha256Of, storeBytes } from '../images/images.js'
import { removeObjects, thumbnailKeys } from '../object-cleanup.js'
import { toThumbnailIndex, toWebVtt, type SubtitleFormat } from './subtitle-text.js'

export interface NewSubtitle {
  readonly bytes: Buffer
  readonly format: SubtitleFormat
  readonly language: string
  readonly kind: SubtitleKind
}

/** @throws DomainError 409 `subtitle-limit`, 422 `unreadable-subtitle` */
export async function addSubtitle (
  services: MediaDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  { bytes, format, language, kind }: NewSubtitle,
): Promise<StoredSubtitle> {
  const { catalogue, storage, now } = services
  const text = Buffer.from(await toWebVtt(bytes, format))
  const media = await Media.findById(item.id).lean<StoredMedia>()
  // Who sends it again has not seen the answer.
  const same = media?.subtitles?.find((one) =>
    one.language === language && one.kind === kind && one.sha256 === sha256Of(text)
  )
  if (same !== undefined) return same
  const storageKey = `${item.id}/subtitle-${randomUUID()}`
  const sha256 = await storeBytes(storage, storageKey, text)
  const subtitle: StoredSubtitle = {
    _id: new Types.ObjectId(),
    language,
    kind,
    storageKey,
    sizeBytes: text.length,
    sha256,
    createdAt: now(),
  }
  try {
    await ensureMedia(title, item)
    const { modifiedCount } = await Media.updateOne({ _id: item.id }, { $push: { subtitles: subtitle } })
    if (modifiedCount === 0) throw tooManySubtitles()
  } catch (error) {
    await storage.remove(storageKey)
    throw error
  }
  await catalogue.refresh(title.id)
  return subtitle
}

/** @throws DomainError 404 */
export async function removeSubtitle (services: MediaDeps, subtitleId: string): Promise<void> {
  const media = await Media.findOne({ 'subtitles._id': subtitleId }).lean<StoredMedia>() ?? fail(notFound('subtitle'))
  await Media.updateOne({ _id: media._id }, { $pull: { subtitles: { _id: new Types.ObjectId(subtitleId) } } })
  await services.catalogue.refresh(media.title.toString())
  await removeObjects(
    services,
    media.subtitles.filter(({ _id }) => _id.toString() === subtitleId).map(({ storageKey }) => storageKey),
  )
}

/**
 * Puts the seek thumbnails of an item in place of those it had.
 * @throws DomainError 422 `unreadable-thumbnails`, `unreadable-image`
 */
export async function setThumbnails (
  services: MediaDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  { index, image }: { index: Buffer, image: Buffer },
): Promise<StoredThumbnails> {
  const { catalogue, storage, now } = services
  const imageType = imageTypeOf(image)
  const text = Buffer.from(await toThumbnailIndex(index))
  const base = `${item.id}/thumbnails-${randomUUID()}`
  const thumbnails: StoredThumbnails = {
    indexKey: `${base}.vtt`,
    imageKey: base,
    imageType,
    imageBytes: image.length,
    sha256: '',
    createdAt: now(),
  }
  try {
    await storeBytes(storage, thumbnails.indexKey, text)
    thumbnails.sha256 = await storeBytes(storage, thumbnails.imageKey, image)
    await ensureMedia(title, item)
    const before = await Media.findOneAndUpdate({ _id: item.id }, { $set: { thumbnails } }, {
      returnDocument: 'before',
    }).lean<StoredMedia>()
    await catalogue.refresh(title.id)
    await removeObjects(services, thumbnailKeys(before?.thumbnails ?? null))
    return thumbnails
  } catch (error) {
    await removeObjects(services, thumbnailKeys(thumbnails))
    throw error
  }
}

async function ensureMedia (title: CatalogueTitle, item: CatalogueItem): Promise<void> {
  await Media.updateOne({ _id: item.id }, { $setOnInsert: { title: title.id, ...numbersOf(title, item) } }, {
    upsert: true,
  })
}
