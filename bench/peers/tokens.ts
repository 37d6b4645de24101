// Access tokens of the peers: JSON Web Tokens with HS256, as the service has them.
import { createHmac, timingSafeEqual } from 'node:crypto'

export const PEER_SECRET = 'a secret that only the peers of a benchmark use'
const HEADER = encode({ alg: 'HS256', typ: 'JWT' })
const LIFETIME_SECONDS = 3_600

function encode (value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function computeSignature (text: string): Buffer {
  return createHmac('sha256', PEER_SECRET).update(text).digest()
}

/** @param subject ID of the account */
export function signPeerToken (subject: string): string {
  const issuedAt = Math.floor(Date.now() / 1_000)
  const text = `${HEADER}.${encode({ sub: subject, iat: issuedAt, exp: issuedAt + LIFETIME_SECONDS })}`
  return `${text}.${computeSignature(text).toString('base64url')}`
}

/** Returns the ID of the account; null for an invalid or expired token. */
export function verifyPeerToken (authorization: string | undefined): string | null {
  const [header, payload, signature] = authorization?.replace(/^Bearer /, '').split('.') ?? []
  if (header !== HEADER || payload === undefined || signature === undefined) return null
  const given = Buffer.from(signature, 'base64url')
  const expected = computeSignature(`${header}.${payload}`)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  const { sub, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string, exp: number }
  return exp * 1_000 > Date.now() ? sub : null
}

/** Tokens of the peers, by account. They are valid for an hour. */
const peerTokens = new Map<string, string>()
export function peerToken ({ id }: { readonly id: string }): string {
  const token = peerTokens.get(id) ?? signPeerToken(id)
  peerTokens.set(id, token)
  return token
}
