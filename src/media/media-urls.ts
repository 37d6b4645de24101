// Signed media addresses: a token bound to one file, one lease, one height cap and an end. It cannot be made, changed or
// carried to another file.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyRing } from '../security/key-ring.js'

export interface MediaGrant {
  readonly file: string
  readonly item: string
  readonly account: string
  readonly profile: string
  readonly lease: string
  /** Height cap of the plan when the stream started, in pixels. */
  readonly maxHeight: number
  /** ms since the epoch. */
  readonly expiresAt: number
}

const VERSION = 'm1'
/** How long a signed address may live; the lease ends it much sooner. */
export const MEDIA_URL_MS = 24 * 3_600_000

export function signMediaGrant (keys: KeyRing, grant: MediaGrant): string {
  const { kid, key } = keys.current('media')
  const body = Buffer.from(JSON.stringify([kid, grant.file, grant.item, grant.account, grant.profile, grant.lease, grant.maxHeight, grant.expiresAt])).toString('base64url')
  return `${VERSION}.${body}.${macOf(key, body).toString('base64url')}`
}

function macOf (key: Buffer, body: string): Buffer {
  return createHmac('sha256', key).update(`${VERSION}.${body}`).digest()
}

/** @returns what the token grants at this moment, or null */
export function readMediaGrant (keys: KeyRing, token: string, now: Date): MediaGrant | null {
  const [version, body, mac, ...rest] = token.split('.')
  if (version !== VERSION || body === undefined || mac === undefined || rest.length > 0) return null
  const fields = parseBody(body)
  const key = fields === null ? null : keys.find('media', fields[0])
  if (fields === null || key === null) return null
  const given = Buffer.from(mac, 'base64url')
  const wanted = macOf(key, body)
  // The text is compared too: base64url forgives spare bits in the last character.
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted) || given.toString('base64url') !== mac) return null
  const [, file, item, account, profile, lease, maxHeight, expiresAt] = fields
  return expiresAt > now.getTime() ? { file, item, account, profile, lease, maxHeight, expiresAt } : null
}

type Fields = [kid: string, file: string, item: string, account: string, profile: string, lease: string, maxHeight: number, expiresAt: number]

function parseBody (body: string): Fields | null {
  try {
    const fields: unknown = JSON.parse(Buffer.from(body, 'base64url').toString())
    return Array.isArray(fields) && fields.length === 8 && typeof fields[0] === 'string' ? fields as Fields : null
  } catch {
    return null
  }
}
