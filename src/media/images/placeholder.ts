// Placeholders of images: a blurred version in about 25 bytes (ThumbHash).
import { loadSharp, SHARP_INPUT } from './sharp.js'

/** The format allows at most this size, pixels. */
const MAX_SIDE = 100

/** @returns base64; null for an image that cannot be decoded */
export async function computePlaceholder (bytes: Buffer): Promise<string | null> {
  const [sharp, { rgbaToThumbHash }] = await Promise.all([loadSharp(), import('thumbhash')])
  try {
    const { data, info } = await sharp(bytes, SHARP_INPUT).rotate().resize(MAX_SIDE, MAX_SIDE, { fit: 'inside' })
      .ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
  } catch {
    return null
  }
}
