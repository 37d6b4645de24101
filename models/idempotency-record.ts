// A request that may be repeated: what it was, and how it was answered, so that repeating it applies nothing twice.
import mongoose, { Schema, type Types } from 'mongoose'

export interface StoredIdempotencyRecord {
  /** SHA-256 of account and key, hexadecimal. */
  _id: string
  account: Types.ObjectId
  /** SHA-256 of method, address and body, hexadecimal. */
  fingerprint: string
  /** Who works on it must have answered by then, or it counts as given up. */
  workUntil: Date
  /** Null while it is being worked on. */
  answer: StoredResponse | null
  expiresAt: Date
}

export interface StoredResponse {
  status: number
  headers: Record<string, string>
  body: string
}

const answerSchema = new Schema<StoredResponse>({
  status: { type: Number, required: true },
  headers: { type: Schema.Types.Mixed, required: true },
  body: { type: String, default: '' },
}, { _id: false })

const repeatableRequestSchema = new Schema<StoredIdempotencyRecord>({
  _id: { type: String, required: true },
  account: { type: Schema.Types.ObjectId, required: true },
  fingerprint: { type: String, required: true },
  workUntil: { type: Date, required: true },
  answer: { type: answerSchema, default: null },
  expiresAt: { type: Date, required: true },
}, { collection: 'repeatablerequests', versionKey: false })

// Deletion of an account: answers hold what is in it.
repeatableRequestSchema.index({ account: 1 })
// Clean-up only: what is older still repeats its answer.
repeatableRequestSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const IdempotencyRecord = mongoose.model('RepeatableRequest', repeatableRequestSchema)
