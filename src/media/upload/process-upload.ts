// Processes a complete resumable upload: moves it to storage, checks it and adds it to its item as a media file or a
// master.
import { createHash } from 'node:crypto'
import { Metadata } from '@tus/server'
import { findEncodingJob } from '../../../models/encoding-job.js'
import { Media } from '../../../models/media.js'
import { MediaUpload, type StoredUpload } from '../../../models/media-upload.js'
import { DomainError, fail, notFound } from '../../errors.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'
import { addReceivedMaster, type MasterDeps } from '../encoding/masters.js'
import { toDeclaredMetadata } from './declared-metadata.js'
import { joinParts } from './join-parts.js'
import { addReceivedFile, type MediaFileDeps } from './media-files.js'
import type { UploadArea } from './upload-area.js'
import { parseUploadMetadata } from './upload-metadata.js'

export type ProcessUploadDeps = MediaFileDeps & MasterDeps

/**
 * Adds the media file or the master of a complete upload. Each step can be repeated after a crash.
 * @returns the reason why the file cannot be used; null after success
 * @throws errors that another attempt may not have, such as 503 `storage-unavailable`
 */
export async function processUpload (
  deps: ProcessUploadDeps,
  area: UploadArea,
  upload: StoredUpload,
  signal: AbortSignal,
): Promise<StoredUpload['failure']> {
  try {
    await addUploadedFile(deps, area, upload, signal)
    return null
  } catch (error) {
    if (error instanceof DomainError && error.status < 500) return { code: error.code, detail: error.detail }
    throw error
  }
}

async function addUploadedFile (
  deps: ProcessUploadDeps,
  area: UploadArea,
  upload: StoredUpload,
  signal: AbortSignal,
): Promise<void> {
  const { catalogue, storage } = deps
  const { _id, item: itemId, storageKey, receivedBytes } = upload
  const metadata = parseUploadMetadata(Metadata.parse(upload.metadata))
  if (metadata.role === 'master' && await isMasterAdded(upload)) return
  if (await Media.exists({ 'files._id': _id }) !== null) return
  const isFinal = upload.partIds !== undefined
  await (isFinal ? joinParts(storage, area, upload, signal) : area.moveToStorage(upload)).catch((error: unknown) => {
    throw error instanceof ObjectNotFoundError ? uploadLost() : error
  })
  const sha256 = await hashObject(storage, storageKey, signal)
  if (metadata.sha256 !== undefined && metadata.sha256.toLowerCase() !== sha256) {
    throw new DomainError(
      422,
      'checksum-mismatch',
      'Checksum mismatch',
      'The received bytes do not have the announced checksum. Nothing was stored; send the file again.',
    )
  }
  const item = catalogue.findItem(itemId?.toString() ?? '') ?? fail(notFound('movie or episode'))
  const title = catalogue.findTitle(item.titleId) ?? fail(notFound('title'))
  const received = { id: _id, storageKey, sizeBytes: receivedBytes, sha256 }
  if (metadata.role === 'master') {
    const job = await addReceivedMaster(deps, title, item, received, metadata.edition ?? null)
    await MediaUpload.updateOne({ _id }, { $set: { encodingJob: job._id } })
    return
  }
  await addReceivedFile(deps, title, item, received, toDeclaredMetadata(metadata))
}

/** A crash may have followed the creation of the job, whose ID is that of the upload. */
async function isMasterAdded ({ _id, encodingJob }: StoredUpload): Promise<boolean> {
  if (encodingJob !== undefined) return true
  if (await findEncodingJob(_id) === null) return false
  await MediaUpload.updateOne({ _id }, { $set: { encodingJob: _id } })
  return true
}

function uploadLost (): DomainError {
  return new DomainError(422, 'upload-lost', 'Upload lost', 'The received bytes no longer exist. Send the file again.')
}

async function hashObject (storage: MediaStorage, key: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of await storage.open(key) as AsyncIterable<Buffer>) {
    signal.throwIfAborted()
    hash.update(chunk)
  }
  return hash.digest('hex')
}
