// Images: type detection, artwork of titles, stills of episodes and pictures of people.
import { randomUUID } from 'node:crypto'
import mongoose, { type HydratedDocument, type Types } from 'mongoose'
import { Image, imageKeys, newImageId, type StoredImage } from '../../../models/image.js'
import { PersonPicture, type StoredPersonPicture } from '../../../models/person-picture.js'
import { Title, type StoredTitle } from '../../../models/title.js'
import { upsertOnce } from '../../../models/upsert.js'
import type { CatalogueItem } from '../../catalogue/store/catalogue.js'
import { DomainError, fail, notFound } from '../../errors.js'
import { changeTitle } from '../change-title.js'
import type { MediaDeps, StorageDeps } from '../deps.js'
import { removeObjects } from '../object-cleanup.js'
import { storeSmallObject } from '../small-objects.js'
import { artworkSlot, imageUrlOf, stillSlot, type ArtworkField, type ImageSlot } from './image-slots.js'
import { computePlaceholder } from './placeholder.js'

export const MAX_IMAGE_BYTES = 10 * 1024 ** 2
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const
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

/**
 * Stores the poster, the backdrop or the logo of a title and removes the previously uploaded one.
 * @throws DomainError 404 `not-found`, 422 `unreadable-image`
 */
export async function setArtwork (
  deps: MediaDeps,
  titleId: string,
  field: ArtworkField,
  bytes: Buffer,
): Promise<StoredImage> {
  return await setImage(deps, titleId, bytes, artworkSlot(field))
}

/**
 * Stores the still of an episode and removes the previously uploaded one.
 * @throws DomainError 404 `not-found`, 422 `unreadable-image`
 */
export async function setStill (
  deps: MediaDeps,
  { id, titleId }: Pick<CatalogueItem, 'id' | 'titleId'>,
  bytes: Buffer,
): Promise<StoredImage> {
  return await setImage(deps, titleId, bytes, stillSlot(id))
}

/**
 * Stores a picture of a master, and removes the previous image. An image that people chose stays.
 * @param canReplace whether a picture of another master may be replaced
 * @returns null if the present image stays
 * @throws DomainError 404 `not-found`, 409 `show-too-large`
 */
export async function setMasterImage (
  deps: MediaDeps,
  titleId: string,
  bytes: Buffer,
  slot: ImageSlot,
  { master, storageKey, canReplace }: MasterImage,
): Promise<StoredImage | null> {
  try {
    return await setImage(deps, titleId, bytes, {
      readUrl: slot.readUrl,
      async write (title, image) {
        if (!await canTakeSlot(slot.readUrl(title), canReplace)) throw new ImageStays()
        slot.write(title, image)
      },
    }, { master, storageKey })
  } catch (error) {
    if (error instanceof ImageStays) return null
    throw error
  }
}

export interface MasterImage {
  readonly master: Types.ObjectId
  /** By `newImageKey`. */
  readonly storageKey: string
  readonly canReplace: (master: Types.ObjectId) => boolean
}

class ImageStays extends Error {}

/** Whether a picture of a master may take the place of an image. */
export async function canTakeSlot (url: string | null, canReplace: MasterImage['canReplace']): Promise<boolean> {
  if (url === null) return true
  const [, id] = /^\/v1\/images\/([0-9a-f]{24})$/.exec(url) ?? []
  const image = id === undefined ? null : await Image.findById(id).lean<StoredImage>()
  return image?.master !== undefined && canReplace(image.master)
}

interface WritableSlot extends Pick<ImageSlot, 'readUrl'> {
  write(title: HydratedDocument<StoredTitle>, image: StoredImage): void | Promise<void>
}

async function setImage (
  deps: MediaDeps,
  titleId: string,
  bytes: Buffer,
  slot: WritableSlot,
  source?: Pick<MasterImage, 'master' | 'storageKey'>,
): Promise<StoredImage> {
  const contentType = detectImageType(bytes)
  const title = await Title.findById(titleId).select('_id').lean() ?? fail(notFound('title'))
  const storageKey = source?.storageKey ?? newImageKey(titleId)
  const image = {
    ...await storeImage(deps, { title: title._id }, storageKey, contentType, bytes),
    ...(source === undefined ? {} : { master: source.master }),
  }
  let previousUrl: string | null
  try {
    previousUrl = await saveImage(deps, title._id, image, slot)
  } catch (error) {
    await removeImages(deps, [image])
    throw error
  }
  await deps.publishTitleChange(titleId)
  const images = await Image.find({ title: titleId }).lean<StoredImage[]>()
  await removeImages(deps, images.filter(({ _id }) => imageUrlOf(_id) === previousUrl))
  return image
}

