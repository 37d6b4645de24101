// Makes seek thumbnails from the lowest rendition of a master, which is small and has a key frame each two seconds.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Media, type StoredMedia, type StoredMediaFile } from '../../../../models/media.js'
import { storeThumbnails } from '../../sidecar/sidecar-files.js'
import { buildThumbnailIndex, type ThumbnailGrid } from '../../sidecar/thumbnail-index.js'
import type { EncodingDeps } from '../encoding-deps.js'
import { inputArguments } from '../input-arguments.js'
import { requireSuccess } from '../plan-master.js'
import { renditionsOf } from '../publish-renditions.js'
import { requireItemOf, stopWithoutClaim, type StepWork } from './step-state.js'

/** Pictures of a film: an image of about 1 MB. */
const MAX_PICTURES = 225
const MIN_INTERVAL_MS = 2_000
const COLUMNS = 15
const PICTURE_WIDTH = 160
const IMAGE_NAME = 'thumbnails.jpg'
/** Quality of JPEG in ffmpeg, from 2 (best) to 31. */
const JPEG_QUALITY = 5
/** Pictures without compression: up to 15 MB. ffmpeg shows no progress while it draws the image itself. */
const PICTURES_NAME = 'thumbnails.nut'
/** The rest of the progress is for the image and the storage. */
const DRAWING_SHARE = 0.9

/**
 * Makes and stores the thumbnails. Uploaded ones stay.
 * @throws EncodingFailedError; ProgramStoppedError after an abort; errors of the storage and the database
 */
export async function makeThumbnails (deps: EncodingDeps, work: StepWork): Promise<void> {
  const { running, master } = work
  const { title, item } = requireItemOf(deps, master)
  const media = await Media.findById(item.id).lean<StoredMedia>()
  const [lowest] = renditionsOf(media, master)
  const isUploaded = media?.thumbnails != null && media.thumbnails.master == null
  if (lowest === undefined || isUploaded) return
  const grid = planThumbnails(lowest, running.job.durationMs)
  const image = await drawThumbnails(deps, lowest, grid, work)
  await stopWithoutClaim(running)
  const index = Buffer.from(buildThumbnailIndex(grid))
  await storeThumbnails(deps, title, item, { index, image, imageType: 'image/jpeg', master: master._id })
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

async function drawThumbnails (
  { encoder, storage }: EncodingDeps,
  { storageKey }: StoredMediaFile,
  { durationMs, intervalMs, columns, width, height }: ThumbnailGrid,
  { running, folder, signal }: StepWork,
): Promise<Buffer> {
  const rows = Math.ceil(Math.ceil(durationMs / intervalMs) / columns)
  const failed = 'ffmpeg could not draw the seek thumbnails.'
  requireSuccess(
    await encoder.encode([
      ...['-skip_frame', 'nokey', ...inputArguments(await storage.locate(storageKey)), '-an', '-sn'],
      ...['-vf', `fps=1000/${intervalMs}:round=up,scale=${width}:${height}`, '-c:v', 'rawvideo'],
      ...['-f', 'nut', PICTURES_NAME],
    ], {
      folder,
      durationMs,
      signal,
      onProgress (progress) {
        running.progress = progress * DRAWING_SHARE
      },
    }),
    failed,
  )
  requireSuccess(
    await encoder.encode([
      ...inputArguments(path.join(folder, PICTURES_NAME)),
      ...['-vf', `tile=${columns}x${rows}`, '-frames:v', '1', '-q:v', String(JPEG_QUALITY), '-f', 'image2', IMAGE_NAME],
    ], { folder, durationMs, signal }),
    failed,
  )
  return await readFile(path.join(folder, IMAGE_NAME))
}
