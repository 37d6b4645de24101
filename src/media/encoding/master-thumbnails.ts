// Makes seek thumbnails from the lowest rendition of a master, which is small and has a key frame each two seconds.
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { StoredEncodingJob } from '../../../models/encoding-job.js'
import { Media, type StoredMedia, type StoredMediaFile } from '../../../models/media.js'
import { storeThumbnails } from '../sidecar/sidecar-files.js'
import { buildThumbnailIndex, type ThumbnailGrid } from '../sidecar/thumbnail-index.js'
import type { EncodingDeps } from './encoding-deps.js'
import { inputArguments } from './input-arguments.js'
import { renditionsOf } from './publish-renditions.js'
import { ProgramStoppedError } from './run-program.js'

/** Pictures of a film: an image of about 1 MB. */
const MAX_PICTURES = 225
const MIN_INTERVAL_MS = 2_000
const COLUMNS = 15
const PICTURE_WIDTH = 160
const IMAGE_NAME = 'thumbnails.jpg'
/** Quality of JPEG in ffmpeg, from 2 (best) to 31. */
const JPEG_QUALITY = 5

/**
 * Makes and stores the thumbnails. Uploaded ones stay. A failure is logged only: the title plays without them.
 * @throws ProgramStoppedError after an abort
 */
export async function makeThumbnails (
  deps: EncodingDeps,
  job: StoredEncodingJob,
  durationMs: number,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { catalogue, log } = deps
  const item = catalogue.findItem(job.item.toString())
  const title = catalogue.findTitle(item?.titleId ?? '')
  const media = await Media.findById(job.item).lean<StoredMedia>()
  const [lowest] = renditionsOf(media, job)
  const isUploaded = media?.thumbnails != null && media.thumbnails.master == null
  if (item === null || title === null || lowest === undefined || isUploaded) return
  try {
    const grid = planThumbnails(lowest, durationMs)
    const image = await drawThumbnails(deps, lowest, grid, folder, signal)
    if (image === null) return
    const index = Buffer.from(buildThumbnailIndex(grid))
    await storeThumbnails(deps, title, item, { index, image, imageType: 'image/jpeg', master: job._id })
  } catch (error) {
    if (error instanceof ProgramStoppedError) throw error
    log.warn({ err: error, itemId: item.id }, 'no seek thumbnails were made')
  }
}

/** Plans the grid of the pictures of a video, which has square pixels. */
export function planThumbnails (
  { width, height }: Pick<StoredMediaFile, 'width' | 'height'>,
  durationMs: number,
): ThumbnailGrid {
  const ratio = (height ?? 9) / (width ?? 16)
  const intervalMs = Math.max(MIN_INTERVAL_MS, Math.ceil(durationMs / MAX_PICTURES))
  return {
    durationMs,
    intervalMs,
    // Players of DASH expect an image without empty columns.
    columns: Math.min(COLUMNS, Math.ceil(durationMs / intervalMs)),
    width: PICTURE_WIDTH,
    height: Math.max(2, Math.round(PICTURE_WIDTH * ratio / 2) * 2),
  }
}

/** @returns null when ffmpeg failed */
async function drawThumbnails (
  { encoder, storage, log }: EncodingDeps,
  { storageKey }: StoredMediaFile,
  { durationMs, intervalMs, columns, width, height }: ThumbnailGrid,
  folder: string,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const rows = Math.ceil(Math.ceil(durationMs / intervalMs) / columns)
  const file = path.join(folder, IMAGE_NAME)
  const filters = [`fps=1000/${intervalMs}:round=up`, `scale=${width}:${height}`, `tile=${columns}x${rows}`]
  const result = await encoder.encode([
    ...['-skip_frame', 'nokey', ...inputArguments(await storage.locate(storageKey))],
    ...['-an', '-sn', '-vf', filters.join(','), '-frames:v', '1', '-q:v', String(JPEG_QUALITY), '-f', 'image2', file],
  ], { folder, durationMs, signal })
  if (!result.ok) {
    log.warn({ logTail: result.logTail }, 'ffmpeg could not draw seek thumbnails')
    return null
  }
  try {
    return await readFile(file)
  } finally {
    await rm(file, { force: true })
  }
}
