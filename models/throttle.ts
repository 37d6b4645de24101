// Recent attempts at a secret: one small document per key, counted in one atomic write.
import mongoose, { Schema } from 'mongoose'
import './mongoose-settings.js'

export interface StoredThrottle {
  /** What the attempts are made at, such as `pin <profile ID>`. */
  _id: string
  /** Failed attempts in a row. */
  count: number
  /** Attempts are rejected until then; null when the next one is free. */
  blockedUntil: Date | null
  /** From then on the count is 0, even while the document still exists. */
  expiresAt: Date
}

const throttleSchema = new Schema<StoredThrottle>({
  _id: { type: String, required: true },
  count: { type: Number, required: true },
  blockedUntil: { type: Date, default: null },
  expiresAt: { type: Date, required: true },
}, { collection: 'throttles', versionKey: false })

// Clean-up only: the rule itself compares `expiresAt`.
throttleSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const Throttle = mongoose.model('Throttle', throttleSchema)
