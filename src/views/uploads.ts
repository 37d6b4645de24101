// View of resumable uploads.
import { Metadata } from '@tus/server'
import type { StoredUpload } from '../../models/media-upload.js'
import type { Upload } from '../schemas/uploads.js'

const MAX_FILE_NAME_LENGTH = 255

/** @param receivedBytes of an upload in progress: the stored value can be older */
export function toUpload (upload: StoredUpload, receivedBytes = upload.receivedBytes): Upload {
  const id = upload._id.toString()
  return {
    id,
    kind: upload.concatenation === null ? 'whole' : upload.partIds === undefined ? 'partial' : 'final',
    itemId: upload.item?.toString() ?? null,
    fileName: fileNameOf(upload),
    state: upload.state,
    receivedBytes,
    sizeBytes: upload.sizeBytes,
    mediaFileId: upload.state === 'ready' && upload.encodingJob === undefined ? id : null,
    encodingJobId: upload.encodingJob?.toString() ?? null,
    failure: upload.failure,
    startedBy: upload.startedBy.toString(),
    createdAt: upload.createdAt.toISOString(),
    touchedAt: upload.touchedAt.toISOString(),
  }
}

/** Clients of tus name it `filename`, as its documentation does, or `name`. */
function fileNameOf ({ metadata }: StoredUpload): string | null {
  if (metadata === '') return null
  const { filename, name } = Metadata.parse(metadata)
  const fileName = (filename ?? name ?? '').split(/[\\/]/).at(-1)?.trim() ?? ''
  return fileName === '' ? null : fileName.slice(0, MAX_FILE_NAME_LENGTH)
}
