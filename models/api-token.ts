// A token of an account or service account for scripts. Only its hash is stored.
import mongoose, { Schema, type Types } from 'mongoose'
import {
  API_SCOPES,
  MAX_TOKENS_OF_OWNER,
  TOKEN_OWNER_KINDS,
  type ApiScope,
  type TokenOwnerKind,
} from '../src/domain/api-scopes.js'
import './mongoose-settings.js'
import { reportWritesOf } from './write-notifications.js'

export interface StoredApiToken {
  _id: Types.ObjectId
  /** ID of the account or service account whose rights the token has. */
  account: Types.ObjectId
  /** From 0 to `MAX_TOKENS_OF_OWNER` - 1. The unique index limits the tokens of an owner, also under concurrency. */
  slot: number
  ownerKind: TokenOwnerKind
  name: string
  scopes: ApiScope[]
  /** SHA-256, hexadecimal. */
  secretHash: string
  /** The account that created the token. */
  createdBy: Types.ObjectId
  createdAt: Date
  expiresAt: Date
  /** Within ten minutes; null: never used. */
  lastUsedAt: Date | null
}

const apiTokenSchema = new Schema<StoredApiToken>({
  account: { type: Schema.Types.ObjectId, required: true },
  slot: { type: Number, min: 0, max: MAX_TOKENS_OF_OWNER - 1, required: true },
  ownerKind: { type: String, enum: TOKEN_OWNER_KINDS, required: true },
  name: { type: String, required: true },
  scopes: { type: [String], enum: API_SCOPES, validate: (scopes: unknown[]) => scopes.length <= API_SCOPES.length },
  secretHash: { type: String, required: true },
  createdBy: { type: Schema.Types.ObjectId, required: true },
  createdAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  lastUsedAt: { type: Date, default: null },
}, { collection: 'apitokens', versionKey: false })

/** Expired tokens stay in the list for 30 days. */
const EXPIRED_TTL_S = 30 * 86_400

// Tokens of an owner; deletion of an account.
apiTokenSchema.index({ account: 1 })
// The limit on the number of tokens of an owner.
apiTokenSchema.index({ account: 1, slot: 1 }, { unique: true })
// Tokens of all service accounts.
apiTokenSchema.index({ ownerKind: 1 })
// Clean-up only: the rule itself compares `expiresAt`.
apiTokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: EXPIRED_TTL_S })

reportWritesOf(apiTokenSchema, 'apitokens')

export const ApiToken = mongoose.model('ApiToken', apiTokenSchema)
