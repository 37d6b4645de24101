// An email that waits to be sent. The message is encrypted, because it may contain an email token; it is deleted when
// the mail server has accepted or finally rejected it.
import './mongoose-settings.js'
import mongoose, { Schema, type Types } from 'mongoose'

export interface StoredOutboxEmail {
  _id: Types.ObjectId
  account: Types.ObjectId
  /** ID of the key that encrypts the message. */
  kid: string
  /** Encrypted JSON of an `EmailMessage`. */
  sealed: Buffer
  /** Number of attempts that have started. */
  attempts: number
  /** When the next attempt may start. An attempt moves it into the future: until then, no other process sends. */
  nextAttemptAt: Date
  createdAt: Date
  /** When the message has lost its purpose, such as that of its link. */
  expiresAt: Date
}

const outboxEmailSchema = new Schema<StoredOutboxEmail>({
  account: { type: Schema.Types.ObjectId, required: true },
  kid: { type: String, required: true },
  sealed: { type: Buffer, required: true },
  attempts: { type: Number, required: true },
  nextAttemptAt: { type: Date, required: true },
  createdAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
}, { collection: 'outboxemails', versionKey: false })

// Emails that are due.
outboxEmailSchema.index({ nextAttemptAt: 1 })
// Deletion of an account.
outboxEmailSchema.index({ account: 1 })
// Clean-up only: the outbox compares `expiresAt`.
outboxEmailSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const OutboxEmail = mongoose.model('OutboxEmail', outboxEmailSchema)
