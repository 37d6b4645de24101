// A link that was mailed: it works once, until it expires. Only a hash of its token is kept.
import { createHash } from 'node:crypto'
import mongoose, { Schema, type Types } from 'mongoose'

export type EmailTokenKind = 'verify-email' | 'reset-password' | 'change-email'

export interface StoredEmailToken {
  /** SHA-256 of the token, hexadecimal. */
  _id: string
  kind: EmailTokenKind
  account: Types.ObjectId
  /** The address that the link was sent to. */
  email: string
  createdAt: Date
  expiresAt: Date
  usedAt: Date | null
}

const mailLinkSchema = new Schema<StoredEmailToken>({
  _id: { type: String, required: true },
  kind: { type: String, enum: ['verify-email', 'reset-password', 'change-email'], required: true },
  account: { type: Schema.Types.ObjectId, required: true },
  email: { type: String, required: true },
  createdAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  usedAt: { type: Date, default: null },
}, { collection: 'maillinks', versionKey: false })

// Deletion of an account, and voiding what was sent before.
mailLinkSchema.index({ account: 1, kind: 1 })
// Clean-up only: the rule looks at the date itself.
mailLinkSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const EmailToken = mongoose.model('MailLink', mailLinkSchema)

export function emailTokenId (token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
