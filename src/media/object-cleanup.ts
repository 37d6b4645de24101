// The bytes behind media: files may share what was uploaded and packaged, so that goes when the last of them has gone.
import mongoose, { type Types } from 'mongoose'
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
 * Removes the bytes of files that no other media file refers to any more. Called after the files were removed: an
 * interruption leaves bytes that nobody can ask for, never a file without bytes.
 */
export async function removeFileBytes (services: StorageDeps, files: readonly StoredMediaFile[]): Promise<void> {
  await removeUnusedUploads(services, files.map(({ storageKey }) => storageKey))
  await removeUnusedPackages(services, files.flatMap(({ hls }) => hls?.packages ?? []))
  // What was being written belongs to one file alone.
  for (const { _id, hls } of files) {
    if (hls?.claim != null) await removeObjects(services, orphanedKeys(_id, hls.claim))
  }
}

/** Removes what items own: files, subtitles and seek thumbnails. */
export async function removeMediaBytes (services: StorageDeps, media: readonly StoredMedia[]): Promise<void> {
  await removeFileBytes(services, media.flatMap(({ files }) => files))
  await removeObjects(
    services,
    media.flatMap(({ subtitles, thumbnails }) => [
      ...(subtitles ?? []).map(({ storageKey }) => storageKey),
      ...thumbnailKeys(thumbnails ?? null),
    ]),
  )
}

export function thumbnailKeys (thumbnails: StoredThumbnails | null): string[] {
  return thumbnails === null ? [] : [thumbnails.indexKey, thumbnails.imageKey]
}

/** Where a package with this id is written. @param owner the id of the file, or who shares it among several */
export function prefixOf (owner: Types.ObjectId | string, packageId: Types.ObjectId): string {
  return `hls/${owner.toString()}/${packageId.toString()}`
}

/** Everything that there can be of a package that was not finished. */
export function orphanedKeys (fileId: Types.ObjectId, packageId: Types.ObjectId): string[] {
  return packageKeys({ prefix: prefixOf(fileId, packageId), audioCount: MAX_AUDIO_RENDITIONS })
}

async function removeUnusedUploads (services: StorageDeps, keys: readonly string[]): Promise<void> {
  const sharing = await Media.find({ 'files.storageKey': mongoose.trusted({ $in: keys }) }, { 'files.storageKey': 1 })
    .lean<StoredMedia[]>()
  const used = new Set(sharing.flatMap(({ files }) => files.map(({ storageKey }) => storageKey)))
  await removeObjects(services, keys.filter((key) => !used.has(key)))
}

/** Removes the packages that no media file offers any more. */
export async function removeUnusedPackages (
  services: StorageDeps,
  packages: readonly StoredPackage[],
): Promise<void> {
  if (packages.length === 0) return
  const prefixes = packages.map(({ prefix }) => prefix)
  const sharing = await Media.find({ 'files.hls.packages.prefix': mongoose.trusted({ $in: prefixes }) }, {
    'files.hls.packages.prefix': 1,
  }).lean<StoredMedia[]>()
  const used = new Set(
    sharing.flatMap(({ files }) => files.flatMap(({ hls }) => hls?.packages ?? []).map(({ prefix }) => prefix)),
  )
  await removeObjects(services, packages.filter(({ prefix }) => !used.has(prefix)).flatMap(packageKeys))
}

/** Removes objects; one that cannot be is left for somebody to find in the log. */
export async function removeObjects ({ storage, log }: StorageDeps, keys: readonly string[]): Promise<void> {
  for (const key of new Set(keys)) {
    await storage.remove(key).catch((error: unknown) => {
      log.warn({ err: error }, 'the bytes of something that was removed are left in storage')
    })
  }
}
