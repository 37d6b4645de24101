// Encoding jobs say whether their master is encoded in chunks. Jobs that exist continue without.
import type { Migration } from './migration.js'

export const migration: Migration = {
  name: '0018-fill-chunk-fields',
  async up (db) {
    const fields = { isChunked: false, chunkSettings: null, crashes: 0 }
    await db.collection('encodingjobs').updateMany({ isChunked: { $exists: false } }, { $set: fields })
  },
}
