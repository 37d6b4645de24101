// Signed media addresses: a token bound to one lease and to one file, one item's HLS or one of its side files, with a height
// cap and an end. It cannot be made, changed, or used for what another kind of token opens.
import type { KeyRing } from '../../security/key-ring.js'
import { computeMac, decodeBase64Url, isValidMac, type SignedMessage } from '../../security/signed-tokens.js'

/** The stream that an address was signed for. */
export interface LeaseGrant {
  readonly account: string
  readonly profile: string
  readonly lease: string
  /** ms since the epoch. */
  readonly expiresAt: number
}

export interface MediaGrant extends LeaseGrant {
  readonly file: string
  readonly item: string
  /** Height cap of the plan when the stream started, in pixels. */
  readonly maxHeight: number
}

/** Opens every rendition of an item up to a height. */
export interface HlsGrant extends LeaseGrant {
  readonly item: string
  /** The chosen file: its edition is what the playlist offers. */
  readonly file: string
  readonly maxHeight: number
  /** BCP 47, of the sound that is on at first; null: whichever comes first. */
  readonly audio: string | null
  /** The subtitle that is on at first. */
  readonly subtitle: string | null
}

/** Opens one subtitle by its id, or an item's seek thumbnails by the item's. */
export interface SidecarGrant extends LeaseGrant {
  readonly object: string
}

/** The kinds of token; the signature covers the name, so that none passes for another. */
type Kind = 'm1' | 'h1' | 's1'

/** How long a signed address may live; the lease ends it much sooner. */
export const MEDIA_URL_TTL_MS = 24 * 3_600_000

export function signMediaGrant (keys: KeyRing, { file, item, maxHeight, ...lease }: MediaGrant): string {
  return sign(keys, 'm1', lease, [file, item, maxHeight])
}

export function signHlsGrant (keys: KeyRing, { item, file, maxHeight, audio, subtitle, ...lease }: HlsGrant): string {
  return sign(keys, 'h1', lease, [item, file, maxHeight, audio, subtitle])
}

export function signSidecarGrant (keys: KeyRing, { object, ...lease }: SidecarGrant): string {
  return sign(keys, 's1', lease, [object])
}

/** @returns what the token grants at this moment, or null */
export function readMediaGrant (keys: KeyRing, token: string, now: Date): MediaGrant | null {
  const read = verify<[file: string, item: string, maxHeight: number]>(keys, 'm1', token, now)
  if (read === null) return null
  const [file, item, maxHeight] = read.fields
  return { ...read.lease, file, item, maxHeight }
}

/** @returns what the token grants at this moment, or null */
export function readHlsGrant (keys: KeyRing, token: string, now: Date): HlsGrant | null {
  const read = verify<[item: string, file: string, maxHeight: number, audio: string | null, subtitle: string | null]>(
    keys,
    'h1',
    token,
    now,
  )
  if (read === null) return null
  const [item, file, maxHeight, audio, subtitle] = read.fields
  return { ...read.lease, item, file, maxHeight, audio, subtitle }
}

/** @returns what the token grants at this moment, or null */
export function readSidecarGrant (keys: KeyRing, token: string, now: Date): SidecarGrant | null {
  const read = verify<[object: string]>(keys, 's1', token, now)
  return read === null ? null : { ...read.lease, object: read.fields[0] }
}

type GrantField = string | number | null

type TokenBody = [
  kid: string,
  account: string,
  profile: string,
  lease: string,
  expiresAt: number,
  ...fields: GrantField[],
]

/** Formats a token: `kind.body.mac`, the body being base64url of a JSON array. */
function sign (
  keys: KeyRing,
  kind: Kind,
  { account, profile, lease, expiresAt }: LeaseGrant,
  fields: readonly GrantField[],
): string {
  const { kid, key } = keys.current('media')
  const body = Buffer.from(JSON.stringify([kid, account, profile, lease, expiresAt, ...fields])).toString('base64url')
  return `${kind}.${body}.${computeMac(key, grantMessage(kind, body)).toString('base64url')}`
}

function verify<Fields extends GrantField[]> (
  keys: KeyRing,
  kind: Kind,
  token: string,
  now: Date,
): { lease: LeaseGrant, fields: Fields } | null {
  const [name, text, mac, ...rest] = token.split('.')
  if (name !== kind || text === undefined || mac === undefined || rest.length > 0) return null
  const body = parseBody(text)
  if (body === null) return null
  const [kid, account, profile, lease, expiresAt, ...fields] = body
  if (!isValidMac(keys.find('media', kid), grantMessage(kind, text), decodeBase64Url(mac))) return null
  return expiresAt > now.getTime() ? { lease: { account, profile, lease, expiresAt }, fields: fields as Fields } : null
}

function grantMessage (kind: Kind, body: string): SignedMessage {
  return [`${kind}.${body}`]
}

function parseBody (text: string): TokenBody | null {
  try {
    const body: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(body) && body.length >= 6 && typeof body[0] === 'string' ? body as TokenBody : null
  } catch {
    return null
  }
}
