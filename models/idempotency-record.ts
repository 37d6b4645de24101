// A request with an `Idempotency-Key` and its response: repeating the request returns the response and applies nothing.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'

export interface StoredIdempotencyRecord {
  /** SHA-256 of account and key, hexadecimal. */
  _id: string
  account: Types.ObjectId
  /** SHA-256 of method, URL and body, hexadecimal. */
  fingerprint: string
  /** A worker that has not finished by then is considered dead; the key may be claimed again. */
  claimedUntil: Date
  /** Null while the request is in progress. */
  response: StoredResponse | null
  expiresAt: Date
}

export interface StoredResponse {
  status: number
  headers: Record<string, string>
  body: string
  /** ID of the key that encrypts the body, which is then base64; null or missing for a plain one. */
  kid?: string | null
}

const responseSchema = new Schema<StoredResponse>({
  status: { type: Number, required: true },
  headers: { type: Schema.Types.Mixed, required: true },
  body: { type: String, default: '' },
  kid: { type: String },
}, { _id: false })

const idempotencyRecordSchema = new Schema<StoredIdempotencyRecord>({
  _id: { type: String, required: true },
  account: { type: Schema.Types.ObjectId, required: true },
  fingerprint: { type: String, required: true },
  claimedUntil: { type: Date, required: true },
  response: { type: responseSchema, default: null },
  expiresAt: { type: Date, required: true },
}, { collection: 'idempotencyrecords', versionKey: false })

// Deletion of an account: responses contain its data.
idempotencyRecordSchema.index({ account: 1 })
// Clean-up only: a record that has expired may still be replayed.
idempotencyRecordSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const IdempotencyRecord = mongoose.model('IdempotencyRecord', idempotencyRecordSchema)