/** Storage key of a new image. @param owner ID of the title, or `people/` with the ID of the person */
export const newImageKey = (owner: string): string => `images/${owner}/${randomUUID()}`

/** Stores the bytes of an image. The document of the image is written by the caller. */
async function storeImage (
  { storage, now }: MediaDeps,
  owner: { readonly title: Types.ObjectId } | { readonly title: null, readonly person: Types.ObjectId },
  storageKey: string,
  contentType: ImageType,
  bytes: Buffer,
): Promise<StoredImage> {
  const sha256 = await storeSmallObject(storage, storageKey, bytes)
  return {
    _id: newImageId(),
    ...owner,
    storageKey,
    contentType,
    sizeBytes: bytes.length,
    sha256,
    placeholder: await computePlaceholder(bytes),
    createdAt: now(),
  }
}

/**
 * Saves an image and sets its URL in its title. After another write to the title it tries again. Of images that are set
 * at the same time, each replaces exactly one other.
 * @returns the URL of the replaced image; null without one
 */
async function saveImage (
  { now }: MediaDeps,
  titleId: Types.ObjectId,
  image: StoredImage,
  slot: WritableSlot,
): Promise<string | null> {
  return await changeTitle(titleId, async (title) => {
    image.createdAt = now()
    await Image.updateOne({ _id: image._id }, { $set: image }, { upsert: true })
    const previousUrl = slot.readUrl(title)
    await slot.write(title, image)
    return previousUrl
  })
}

/**
 * Stores the picture of a person and removes the previous one.
 * @throws DomainError 404 `not-found`, 422 `unreadable-image`
 */
export async function setPersonPicture (deps: MediaDeps, personId: string, bytes: Buffer): Promise<StoredImage> {
  const contentType = detectImageType(bytes)
  if (deps.catalogue.findPerson(personId) === null) throw notFound('person')
  const person = new mongoose.Types.ObjectId(personId)
  const image = await storeImage(deps, { title: null, person }, newImageKey(`people/${personId}`), contentType, bytes)
  await Image.create(image)
  const previous = await upsertOnce(async () =>
    await PersonPicture.findOneAndUpdate({ _id: person }, toPersonPicture(image), { upsert: true })
      .lean<StoredPersonPicture>()
  )
  await finishPictureChange(deps, personId, previous)
  return image
}

function toPersonPicture ({ _id, placeholder }: StoredImage) {
  const url = imageUrlOf(_id)
  return placeholder == null ? { $set: { url }, $unset: { placeholder: 1 } } : { $set: { url, placeholder } }
}

/** Removes the picture of a person, if there is one. */
export async function removePersonPicture (deps: MediaDeps, personId: string): Promise<void> {
  const previous = await PersonPicture.findOneAndDelete({ _id: new mongoose.Types.ObjectId(personId) })
    .lean<StoredPersonPicture>()
  await finishPictureChange(deps, personId, previous)
}

async function finishPictureChange (
  deps: MediaDeps,
  personId: string,
  previous: StoredPersonPicture | null,
): Promise<void> {
  await deps.catalogue.reloadPersonPicture(personId)
  const images = await Image.find({ person: personId }).lean<StoredImage[]>()
  await removeImages(deps, images.filter(({ _id }) => imageUrlOf(_id) === previous?.url))
}

/** Removes all uploaded images of a title. */
export async function removeTitleImages (deps: StorageDeps, titleId: string): Promise<void> {
  await removeImages(deps, await Image.find({ title: titleId }).lean<StoredImage[]>())
}

/** Removes images with their sizes. */
export async function removeImages (deps: StorageDeps, images: readonly StoredImage[]): Promise<void> {
  for (const image of images) {
    // The deleted document has sizes that were made since the image was read.
    const deleted = await Image.findOneAndDelete({ _id: image._id }).lean<StoredImage>()
    await removeObjects(deps, imageKeys(deleted ?? image))
  }
}
