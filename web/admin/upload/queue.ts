// The queue of uploads: it continues while the operator opens other pages. The tus protocol resumes an upload after
// an interruption, also after a restart of the browser when the same file is selected for the same item again.
import Uppy, { type UppyFile } from '@uppy/core'
import Tus from '@uppy/tus'
import { renewToken, validToken } from '@shared/api/session.js'
import type { PlayableItem } from '../api/media.js'

const PARALLEL_UPLOADS = 3
const RETRY_DELAYS_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000]
/** Client errors of requests that may succeed later. */
const TEMPORARY_ERRORS = new Set([401, 408, 425, 429])
/** Metadata that the API accepts. */
const SENT_METADATA = ['itemId', 'filename', 'language', 'edition', 'role'] as const

/** A file of the queue. */
export interface QueuedFile {
  readonly id: string
  readonly fileName: string
  readonly sizeBytes: number
  readonly item: PlayableItem
  /** Name of the movie or episode. */
  readonly itemName: string
  /** Completed share, 0 to 1. */
  readonly progress: number
  readonly state: 'waiting' | 'uploading' | 'uploaded' | 'failed'
  /** ID of the upload in the API; null until it has started. */
  readonly uploadId: string | null
  readonly error: string | null
}

interface FileRequest {
  readonly file: File
  readonly item: PlayableItem
  readonly itemName: string
  readonly language: string
  readonly edition: string
  /** A master is encoded into media files; without it, the file is played as it is. */
  readonly isMaster: boolean
}

type Metadata = Record<string, unknown>
type StoredFile = UppyFile<Metadata, Record<string, never>>

let files: readonly QueuedFile[] = []
const listeners = new Set<() => void>()
const details = new Map<string, Pick<QueuedFile, 'item' | 'itemName'>>()

const uppy = new Uppy<Metadata, Record<string, never>>({ id: 'media', autoProceed: true }).use(Tus, {
  endpoint: '/v1/admin/uploads',
  limit: PARALLEL_UPLOADS,
  retryDelays: RETRY_DELAYS_MS,
  removeFingerprintOnSuccess: true,
  onBeforeRequest: async (request) => {
    request.setHeader('authorization', `Bearer ${await validToken('account')}`)
  },
  onAfterResponse: (request, response) => {
    // After a failed HEAD, the library would start the upload again from its first byte.
    const status = response.getStatus()
    const isTemporary = status >= 500 || TEMPORARY_ERRORS.has(status)
    if (request.getMethod() === 'HEAD' && isTemporary) {
      if (status === 401) renewToken('account').catch(() => undefined)
      throw new Error(`The offset of the upload could not be read: status ${status}.`)
    }
  },
  onShouldRetry: (error, _attempt, _options, next) => {
    if (error.originalResponse?.getStatus() !== 401) return next(error)
    // The next attempt fails if the session has ended.
    renewToken('account').catch(() => undefined)
    return true
  },
})

function publish (): void {
  files = uppy.getFiles().flatMap((file) => {
    const known = details.get(file.id)
    return known === undefined ? [] : [{ ...known, ...describeFile(file) }]
  })
  for (const listener of listeners) listener()
}

function describeFile (file: StoredFile): Omit<QueuedFile, 'item' | 'itemName'> {
  const { id, name = '', size, progress, error } = file
  const isComplete = progress.uploadComplete === true
  return {
    id,
    fileName: name,
    sizeBytes: size ?? 0,
    progress: isComplete ? 1 : (progress.bytesUploaded || 0) / (size ?? 1),
    state: isComplete
      ? 'uploaded'
      : error != null
      ? 'failed'
      : progress.uploadStarted === null
      ? 'waiting'
      : 'uploading',
    uploadId: file.tus?.uploadUrl?.split('/').at(-1) ?? null,
    error: error ?? null,
  }
}

for (
  const event of ['file-added', 'file-removed', 'upload-progress', 'upload-success', 'upload-error', 'upload'] as const
) {
  uppy.on(event, () => {
    // The state of the file changes after some of the events.
    queueMicrotask(publish)
  })
}

/** Adds files and starts their upload. @returns the names of files that are in the queue already */
export function addUploads (requests: readonly FileRequest[]): string[] {
  return requests.flatMap(({ file, item, itemName, language, edition, isMaster }) => {
    // The languages of a master are those of its tracks.
    const kind = isMaster ? { language: '', role: 'master' } : { language, role: '' }
    const metadata = { itemId: item.itemId, filename: file.name, edition, ...kind }
    try {
      const id = uppy.addFile({
        name: file.name,
        type: file.type,
        data: file,
        meta: {
          // Part of the fingerprint, so that an upload resumes only for the same item and kind.
          relativePath: isMaster ? `${item.itemId}/master` : item.itemId,
          ...metadata,
        },
      })
      // Metadata without a value would be sent as empty text.
      uppy.setFileState(id, {
        tus: { allowedMetaFields: SENT_METADATA.filter((field) => metadata[field] !== '') },
      })
      details.set(id, { item, itemName })
      publish()
      return []
    } catch {
      return [file.name]
    }
  })
}

export function retryUpload (id: string): void {
  void uppy.retryUpload(id)
}

/** Removes a file; an unfinished upload is cancelled. */
export function removeUpload (id: string): void {
  details.delete(id)
  uppy.removeFile(id)
}

export function readQueue (): readonly QueuedFile[] {
  return files
}

export function subscribeToQueue (listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
