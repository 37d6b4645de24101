// The bytes behind media files: several files may share them, so they go when the last one has gone.
import mongoose from 'mongoose'
import { Media, type StoredMedia } from '../../models/media.js'
import type { Services } from '../services.js'

/**
 * Removes the bytes that no media file refers to any more. Called after the files were removed: an interruption leaves
 * bytes that nobody can ask for, never a file without bytes.
 */
export async function removeUnusedBytes ({ storage, log }: Pick<Services, 'storage' | 'log'>, storageKeys: readonly string[]): Promise<void> {
  const sharing = await Media.find({ 'files.storageKey': mongoose.trusted({ $in: storageKeys }) }, { 'files.storageKey': 1 }).lean<StoredMedia[]>()
  const used = new Set(sharing.flatMap(({ files }) => files.map(({ storageKey }) => storageKey)))
  for (const key of new Set(storageKeys)) {
    if (used.has(key)) continue
    await storage.remove(key).catch((error: unknown) => { log.warn({ err: error }, 'the bytes of a removed media file are left in storage') })
  }
}
