// Building blocks of signed tokens: HMAC-SHA-256 (RFC 2104) with a key of the key ring, written as base64url.
import { createHmac, timingSafeEqual } from 'node:crypto'

const MAC_BYTES = 32

/**
 * What a MAC covers, in order. The parts are hashed without separators, so the caller must make it clear where each
 * part ends.
 */
export type SignedMessage = ReadonlyArray<string | Buffer>

/** Computes the MAC of a message, truncated to `bytes`. */
export function computeMac (key: Buffer, message: SignedMessage, bytes = MAC_BYTES): Buffer {
  const hmac = createHmac('sha256', key)
  for (const part of message) hmac.update(part)
  return hmac.digest().subarray(0, bytes)
}

/**
 * Verifies a MAC in constant time.
 * @param key null when the key ring does not have the key: no MAC is valid
 * @param mac null when the token contains none
 */
export function isValidMac (
  key: Buffer | null,
  message: SignedMessage,
  mac: Buffer | null,
  bytes = MAC_BYTES,
): boolean {
  if (key === null || mac?.length !== bytes) return false
  return timingSafeEqual(mac, computeMac(key, message, bytes))
}

/**
 * Decodes base64url (RFC 4648 §5) in its canonical spelling; null for any other text.
 * `Buffer.from` ignores foreign characters and spare bits, so that one token would have many spellings.
 */
export function decodeBase64Url (text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}
