// Refresh tokens: session, generation, and a MAC over both and the seed of the session. They are recomputed from the
// stored session, so the database contains no token. Format: `r1.base64url(session, generation, mac)`.
import type { KeyRing } from './key-ring.js'
import { computeMac, decodeBase64Url, isValidMac, type SignedMessage } from './signed-tokens.js'

/** What the session contributes to a token. */
export interface RefreshTokenSource {
  /** 24 hexadecimal digits. */
  readonly sessionId: string
  readonly generation: number
  readonly seed: string
  /** Key of the ring; does not change during the life of a session. */
  readonly kid: string
}

export interface ParsedRefreshToken {
  readonly sessionId: string
  readonly generation: number
  readonly mac: Buffer
}

const PREFIX = 'r1.'
const ID_BYTES = 12
const HEAD_BYTES = ID_BYTES + 4
const TOKEN_BYTES = HEAD_BYTES + 32

/** @throws Error when the key of the session is no longer in the ring */
export function formatRefreshToken (keys: KeyRing, { sessionId, generation, seed, kid }: RefreshTokenSource): string {
  const key = keys.find('refresh', kid)
  if (key === null) throw new Error('the key of the session is not in the ring')
  // Buffer.write stops at the first invalid character without an error.
  if (!/^[0-9a-f]{24}$/i.test(sessionId)) throw new TypeError('a session ID has 24 hexadecimal digits')
  const head = tokenHead(sessionId, generation)
  const mac = computeMac(key, tokenMessage(head, seed))
  return PREFIX + Buffer.concat([head, mac]).toString('base64url')
}

/** Parses a token without verifying it; null when the text is not a token. */
export function parseRefreshToken (token: string): ParsedRefreshToken | null {
  const bytes = token.startsWith(PREFIX) ? decodeBase64Url(token.slice(PREFIX.length)) : null
  if (bytes?.length !== TOKEN_BYTES) return null
  return {
    sessionId: bytes.toString('hex', 0, ID_BYTES),
    generation: bytes.readUInt32BE(ID_BYTES),
    mac: bytes.subarray(HEAD_BYTES),
  }
}

/** True for a token that was issued for the session, at any generation. Takes constant time. */
export function isGenuineRefreshToken (
  keys: KeyRing,
  token: ParsedRefreshToken,
  { seed, kid }: Pick<RefreshTokenSource, 'seed' | 'kid'>,
): boolean {
  const head = tokenHead(token.sessionId, token.generation)
  return isValidMac(keys.find('refresh', kid), tokenMessage(head, seed), token.mac)
}

function tokenHead (sessionId: string, generation: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(sessionId, 0, 'hex')
  head.writeUInt32BE(generation, ID_BYTES)
  return head
}

/** The head has a fixed length, so the border to the seed cannot be shifted. */
function tokenMessage (head: Buffer, seed: string): SignedMessage {
  return [head, seed]
}
