// How often something secret was guessed lately: one small document a key, counted in one atomic write.
import mongoose, { Schema } from 'mongoose'

export interface StoredThrottle {
  /** What is guessed at, such as `pin <profile id>`. */
  _id: string
  /** Attempts since the last right one. */
  count: number
  /** No attempt before this moment; null when the next one is free. */
  blockedUntil: Date | null
  /** From this moment on the count is as good as 0, whether the document is still there or not. */
  forgetAt: Date
}

const throttleSchema = new Schema<StoredThrottle>({
  _id: { type: String, required: true },
  count: { type: Number, required: true },
  blockedUntil: { type: Date, default: null },
  forgetAt: { type: Date, required: true },
}, { collection: 'throttles', versionKey: false })

// Clean-up only: the rule itself looks at forgetAt.
throttleSchema.index({ forgetAt: 1 }, { expireAfterSeconds: 0 })

export const Throttle = mongoose.model('Throttle', throttleSchema)
