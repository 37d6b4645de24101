// Smaller versions of images as WebP and AVIF. A size is made when it is first requested, and stored.
import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  addImageSize,
  Image,
  type ImageFormat,
  type StoredImage,
  type StoredImageSize,
} from '../../../models/image.js'
import { ObjectNotFoundError } from '../../storage/storage.js'
import type { StorageDeps } from '../deps.js'
import { removeObjects } from '../object-cleanup.js'
import { storeSmallObject } from '../small-objects.js'
import { loadSharp, SHARP_INPUT } from './sharp.js'

/** Pixels: a card on a phone, … a backdrop on a television. */
export const IMAGE_WIDTHS = [160, 320, 640, 1_280, 1_920] as const
/** More requests for new sizes receive the original for now. */
const MAX_PENDING = 64
/** So does a request that has waited this long: the first visitor of a page asks for dozens of sizes. */
const MAX_WAIT_MS = 2_000
const WEBP = { quality: 80 } as const
/** The default effort takes several times longer for files that are a few percent smaller. */
const AVIF = { quality: 55, effort: 2 } as const

export interface ImageSizes {
  /**
   * Returns a version that is at least so wide, if the image is.
   * @param width pixels
   * @returns null for an image that cannot be decoded, and for a size that takes long to make or cannot be stored
   * @throws ObjectNotFoundError
   */
  find(image: StoredImage, width: number, format: ImageFormat): Promise<StoredImageSize | null>
}

export function createImageSizes (deps: StorageDeps, maxWaitMs = MAX_WAIT_MS): ImageSizes {
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
    if (running !== undefined) return await waitFor(running)
    if (pending.size >= MAX_PENDING) return null
    const making = last.catch(() => undefined).then(async () => await tryToMake(image, target, format))
      .finally(() => {
        pending.delete(key)
      })
    last = making.catch(() => undefined)
    pending.set(key, making)
    return await waitFor(making)
  }

  /** The image can be shown without a size that fails. @throws ObjectNotFoundError */
  async function tryToMake (image: StoredImage, width: number, format: ImageFormat): Promise<StoredImageSize | null> {
    try {
      return await makeSize(deps, image, width, format)
    } catch (error) {
      if (error instanceof ObjectNotFoundError) throw error
      deps.log.warn({ err: error, imageId: image._id.toString() }, 'a size of an image could not be made')
      return null
    }
  }

  async function waitFor (making: Promise<StoredImageSize | null>): Promise<StoredImageSize | null> {
    const waited = new AbortController()
    try {
      return await Promise.race([making, sleep(maxWaitMs, null, { signal: waited.signal })])
    } finally {
      waited.abort()
    }
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
