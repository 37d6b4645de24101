// Uploaded images: type detection, and the posters and backdrops of titles.
import { randomUUID } from 'node:crypto'
import mongoose, { type Types } from 'mongoose'
import { Image, newImageId, type StoredImage } from '../../../models/image.js'
import { Title } from '../../../models/title.js'
import { DomainError, fail, notFound } from '../../errors.js'
import type { MediaDeps, StorageDeps } from '../deps.js'
import { removeObjects } from '../object-cleanup.js'
import { storeSmallObject } from '../small-objects.js'

export const MAX_IMAGE_BYTES = 10 * 1024 ** 2
const MAX_SAVE_ATTEMPTS = 10
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const
/** The images of a title, by the field that has the URL. */
export type ArtworkField = 'posterUrl' | 'backdropUrl'
export type ImageType = typeof IMAGE_TYPES[number]

/**
 * Detects the type of an image by its first bytes; the Content-Type of the client is not trusted.
 * @throws DomainError 422 `unreadable-image`
 */
export function detectImageType (bytes: Buffer): ImageType {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg'
  if (bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'image/png'
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp'
  throw new DomainError(
    422,
    'unreadable-image',
    'Unreadable image',
    'The contents of the file are not a JPEG, PNG or WebP image. Nothing was stored.',
  )
}

/** URL of an image on this service. */
export function imageUrlOf (id: Types.ObjectId): string {
  return `/v1/images/${id.toString()}`
}

/**
 * Stores the poster or the backdrop of a title and removes the previously uploaded one.
 * @throws DomainError 404 `not-found`, 422 `unreadable-image`
 */
export async function setArtwork (
  deps: MediaDeps,
  titleId: string,
  field: ArtworkField,
  bytes: Buffer,
): Promise<StoredImage> {
  const contentType = detectImageType(bytes)
  const title = await Title.findById(titleId).select('_id').lean() ?? fail(notFound('title'))
  const id = newImageId()
  const storageKey = `images/${titleId}/${randomUUID()}`
  const sha256 = await storeSmallObject(deps.storage, storageKey, bytes)
  const image: StoredImage = {
    _id: id,
    title: title._id,
    storageKey,
    contentType,
    sizeBytes: bytes.length,
    sha256,
    createdAt: deps.now(),
  }
  let previousUrl: string | null
  try {
    previousUrl = await saveArtwork(deps, field, image)
  } catch (error) {
    await removeImages(deps, [image])
    throw error
  }
  await deps.publishTitleChange(titleId)
  const images = await Image.find({ title: titleId }).lean<StoredImage[]>()
  await removeImages(deps, images.filter(({ _id }) => imageUrlOf(_id) === previousUrl))
  return image
}

/**
 * Saves an image and makes it the artwork of its title. After another write to the title it tries again. Of images that
 * are set at the same time, each replaces exactly one other.
 * @returns the URL of the replaced image; null without one
 */
async function saveArtwork (
  { now }: MediaDeps,
  field: ArtworkField,
  image: StoredImage,
): Promise<string | null> {
  for (let attempt = 1;; attempt++) {
    const title = await Title.findById(image.title) ?? fail(notFound('title'))
    image.createdAt = now()
    await Image.updateOne({ _id: image._id }, { $set: image }, { upsert: true })
    const previousUrl = title[field]
    title.set(field, imageUrlOf(image._id))
    try {
      await title.save()
      return previousUrl
    } catch (error) {
      if (!(error instanceof mongoose.Error.VersionError) || attempt === MAX_SAVE_ATTEMPTS) throw error
    }
  }
}

/** Removes all uploaded images of a title. */
export async function removeTitleImages (deps: StorageDeps, titleId: string): Promise<void> {
  await removeImages(deps, await Image.find({ title: titleId }).lean<StoredImage[]>())
}

async function removeImages (deps: StorageDeps, images: readonly StoredImage[]): Promise<void> {
  for (const { _id } of images) await Image.deleteOne({ _id })
  await removeObjects(deps, images.map(({ storageKey }) => storageKey))
}
