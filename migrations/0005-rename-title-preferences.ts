// Preferences for titles have a collection named after them, and IDs derived from profile and title alone.
import { createHash } from 'node:crypto'
import { Types } from 'mongoose'
import { copyDocuments, hasCollection, type Migration } from './migration.js'

function derivePreferencesId (profile: unknown, title: unknown): Types.ObjectId {
  const hash = createHash('sha256').update(`${String(profile)}\n${String(title)}`).digest()
  return new Types.ObjectId(hash.subarray(0, 12))
}

export const migration: Migration = {
  name: '0005-rename-title-preferences',
  async up (db) {
    if (!await hasCollection(db, 'tastes')) return
    const tastes = db.collection('tastes')
    await copyDocuments(tastes, db.collection('profiletitlepreferences'), (document) => ({
      ...document,
      _id: derivePreferencesId(document['profile'], document['title']),
    }))
    await tastes.drop()
  },
}
