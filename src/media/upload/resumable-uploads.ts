// Uploads that can be resumed, by the tus protocol: begun, written, processed like any other upload, and swept when nobody
// goes on with them. What is complete is processed in the background, by one process, and taken up again after a crash.
import { createHash } from 'node:crypto'
import { Metadata, Server, type Upload } from '@tus/server'
import mongoose, { type Types } from 'mongoose'
import { Value } from 'typebox/value'
import { Media } from '../../../models/media.js'
import { findUpload, MediaUpload, type StoredUpload } from '../../../models/media-upload.js'
import { DomainError, fail, validationFailed, notFound } from '../../errors.js'
import { toDeclaredMetadata, UploadMetadata, type UploadMetadataFields } from '../../schemas/uploads.js'
import type { Config } from '../../config.js'
import { ObjectNotFoundError } from '../../storage/storage.js'
import { addReceivedFile, type MediaFileDeps } from './media-files.js'
import { openUploadArea } from './upload-area.js'
import { createUploadLocker, acquireLock } from './upload-lock.js'
import { STARTED_BY, UPLOAD_EXPIRES_MS, UploadStore } from './upload-store.js'

export interface ResumableUploads {
  /** Answers a request of the tus protocol; the answer has no body that is meant for clients. @throws DomainError */
  handle(request: Request, accountId: string): Promise<Response>
  find(id: string): Promise<{ upload: StoredUpload, receivedBytes: number }>
  /** The newest, of every state. */
  list(): Promise<StoredUpload[]>
  /** Forgets an upload that ended; its media file stays. @returns false when it has not ended @throws DomainError 404, 409 `upload-processing` */
  forget(id: string): Promise<boolean>
  /** Takes up what waits to be processed, and removes what nobody goes on with. */
  sweep(): Promise<void>
  /** Resolves when nothing is being processed. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface UploadDeps extends MediaFileDeps {
  readonly config: Config
}

export const UPLOADS_PATH = '/v1/admin/uploads'
/** How long what became of an upload can be read. */
const OUTCOME_KEPT_MS = 7 * 24 * 3_600_000
const LISTED = 100
/** Whoever is asked for the lease stops within this. */
const LET_GO_WITHIN_MS = 200
const FILE_TYPE = /^(video\/[\w.+-]+|application\/(octet-stream|mp4))$/i

/** @param isEager false: only `sweep` starts processing */
export function createResumableUploads (services: UploadDeps, isEager = true): ResumableUploads {
  const { storage, config, catalogue, log, now } = services
  const area = openUploadArea(config, storage)
  const stop = new AbortController()
  const running = new Map<string, Promise<void>>()
  const store = new UploadStore(area, {
    storage,
    now,
    onComplete: (id) => {
      if (isEager) start(id)
    },
  })
  const accounts = new WeakMap<object, string>()
  const failures = new WeakMap<object, unknown>()
  const server = new Server({
    path: UPLOADS_PATH,
    datastore: store,
    locker: createUploadLocker(now),
    lockDrainTimeout: LET_GO_WITHIN_MS,
    maxSize: config.maxUploadBytes,
    relativeLocation: true,
    namingFunction: () => new mongoose.Types.ObjectId().toString(),
    getFileIdFromRequest: (_request, id) => /^[0-9a-f]{24}$/.test(id ?? '') ? id : undefined,
    onUploadCreate: async (request, upload) => ({
      metadata: { ...checkMetadata(upload), [STARTED_BY]: accounts.get(request) ?? null },
    }),
    onResponseError: (request, error) => {
      failures.set(request, error)
      return undefined
    },
  })

  function checkMetadata (upload: Upload): NonNullable<Upload['metadata']> {
    const { itemId, filetype } = readMetadata(upload.metadata ?? {})
    if (catalogue.findItem(itemId) === null) throw notFound('movie or episode')
    if (filetype !== undefined && !FILE_TYPE.test(filetype)) {
      throw new DomainError(415, 'unsupported-media', 'Not a media file', 'The filetype is not that of a video.')
    }
    return upload.metadata ?? {}
  }

  function start (id: string): void {
    if (stop.signal.aborted || running.has(id)) return
    running.set(
      id,
      work(id).catch((error: unknown) => {
        // It stays in the state processing: the next sweep takes it up.
        if (!stop.signal.aborted) log.warn({ err: error }, 'an upload could not be processed; trying again later')
      }).finally(() => {
        running.delete(id)
      }),
    )
  }

  async function work (id: string): Promise<void> {
    const lost = new AbortController()
    const lease = await acquireLock(id, 'processing', now, () => {
      lost.abort()
    })
    if (lease === null) return
    try {
      const upload = await findUpload(id) ?? fail(notFound('upload'))
      const failure = await takeIn(upload, AbortSignal.any([stop.signal, lost.signal])).then(() => null, toFailure)
      if (failure !== null) await storage.remove(upload.storageKey)
      await area.clear(upload)
      await MediaUpload.updateOne({ _id: upload._id }, {
        $set: { state: failure === null ? 'ready' : 'failed', failure, touchedAt: now() },
      })
    } finally {
      await lease.release()
    }
  }

  /** Every step may be repeated by another process. */
  async function takeIn (upload: StoredUpload, signal: AbortSignal): Promise<void> {
    const { _id, item: itemId, storageKey, sizeBytes } = upload
    if (await Media.exists({ 'files._id': _id }) !== null) return
    const metadata = readMetadata(Metadata.parse(upload.metadata))
    await area.place(upload).catch((error: unknown) => {
      throw error instanceof ObjectNotFoundError
        ? new DomainError(
          422,
          'upload-lost',
          'Upload lost',
          'The bytes that were received are not there any more. Send the file again.',
        )
        : error
    })
    const sha256 = await hashObject(storageKey, signal)
    if (metadata.sha256 !== undefined && metadata.sha256.toLowerCase() !== sha256) {
      throw new DomainError(
        422,
        'checksum-mismatch',
        'Other bytes',
        'The bytes that arrived do not have the checksum that was announced. Nothing was kept; send them again.',
      )
    }
    const item = catalogue.findItem(itemId.toString()) ?? fail(notFound('movie or episode'))
    const title = catalogue.findTitle(item.titleId) ?? fail(notFound('title'))
    await addReceivedFile(
      services,
      title,
      item,
      { id: _id, storageKey, sizeBytes, sha256 },
      toDeclaredMetadata(metadata),
    )
  }

  async function hashObject (key: string, signal: AbortSignal): Promise<string> {
    const hash = createHash('sha256')
    for await (const chunk of await storage.open(key) as AsyncIterable<Buffer>) {
      signal.throwIfAborted()
      hash.update(chunk)
    }
    return hash.digest('hex')
  }

  /** An upload that nobody writes goes when it is old; one that is complete without knowing it is told. */
  async function tend (upload: StoredUpload): Promise<void> {
    const lease = await acquireLock(upload._id, 'uploading', now, () => {})
    if (lease === null) return
    try {
      const isOld = now().getTime() - upload.touchedAt.getTime() >= UPLOAD_EXPIRES_MS
      if (isOld) await store.remove(upload._id.toString())
      else await store.settle(upload)
    } finally {
      await lease.release()
    }
  }

  return {
    async handle (request, accountId) {
      accounts.set(request, accountId)
      const response = await server.handleWeb(request)
      if (response.status >= 400) throw toProblem(failures.get(request), response.status, await response.text())
      return response
    },
    async find (id) {
      const upload = await findUpload(id) ?? fail(notFound('upload'))
      return { upload, receivedBytes: upload.state === 'uploading' ? await store.receivedOf(upload) : upload.sizeBytes }
    },
    async list () {
      return await MediaUpload.find({}).sort({ _id: -1 }).limit(LISTED).lean<StoredUpload[]>()
    },
    async forget (id) {
      const upload = await findUpload(id) ?? fail(notFound('upload'))
      if (upload.state === 'processing') {
        throw new DomainError(
          409,
          'upload-processing',
          'Being processed',
          'The upload is complete and being processed. Wait for what becomes of it.',
        )
      }
      if (upload.state === 'uploading') return false
      await MediaUpload.deleteOne({ _id: upload._id })
      return true
    },
    async sweep () {
      for await (const { _id } of unfinished('processing')) start(_id.toString())
      for await (const upload of unfinished('uploading')) {
        await tend(upload).catch((error: unknown) => {
          log.warn({ err: error }, 'could not tend an upload; trying again')
        })
      }
      const before = new Date(now().getTime() - OUTCOME_KEPT_MS)
      for (const state of ['ready', 'failed'] as const) {
        await MediaUpload.deleteMany({ state, touchedAt: mongoose.trusted({ $lte: before }) })
      }
    },
    async settle () {
      while (running.size > 0) await Promise.all(running.values())
    },
    async close () {
      stop.abort()
      await Promise.all(running.values())
    },
  }
}

function unfinished (state: 'uploading' | 'processing'): AsyncIterable<StoredUpload & { _id: Types.ObjectId }> {
  return MediaUpload.find({ state }).lean<StoredUpload[]>().cursor() as unknown as AsyncIterable<StoredUpload>
}

/** @throws DomainError 400 `validation-failed` */
function readMetadata (metadata: Record<string, string | null>): UploadMetadataFields {
  const known = Object.fromEntries(
    Object.keys(UploadMetadata.properties).flatMap((name) => metadata[name] == null ? [] : [[name, metadata[name]]]),
  )
  const [error] = Value.Errors(UploadMetadata, known)
  if (error !== undefined) throw validationFailed([{ pointer: `/Upload-Metadata${error.instancePath}`, message: error.message }])
  return known as unknown as UploadMetadataFields
}

/** What is wrong with the upload for good; anything else is thrown on, to be tried again. */
function toFailure (error: unknown): StoredUpload['failure'] {
  if (error instanceof DomainError && error.status < 500) return { code: error.code, detail: error.detail }
  throw error
}

/** The server answers refusals of its own in plain text. */
function toProblem (failure: unknown, status: number, text: string): unknown {
  if (failure instanceof DomainError || (failure instanceof Error && !('status_code' in failure))) return failure
  const refusal = REFUSALS[status]
  return refusal === undefined
    ? new DomainError(400, 'malformed-request', 'Invalid request', `The tus protocol was not kept: ${text.trim()}.`)
    : new DomainError(status, ...refusal)
}

const REFUSALS: Readonly<Record<number, readonly [code: string, title: string, detail: string]>> = {
  404: ['not-found', 'Not found', 'There is no such upload.'],
  409: ['upload-offset-mismatch', 'Other offset', 'The upload goes on elsewhere: ask with HEAD for its offset.'],
  410: ['upload-expired', 'Upload expired', 'Nobody went on with the upload for 24 hours. Begin it again.'],
  412: ['tus-version-mismatch', 'Other protocol', 'Send "Tus-Resumable: 1.0.0".'],
  413: [
    'upload-too-large',
    'Upload too large',
    'There are more bytes than were announced, or than a media file may have.',
  ],
}
