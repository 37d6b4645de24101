// Stream leases have the reason of their end and the fields that estimate a position from reads.
import { fillElements, type Migration } from './migration.js'

const LEASE = { endReason: null, estimatePosition: false, readAt: null, servedMs: 0 }

export const migration: Migration = {
  name: '0010-fill-lease-fields',
  async up (db) {
    await db.collection('streams').updateMany({}, [{ $set: { leases: fillElements('$leases', 'lease', LEASE) } }])
  },
}
