// Collections and fields are named after what the models call them.
import { renameCollection, renameFields, type Migration } from './migration.js'

export const migration: Migration = {
  name: '0004-rename-collections',
  async up (db) {
    await renameCollection(db, 'maillinks', 'emailtokens')
    await renameCollection(db, 'trash', 'softdeleted')
    await renameCollection(db, 'repeatablerequests', 'idempotencyrecords')
    await renameFields(db.collection('idempotencyrecords'), { workUntil: 'claimedUntil', answer: 'response' })
    await renameCollection(db, 'importruns', 'importcheckpoints')
    await renameFields(db.collection('importcheckpoints'), { items: 'processedRecords' })
  },
}
