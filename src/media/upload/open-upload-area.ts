// Chooses the upload area that fits the configured storage.
import type { Config } from '../../config.js'
import { mediaFolder } from '../../storage/open-storage.js'
import type { MediaStorage } from '../../storage/storage.js'
import { openFolderArea, type UploadArea } from './upload-area.js'

/**
 * Opens the upload area on the file system of the media files, or in their bucket.
 * @param storage the storage that receives complete uploads
 */
export async function openUploadArea (
  { dataDir, s3, maxUploadBytes }: Pick<Config, 'dataDir' | 's3' | 'maxUploadBytes'>,
  storage: MediaStorage,
): Promise<UploadArea> {
  if (s3 === null) return openFolderArea(mediaFolder(dataDir), storage)
  // The S3 client takes long to load: only services that use it wait for it.
  const { openBucketArea } = await import('./bucket-upload-area.js')
  return openBucketArea(s3, storage, maxUploadBytes)
}
