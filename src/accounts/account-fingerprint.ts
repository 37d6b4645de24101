// The fingerprint of an account, by which change feeds notice that it changed.
import { createHash } from 'node:crypto'
import type { StoredAccount } from '../../models/account.js'

/** 72 bits: a collision would hide one change. */
const FINGERPRINT_CHARACTERS = 12

export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, FINGERPRINT_CHARACTERS)

/** Covers what the account pages show. Watch histories and wishlists have changes of their own. */
export function fingerprintAccount (account: StoredAccount): string {
  const { email, emailVerifiedAt, eraseAt, disabledAt, credentialsVersion, role, plan, limits, profiles } = account
  const settings = profiles.map(({ watchHistory: _, wishlist: _w, archivedUntil: _a, historyClearedAt: _c, ...rest }) =>
    rest
  )
  return fingerprint([email, emailVerifiedAt, eraseAt, disabledAt, credentialsVersion, role, plan, limits, settings])
}
