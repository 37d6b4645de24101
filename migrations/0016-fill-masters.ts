// Media files name the master that they were encoded from. Those of earlier versions were uploaded.
import { fillElements, type Migration } from './migration.js'

export const migration: Migration = {
  name: '0016-fill-masters',
  async up (db) {
    await db.collection('media').updateMany({}, [{ $set: { files: fillElements('$files', 'file', { master: null }) } }])
  },
}
