// Resumable uploads by the tus protocol. Complete uploads are processed in the background by one process at a time;
// after a crash another run of the job processes them.
import { Server, type Upload } from '@tus/server'
import mongoose, { type Types } from 'mongoose'
import { findUpload, MediaUpload, type StoredUpload, type UploadState } from '../../../models/media-upload.js'
import type { Config } from '../../config.js'
import { DomainError, fail, notFound } from '../../errors.js'
import { publishMeasurement } from '../../measurements.js'
import { createFinalUpload, finalUploadTakesNoBytes, parseConcatenation } from './final-uploads.js'
import { requireEncoder } from '../encoding/masters.js'
import { processUpload, type ProcessUploadDeps } from './process-upload.js'
import { toTusError } from './tus-errors.js'
import type { UploadArea } from './upload-area.js'
import { acquireLock, createUploadLocker } from './upload-lock.js'
import { parseUploadMetadata } from './upload-metadata.js'
import { IS_PARTIAL, STARTED_BY, UPLOAD_TTL_MS, UploadStore } from './upload-store.js'

export interface ResumableUploads {
  /**
   * Handles a request of the tus protocol.
   * @returns the response without a body
   * @throws DomainError
   */
  handle(request: Request, accountId: string): Promise<Response>
  /** @throws DomainError 404 `not-found` */
  find(id: string): Promise<{ upload: StoredUpload, receivedBytes: number }>
  /** The newest uploads in any state, newest first. */
  list(): Promise<StoredUpload[]>
  /**
   * Deletes the record of a processed upload, whose media file or master stays, or a complete partial upload.
   * @returns false if the upload is unfinished
   * @throws DomainError 404 `not-found`, 409 `upload-processing`
   */
  deleteRecord(id: string): Promise<boolean>
  /** Starts the processing of complete uploads, and removes abandoned uploads and old records. */
  processPending(): Promise<void>
  /** Resolves when no upload is being processed. */
  onIdle(): Promise<void>
  close(): Promise<void>
}

export interface UploadDeps extends ProcessUploadDeps {
  readonly config: Pick<Config, 'maxUploadBytes'>
  readonly area: UploadArea
}

export const UPLOADS_PATH = '/v1/admin/uploads'
const UPLOAD_ID = /^[0-9a-f]{24}$/
/** How long the record of a processed upload is kept. */
const RECORD_TTL_MS = 7 * 24 * 3_600_000
const MAX_LISTED = 100
/** How long the library waits for the holder of a lock to release it. */
const LOCK_DRAIN_TIMEOUT_MS = 200
const FILE_TYPE = /^(video\/[\w.+-]+|application\/(octet-stream|mp4))$/i

/**
 * Creates the upload server.
 * @param isEager false: only `processPending` starts the processing of uploads
 */
