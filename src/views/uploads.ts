// View of resumable uploads.
import type { StoredUpload } from '../../models/media-upload.js'
import type { Upload } from '../schemas/uploads.js'

/** @param receivedBytes of an upload in progress: the stored value can be older */
export function toUpload (upload: StoredUpload, receivedBytes = upload.receivedBytes): Upload {
  const id = upload._id.toString()
  return {
    id,
    kind: upload.concatenation === null ? 'whole' : upload.partIds === undefined ? 'partial' : 'final',
    itemId: upload.item?.toString() ?? null,
    state: upload.state,
    receivedBytes,
    sizeBytes: upload.sizeBytes,
    mediaFileId: upload.state === 'ready' ? id : null,
    failure: upload.failure,
    startedBy: upload.startedBy.toString(),
    createdAt: upload.createdAt.toISOString(),
    touchedAt: upload.touchedAt.toISOString(),
  }
}
