// Removes stored objects of media. Media files may share uploads and packages, which are removed with the last file.
import mongoose, { type Types } from 'mongoose'
import { chunkKeys, EncodingChunk, type StoredEncodingChunk } from '../../models/encoding-chunk.js'
import { EncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep, type StoredEncodingStep } from '../../models/encoding-step.js'
import { Image, type StoredImage } from '../../models/image.js'
import {
  Media,
  type StoredMedia,
  type StoredMediaFile,
  type StoredPackage,
  type StoredThumbnails,
} from '../../models/media.js'
import type { StorageDeps } from './deps.js'
import { MAX_AUDIO_RENDITIONS, packageKeys } from './packaging/package-index.js'

/**
 * Removes the objects of deleted files unless another media file uses them. Call it after the files are deleted from
 * the database: an interruption then leaves orphaned objects, never a file without its object.
 */
export async function removeFileObjects (deps: StorageDeps, files: readonly StoredMediaFile[]): Promise<void> {
  await removeUnusedUploads(deps, files.map(({ storageKey }) => storageKey))
  await removeUnusedPackages(deps, files.flatMap(({ hls }) => hls.packages))
  // An unfinished package is never shared.
  for (const { _id, hls } of files) {
    if (hls.claim !== null) await removeObjects(deps, orphanedKeys(_id, hls.claim))
  }
}

/** Removes the objects of deleted items: files, subtitles and thumbnails, and their masters with the jobs. */
export async function removeMediaObjects (deps: StorageDeps, media: readonly StoredMedia[]): Promise<void> {
  await removeFileObjects(deps, media.flatMap(({ files }) => files))
  await removeObjects(
    deps,
    media.flatMap(({ subtitles, thumbnails }) => [
      ...subtitles.map(({ storageKey }) => storageKey),
      ...thumbnailKeys(thumbnails),
    ]),
  )
  const isOfItems = { item: mongoose.trusted({ $in: media.map(({ _id }) => _id) }) }
  const jobs = await EncodingJob.find(isOfItems as never).lean<StoredEncodingJob[]>()
  await EncodingJob.deleteMany(isOfItems as never)
  await removeJobObjects(deps, jobs)
}

/** Removes the objects of deleted encoding jobs: masters, chunks, steps, and renditions that are not media files. */
export async function removeJobObjects (deps: StorageDeps, jobs: readonly StoredEncodingJob[]): Promise<void> {
  await removeChunks(deps, jobs.map(({ _id }) => _id))
  await removeSteps(deps, jobs.map(({ _id }) => _id))
  await removeObjects(deps, jobs.map(({ storageKey }) => storageKey))
  await removeUnusedUploads(deps, jobs.flatMap(({ renditions }) => renditions).map(({ storageKey }) => storageKey))
}

/** Removes the chunks of encoding jobs that have ended. Processes that encode one of them stop. */
export async function removeChunks (deps: StorageDeps, jobIds: readonly Types.ObjectId[]): Promise<void> {
  const isOfJobs = { job: mongoose.trusted({ $in: jobIds }) }
  const chunks = await EncodingChunk.find(isOfJobs as never).select('-logTail').lean<StoredEncodingChunk[]>()
  if (chunks.length === 0) return
  await EncodingChunk.deleteMany(isOfJobs as never)
  await removeObjects(deps, chunks.flatMap(chunkKeys))
}

/** Removes the steps of encoding jobs that have ended or were deleted. Processes that run one of them stop. */
export async function removeSteps (deps: StorageDeps, jobIds: readonly Types.ObjectId[]): Promise<void> {
  const isOfJobs = { job: mongoose.trusted({ $in: jobIds }) }
  const steps = await EncodingStep.find(isOfJobs as never).select('title imageKeys').lean<StoredEncodingStep[]>()
  if (steps.length === 0) return
  await EncodingStep.deleteMany(isOfJobs as never)
  await removeUnusedImageKeys(deps, steps)
}

/** Storage keys of thumbnails. */
export function thumbnailKeys (thumbnails: StoredThumbnails | null): string[] {
  return thumbnails === null ? [] : [thumbnails.indexKey, thumbnails.imageKey]
}

/**
 * Storage key prefix of a package.
 * @param owner ID of the media file, or a name if several files share the package
 */
export function packagePrefix (owner: Types.ObjectId | string, packageId: Types.ObjectId): string {
  return `hls/${owner.toString()}/${packageId.toString()}`
}

/** Storage keys that an unfinished package may have. */
export function orphanedKeys (fileId: Types.ObjectId, packageId: Types.ObjectId): string[] {
  return packageKeys({ prefix: packagePrefix(fileId, packageId), audioCount: MAX_AUDIO_RENDITIONS })
}

/** Removes the objects that no media file refers to. */
export async function removeUnusedUploads (deps: StorageDeps, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const media = await Media.find({ 'files.storageKey': mongoose.trusted({ $in: keys }) }, { 'files.storageKey': 1 })
    .lean<StoredMedia[]>()
  const used = new Set(media.flatMap(({ files }) => files.map(({ storageKey }) => storageKey)))
  await removeObjects(deps, keys.filter((key) => !used.has(key)))
}

/** Removes the objects of packages that no media file refers to. */
export async function removeUnusedPackages (deps: StorageDeps, packages: readonly StoredPackage[]): Promise<void> {
  if (packages.length === 0) return
  const prefixes = packages.map(({ prefix }) => prefix)
  const media = await Media.find({ 'files.hls.packages.prefix': mongoose.trusted({ $in: prefixes }) }, {
    'files.hls.packages.prefix': 1,
  }).lean<StoredMedia[]>()
  const used = new Set(
    media.flatMap(({ files }) => files.flatMap(({ hls }) => hls.packages).map(({ prefix }) => prefix)),
  )
  await removeObjects(deps, packages.filter(({ prefix }) => !used.has(prefix)).flatMap(packageKeys))
}

/** Removes objects. Logs failures; the doctor finds the orphaned objects. */
export async function removeObjects ({ storage, log }: StorageDeps, keys: readonly string[]): Promise<void> {
  for (const key of new Set(keys)) {
    await storage.remove(key).catch((error: unknown) => {
      log.warn({ err: error }, 'a stored object could not be removed and is now orphaned')
    })
  }
}

/** Removes what an interrupted step stored: objects that no image of its title has. */
export async function removeUnusedImageKeys (
  deps: StorageDeps,
  steps: ReadonlyArray<Pick<StoredEncodingStep, 'title' | 'imageKeys'>>,
): Promise<void> {
  for (const { title, imageKeys: keys } of steps) {
    if (keys.length === 0) continue
    const images = await Image.find({ title }).select('storageKey').lean<Array<Pick<StoredImage, 'storageKey'>>>()
    await removeObjects(deps, keys.filter((key) => !images.some(({ storageKey }) => storageKey === key)))
  }
}
