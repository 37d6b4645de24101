// Processes a complete resumable upload: moves it to storage, checks it and adds the media file to its item.
import { createHash } from 'node:crypto'
import { Metadata } from '@tus/server'
import { Value } from 'typebox/value'
import { Media } from '../../../models/media.js'
import type { StoredUpload } from '../../../models/media-upload.js'
import { DomainError, fail, notFound, validationFailed } from '../../errors.js'
import { toFieldError } from '../../http/validator.js'
import { UploadMetadata } from '../../schemas/uploads.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'
import { toDeclaredMetadata } from './declared-metadata.js'
import { joinParts } from './join-parts.js'
import { addReceivedFile, type MediaFileDeps } from './media-files.js'
import type { UploadArea } from './upload-area.js'

/**
 * Adds the media file of a complete upload. Each step can be repeated after a crash.
 * @returns the reason why the file cannot be used; null after success
 * @throws errors that another attempt may not have, such as 503 `storage-unavailable`
 */
export async function processUpload (
  deps: MediaFileDeps,
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
  deps: MediaFileDeps,
  area: UploadArea,
  upload: StoredUpload,
  signal: AbortSignal,
): Promise<void> {
  const { catalogue, storage } = deps
  const { _id, item: itemId, storageKey, receivedBytes } = upload
  if (await Media.exists({ 'files._id': _id }) !== null) return
  const metadata = parseUploadMetadata(Metadata.parse(upload.metadata))
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
  await addReceivedFile(deps, title, item, received, toDeclaredMetadata(metadata))
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

/**
 * Validates the metadata of an upload. Fields that clients add, such as a file name, are ignored.
 * @throws DomainError 400 `validation-failed`
 */
export function parseUploadMetadata (metadata: Record<string, string | null>): UploadMetadata {
  const fields = Object.fromEntries(
    Object.keys(UploadMetadata.properties).flatMap((name) => metadata[name] == null ? [] : [[name, metadata[name]]]),
  )
  const [error] = Value.Errors(UploadMetadata, fields)
  if (error !== undefined) {
    throw validationFailed([toFieldError(error, '/Upload-Metadata')])
  }
  return fields as unknown as UploadMetadata
}
