// Smaller versions of images as WebP and AVIF. A size is made when it is first requested, and stored.
import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import {
  addImageSize,
  Image,
  type ImageFormat,
  type StoredImage,
  type StoredImageSize,
} from '../../../models/image.js'
import type { StorageDeps } from '../deps.js'
import { removeObjects } from '../object-cleanup.js'
import { storeSmallObject } from '../small-objects.js'
import { loadSharp, SHARP_INPUT } from './sharp.js'

/** Pixels: a card on a phone, … a backdrop on a television. */
export const IMAGE_WIDTHS = [160, 320, 640, 1_280, 1_920] as const
/** More requests for new sizes receive the original for now. */
const MAX_PENDING = 64
const WEBP = { quality: 80 } as const
/** The default effort takes several times longer for files that are a few percent smaller. */
const AVIF = { quality: 55, effort: 2 } as const

export interface ImageSizes {
  /**
   * Returns a version that is at least so wide, if the image is.
   * @param width pixels
   * @returns null for an image that cannot be decoded, or while many sizes are made
   * @throws ObjectNotFoundError
   */
  find(image: StoredImage, width: number, format: ImageFormat): Promise<StoredImageSize | null>
}

export function createImageSizes (deps: StorageDeps): ImageSizes {
  /** Sizes that are being made, by image, width and format. */
  const pending = new Map<string, Promise<StoredImageSize | null>>()
  /** One at a time: each takes a core. */
  let last: Promise<unknown> = Promise.resolve()

  async function find (image: StoredImage, width: number, format: ImageFormat): Promise<StoredImageSize | null> {
    const target = IMAGE_WIDTHS.find((one) => one >= width) ?? IMAGE_WIDTHS[IMAGE_WIDTHS.length - 1] ?? width
    const stored = findSize(image, target, format)
    if (stored !== null) return stored
    const key = `${image._id.toString()} ${target} ${format}`
    const running = pending.get(key)
    if (running !== undefined) return await running
    if (pending.size >= MAX_PENDING) return null
    const making = last.catch(() => undefined).then(async () => await makeSize(deps, image, target, format))
      .finally(() => {
        pending.delete(key)
      })
    last = making.catch(() => undefined)
    pending.set(key, making)
    return await making
  }
  return { find }
}

function findSize ({ sizes = [] }: StoredImage, width: number, format: ImageFormat): StoredImageSize | null {
  return sizes.find((size) => size.width === width && size.format === format) ?? null
}

async function makeSize (
  deps: StorageDeps,
  image: StoredImage,
  width: number,
  format: ImageFormat,
): Promise<StoredImageSize | null> {
  const { storage } = deps
  const bytes = await scaleImage(await buffer(await storage.open(image.storageKey)), width, format)
  if (bytes === null) return null
  const storageKey = `${image.storageKey}-${width}-${randomUUID()}.${format}`
  const sha256 = await storeSmallObject(storage, storageKey, bytes)
  const size = { width, format, storageKey, sizeBytes: bytes.length, sha256 }
  if (await addImageSize(image._id, size)) return size
  // Another process has made it, or the image was deleted.
  await removeObjects(deps, [storageKey])
  const current = await Image.findById(image._id).lean<StoredImage>()
  return current === null ? null : findSize(current, width, format)
}

/** Never enlarges. @returns null for an image that cannot be decoded */
async function scaleImage (original: Buffer, width: number, format: ImageFormat): Promise<Buffer | null> {
  const sharp = await loadSharp()
  try {
    const scaled = sharp(original, SHARP_INPUT).rotate().resize({ width, withoutEnlargement: true })
    return await (format === 'avif' ? scaled.avif(AVIF) : scaled.webp(WEBP)).toBuffer()
  } catch {
    return null
  }
}
