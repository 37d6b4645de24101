// A signed-in device: one refresh-token family. The token itself is not stored; it can be worked out from the seed.
import mongoose, { Schema, type Types } from 'mongoose'

export interface StoredSession {
  _id: Types.ObjectId
  account: Types.ObjectId
  /** Random per session; without the key ring it yields no token. */
  seed: string
  /** Which key of the ring its tokens are made with. */
  kid: string
  /** How many times the refresh token was rotated; only this generation is current. */
  generation: number
  rotatedAt: Date
  device: string | null
  createdAt: Date
  lastUsedAt: Date
  /** Ends when not refreshed until then, and in any case at `absoluteExpiresAt`. */
  expiresAt: Date
  absoluteExpiresAt: Date
  revokedAt: Date | null
  revokedBecause: string | null
}

const sessionSchema = new Schema<StoredSession>({
  account: { type: Schema.Types.ObjectId, required: true },
  seed: { type: String, required: true },
  kid: { type: String, required: true },
  generation: { type: Number, default: 0 },
  rotatedAt: { type: Date, required: true },
  device: { type: String, default: null },
  createdAt: { type: Date, required: true },
  lastUsedAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  absoluteExpiresAt: { type: Date, required: true },
  revokedAt: { type: Date, default: null },
  revokedBecause: { type: String, default: null },
}, { collection: 'sessions', versionKey: false })

// Listing and ending an account's sessions.
sessionSchema.index({ account: 1, lastUsedAt: -1 })
// Clean-up only; until then an old token is recognised as one of a family that ended.
sessionSchema.index({ absoluteExpiresAt: 1 }, { expireAfterSeconds: 0 })

export const Session = mongoose.model('Session', sessionSchema)

export async function findSession (id: string | Types.ObjectId): Promise<StoredSession | null> {
  return await Session.findById(id).lean<StoredSession>()
}

export function isSessionLive (session: StoredSession, now: Date): boolean {
  return session.revokedAt === null && session.expiresAt > now && session.absoluteExpiresAt > now
}
