// Joins the partial uploads of a final upload into one stored object.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import mongoose from 'mongoose'
import { MediaUpload, type StoredUpload } from '../../../models/media-upload.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'
import { assertMediaFile } from './receive-upload.js'
import { HEAD_BYTES } from './sniff-container.js'
import type { UploadArea } from './upload-area.js'
import { isMasterUpload } from './upload-metadata.js'

/**
 * Writes the bytes of the parts to the storage key of their final upload. Can be repeated; the parts stay.
 * @throws ObjectNotFoundError if bytes of a part are lost
 * @throws DomainError 415 `unsupported-media`
 */
export async function joinParts (
  storage: MediaStorage,
  area: UploadArea,
  upload: StoredUpload,
  signal: AbortSignal,
): Promise<void> {
  const { storageKey, sizeBytes } = upload
  // An object appears whole: it is there if an earlier attempt was interrupted after it.
  if ((await storage.stat(storageKey))?.sizeBytes === sizeBytes) return
  const parts = await findParts(upload)
  for (const part of parts) await area.moveToStorage(part)
  const writer = await storage.create(storageKey)
  try {
    const bytes = Readable.from(readParts(storage, upload, parts), { objectMode: false })
    await pipeline(bytes, writer.stream, { signal })
    await writer.commit()
  } catch (error) {
    await writer.abort()
    throw error
  }
}

async function findParts ({ partIds = [], storageKey }: StoredUpload): Promise<StoredUpload[]> {
  const found = await MediaUpload.find({ _id: mongoose.trusted({ $in: partIds }) }).lean<StoredUpload[]>()
  const byId = new Map(found.map((part) => [part._id.toString(), part]))
  return partIds.map((id) => {
    const part = byId.get(id.toString())
    if (part === undefined) throw new ObjectNotFoundError(`${storageKey}, part ${id.toString()}`)
    return part
  })
}

async function* readParts (
  storage: MediaStorage,
  upload: StoredUpload,
  parts: readonly StoredUpload[],
): AsyncGenerator<Buffer> {
  const { storageKey, sizeBytes } = upload
  let head: Buffer | null = isMasterUpload(upload) ? null : Buffer.alloc(0)
  let joinedBytes = 0
  for (const part of parts) {
    for await (const chunk of await storage.open(part.storageKey) as AsyncIterable<Buffer>) {
      joinedBytes += chunk.length
      if (head === null) yield chunk
      else {
        head = Buffer.concat([head, chunk])
        if (head.length < HEAD_BYTES) continue
        yield assertMediaFile(head)
        head = null
      }
    }
  }
  if (joinedBytes !== sizeBytes) throw new ObjectNotFoundError(`${storageKey}, of which ${joinedBytes} bytes exist`)
  if (head !== null) yield assertMediaFile(head)
}
