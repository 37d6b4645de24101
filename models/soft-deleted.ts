// Documents that an action removed from their collections, stored for as long as the action can be undone.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'

export interface SoftDeletedDocument {
  _id: Types.ObjectId
  /** The action that removed the document. */
  undo: Types.ObjectId
  account: Types.ObjectId
  profile: Types.ObjectId
  from: 'plays' | 'watcharchive'
  document: { readonly _id: Types.ObjectId }
  expiresAt: Date
}

const softDeletedSchema = new Schema<SoftDeletedDocument>({
  undo: { type: Schema.Types.ObjectId, required: true },
  account: { type: Schema.Types.ObjectId, required: true },
  profile: { type: Schema.Types.ObjectId, required: true },
  from: { type: String, enum: ['plays', 'watcharchive'], required: true },
  document: { type: Schema.Types.Mixed, required: true },
  expiresAt: { type: Date, required: true },
}, { collection: 'softdeleted', versionKey: false })

// Final deletion.
softDeletedSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
// Undoing an action.
softDeletedSchema.index({ undo: 1, from: 1 })
// Deletion of a profile.
softDeletedSchema.index({ profile: 1 })
// Deletion of an account.
softDeletedSchema.index({ account: 1 })

export const SoftDeleted = mongoose.model('SoftDeleted', softDeletedSchema)
