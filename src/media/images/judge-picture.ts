// Judges pictures of a film by brightness, contrast and sharpness, and crops them.
import { loadSharp, SHARP_INPUT } from './sharp.js'

/** A picture is judged at this width, so that its resolution hardly matters. Pixels. */
const JUDGED_WIDTH = 480
/** Mean brightness, from 0 to 255. Titles and credits on black are below, fades to white above. */
const MIN_BRIGHTNESS = 28
const MAX_BRIGHTNESS = 225
const BEST_BRIGHTNESS = 110
/** Standard deviation of the brightness: of one colour, or fading. */
const MIN_CONTRAST = 10
const GOOD_CONTRAST = 50
/** Standard deviation of the Laplacian. In focus: 1.5 and more. */
const MIN_SHARPNESS = 0.6
/** Above this it is noise. */
const MAX_SHARPNESS = 4
const WEBP_QUALITY = 85

/**
 * @param picture JPEG, PNG or WebP
 * @returns the quality of a picture, higher is better; null for a black, white, plain or blurred one
 */
export async function judgePicture (picture: Buffer): Promise<number | null> {
  const sharp = await loadSharp()
  const grey = await sharp(picture, SHARP_INPUT).resize({ width: JUDGED_WIDTH, withoutEnlargement: true }).greyscale()
    .png()
    .toBuffer()
  const { channels: [channel], entropy, sharpness } = await sharp(grey).stats()
  if (channel === undefined) return null
  const { mean: brightness, stdev: contrast } = channel
  if (brightness < MIN_BRIGHTNESS || brightness > MAX_BRIGHTNESS) return null
  if (contrast < MIN_CONTRAST || sharpness < MIN_SHARPNESS) return null
  return Math.sqrt(Math.min(sharpness, MAX_SHARPNESS)) * (1 + entropy) * Math.min(1, contrast / GOOD_CONTRAST) *
    (1 - Math.abs(brightness - BEST_BRIGHTNESS) / 255)
}

/**
 * Crops a picture to a ratio, around what attracts attention. Never enlarges it.
 * @param ratio width through height
 * @param maxWidth pixels
 * @returns WebP
 */
export async function cropPicture (picture: Buffer, ratio: number, maxWidth: number): Promise<Buffer> {
  const sharp = await loadSharp()
  const { width, height } = await sharp(picture, SHARP_INPUT).metadata()
  const croppedWidth = Math.max(1, Math.floor(Math.min(width, height * ratio, maxWidth)))
  return await sharp(picture, SHARP_INPUT).resize({
    width: croppedWidth,
    height: Math.max(1, Math.min(height, Math.round(croppedWidth / ratio))),
    fit: 'cover',
    position: sharp.strategy.attention,
  }).webp({ quality: WEBP_QUALITY }).toBuffer()
}
