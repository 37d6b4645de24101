// Pictures: recognised by their first bytes, never by what a client calls them, and kept in storage.
import { createHash, randomUUID } from 'node:crypto'
import mongoose, { type Types } from 'mongoose'
import { Image, newImageId, type StoredImage } from '../../../models/image.js'
import { Title } from '../../../models/title.js'
import { DomainError, fail, notFound } from '../../errors.js'
import type { MediaDeps, StorageDeps } from '../deps.js'
import type { MediaStorage } from '../../storage/storage.js'
import { removeObjects } from '../object-cleanup.js'

export const MAX_IMAGE_BYTES = 10 * 1024 ** 2
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const
export type ImageType = typeof IMAGE_TYPES[number]

/** @throws DomainError 422 `unreadable-image` */
export function imageTypeOf (bytes: Buffer): ImageType {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg'
  if (bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'image/png'
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp'
  throw new DomainError(
    422,
    'unreadable-image',
    'Not a picture',
    'The picture is none of JPEG, PNG or WebP, whatever it is called. Nothing was kept.',
  )
}

/** Stores something small whole. @returns its checksum, hexadecimal */
export async function storeBytes (storage: MediaStorage, key: string, bytes: Buffer): Promise<string> {
  const writer = await storage.create(key)
  writer.stream.write(bytes)
  await writer.commit()
  return sha256Of(bytes)
}

/** Hexadecimal. */
export function sha256Of (bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The address of a picture of ours. */
export function imageUrlOf (id: Types.ObjectId): string {
  return `/v1/images/${id.toString()}`
}

/**
 * Makes a picture the poster of a title; the one that was uploaded before goes.
 * @throws DomainError 404, 422 `unreadable-image`
 */
export async function setPoster (
  services: MediaDeps,
  titleId: string,
  bytes: Buffer,
): Promise<StoredImage> {
  const contentType = imageTypeOf(bytes)
  const title = await Title.findById(titleId) ?? fail(notFound('title'))
  const id = newImageId()
  const storageKey = `images/${titleId}/${randomUUID()}`
  const sha256 = await storeBytes(services.storage, storageKey, bytes)
  const image: StoredImage = {
    _id: id,
    title: title._id,
    storageKey,
    contentType,
    sizeBytes: bytes.length,
    sha256,
    createdAt: services.now(),
  }
  try {
    await Image.create(image)
    title.set('posterUrl', imageUrlOf(id))
    await title.save()
  } catch (error) {
    await removeImages(services, [image])
    throw error
  }
  await services.catalogue.refresh(titleId)
  const older = await Image.find({ title: titleId, createdAt: mongoose.trusted({ $lte: image.createdAt }) }).lean<
    StoredImage[]
  >()
  await removeImages(services, older.filter(({ _id }) => !_id.equals(id)))
  return image
}

export async function removeImagesOf (services: StorageDeps, titleId: string): Promise<void> {
  await removeImages(services, await Image.find({ title: titleId }).lean<StoredImage[]>())
}

async function removeImages (
  services: StorageDeps,
  images: readonly StoredImage[],
): Promise<void> {
  for (const { _id } of images) await Image.deleteOne({ _id })
  await removeObjects(services, images.map(({ storageKey }) => storageKey))
}
