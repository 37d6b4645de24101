// A single-use token sent by email. Only its hash is stored.
import { createHash } from 'node:crypto'
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'

export const EMAIL_TOKEN_KINDS = ['verify-email', 'reset-password', 'change-email'] as const
export type EmailTokenKind = (typeof EMAIL_TOKEN_KINDS)[number]

export interface StoredEmailToken {
  /** SHA-256 of the token, hexadecimal. */
  _id: string
  kind: EmailTokenKind
  account: Types.ObjectId
  /** The address that the token was sent to. */
  email: string
  /** `credentialsVersion` of the account when the token was requested; another number makes the token invalid. */
  credentialsVersion: number
  createdAt: Date
  expiresAt: Date
  usedAt: Date | null
}

const emailTokenSchema = new Schema<StoredEmailToken>({
  _id: { type: String, required: true },
  kind: { type: String, enum: EMAIL_TOKEN_KINDS, required: true },
  account: { type: Schema.Types.ObjectId, required: true },
  email: { type: String, required: true },
  credentialsVersion: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  usedAt: { type: Date, default: null },
}, { collection: 'emailtokens', versionKey: false })

// Deletion of an account; invalidating earlier tokens of a kind.
emailTokenSchema.index({ account: 1, kind: 1 })
// Clean-up only: the rule itself compares `expiresAt`.
emailTokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const EmailToken = mongoose.model('EmailToken', emailTokenSchema)

/** ID of the document of a token. */
export function emailTokenId (token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
