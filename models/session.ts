// A signed-in device: one family of refresh tokens. Tokens are not stored; they are derived from the seed.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { reportWritesOf } from './write-notifications.js'

export const TOKEN_TRANSPORTS = ['body', 'cookie'] as const
export type TokenTransport = typeof TOKEN_TRANSPORTS[number]

export interface StoredSession {
  _id: Types.ObjectId
  account: Types.ObjectId
  /** Random per session; useless without the signing keys. */
  seed: string
  /** ID of the signing key that derives its tokens. */
  kid: string
  /** Number of rotations of the refresh token; only the token of this generation is valid. */
  generation: number
  /** Where its refresh tokens travel: in bodies, or in the cookie of a browser. */
  transport: TokenTransport
  rotatedAt: Date
  device: string | null
  createdAt: Date
  lastUsedAt: Date
  /** The session ends then unless it is refreshed, and at `absoluteExpiresAt` in any case. */
  expiresAt: Date
  absoluteExpiresAt: Date
  revokedAt: Date | null
  revocationReason: string | null
}

const sessionSchema = new Schema<StoredSession>({
  account: { type: Schema.Types.ObjectId, required: true },
  seed: { type: String, required: true },
  kid: { type: String, required: true },
  generation: { type: Number, default: 0 },
  transport: { type: String, enum: TOKEN_TRANSPORTS, default: 'body' },
  rotatedAt: { type: Date, required: true },
  device: { type: String, default: null },
  createdAt: { type: Date, required: true },
  lastUsedAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  absoluteExpiresAt: { type: Date, required: true },
  revokedAt: { type: Date, default: null },
  revocationReason: { type: String, default: null },
}, { collection: 'sessions', versionKey: false })

// Listing and ending the sessions of an account.
sessionSchema.index({ account: 1, lastUsedAt: -1 })
// Clean-up only; until then, a reused token is recognised as one of an ended family.
sessionSchema.index({ absoluteExpiresAt: 1 }, { expireAfterSeconds: 0 })

reportWritesOf(sessionSchema, 'sessions')

export const Session = mongoose.model('Session', sessionSchema)

export async function findSession (id: string | Types.ObjectId): Promise<StoredSession | null> {
  return await Session.findById(id).lean<StoredSession>()
}

export function isSessionLive (
  session: Pick<StoredSession, 'revokedAt' | 'expiresAt' | 'absoluteExpiresAt'>,
  now: Date,
): boolean {
  return session.revokedAt === null && session.expiresAt > now && session.absoluteExpiresAt > now
}