export function createResumableUploads (deps: UploadDeps, isEager = true): ResumableUploads {
  const { storage, config, area, catalogue, log, now } = deps
  const shutdown = new AbortController()
  const running = new Map<string, Promise<void>>()
  const store = new UploadStore(area, {
    storage,
    now,
    onComplete: (id) => {
      if (isEager) startProcessing(id)
    },
  })
  // The library passes only the request to its callbacks.
  const creations = new WeakMap<object, { readonly accountId: string, readonly isPartial: boolean }>()
  const errors = new WeakMap<object, unknown>()
  const server = new Server({
    path: UPLOADS_PATH,
    datastore: store,
    locker: createUploadLocker(now),
    lockDrainTimeout: LOCK_DRAIN_TIMEOUT_MS,
    maxSize: config.maxUploadBytes,
    relativeLocation: true,
    namingFunction: () => new mongoose.Types.ObjectId().toString(),
    getFileIdFromRequest: (_request, id) => UPLOAD_ID.test(id ?? '') ? id : undefined,
    onUploadCreate: async (request, { metadata = {} }) => {
      const { accountId = null, isPartial = false } = creations.get(request) ?? {}
      if (!isPartial) await checkMetadata(metadata)
      return { metadata: { ...metadata, [STARTED_BY]: accountId, [IS_PARTIAL]: isPartial ? '' : null } }
    },
    onResponseError: (request, error) => {
      errors.set(request, error)
      return undefined
    },
  })

  async function checkMetadata (metadata: NonNullable<Upload['metadata']>): Promise<void> {
    const { itemId, role, filetype } = parseUploadMetadata(metadata)
    if (catalogue.findItem(itemId) === null) throw notFound('movie or episode')
    if (role === 'master') {
      await requireEncoder(deps.encoder)
      return
    }
    if (filetype !== undefined && !FILE_TYPE.test(filetype)) {
      throw new DomainError(
        415,
        'unsupported-media',
        'Unsupported media format',
        'The filetype is not the media type of a video.',
      )
    }
  }

  function startProcessing (id: string): void {
    if (shutdown.signal.aborted || running.has(id)) return
    running.set(
      id,
      processWithLock(id).catch((error: unknown) => {
        // The state stays "processing": the next run of the job tries again.
        if (!shutdown.signal.aborted) {
          log.warn({ err: error }, 'processing of an upload failed; it will be tried again')
        }
      }).finally(() => {
        running.delete(id)
      }),
    )
  }

  async function processWithLock (id: string): Promise<void> {
    const lockLost = new AbortController()
    const lock = await acquireLock(id, 'processing', now, () => {
      lockLost.abort()
    })
    if (lock === null) return
    try {
      const upload = await findUpload(id) ?? fail(notFound('upload'))
      const failure = await processUpload(deps, area, upload, AbortSignal.any([shutdown.signal, lockLost.signal]))
      if (failure !== null) await storage.remove(upload.storageKey)
      await area.removeLeftovers(upload)
      await removeParts(upload)
      await MediaUpload.updateOne({ _id: upload._id }, {
        $set: { state: failure === null ? 'ready' : 'failed', failure, touchedAt: now() },
      })
      const result = failure === null ? 'completed' : 'failed'
      publishMeasurement('resumable-upload-finished', { result, bytes: upload.sizeBytes ?? 0 })
    } finally {
      await lock.release()
    }
  }

  /** Removes an upload that nothing was written to for too long. Completes one whose state does not say so yet. */
  async function checkUnfinished (upload: StoredUpload): Promise<void> {
    const lock = await acquireLock(upload._id, 'uploading', now, () => {})
    if (lock === null) return
    try {
      if (isExpired(upload)) await store.remove(upload._id.toString())
      else await store.finishIfComplete(upload)
    } finally {
      await lock.release()
    }
  }

  async function removeParts ({ partIds = [] }: StoredUpload): Promise<void> {
    for (const id of partIds) if (await findUpload(id) !== null) await store.remove(id.toString())
  }

  /**
   * Removes a complete partial upload.
   * @returns whether no final upload uses it
   */
  async function removePart (id: Types.ObjectId, isAbandoned: (part: StoredUpload) => boolean): Promise<boolean> {
    const lock = await acquireLock(id, 'received', now, () => {})
    if (lock === null) return false
    try {
      // Locked: a final upload that is being created has touched the part before, or does not find it any more.
      const part = await findUpload(id)
      if (part === null || !isAbandoned(part) || await MediaUpload.exists({ partIds: id }) !== null) return false
      await store.remove(id.toString())
      return true
    } finally {
      await lock.release()
    }
  }

  const isExpired = ({ touchedAt }: StoredUpload): boolean => now().getTime() - touchedAt.getTime() >= UPLOAD_TTL_MS

  async function createFinal (headers: Headers, accountId: string): Promise<Response> {
    const { _id } = await createFinalUpload(
      { maxUploadBytes: config.maxUploadBytes, now, checkMetadata, finishPart: checkUnfinished },
      headers,
      accountId,
    )
    const id = _id.toString()
    if (isEager) startProcessing(id)
    return new Response(null, { status: 201, headers: { location: `${UPLOADS_PATH}/${id}` } })
  }

  /** The library knows no concatenation: the requests that it handles have no Upload-Concat header. */
  async function handleWithLibrary (request: Request, accountId: string, isPartial: boolean): Promise<Response> {
    request.headers.delete('upload-concat')
    creations.set(request, { accountId, isPartial })
    const response = await server.handleWeb(request)
    if (response.status >= 400) throw toTusError(errors.get(request), response.status, await response.text())
    return response
  }

  return {
    async handle (request, accountId) {
      const { method, headers, url } = request
      if (method === 'POST') {
        const header = headers.get('upload-concat')
        const kind = parseConcatenation(header)
        const response = kind === 'final'
          ? await createFinal(headers, accountId)
          : await handleWithLibrary(request, accountId, kind === 'partial')
        if (header !== null) response.headers.set('upload-concat', header)
        return response
      }
      const id = new URL(url).pathname.split('/').at(-1) ?? ''
      const upload = ['HEAD', 'PATCH'].includes(method) && UPLOAD_ID.test(id) ? await findUpload(id) : null
      if (method === 'PATCH' && upload?.partIds !== undefined) throw finalUploadTakesNoBytes()
      const response = await handleWithLibrary(request, accountId, false)
      if (upload !== null && upload.concatenation !== null) response.headers.set('upload-concat', upload.concatenation)
      return response
    },
    async find (id) {
      const upload = await findUpload(id) ?? fail(notFound('upload'))
      const receivedBytes = upload.state === 'uploading' ? await store.countReceivedBytes(upload) : upload.receivedBytes
      return { upload, receivedBytes }
    },
    async list () {
      return await MediaUpload.find({}).sort({ _id: -1 }).limit(MAX_LISTED).lean<StoredUpload[]>()
    },
    async deleteRecord (id) {
      const upload = await findUpload(id) ?? fail(notFound('upload'))
      const isPart = upload.state === 'received'
      if (upload.state === 'processing' || (isPart && !await removePart(upload._id, () => true))) {
        throw new DomainError(
          409,
          'upload-processing',
          'Upload is being processed',
          'The upload is complete and being processed. Wait for its result.',
        )
      }
      if (upload.state === 'uploading') return false
      if (isPart) return true
      await MediaUpload.deleteOne({ _id: upload._id })
      return true
    },
    async processPending () {
      for await (const { _id } of uploadsInState('processing')) startProcessing(_id.toString())
      for await (const upload of uploadsInState('uploading')) {
        await checkUnfinished(upload).catch((error: unknown) => {
          log.warn({ err: error }, 'the check of an unfinished upload failed; it will be tried again')
        })
      }
      for await (const { _id } of uploadsInState('received')) await removePart(_id, isExpired)
      const touchedBefore = new Date(now().getTime() - RECORD_TTL_MS)
      for (const state of ['ready', 'failed'] as const) {
        await MediaUpload.deleteMany({ state, touchedAt: mongoose.trusted({ $lte: touchedBefore }) })
      }
    },
    async onIdle () {
      while (running.size > 0) await Promise.all(running.values())
    },
    async close () {
      shutdown.abort()
      await Promise.all(running.values())
    },
  }
}

function uploadsInState (state: UploadState): AsyncIterable<StoredUpload> {
  return MediaUpload.find({ state }).lean<StoredUpload[]>().cursor() as unknown as AsyncIterable<StoredUpload>
}
