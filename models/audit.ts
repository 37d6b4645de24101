// The audit log: who did what, when, and how it ended. Written once: through this model nothing is changed or removed.
import mongoose, { Schema, Types } from 'mongoose'
import { AUDIT_RESULTS, type AuditResult } from '../src/domain/vocabulary.js'
import { REPLACE_METHODS, UnguardedWriteError, UPDATE_METHODS } from './write-guards.js'

/** No names, no addresses of people, no secrets: ids, codes, and a network's address. */
export interface StoredAudit {
  _id: Types.ObjectId
  at: Date
  /** As `log-in` or `replace-movie`: the operation of the API, or what was found while it ran. */
  action: string
  result: AuditResult
  /** The code of the problem that was answered, or what else there is to say; null for nothing. */
  reason: string | null
  /** Null for what the service or the command line did. */
  requestId: string | null
  /** Who did it; null for somebody not signed in, and for an account that was erased since. */
  actor: Types.ObjectId | null
  session: Types.ObjectId | null
  /** Whose account it is about; null for none, or one that was erased since. */
  account: Types.ObjectId | null
  /** What of the account or the catalogue it is about. */
  subject: { kind: string, id: string } | null
  /** Cut to its /24 or /48; null for the command line. */
  ipAddress: string | null
  expiresAt: Date
}

const auditSchema = new Schema<StoredAudit>({
  at: { type: Date, required: true, immutable: true },
  action: { type: String, required: true, maxlength: 60 },
  result: { type: String, enum: AUDIT_RESULTS, required: true },
  reason: { type: String, default: null, maxlength: 60 },
  requestId: { type: String, default: null, maxlength: 40 },
  actor: { type: Schema.Types.ObjectId, default: null },
  session: { type: Schema.Types.ObjectId, default: null },
  account: { type: Schema.Types.ObjectId, default: null },
  subject: {
    type: new Schema({
      kind: { type: String, required: true, maxlength: 30 },
      id: { type: String, required: true, maxlength: 60 },
    }, { _id: false }),
    default: null,
  },
  ipAddress: { type: String, default: null, maxlength: 60 },
  expiresAt: { type: Date, required: true },
}, { collection: 'audit', versionKey: false })

// Pages of all of it, newest first.
auditSchema.index({ at: -1, _id: -1 })
// What happened to an account; letting go of an erased one.
auditSchema.index({ account: 1, at: -1, _id: -1 })
// What somebody did; letting go of an erased one.
auditSchema.index({ actor: 1, at: -1, _id: -1 })
// What was kept for long enough.
auditSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

function refuse (): never {
  throw new UnguardedWriteError('audit: entries are added, never changed or removed')
}

auditSchema.pre([...UPDATE_METHODS], refuse)
auditSchema.pre([...REPLACE_METHODS], refuse)
auditSchema.pre(['deleteMany', 'findOneAndDelete'], refuse)
auditSchema.pre('deleteOne', { document: true, query: true }, refuse)
auditSchema.pre('updateOne', { document: true, query: true }, refuse)
auditSchema.pre('bulkWrite', async function refuseBulk () {
  refuse()
})
auditSchema.pre('save', function refuseChange () {
  if (!this.isNew) refuse()
})

export const Audit = mongoose.model('Audit', auditSchema)

/**
 * Takes an erased account out of the log: what was done stays, who did it does not. The one change there is, so it goes
 * round the model on purpose.
 */
export async function anonymiseAudit (accountId: string): Promise<void> {
  const id = new Types.ObjectId(accountId)
  await Audit.collection.updateMany({ account: id, actor: null }, { $set: { session: null } })
  await Audit.collection.updateMany({ account: id }, { $set: { account: null, subject: null } })
  await Audit.collection.updateMany({ actor: id }, { $set: { actor: null, session: null } })
}
