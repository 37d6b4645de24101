// Resumable uploads state whether they are partial or final uploads. Older ones are whole files.
import { fillFields, type Migration } from './migration.js'

export const migration: Migration = {
  name: '0013-fill-upload-fields',
  async up (db) {
    await fillFields(db.collection('mediauploads'), { concatenation: null })
  },
}
