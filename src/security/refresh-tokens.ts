// Refresh tokens that can be worked out again from the session's seed, so that none is stored: session, generation, and a
// MAC over both with a key of the ring.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyRing } from './key-ring.js'

/** The session's side of a token. */
export interface RefreshTokenSource {
  /** 24 hexadecimal digits. */
  readonly sessionId: string
  readonly generation: number
  readonly seed: string
  /** Which key of the ring; fixed for the life of a session. */
  readonly kid: string
}

export interface ParsedRefreshToken {
  readonly sessionId: string
  readonly generation: number
  readonly mac: Buffer
}

const VERSION = 'r1'
const ID_BYTES = 12
const HEAD_BYTES = ID_BYTES + 4
/** 48 bytes are 64 characters without a spare bit: each token has one spelling. */
const TOKEN = new RegExp(`^${VERSION}\\.([\\w-]{64})$`)

function headOf (sessionId: string, generation: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(sessionId, 0, 'hex')
  head.writeUInt32BE(generation, ID_BYTES)
  return head
}

function macOf (key: Buffer, head: Buffer, seed: string): Buffer {
  return createHmac('sha256', key).update(head).update(seed).digest()
}

/** @throws Error when the session's key has left the ring */
export function formatRefreshToken (keys: KeyRing, { sessionId, generation, seed, kid }: RefreshTokenSource): string {
  const key = keys.find('refresh', kid)
  if (key === null) throw new Error('the key of the session is not in the ring')
  // Buffer.write stops at the first strange character without a word.
  if (!/^[0-9a-f]{24}$/i.test(sessionId)) throw new TypeError('a session id has 24 hexadecimal digits')
  const head = headOf(sessionId, generation)
  return `${VERSION}.${Buffer.concat([head, macOf(key, head, seed)]).toString('base64url')}`
}

/** Takes a token apart; null when it cannot be one. Says nothing about whether it is genuine. */
export function parseRefreshToken (token: string): ParsedRefreshToken | null {
  const body = TOKEN.exec(token)?.[1]
  if (body === undefined) return null
  const bytes = Buffer.from(body, 'base64url')
  return {
    sessionId: bytes.toString('hex', 0, ID_BYTES),
    generation: bytes.readUInt32BE(ID_BYTES),
    mac: bytes.subarray(HEAD_BYTES),
  }
}

/** Whether a token was given out for the session, at any generation. Takes the same time either way. */
export function isGenuineRefreshToken (
  keys: KeyRing,
  token: ParsedRefreshToken,
  { seed, kid }: Pick<RefreshTokenSource, 'seed' | 'kid'>,
): boolean {
  const key = keys.find('refresh', kid)
  return key !== null && timingSafeEqual(token.mac, macOf(key, headOf(token.sessionId, token.generation), seed))
}
