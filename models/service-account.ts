// An account of a script: a role without email, password, plan and profiles. It acts by API tokens only.
import mongoose, { Schema, type Types } from 'mongoose'
import { MAX_SERVICE_ACCOUNTS, SERVICE_ACCOUNT_ROLES, type ServiceAccountRole } from '../src/domain/api-scopes.js'
import './mongoose-settings.js'
import { reportWritesOf } from './write-notifications.js'

export interface StoredServiceAccount {
  _id: Types.ObjectId
  /** Unique. */
  name: string
  /** From 0 to `MAX_SERVICE_ACCOUNTS` - 1. The unique index limits their number, also under concurrency. */
  slot: number
  role: ServiceAccountRole
  createdBy: Types.ObjectId
  createdAt: Date
}

const serviceAccountSchema = new Schema<StoredServiceAccount>({
  // A name belongs to one service account.
  name: { type: String, required: true, unique: true },
  slot: { type: Number, min: 0, max: MAX_SERVICE_ACCOUNTS - 1, required: true },
  role: { type: String, enum: SERVICE_ACCOUNT_ROLES, required: true },
  createdBy: { type: Schema.Types.ObjectId, required: true },
  createdAt: { type: Date, required: true },
}, { collection: 'serviceaccounts', versionKey: false })

// The limit on the number of service accounts.
serviceAccountSchema.index({ slot: 1 }, { unique: true })

reportWritesOf(serviceAccountSchema, 'serviceaccounts')

export const ServiceAccount = mongoose.model('ServiceAccount', serviceAccountSchema)
