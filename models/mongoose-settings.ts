// Global settings of Mongoose. A schema copies them when it is created, so every file with a schema imports this one.
import mongoose from 'mongoose'

const SETTINGS = {
  /** Unknown fields of documents and updates are an error; Mongoose would drop them silently. */
  strict: 'throw',
  /** So are unknown fields of filters: without them a filter would match more documents. */
  strictQuery: 'throw',
  /** Operators in values of filters, such as `{ $ne: null }`, are compared as values unless code trusts them. */
  sanitizeFilter: true,
  /** An operation without a connection fails directly instead of waiting for one. */
  bufferCommands: false,
  /** `src/database/indexes.ts` creates indexes and collections. */
  autoIndex: false,
  autoCreate: false,
} as const

for (const [name, value] of Object.entries(SETTINGS)) {
  mongoose.set(name as keyof typeof SETTINGS, value)
}
