// The audit log: who did what, when, and with which result. Entries are added, never changed or removed.
import mongoose, { Schema, Types } from 'mongoose'
import './mongoose-settings.js'
import { AUDIT_RESULTS, type AuditResult } from '../src/domain/vocabulary.js'
import { REPLACE_METHODS, UnguardedWriteError, UPDATE_METHODS } from './write-guards.js'

/** Contains IDs, codes and a truncated IP address; no names, no email addresses and no secrets. */
export interface StoredAudit {
  _id: Types.ObjectId
  at: Date
  /** Name of the API operation, such as `log-in`, or of an event during a request. */
  action: string
  result: AuditResult
  /** Problem code of the response, or another detail; null for none. */
  reason: string | null
  /** Null for actions of the service or the command line. */
  requestId: string | null
  /** The account that acted; null when signed out or erased. */
  actor: Types.ObjectId | null
  session: Types.ObjectId | null
  /** The account that the action concerns; null for none or an erased one. */
  account: Types.ObjectId | null
  /** The part of the account or of the catalogue that the action concerns. */
  subject: { kind: string, id: string } | null
  /** Truncated to /24 or /48; null for the command line. */
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

// Pages of the whole log, newest first.
auditSchema.index({ at: -1, _id: -1 })
// Entries about an account; anonymising an erased account.
auditSchema.index({ account: 1, at: -1, _id: -1 })
// Entries of an actor; anonymising an erased account.
auditSchema.index({ actor: 1, at: -1, _id: -1 })
// Clean-up after the retention period.
auditSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

function rejectChange (): never {
  throw new UnguardedWriteError('audit: entries are added, never changed or removed')
}

auditSchema.pre([...UPDATE_METHODS], rejectChange)
auditSchema.pre([...REPLACE_METHODS], rejectChange)
auditSchema.pre(['deleteMany', 'findOneAndDelete'], rejectChange)
auditSchema.pre('deleteOne', { document: true, query: true }, rejectChange)
auditSchema.pre('updateOne', { document: true, query: true }, rejectChange)
auditSchema.pre('bulkWrite', async function rejectBulkWrite () {
  rejectChange()
})
auditSchema.pre('save', function rejectSave () {
  if (!this.isNew) rejectChange()
})

export const Audit = mongoose.model('Audit', auditSchema)

/** Removes the references to an erased account. The only change to entries, so it uses the driver on purpose. */
export async function anonymiseAudit (accountId: string): Promise<void> {
  const id = new Types.ObjectId(accountId)
  await Audit.collection.updateMany({ account: id, actor: null }, { $set: { session: null } })
  await Audit.collection.updateMany({ account: id }, { $set: { account: null, subject: null } })
  await Audit.collection.updateMany({ actor: id }, { $set: { actor: null, session: null } })
}
