// Fields of change logs, throttles, uploads, the audit log and sessions are named after what they contain.
import { dropIndex, renameFields, type Migration } from './migration.js'

export const migration: Migration = {
  name: '0008-rename-fields',
  async up (db) {
    await renameFields(db.collection('changelogs'), { forgotten: 'trimmedSeq', windowsToldUntil: 'notifiedUntil' })
    // The TTL index of the old field.
    await dropIndex(db, 'throttles', 'forgetAt_1')
    await renameFields(db.collection('throttles'), { forgetAt: 'expiresAt' })
    await renameFields(db.collection('mediauploads'), {
      leaseHolder: 'lockHolder',
      leaseUntil: 'lockedUntil',
      leaseWanted: 'isReleaseRequested',
    })
    await renameFields(db.collection('audit'), { address: 'ipAddress' })
    await renameFields(db.collection('sessions'), { revokedBecause: 'revocationReason' })
  },
}
