// Device tokens: given to a device at sign-in, so that guesses of strangers are not counted against it. A token is worth
// nothing without the password.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyRing } from './key-ring.js'

const VERSION = 'd1'
const DEVICE_BYTES = 16

function macOf (key: Buffer, accountId: string, device: string): string {
  return createHmac('sha256', key).update(`${VERSION}\n${accountId}\n${device}`).digest('base64url')
}

export function issueDeviceToken (keys: KeyRing, accountId: string): string {
  const { kid, key } = keys.current('device')
  const device = randomBytes(DEVICE_BYTES).toString('base64url')
  return [VERSION, kid, device, macOf(key, accountId, device)].join('.')
}

/** The device of a token that was issued for this account; null for anything else. */
export function readDeviceToken (keys: KeyRing, accountId: string, token: string): string | null {
  const [version, kid = '', device = '', mac = '', ...rest] = token.split('.')
  const key = version === VERSION && rest.length === 0 ? keys.find('device', kid) : null
  if (key === null) return null
  const [given, wanted] = [Buffer.from(mac), Buffer.from(macOf(key, accountId, device))]
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? device : null
}
