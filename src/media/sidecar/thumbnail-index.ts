// Indexes of seek thumbnails: WebVTT whose cues name rectangles of one image (Media Fragments URI, `#xywh=`).
import { parseTimesLine } from './cue-times.js'
import {
  isBlank,
  isWebVttHeader,
  renderWebVtt,
  splitAtTimes,
  splitLines,
  UnreadableTextError,
  type Cue,
} from './timed-text.js'

/** Name of the image in a stored index. The response replaces it by a signed URL. */
const IMAGE_NAME = 'image'
const RECTANGLE = /^[^\s#]+#xywh=(?:pixel:)?(\d{1,6},\d{1,6},\d{1,6},\d{1,6})$/

/**
 * Reads an index of seek thumbnails: each cue names a rectangle of the image (Media Fragments URI, `#xywh=`).
 * @returns WebVTT in which the image is named `image`
 */
export function convertThumbnailIndex (lines: readonly string[]): string {
  if (!isWebVttHeader(lines.find((line) => !isBlank(line)))) {
    throw new UnreadableTextError('The index is not a WebVTT file.')
  }
  const blocks = splitAtTimes(lines)
  const cues = blocks.flatMap(({ line, start }): Cue[] => {
    const times = parseTimesLine(line)
    if (times === null || times.endMs <= times.startMs) return []
    const rectangle = RECTANGLE.exec((lines[start] ?? '').trim())?.[1]
    if (rectangle === undefined || !isBlank(lines[start + 1])) {
      throw new UnreadableTextError(
        'Each cue of the index must name a rectangle of the image, such as sprite.jpg#xywh=0,0,160,90.',
      )
    }
    return [{ startMs: times.startMs, endMs: times.endMs, settings: '', text: `${IMAGE_NAME}#xywh=${rectangle}` }]
  })
  if (cues.length === 0) throw new UnreadableTextError('The index has no cue.')
  return renderWebVtt(cues)
}

/** Pictures of the same size, from left to right and from top to bottom, one for each interval. */
export interface ThumbnailGrid {
  readonly durationMs: number
  readonly intervalMs: number
  readonly columns: number
  /** Size of a picture, pixels. */
  readonly width: number
  readonly height: number
}

/** Builds the index of an image that consists of such pictures. */
export function buildThumbnailIndex ({ durationMs, intervalMs, columns, width, height }: ThumbnailGrid): string {
  const cues = Array.from({ length: Math.ceil(durationMs / intervalMs) }, (_, i): Cue => {
    const [x, y] = [i % columns * width, Math.floor(i / columns) * height]
    const endMs = Math.min(durationMs, (i + 1) * intervalMs)
    return { startMs: i * intervalMs, endMs, settings: '', text: `${IMAGE_NAME}#xywh=${x},${y},${width},${height}` }
  })
  return renderWebVtt(cues)
}

/**
 * Reads the grid of a stored index.
 * @returns null if the pictures have different sizes or intervals, or are in another order
 */
export function readThumbnailGrid (index: string): ThumbnailGrid & { readonly rows: number } | null {
  const lines = splitLines(index)
  const cues = splitAtTimes(lines).map(({ line, start }) => {
    const { startMs = 0, endMs = 0 } = parseTimesLine(line) ?? {}
    const [x = 0, y = 0, width = 0, height = 0] = RECTANGLE.exec((lines[start] ?? '').trim())?.[1]?.split(',')
      .map(Number) ?? []
    return { startMs, endMs, x, y, width, height }
  })
  const [first] = cues
  const durationMs = cues.at(-1)?.endMs ?? 0
  if (first === undefined || first.width === 0 || first.height === 0) return null
  const { width, height, endMs: intervalMs } = first
  const columns = Math.max(...cues.map(({ x }) => Math.floor(x / width))) + 1
  const isRegular = cues.every((cue, i) =>
    cue.startMs === i * intervalMs && cue.endMs === Math.min(durationMs, (i + 1) * intervalMs) &&
    cue.x === i % columns * width && cue.y === Math.floor(i / columns) * height &&
    cue.width === width && cue.height === height
  )
  const rows = Math.ceil(cues.length / columns)
  return isRegular ? { durationMs, intervalMs, columns, rows, width, height } : null
}

/** Puts the URL of the image into a stored index. */
export function withImageUrl (index: string, url: string): string {
  return index.replaceAll(`\n${IMAGE_NAME}#xywh=`, () => `\n${url}#xywh=`)
}
