// Signed media URLs. A token is bound to a stream lease and to one media file, the HLS of one item or one sidecar file,
// has a maximum video height and expires.
import type { KeyRing } from '../../security/key-ring.js'
import { computeMac, decodeBase64Url, isValidMac, type SignedMessage } from '../../security/signed-tokens.js'

/** The stream that a URL was signed for. */
export interface LeaseGrant {
  readonly account: string
  readonly profile: string
  readonly lease: string
  /** ms since the epoch. */
  readonly expiresAt: number
}

/** Access to one media file. */
export interface MediaGrant extends LeaseGrant {
  readonly file: string
  readonly item: string
  /** Maximum video height when the stream started, pixels. */
  readonly maxHeight: number
}

/** Access to the renditions of an item up to a height. */
export interface HlsGrant extends LeaseGrant {
  readonly item: string
  /** The chosen file. The playlist contains renditions of its edition. */
  readonly file: string
  /** Pixels. */
  readonly maxHeight: number
  /** Language of the default audio, BCP 47; null: the first rendition. */
  readonly audio: string | null
  /** ID of the default subtitle; null: none. */
  readonly subtitle: string | null
}

/** Access to a subtitle, or to the thumbnails of an item. */
export interface SidecarGrant extends LeaseGrant {
  /** ID of the subtitle or the item. */
  readonly object: string
}

/** The profile of a preview: its lease is the session of an editor. */
export const PREVIEW_PROFILE = 'preview'
/** Validity of the URLs of a preview. */
export const PREVIEW_TTL_MS = 4 * 3_600_000

export function isPreviewGrant ({ profile }: LeaseGrant): boolean {
  return profile === PREVIEW_PROFILE
}

/** Kinds of tokens and their versions. The signature covers the kind. */
type TokenKind = 'm1' | 'h1' | 's1'

/** Longest validity of a signed URL. The end of the lease invalidates it much earlier. */
export const MEDIA_URL_TTL_MS = 24 * 3_600_000

/** Creates the token of a media file. */
export function signMediaGrant (keys: KeyRing, { file, item, maxHeight, ...lease }: MediaGrant): string {
  return sign(keys, 'm1', lease, [file, item, maxHeight])
}

/** Creates the token of an item's HLS. */
export function signHlsGrant (keys: KeyRing, { item, file, maxHeight, audio, subtitle, ...lease }: HlsGrant): string {
  return sign(keys, 'h1', lease, [item, file, maxHeight, audio, subtitle])
}

/** Creates the token of a sidecar file. */
export function signSidecarGrant (keys: KeyRing, { object, ...lease }: SidecarGrant): string {
  return sign(keys, 's1', lease, [object])
}

/** Reads a token. @returns null if it is invalid or expired */
export function readMediaGrant (keys: KeyRing, token: string, now: Date): MediaGrant | null {
  const verified = verify<[file: string, item: string, maxHeight: number]>(keys, 'm1', token, now)
  if (verified === null) return null
  const [file, item, maxHeight] = verified.fields
  return { ...verified.lease, file, item, maxHeight }
}

/** Reads a token. @returns null if it is invalid or expired */
export function readHlsGrant (keys: KeyRing, token: string, now: Date): HlsGrant | null {
  const verified = verify<
    [item: string, file: string, maxHeight: number, audio: string | null, subtitle: string | null]
  >(
    keys,
    'h1',
    token,
    now,
  )
  if (verified === null) return null
  const [item, file, maxHeight, audio, subtitle] = verified.fields
  return { ...verified.lease, item, file, maxHeight, audio, subtitle }
}

/** Reads a token. @returns null if it is invalid or expired */
export function readSidecarGrant (keys: KeyRing, token: string, now: Date): SidecarGrant | null {
  const verified = verify<[object: string]>(keys, 's1', token, now)
  return verified === null ? null : { ...verified.lease, object: verified.fields[0] }
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
  kind: TokenKind,
  { account, profile, lease, expiresAt }: LeaseGrant,
  fields: readonly GrantField[],
): string {
  const { kid, key } = keys.current('media')
  const body = Buffer.from(JSON.stringify([kid, account, profile, lease, expiresAt, ...fields])).toString('base64url')
  return `${kind}.${body}.${computeMac(key, grantMessage(kind, body)).toString('base64url')}`
}

function verify<Fields extends GrantField[]> (
  keys: KeyRing,
  kind: TokenKind,
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

function grantMessage (kind: TokenKind, body: string): SignedMessage {
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
