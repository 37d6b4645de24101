// Holds the bytes of unfinished resumable uploads in a folder beside the media files.
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FileStore } from '@tus/file-store'
import type { DataStore, Upload } from '@tus/server'
import type { StoredUpload } from '../../../models/media-upload.js'
import type { MediaStorage } from '../../storage/storage.js'

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

class FolderStore extends FileStore {
  /** Not recursive: Node reports a full disk as a missing folder then. */
  override async create (upload: Upload): Promise<Upload> {
    await mkdir(this.directory).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
    return await super.create(upload)
  }

  /** Throws the cause of a failed write, such as a full disk, which the library replaces by an error of its own. */
  override async write (source: Readable, id: string, offset: number): Promise<number> {
    const file = createWriteStream(path.join(this.directory, id), { flags: 'r+', start: offset })
    await pipeline(source, file)
    return offset + file.bytesWritten
  }
}

// Called by the constructor without a handler of errors, which would end the process: `create` makes the folder.
Object.defineProperty(FolderStore.prototype, 'checkOrCreateDirectory', { value: () => {} })

/** @param mediaFolder root folder of the media files */
export function openFolderArea (mediaFolder: string, storage: MediaStorage): UploadArea {
  const directory = path.join(mediaFolder, FOLDER_NAME)
  const uploadFile = (upload: UploadRef): string => path.join(directory, upload._id.toString())
  return {
    store: new FolderStore({ directory }),
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
