// Data store of the tus server: bytes in an upload area, state in the database. The first bytes must identify a media
// file; the last ones complete the upload.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { DataStore, Metadata, Upload } from '@tus/server'
import { Types } from 'mongoose'
import { findUpload, MediaUpload, NOT_LOCKED, type StoredUpload } from '../../../models/media-upload.js'
import { badRequest, DomainError, isStorageFull, notFound, storageFull, storageUnavailable } from '../../errors.js'
import { RESUMABLE_FOLDER, type MediaStorage } from '../../storage/storage.js'
import { assertMediaFile } from './receive-upload.js'
import { HEAD_BYTES } from './sniff-container.js'
import type { UploadArea } from './upload-area.js'
import { isMasterUpload } from './upload-metadata.js'

/** An unfinished upload is removed this long after its last bytes. */
export const UPLOAD_TTL_MS = 24 * 3_600_000

/** Metadata names, because the library passes no request to the store. Clients cannot use these names. */
export const STARTED_BY = '\0startedBy'
export const IS_PARTIAL = '\0isPartial'

interface UploadStoreDeps {
  readonly storage: MediaStorage
  now(): Date
  /** Called when an upload is complete and waits for processing. */
  onComplete(id: string): void
}

export class UploadStore extends DataStore {
  override extensions = [
    'creation',
    'creation-with-upload',
    'creation-defer-length',
    'concatenation',
    'termination',
    'expiration',
  ]

  constructor (private readonly area: UploadArea, private readonly deps: UploadStoreDeps) {
    super()
  }

  override getExpiration (): number {
    return UPLOAD_TTL_MS
  }

  /** @param upload with validated metadata */
  override async create (upload: Upload): Promise<Upload> {
    const { [STARTED_BY]: startedBy = null, [IS_PARTIAL]: partial = null, ...metadata } = upload.metadata ?? {}
    const isPartial = partial !== null
    if (upload.size !== undefined) assertNotEmpty(upload.size)
    const now = this.deps.now()
    const _id = new Types.ObjectId(upload.id)
    const item = isPartial ? null : metadata['itemId'] ?? ''
    const stored = await MediaUpload.create({
      _id,
      item: item === null ? null : new Types.ObjectId(item),
      startedBy: new Types.ObjectId(startedBy ?? ''),
      state: 'uploading',
      storageKey: `${RESUMABLE_FOLDER}/${item ?? 'parts'}/${upload.id}-${randomUUID()}`,
      metadata: Metadata.stringify(metadata),
      sizeBytes: upload.size ?? null,
      receivedBytes: 0,
      concatenation: isPartial ? 'partial' : null,
      createdAt: now,
      touchedAt: now,
    })
    await this.convertErrors(async () =>
      await this.area.store.create(new Upload({ ...upload, metadata: {}, id: this.area.storeId(stored) }))
    ).catch(async (error: unknown) => {
      // The doctor finds what cannot be removed either.
      await this.area.removeLeftovers(stored).catch(() => {})
      await MediaUpload.deleteOne({ _id })
      throw error
    })
    upload.creation_date = now.toISOString()
    return upload
  }

  override async getUpload (id: string): Promise<Upload> {
    const stored = await findUpload(id) ?? failNotFound()
    const offset = stored.state === 'uploading' ? await this.finishIfComplete(stored) : stored.receivedBytes
    return new Upload({
      id,
      ...stored.sizeBytes === null ? {} : { size: stored.sizeBytes },
      offset,
      ...stored.metadata === '' ? {} : { metadata: Metadata.parse(stored.metadata) },
      // The library computes the expiry from the creation date; here it starts with the last bytes.
      creation_date: this.toSystemTime(stored.touchedAt).toISOString(),
    })
  }

  override async write (source: Readable, id: string, offset: number): Promise<number> {
    const stored = await findUpload(id) ?? failNotFound()
    if (stored.state !== 'uploading') return stored.receivedBytes
    await MediaUpload.updateOne({ _id: stored._id }, { $set: { touchedAt: this.deps.now() } })
    const hasFileHead = offset === 0 && stored.concatenation === null && !isMasterUpload(stored)
    const head = hasFileHead ? await this.readHead(source, stored) : Buffer.alloc(0)
    const body = toBody(head, source)
    const receivedBytes = await this.convertErrors(async () =>
      await this.area.store.write(body, this.area.storeId(stored), offset)
    )
    await this.saveReceivedBytes(stored, receivedBytes)
    return receivedBytes
  }

