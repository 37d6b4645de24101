// Holds the bytes of unfinished resumable uploads in a folder beside the media files.
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FileStore } from '@tus/file-store'
import type { DataStore } from '@tus/server'
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

/** Throws the cause of a failed write, such as a full disk, which the library replaces by an error of its own. */
class FolderStore extends FileStore {
  override async write (source: Readable, id: string, offset: number): Promise<number> {
    const file = createWriteStream(path.join(this.directory, id), { flags: 'r+', start: offset })
    await pipeline(source, file)
    return offset + file.bytesWritten
  }
}

/** @param mediaFolder root folder of the media files */
export function openFolderArea (mediaFolder: string, storage: MediaStorage): UploadArea {
  const directory = path.join(mediaFolder, FOLDER_NAME)
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
