// An upload that can be resumed, from its announcement to the media file that it became. Its id is that file's.
import mongoose, { Schema, type Types } from 'mongoose'

export type UploadState = 'uploading' | 'processing' | 'ready' | 'failed'

export interface StoredUpload {
  _id: Types.ObjectId
  /** The movie or episode that the file is for. */
  item: Types.ObjectId
  /** The account that began it. */
  startedBy: Types.ObjectId
  state: UploadState
  /** Where the whole file will be. */
  storageKey: string
  /** The Upload-Metadata that the client sent. */
  metadata: string
  sizeBytes: number
  receivedBytes: number
  failure: { code: string, detail: string } | null
  createdAt: Date
  /** When bytes arrived or the state changed. */
  touchedAt: Date
  /** Who writes or processes it; a lease that is not renewed lapses. */
  leaseHolder: string | null
  leaseUntil: Date
  /** Somebody waits for the lease. */
  leaseWanted: boolean
}

export const NO_LEASE = new Date(0)

const mediaUploadSchema = new Schema<StoredUpload>({
  item: { type: Schema.Types.ObjectId, required: true },
  startedBy: { type: Schema.Types.ObjectId, required: true },
  state: { type: String, enum: ['uploading', 'processing', 'ready', 'failed'], required: true },
  storageKey: { type: String, required: true },
  metadata: { type: String, required: true },
  sizeBytes: { type: Number, required: true },
  receivedBytes: { type: Number, required: true },
  failure: { type: Schema.Types.Mixed, default: null },
  createdAt: { type: Date, required: true },
  touchedAt: { type: Date, required: true },
  leaseHolder: { type: String, default: null },
  leaseUntil: { type: Date, default: NO_LEASE },
  leaseWanted: { type: Boolean, default: false },
}, { collection: 'mediauploads', versionKey: false })

// Sweeping: what waits to be processed, and what nobody goes on with.
mediaUploadSchema.index({ state: 1, touchedAt: 1 })

export const MediaUpload = mongoose.model('MediaUpload', mediaUploadSchema)

export async function findUpload (id: string | Types.ObjectId): Promise<StoredUpload | null> {
  return await MediaUpload.findById(id).lean<StoredUpload>()
}
