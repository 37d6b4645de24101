// A resumable upload, from its creation to the media file. The media file gets the ID of the upload. A final upload
// consists of partial uploads, which are removed with its processing.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'

/** Complete uploads are processed; complete partial uploads are `received`, and wait for their final upload. */
export const UPLOAD_STATES = ['uploading', 'received', 'processing', 'ready', 'failed'] as const
export type UploadState = (typeof UPLOAD_STATES)[number]

export interface StoredUpload {
  _id: Types.ObjectId
  /** The movie or episode that the file is for; null for a partial upload. */
  item: Types.ObjectId | null
  /** The account that created the upload. */
  startedBy: Types.ObjectId
  state: UploadState
  /** Storage key of the complete file. */
  storageKey: string
  /** The Upload-Metadata header of the client; empty for a partial upload without one. */
  metadata: string
  /** Null until the client announces it, at the latest with the last bytes. */
  sizeBytes: number | null
  receivedBytes: number
  failure: { code: string, detail: string } | null
  /** The Upload-Concat header of the client: `partial`, or `final;` and URLs; null: the upload is the whole file. */
  concatenation: string | null
  /** The partial uploads of a final upload, in order. At most MAX_PARTS. */
  partIds?: Types.ObjectId[]
  /** The job that encodes the master; absent unless a master was added. */
  encodingJob?: Types.ObjectId
  createdAt: Date
  /** When bytes arrived or the state changed. */
  touchedAt: Date
  /** The process that writes or processes the upload; null when it is not locked. */
  lockHolder: string | null
  /** The lock expires then unless it is renewed. */
  lockedUntil: Date
  /** Another request waits for the lock. */
  isReleaseRequested: boolean
}

/** `lockedUntil` of an upload that is not locked. */
export const NOT_LOCKED = new Date(0)

export const MAX_PARTS = 100

const mediaUploadSchema = new Schema<StoredUpload>({
  item: { type: Schema.Types.ObjectId, default: null },
  startedBy: { type: Schema.Types.ObjectId, required: true },
  state: { type: String, enum: UPLOAD_STATES, required: true },
  storageKey: { type: String, required: true },
  metadata: { type: String, default: '' },
  sizeBytes: { type: Number, default: null },
  receivedBytes: { type: Number, required: true },
  failure: { type: Schema.Types.Mixed, default: null },
  concatenation: { type: String, default: null },
  partIds: {
    type: [Schema.Types.ObjectId],
    // Without the field a document is not in the index.
    default: undefined,
    validate: { validator: (ids: unknown[]) => ids.length <= MAX_PARTS, message: 'too many parts' },
  },
  encodingJob: { type: Schema.Types.ObjectId, default: undefined },
  createdAt: { type: Date, required: true },
  touchedAt: { type: Date, required: true },
  lockHolder: { type: String, default: null },
  lockedUntil: { type: Date, default: NOT_LOCKED },
  isReleaseRequested: { type: Boolean, default: false },
}, { collection: 'mediauploads', versionKey: false })

// Jobs: uploads to process and abandoned uploads.
mediaUploadSchema.index({ state: 1, touchedAt: 1 })
// The final upload of a partial upload: there is at most one.
mediaUploadSchema.index({ partIds: 1 }, { unique: true, sparse: true })

export const MediaUpload = mongoose.model('MediaUpload', mediaUploadSchema)

export async function findUpload (id: string | Types.ObjectId): Promise<StoredUpload | null> {
  return await MediaUpload.findById(id).lean<StoredUpload>()
}
