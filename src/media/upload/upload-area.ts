// Where the bytes of unfinished uploads are: a folder beside the media files, or the bucket that they go to.
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { FileStore } from '@tus/file-store'
import { S3Store } from '@tus/s3-store'
import type { DataStore } from '@tus/server'
import type { StoredUpload } from '../../../models/media-upload.js'
import type { Config, S3Config } from '../../config.js'
import { storageUnavailable } from '../../errors.js'
import { mediaFolder } from '../../storage/open-storage.js'
import { isMissing, s3ClientConfig } from '../../storage/s3-client.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'

type Area = Pick<StoredUpload, '_id' | 'storageKey'>

export interface UploadArea {
  readonly store: DataStore
  /** Then an upload that cannot be found may also be out of reach. */
  readonly isRemote: boolean
  /** The name of an upload in the store. */
  idOf(upload: Area): string
  /** Puts the bytes of a complete upload in their place in storage. May be repeated. @throws ObjectMissingError when they are gone */
  place(upload: Area): Promise<void>
  /** Removes what is left of an upload beside the object in its place. */
  clear(upload: Area): Promise<void>
}

/** Names no storage key can have, on the file system of the media files: a finished upload is moved, not copied. */
const FOLDER = '.resumable'
/** Parts wait on disk before they are sent to the store. */
const PARTS_AT_ONCE = 3

export function openUploadArea ({ dataDir, s3 }: Pick<Config, 'dataDir' | 's3'>, storage: MediaStorage): UploadArea {
  return s3 === null ? openFolder(path.join(mediaFolder(dataDir), FOLDER), storage) : openBucket(s3, storage)
}

function openFolder (directory: string, storage: MediaStorage): UploadArea {
  const fileOf = (upload: Area): string => path.join(directory, upload._id.toString())
  let store: FileStore | null = null
  return {
    // It makes its folder: nobody needs one who never uploads this way.
    get store () {
      store ??= new FileStore({ directory })
      return store
    },
    isRemote: false,
    idOf: (upload) => upload._id.toString(),
    async place (upload) {
      await storage.adopt(fileOf(upload), upload.storageKey)
    },
    async clear (upload) {
      await rm(fileOf(upload), { force: true })
      await rm(`${fileOf(upload)}.json`, { force: true })
    },
  }
}

/** A multipart upload to the very key that the file will have: nothing is moved. */
function openBucket (s3: S3Config, storage: MediaStorage): UploadArea {
  const { bucket, prefix } = s3
  const client = new S3Client(s3ClientConfig(s3))
  return {
    store: new S3Store({
      useTags: false,
      maxConcurrentPartUploads: PARTS_AT_ONCE,
      s3ClientConfig: { ...s3ClientConfig(s3), bucket },
    }),
    isRemote: true,
    idOf: ({ storageKey }) => prefix + storageKey,
    async place ({ storageKey }) {
      if (await storage.stat(storageKey) === null) throw new ObjectNotFoundError(storageKey)
    },
    async clear ({ storageKey }) {
      // What the store keeps beside an upload: what is said of it, and bytes too few for a part.
      for (const suffix of ['.info', '.part']) {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}${storageKey}${suffix}` })).catch(
          (error: unknown) => {
            if (!isMissing(error)) throw storageUnavailable(error)
          },
        )
      }
    },
  }
}
