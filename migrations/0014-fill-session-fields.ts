// Sessions state where their refresh tokens travel. Older ones have them in bodies.
import { fillFields, type Migration } from './migration.js'

export const migration: Migration = {
  name: '0014-fill-session-fields',
  async up (db) {
    await fillFields(db.collection('sessions'), { transport: 'body' })
  },
}
