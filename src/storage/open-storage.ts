// Chooses the storage adapter from the configuration.
import path from 'node:path'
import type { Config } from '../config.js'
import { openLocalStorage } from './local-storage.js'
import type { MediaStorage } from './storage.js'

/**
 * Opens the configured media storage.
 * @param warn receives a message when the store does not respond
 * @throws ConfigError if the S3 bucket cannot be used
 */
export async function openStorage (
  { dataDir, s3, maxUploadBytes }: Pick<Config, 'dataDir' | 's3' | 'maxUploadBytes'>,
  warn: (message: string) => void,
): Promise<MediaStorage> {
  if (s3 === null) return await openLocalStorage(mediaFolder(dataDir))
  // The S3 client takes long to load: only services that use it wait for it.
  const { openS3Storage } = await import('./s3-storage.js')
  return await openS3Storage(s3, maxUploadBytes, warn)
}

/** Root folder of local media storage. */
export function mediaFolder (dataDir: string): string {
  return path.join(dataDir, 'media')
}
