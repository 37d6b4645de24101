// A log-in that a device without a keyboard has requested (RFC 8628). Neither of its two codes is stored.
import { createHash } from 'node:crypto'
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'

export const DEVICE_LOGIN_DECISIONS = ['approved', 'rejected'] as const
export type DeviceLoginDecision = (typeof DEVICE_LOGIN_DECISIONS)[number]

export interface StoredDeviceLogin {
  /** SHA-256 of the device code, hexadecimal. */
  _id: string
  /** MAC of the user code: the code alone is too short for a hash. */
  userCode: string
  /** Name of the app that the device stated; only requests with the same name get the tokens. */
  clientId: string
  /** Name of the device; null when it stated none. */
  device: string | null
  /** Where the device is, see `ipAddressKey`. */
  ipAddress: string
  createdAt: Date
  expiresAt: Date
  /** Minimum time between two polls, ms; grows with each poll that is too early. */
  intervalMs: number
  /** A poll before is too early. */
  nextPollAt: Date
  /** Null until an account decides. */
  decision: DeviceLoginDecision | null
  /** The account that decided; null before. */
  account: Types.ObjectId | null
  /** `credentialsVersion` of the account at the approval; another number makes it invalid. */
  credentialsVersion: number | null
  /** ID of the session that the device code opens; null until the first poll after the approval. */
  session: Types.ObjectId | null
  /** When that poll was; null before. */
  usedAt: Date | null
}

const deviceLoginSchema = new Schema<StoredDeviceLogin>({
  _id: { type: String, required: true },
  userCode: { type: String, required: true },
  clientId: { type: String, required: true },
  device: { type: String, default: null },
  ipAddress: { type: String, required: true },
  createdAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  intervalMs: { type: Number, required: true },
  nextPollAt: { type: Date, required: true },
  decision: { type: String, enum: [...DEVICE_LOGIN_DECISIONS, null], default: null },
  account: { type: Schema.Types.ObjectId, default: null },
  credentialsVersion: { type: Number, default: null },
  session: { type: Schema.Types.ObjectId, default: null },
  usedAt: { type: Date, default: null },
}, { collection: 'devicelogins', versionKey: false })

/** Expired documents remain for this time, so that a device learns that its code has expired. */
const EXPIRED_TTL_S = 600

// Finding a log-in by the code that a person enters.
deviceLoginSchema.index({ userCode: 1 }, { unique: true })
// Deletion of an account; withdrawing its approvals.
deviceLoginSchema.index({ account: 1 })
// Clean-up only: the rule itself compares `expiresAt`.
deviceLoginSchema.index({ expiresAt: 1 }, { expireAfterSeconds: EXPIRED_TTL_S })

export const DeviceLogin = mongoose.model('DeviceLogin', deviceLoginSchema)

/** ID of the document of a device code. */
export function deviceLoginId (deviceCode: string): string {
  return createHash('sha256').update(deviceCode).digest('hex')
}

/**
 * Rejects the log-ins that an account has approved, also those that a device has just used.
 * @returns whether there were any
 */
export async function withdrawApprovals (account: string): Promise<boolean> {
  const { modifiedCount } = await DeviceLogin.updateMany({ account, decision: 'approved' }, {
    $set: { decision: 'rejected' },
  })
  return modifiedCount > 0
}
