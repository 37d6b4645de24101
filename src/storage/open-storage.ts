// Chooses the storage adapter from the configuration.
import path from 'node:path'
import type { Config } from '../config.js'
import { openLocalStorage } from './local-storage.js'
import { openS3Storage } from './s3-storage.js'
import type { MediaStorage } from './storage.js'

/**
 * Opens the configured media storage.
 * @throws ConfigError if the S3 bucket cannot be used
 */
export async function openStorage (
  { dataDir, s3, maxUploadBytes }: Pick<Config, 'dataDir' | 's3' | 'maxUploadBytes'>,
): Promise<MediaStorage> {
  return s3 === null ? await openLocalStorage(mediaFolder(dataDir)) : await openS3Storage(s3, maxUploadBytes)
}

/** Root folder of local media storage. */
export function mediaFolder (dataDir: string): string {
  return path.join(dataDir, 'media')
}
