// The encoding ladder: which resolutions a master is encoded in, and how large a picture of each is. Pure functions.
import { videoHeight } from './file-choice.js'

/** Software, Nvidia, VA-API (Intel and AMD on Linux) and Intel Quick Sync. */
export const VIDEO_ENCODERS = ['libx264', 'h264_nvenc', 'h264_vaapi', 'h264_qsv'] as const
export type VideoEncoder = typeof VIDEO_ENCODERS[number]

/** A resolution that masters are encoded in. */
export interface LadderRung {
  /** Resolution, lines of a 16:9 picture: a picture of 1920x800 is 1080. */
  readonly height: number
  /** Constant quality: 0 to 51, lower is better; hardware encoders use their own scale of the same range. */
  readonly quality: number
  /** Largest bit rate, kbit/s. */
  readonly maxKbps: number
}

/** The rung of one rendition, with the size of its picture in pixels. */
export interface SizedRung extends LadderRung {
  readonly width: number
  readonly pictureHeight: number
}

export interface PictureSize {
  /** As displayed, pixels. */
  readonly width: number
  readonly height: number
}

/** Highest first. */
export const DEFAULT_LADDER: readonly LadderRung[] = [
  { height: 2_160, quality: 22, maxKbps: 16_000 },
  { height: 1_080, quality: 21, maxKbps: 6_000 },
  { height: 720, quality: 21, maxKbps: 3_500 },
  { height: 480, quality: 22, maxKbps: 1_500 },
  { height: 240, quality: 24, maxKbps: 400 },
]

export const MAX_RUNGS = 12

/**
 * Reads a rung in the form `height:quality:kbit/s`, such as `1080:21:6000`.
 * @returns null for another form, or a value out of range
 */
export function parseRung (text: string): LadderRung | null {
  const [height = 0, quality = -1, maxKbps = 0] = /^\d{2,4}:\d{1,2}:\d{2,6}$/.test(text)
    ? text.split(':').map(Number)
    : []
  return height >= 64 && height <= 4_320 && quality >= 0 && quality <= 51 ? { height, quality, maxKbps } : null
}

/** Encoders of H.264 need even sizes of at least this. */
const MIN_PIXELS = 16

/** A picture that is higher than its highest rung by less than this factor loses little in that rung. */
const MIN_OWN_RUNG_FACTOR = 1.2

/**
 * Returns the rungs for a picture, highest first: all that are not above it. A picture between two rungs gets a rung of
 * its own size as well, unless the rung below is nearly as high. A picture above the whole ladder gets none of its own:
 * the ladder sets the highest resolution.
 */
export function selectRungs (picture: PictureSize, ladder: readonly LadderRung[]): SizedRung[] {
  const sourceHeight = videoHeight(picture)
  const lowestFirst = ladder.toSorted((a, b) => a.height - b.height)
  const rungs = lowestFirst.filter(({ height }) => height <= sourceHeight)
  const below = rungs.at(-1)
  const above = lowestFirst[rungs.length]
  if (above !== undefined && sourceHeight >= (below?.height ?? 0) * MIN_OWN_RUNG_FACTOR) {
    const scaledKbps = Math.round(above.maxKbps * (sourceHeight / above.height) ** 2)
    // Fewer pixels need fewer bits, but not fewer than those of the rung below.
    rungs.push({ ...above, height: sourceHeight, maxKbps: Math.max(scaledKbps, below?.maxKbps ?? above.maxKbps) })
  }
  return rungs.toReversed().map((rung) => ({ ...rung, ...fitPicture(picture, rung.height) }))
}

/** Scales a picture to a resolution. Rounding never exceeds the resolution: a plan would not allow the file. */
function fitPicture (picture: PictureSize, height: number): Pick<SizedRung, 'width' | 'pictureHeight'> {
  const scale = height / videoHeight(picture)
  const size = { width: scaleToEven(picture.width, scale), height: scaleToEven(picture.height, scale) }
  while (videoHeight(size) > height && size.width > MIN_PIXELS && videoHeight({ ...size, height: 0 }) > height) {
    size.width -= 2
  }
  while (videoHeight(size) > height && size.height > MIN_PIXELS) size.height -= 2
  return { width: size.width, pictureHeight: size.height }
}

/** @param scale at most 1 */
function scaleToEven (pixels: number, scale: number): number {
  return Math.max(MIN_PIXELS, Math.min(Math.round(pixels * scale / 2), Math.floor(pixels / 2)) * 2)
}

/** A frame rate as a fraction, such as 24000/1001. */
export interface FrameRate {
  readonly numerator: number
  readonly denominator: number
}

const rate = (numerator: number, denominator = 1): FrameRate => ({ numerator, denominator })

/** Lowest first. */
const STANDARD_RATES: readonly FrameRate[] = [
  rate(24_000, 1_001),
  rate(24),
  rate(25),
  rate(30_000, 1_001),
  rate(30),
  rate(48),
  rate(50),
  rate(60_000, 1_001),
  rate(60),
]
const MAX_RATE = 60
/** Rates within this share are equal: containers round them. */
const RATE_TOLERANCE = 0.000_5
/** Used when a file states no rate. */
const UNKNOWN_RATE = rate(25)

/** Frames per second. */
export const framesPerSecond = ({ numerator, denominator }: FrameRate): number => numerator / denominator

/**
 * Returns the constant frame rate of the renditions: that of the source, or half of it as long as it is above 60. A
 * source with a variable rate gets the next standard rate above its average.
 * @param average frames per second over the whole source; null when unknown
 */
export function outputFrameRate (average: FrameRate | null, isVariable: boolean): FrameRate {
  if (average === null) return UNKNOWN_RATE
  let { numerator, denominator } = average
  while (numerator / denominator > MAX_RATE * (1 + RATE_TOLERANCE)) denominator *= 2
  const fps = numerator / denominator
  const equal = STANDARD_RATES.find((one) => Math.abs(framesPerSecond(one) / fps - 1) <= RATE_TOLERANCE)
  if (equal !== undefined) return equal
  if (!isVariable) return rate(numerator, denominator)
  return STANDARD_RATES.find((one) => framesPerSecond(one) >= fps) ?? rate(MAX_RATE)
}
