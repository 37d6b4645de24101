// Device tokens: a device receives one at log-in and sends it with the next. Failed log-ins from elsewhere then do not
// slow it down. A token grants nothing without the password. Format: `d1.kid.device.mac`.
import { randomBytes } from 'node:crypto'
import type { KeyRing } from './key-ring.js'
import { computeMac, decodeBase64Url, isValidMac, type SignedMessage } from './signed-tokens.js'

const VERSION = 'd1'
const DEVICE_BYTES = 16

/** Issues a token for a new random device ID. */
export function issueDeviceToken (keys: KeyRing, accountId: string): string {
  const { kid, key } = keys.current('device')
  const device = randomBytes(DEVICE_BYTES).toString('base64url')
  const mac = computeMac(key, deviceMessage(accountId, device)).toString('base64url')
  return [VERSION, kid, device, mac].join('.')
}

/** Returns the device ID of a token that was issued for this account; null for any other text. */
export function readDeviceToken (keys: KeyRing, accountId: string, token: string): string | null {
  const [version, kid = '', device = '', mac = '', ...rest] = token.split('.')
  if (version !== VERSION || rest.length > 0) return null
  const isValid = isValidMac(keys.find('device', kid), deviceMessage(accountId, device), decodeBase64Url(mac))
  return isValid ? device : null
}

function deviceMessage (accountId: string, device: string): SignedMessage {
  return [`${VERSION}\n${accountId}\n${device}`]
}
