// Holds the bytes of unfinished resumable uploads: in a folder beside the media files, or in their bucket.
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { FileStore } from '@tus/file-store'
import { S3Store } from '@tus/s3-store'
import type { DataStore } from '@tus/server'
import type { StoredUpload } from '../../../models/media-upload.js'
import type { Config, S3Config } from '../../config.js'
import { storageUnavailable } from '../../errors.js'
import { mediaFolder } from '../../storage/open-storage.js'
import { isNotFound, s3ClientConfig } from '../../storage/s3-client.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'

type UploadRef = Pick<StoredUpload, '_id' | 'storageKey'>

export interface UploadArea {
  /** The byte store of the tus library. */
  readonly store: DataStore
  /** True: an upload that the store does not find may be temporarily unavailable. */
  readonly isRemote: boolean
  /** ID of an upload in the byte store. */
  storeId(upload: UploadRef): string
  /**
   * Moves a complete upload to its storage key. Can be repeated.
   * @throws ObjectNotFoundError if its bytes are lost
   */
  moveToStorage(upload: UploadRef): Promise<void>
  /** Removes what remains of an upload besides the object at its storage key. */
  removeLeftovers(upload: UploadRef): Promise<void>
}

/** On the file system of the media files, so that a complete upload is renamed. No storage key can name it. */
const FOLDER_NAME = '.resumable'
/** Parts wait on disk before they are sent to S3. */
const MAX_CONCURRENT_PARTS = 3

/** Opens the upload area that fits the configured storage. */
export function openUploadArea ({ dataDir, s3 }: Pick<Config, 'dataDir' | 's3'>, storage: MediaStorage): UploadArea {
  return s3 === null
    ? openFolderArea(path.join(mediaFolder(dataDir), FOLDER_NAME), storage)
    : openBucketArea(s3, storage)
}

/** Throws the cause of a failed write, such as a full disk, which the library replaces by an error of its own. */
class FolderStore extends FileStore {
  override async write (source: Readable, id: string, offset: number): Promise<number> {
    const file = createWriteStream(path.join(this.directory, id), { flags: 'r+', start: offset })
    await pipeline(source, file)
    return offset + file.bytesWritten
  }
}

function openFolderArea (directory: string, storage: MediaStorage): UploadArea {
  const uploadFile = (upload: UploadRef): string => path.join(directory, upload._id.toString())
  let store: FolderStore | null = null
  return {
    // The library creates the folder in its constructor: only the first upload creates it.
    get store () {
      store ??= new FolderStore({ directory })
      return store
    },
    isRemote: false,
    storeId: (upload) => upload._id.toString(),
    async moveToStorage (upload) {
      await storage.adopt(uploadFile(upload), upload.storageKey)
    },
    async removeLeftovers (upload) {
      await rm(uploadFile(upload), { force: true })
      await rm(`${uploadFile(upload)}.json`, { force: true })
    },
  }
}

/** Uses a multipart upload to the storage key of the file, so that nothing has to be moved. */
function openBucketArea (s3: S3Config, storage: MediaStorage): UploadArea {
  const { bucket, prefix } = s3
  const client = new S3Client(s3ClientConfig(s3))
  return {
    store: new S3Store({
      useTags: false,
      maxConcurrentPartUploads: MAX_CONCURRENT_PARTS,
      s3ClientConfig: { ...s3ClientConfig(s3), bucket },
    }),
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
