// Holds the bytes of unfinished resumable uploads in the bucket of the media files.
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { S3Store } from '@tus/s3-store'
import type { S3Config } from '../../config.js'
import { storageUnavailable } from '../../errors.js'
import { isNotFound, s3ClientConfig } from '../../storage/s3-client.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'
import type { UploadArea } from './upload-area.js'

/** Parts wait on disk before they are sent to S3. */
const MAX_CONCURRENT_PARTS = 3

/** Uses a multipart upload to the storage key of the file, so that nothing has to be moved. */
export function openBucketArea (s3: S3Config, storage: MediaStorage, maxUploadBytes: number): UploadArea {
  const { bucket, prefix } = s3
  const client = new S3Client(s3ClientConfig(s3))
  return {
    store: Object.assign(
      new S3Store({
        useTags: false,
        maxConcurrentPartUploads: MAX_CONCURRENT_PARTS,
        s3ClientConfig: { ...s3ClientConfig(s3), bucket },
      }),
      // Size of an upload without a length. With the default of 5 TiB, each part on disk would have 550 MB.
      { maxUploadSize: maxUploadBytes },
    ),
    isRemote: true,
    storeId: ({ storageKey }) => prefix + storageKey,
    async moveToStorage ({ storageKey }) {
      if (await storage.stat(storageKey) === null) throw new ObjectNotFoundError(storageKey)
    },
    async removeLeftovers ({ storageKey }) {
      // The library stores metadata and an incomplete last part beside the upload.
      for (const suffix of ['.info', '.part']) {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}${storageKey}${suffix}` })).catch(
          (error: unknown) => {
            if (!isNotFound(error)) throw storageUnavailable(error)
          },
        )
      }
    },
  }
}
