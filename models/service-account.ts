// An account of a script: a role without email, password, plan and profiles. It acts by API tokens only.
import mongoose, { Schema, type Types } from 'mongoose'
import { SERVICE_ACCOUNT_ROLES, type ServiceAccountRole } from '../src/domain/api-scopes.js'
import './mongoose-settings.js'
import { reportWritesOf } from './write-notifications.js'

export interface StoredServiceAccount {
  _id: Types.ObjectId
  /** Unique. */
  name: string
  role: ServiceAccountRole
  createdBy: Types.ObjectId
  createdAt: Date
}

const serviceAccountSchema = new Schema<StoredServiceAccount>({
  // A name belongs to one service account.
  name: { type: String, required: true, unique: true },
  role: { type: String, enum: SERVICE_ACCOUNT_ROLES, required: true },
  createdBy: { type: Schema.Types.ObjectId, required: true },
  createdAt: { type: Date, required: true },
}, { collection: 'serviceaccounts', versionKey: false })

reportWritesOf(serviceAccountSchema, 'serviceaccounts')

export const ServiceAccount = mongoose.model('ServiceAccount', serviceAccountSchema)
