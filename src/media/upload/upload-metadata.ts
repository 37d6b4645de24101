// The Upload-Metadata of a resumable upload: validated at its creation, and read again when its bytes arrive.
import { Metadata } from '@tus/server'
import { Value } from 'typebox/value'
import type { StoredUpload } from '../../../models/media-upload.js'
import { validationFailed } from '../../errors.js'
import { toFieldError } from '../../http/validator.js'
import { UploadMetadata } from '../../schemas/uploads.js'

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

/** Whether the file is encoded, and may have any format that ffmpeg reads. */
export function isMasterUpload ({ metadata }: Pick<StoredUpload, 'metadata'>): boolean {
  return metadata !== '' && Metadata.parse(metadata)['role'] === 'master'
}
