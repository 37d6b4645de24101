// Collections and indexes: created by an explicit step in production, at every start in development.
import mongoose from 'mongoose'
import type { Config } from '../config.js'
import '../../models/account.js'
import '../../models/account-streams.js'
import '../../models/change-log.js'
import '../../models/collection.js'
import '../../models/audit.js'
import '../../models/image.js'
import '../../models/import-checkpoint.js'
import '../../models/email-token.js'
import '../../models/media.js'
import '../../models/media-upload.js'
import '../../models/movie.js'
import '../../models/play.js'
import '../../models/idempotency-record.js'
import '../../models/session.js'
import '../../models/show.js'
import '../../models/soft-deleted.js'
import '../../models/profile-title-preferences.js'
import '../../models/throttle.js'
import '../../models/undo.js'
import '../../models/watch-archive.js'
import '../../models/wishlist-order.js'

/** Models with a collection of their own: discriminators share their base's. */
function baseModels () {
  return mongoose.modelNames().map((name) => mongoose.model(name)).filter((model) => model.baseModelName === undefined)
}

/** Creates every collection and index that is missing. */
export async function createIndexes (report: (collection: string) => void = () => undefined): Promise<void> {
  for (const model of baseModels()) {
    await model.createCollection()
    await model.createIndexes()
    report(model.collection.name)
  }
}

/** Names the indexes that are missing, as `collection: {keys}`. */
export async function findMissingIndexes (): Promise<string[]> {
  const missing: string[] = []
  for (const model of baseModels()) {
    const existing = await model.collection.indexes().catch(() => [])
    const keys = new Set(existing.map((index) => JSON.stringify(index.key)))
    for (const [wanted] of model.schema.indexes()) {
      if (!keys.has(JSON.stringify(wanted))) missing.push(`${model.collection.name}: ${JSON.stringify(wanted)}`)
    }
  }
  return missing
}

/**
 * Creates what is missing, except in production, where that is a step of its own.
 * @throws Error that names what is missing
 */
export async function requireIndexes (env: Config['env']): Promise<void> {
  if (env !== 'production') {
    await createIndexes()
    return
  }
  const missing = await findMissingIndexes()
  if (missing.length > 0) {
    throw new Error(`Indexes are missing; create them with "npm run normflix -- indexes":\n  ${missing.join('\n  ')}`)
  }
}
