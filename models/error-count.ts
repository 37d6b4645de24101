// Errors of one hour: one small document with counters, to which all processes add.
import mongoose, { Schema } from 'mongoose'
import './mongoose-settings.js'

/** What failed: responses with 5xx, runs of scheduled jobs, packaging of media files, and uploads. */
export const ERROR_KINDS = ['requests', 'jobRuns', 'packagings', 'uploads'] as const
export type ErrorKind = typeof ERROR_KINDS[number]

export interface StoredErrorCount extends Record<ErrorKind, number> {
  /** Start of the hour, RFC 3339 in UTC. */
  _id: string
  expiresAt: Date
}

const count = { type: Number, default: 0 }

const errorCountSchema = new Schema<StoredErrorCount>({
  _id: { type: String, required: true },
  requests: count,
  jobRuns: count,
  packagings: count,
  uploads: count,
  expiresAt: { type: Date, required: true },
}, { collection: 'errorcounts', versionKey: false })

// Clean-up only.
errorCountSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const ErrorCount = mongoose.model('ErrorCount', errorCountSchema)