  /** The library has checked the size against the received bytes and the maximum. */
  override async declareUploadLength (id: string, sizeBytes: number): Promise<void> {
    assertNotEmpty(sizeBytes)
    const stored = await findUpload(id) ?? failNotFound()
    await this.convertErrors(async () => {
      await this.area.store.declareUploadLength(this.area.storeId(stored), sizeBytes)
    })
    await MediaUpload.updateOne({ _id: stored._id }, { $set: { sizeBytes } })
  }

  override async remove (id: string): Promise<void> {
    await this.removeObjects(await findUpload(id) ?? failNotFound())
    await MediaUpload.deleteOne({ _id: id })
  }

  /**
   * Counts the bytes in the upload area.
   * @throws DomainError 404 `not-found`, 503 `storage-unavailable`
   */
  async countReceivedBytes (stored: StoredUpload): Promise<number> {
    const { offset } = await this.convertErrors(async () => await this.area.store.getUpload(this.area.storeId(stored)))
      .catch((error: unknown) => {
        // A 404 would make a client start from the beginning.
        throw this.area.isRemote && isNotFoundError(error) ? storageUnavailable(error) : error
      })
    return offset
  }

  /**
   * Completes an upload whose process crashed between the last byte and the change of its state.
   * @returns the number of received bytes
   */
  async finishIfComplete (stored: StoredUpload): Promise<number> {
    const offset = await this.countReceivedBytes(stored)
    return offset === stored.sizeBytes ? await this.write(Readable.from([]), stored._id.toString(), offset) : offset
  }

  private async removeObjects (stored: StoredUpload): Promise<void> {
    await this.convertErrors(async () => {
      await this.area.store.remove(this.area.storeId(stored))
    }).catch((error: unknown) => {
      if (!isNotFoundError(error)) throw error
    })
    await this.area.removeLeftovers(stored)
    await this.deps.storage.remove(stored.storageKey)
  }

  /** The last bytes change the state and release the lock in one write, so that processing need not wait for it. */
  private async saveReceivedBytes (
    { _id, sizeBytes, concatenation }: StoredUpload,
    receivedBytes: number,
  ): Promise<void> {
    const isComplete = receivedBytes === sizeBytes
    const state = concatenation === null ? 'processing' : 'received'
    const fields = {
      receivedBytes,
      touchedAt: this.deps.now(),
      ...(isComplete ? { state, lockHolder: null, lockedUntil: NOT_LOCKED } : {}),
    }
    await MediaUpload.updateOne({ _id, state: 'uploading' }, { $set: fields })
    if (isComplete && state === 'processing') this.deps.onComplete(_id.toString())
  }

  /**
   * Reads and checks the first bytes, and removes an upload that is not a media file. If a first request has too few
   * bytes, the file is checked when it is complete.
   */
  private async readHead (source: Readable, stored: StoredUpload): Promise<Buffer> {
    const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>
    let head = Buffer.alloc(0)
    while (head.length < HEAD_BYTES) {
      const { value, done } = await chunks.next()
      if (done === true) break
      head = Buffer.concat([head, value])
    }
    try {
      if (head.length >= Math.min(HEAD_BYTES, stored.sizeBytes ?? HEAD_BYTES)) assertMediaFile(head)
    } catch (error) {
      await this.remove(stored._id.toString())
      throw error
    }
    return head
  }

  /** The library compares with the system clock. */
  private toSystemTime (date: Date): Date {
    return new Date(date.getTime() + Date.now() - this.deps.now().getTime())
  }

  /**
   * Converts errors of the tus libraries.
   * @throws DomainError 404 `not-found` if the area does not have the upload, 503 `storage-unavailable`
   */
  private async convertErrors<T> (work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof DomainError) throw error
      if (isStorageFull(error)) throw storageFull()
      const { status_code: status } = error as { status_code?: number }
      if (status === 404 || status === 410) throw notFound('upload')
      throw status === undefined || status >= 500 ? storageUnavailable(error) : error
    }
  }
}

function assertNotEmpty (sizeBytes: number): void {
  if (sizeBytes < 1) {
    throw badRequest('empty-upload', 'Upload-Length must be the size of the file in bytes, at least 1.')
  }
}

/** A body whose failure does not destroy the request: the library would take that for an abort by the client. */
function toBody (head: Buffer, source: Readable): Readable {
  return Readable.from(
    (async function* () {
      if (head.length > 0) yield head
      yield* source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>
    })(),
    { objectMode: false },
  )
}

function isNotFoundError (error: unknown): boolean {
  return error instanceof DomainError && error.status === 404
}

function failNotFound (): never {
  throw notFound('upload')
}
