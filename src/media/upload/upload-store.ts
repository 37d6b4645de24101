// What the tus server reads and writes: the bytes in an upload area, their state in the database. The first bytes must be
// those of a media file, and the last make the upload ready to be processed.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { DataStore, Metadata, Upload } from '@tus/server'
import { Types } from 'mongoose'
import { findUpload, MediaUpload, NO_LEASE, type StoredUpload } from '../../../models/media-upload.js'
import { badRequest, DomainError, notFound, storageUnavailable } from '../../errors.js'
import { RESUMABLE_FOLDER, type MediaStorage } from '../../storage/storage.js'
import { HEAD_BYTES } from './container-magic.js'
import { assertMedia } from './receive-upload.js'
import type { UploadArea } from './upload-area.js'

/** An upload that nobody goes on with is removed after this. */
export const UPLOAD_EXPIRES_MS = 24 * 3_600_000

/** The server tells a store nothing of the request: the account travels in the metadata, under a name no client's can have. */
export const STARTED_BY = '\0startedBy'

interface StoreServices {
  readonly storage: MediaStorage
  now(): Date
  /** An upload is complete and waits to be processed. */
  onComplete(id: string): void
}

export class UploadStore extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'termination', 'expiration']

  constructor (private readonly area: UploadArea, private readonly services: StoreServices) {
    super()
  }

  override getExpiration (): number {
    return UPLOAD_EXPIRES_MS
  }

  /** @param upload its metadata has been checked */
  override async create (upload: Upload): Promise<Upload> {
    const { [STARTED_BY]: startedBy = null, ...metadata } = upload.metadata ?? {}
    if (upload.size === undefined || upload.size < 1) {
      throw badRequest('empty-upload', 'Upload-Length must tell how many bytes will come, at least 1.')
    }
    const now = this.services.now()
    const _id = new Types.ObjectId(upload.id)
    const item = metadata['itemId'] ?? ''
    const stored = await MediaUpload.create({
      _id,
      item: new Types.ObjectId(item),
      startedBy: new Types.ObjectId(startedBy ?? ''),
      state: 'uploading',
      storageKey: `${RESUMABLE_FOLDER}/${item}/${upload.id}-${randomUUID()}`,
      metadata: Metadata.stringify(metadata),
      sizeBytes: upload.size,
      receivedBytes: 0,
      createdAt: now,
      touchedAt: now,
    })
    await this.reach(async () =>
      await this.area.store.create(new Upload({ ...upload, metadata: {}, id: this.area.idOf(stored) }))
    ).catch(async (error: unknown) => {
      await MediaUpload.deleteOne({ _id })
      throw error
    })
    upload.creation_date = now.toISOString()
    return upload
  }

  override async getUpload (id: string): Promise<Upload> {
    const stored = await findUpload(id) ?? failUnknown()
    const offset = stored.state === 'uploading' ? await this.settle(stored) : stored.sizeBytes
    // What expires is counted from the last bytes, not from the first.
    return new Upload({
      id,
      size: stored.sizeBytes,
      offset,
      metadata: Metadata.parse(stored.metadata),
      creation_date: this.realTime(stored.touchedAt).toISOString(),
    })
  }

  override async write (source: Readable, id: string, offset: number): Promise<number> {
    const stored = await findUpload(id) ?? failUnknown()
    if (stored.state !== 'uploading') return stored.sizeBytes
    await MediaUpload.updateOne({ _id: stored._id }, { $set: { touchedAt: this.services.now() } })
    const body = offset === 0 ? await this.checkHead(source, stored) : source
    const receivedBytes = await this.reach(async () =>
      await this.area.store.write(body, this.area.idOf(stored), offset)
    )
    await this.note(stored, receivedBytes)
    return receivedBytes
  }

  override async remove (id: string): Promise<void> {
    await this.discard(await findUpload(id) ?? failUnknown())
    await MediaUpload.deleteOne({ _id: id })
  }

  /** How many bytes an unfinished upload has, by what is really there. @throws DomainError 404, 503 */
  async receivedOf (stored: StoredUpload): Promise<number> {
    const { offset } = await this.reach(async () => await this.area.store.getUpload(this.area.idOf(stored))).catch(
      (error: unknown) => {
        // A client that is told so would begin again.
        throw this.area.isRemote && isNotFound(error) ? storageUnavailable(error) : error
      },
    )
    return offset
  }

  /** Removes the bytes of an upload, wherever they are by now. */
  async discard (stored: StoredUpload): Promise<void> {
    await this.reach(async () => {
      await this.area.store.remove(this.area.idOf(stored))
    }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
    await this.area.clear(stored)
    await this.services.storage.remove(stored.storageKey)
  }

  /** An upload whose last bytes came, but whose process died before it could say so, is complete all the same. */
  async settle (stored: StoredUpload): Promise<number> {
    const offset = await this.receivedOf(stored)
    return offset === stored.sizeBytes ? await this.write(Readable.from([]), stored._id.toString(), offset) : offset
  }

  /** The last bytes give the lease back with the change of state: whoever processes the upload need not wait for it. */
  private async note ({ _id, sizeBytes }: StoredUpload, receivedBytes: number): Promise<void> {
    const isComplete = receivedBytes === sizeBytes
    const change = {
      receivedBytes,
      touchedAt: this.services.now(),
      ...(isComplete ? { state: 'processing', leaseHolder: null, leaseUntil: NO_LEASE } : {}),
    }
    await MediaUpload.updateOne({ _id, state: 'uploading' }, { $set: change })
    if (isComplete) this.services.onComplete(_id.toString())
  }

  /** Hands on what is a media file by its first bytes. One that begins with too few is judged when it is complete. */
  private async checkHead (source: Readable, stored: StoredUpload): Promise<Readable> {
    const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>
    let head = Buffer.alloc(0)
    while (head.length < HEAD_BYTES) {
      const { value, done } = await chunks.next()
      if (done === true) break
      head = Buffer.concat([head, value])
    }
    try {
      if (head.length >= Math.min(HEAD_BYTES, stored.sizeBytes)) assertMedia(head)
    } catch (error) {
      await this.remove(stored._id.toString())
      throw error
    }
    return Readable.from(
      (async function* () {
        if (head.length > 0) yield head
        yield* chunks
      })(),
      { objectMode: false },
    )
  }

  /** The server compares with the system's clock. */
  private realTime (moment: Date): Date {
    return new Date(moment.getTime() + Date.now() - this.services.now().getTime())
  }

  /** @throws DomainError 404 when the area has no such upload, 503 when it cannot be reached */
  private async reach<T> (work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof DomainError) throw error
      const { status_code: status } = error as { status_code?: number }
      if (status === 404 || status === 410) throw notFound('upload')
      throw status === undefined || status >= 500 ? storageUnavailable(error) : error
    }
  }
}

function isNotFound (error: unknown): boolean {
  return error instanceof DomainError && error.status === 404
}

function failUnknown (): never {
  throw notFound('upload')
}
