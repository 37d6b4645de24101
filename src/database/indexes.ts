// Creates collections and indexes. Production does it in a separate step, development at each start.
import mongoose from 'mongoose'
import type { Config } from '../config.js'
import '../../models/account-streams.js'
import '../../models/account.js'
import '../../models/api-token.js'
import '../../models/audit.js'
import '../../models/catalogue-snapshot.js'
import '../../models/change-log.js'
import '../../models/collection.js'
import '../../models/device-login.js'
import '../../models/email-token.js'
import '../../models/encoding-chunk.js'
import '../../models/encoding-job.js'
import '../../models/encoding-step.js'
import '../../models/error-count.js'
import '../../models/idempotency-record.js'
import '../../models/image.js'
import '../../models/import-checkpoint.js'
import '../../models/marker-detection.js'
import '../../models/media-upload.js'
import '../../models/media.js'
import '../../models/movie.js'
import '../../models/outbox-email.js'
import '../../models/play.js'
import '../../models/person-picture.js'
import '../../models/profile-title-preferences.js'
import '../../models/service-account.js'
import '../../models/session.js'
import '../../models/show.js'
import '../../models/soft-deleted.js'
import '../../models/throttle.js'
import '../../models/undo.js'
import '../../models/watch-archive.js'
import '../../models/webhook-delivery.js'
import '../../models/webhook-endpoint.js'
import '../../models/wishlist-order.js'

/** Models with their own collection: discriminators share the collection of their base model. */
function baseModels () {
  return mongoose.modelNames().map((name) => mongoose.model(name)).filter((model) => model.baseModelName === undefined)
}

/** Creates every collection and index that is missing. @param report receives the name of each collection */
export async function createIndexes (report: (collection: string) => void = () => undefined): Promise<void> {
  for (const model of baseModels()) {
    await model.createCollection()
    await model.createIndexes()
    report(model.collection.name)
  }
}

/** Number of indexes that the models declare. */
export function countIndexes (): number {
  return baseModels().reduce((sum, { schema }) => sum + schema.indexes().length, 0)
}

/** Returns the missing indexes as `collection: {keys}`. */
export async function findMissingIndexes (): Promise<string[]> {
  const missing: string[] = []
  for (const model of baseModels()) {
    const existing = await model.collection.indexes().catch(() => [])
    const existingKeys = new Set(existing.map(({ key }) => JSON.stringify(key)))
    const requiredKeys = model.schema.indexes().map(([key]) => JSON.stringify(key))
    for (const key of requiredKeys) if (!existingKeys.has(key)) missing.push(`${model.collection.name}: ${key}`)
  }
  return missing
}

/**
 * Creates missing indexes, except in production, where that is a separate step.
 * @throws Error with the missing indexes
 */
export async function requireIndexes (env: Config['env']): Promise<void> {
  if (env !== 'production') {
    await createIndexes()
    return
  }
  const missing = await findMissingIndexes()
  if (missing.length > 0) {
    throw new Error(`Indexes are missing; create them with "npm run normflix -- migrate":\n  ${missing.join('\n  ')}`)
  }
}
