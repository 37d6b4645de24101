// The text of API tokens: `nfx_`, the ID of the token, 256 random bits and a checksum, all hexadecimal. By the prefix
// and the checksum, secret scanners find leaked tokens without false alarms.
import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const API_TOKEN_PREFIX = 'nfx_'
const SECRET_BYTES = 32
const TOKEN = /^nfx_(?<id>[0-9a-f]{24})[0-9a-f]{64}(?<checksum>[0-9a-f]{8})$/

/** Creates the text of a token. @param id of the token, 24 hexadecimal digits */
export function createApiToken (id: string): string {
  const text = `${API_TOKEN_PREFIX}${id}${randomBytes(SECRET_BYTES).toString('hex')}`
  return text + checksumOf(text)
}

/** The ID in the text of a token; null when the text is not one. */
export function parseApiToken (text: string): string | null {
  const { id = null, checksum } = TOKEN.exec(text)?.groups ?? {}
  return checksum === checksumOf(text.slice(0, -8)) ? id : null
}

/** SHA-256 of a token: its secret is random, so that no slow hash is necessary. */
export function hashApiToken (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function checksumOf (text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}
