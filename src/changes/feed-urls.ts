// Signed URLs of change feeds, for EventSource, which sends no Authorization header. A token is bound to the feed of
// one profile and to the session that requested it, and expires soon: an open feed continues.
import type { KeyRing } from '../security/key-ring.js'
import { computeMac, decodeBase64Url, isValidMac } from '../security/signed-tokens.js'

export interface FeedGrant {
  readonly accountId: string
  readonly sessionId: string
  readonly profileId: string
  /** For a profile token, its `pinVersion`; null for an account token. */
  readonly tokenPinVersion: number | null
  /** ms since the epoch. */
  readonly expiresAt: number
}

type TokenBody = readonly [
  kid: string,
  accountId: string,
  sessionId: string,
  profileId: string,
  tokenPinVersion: number | null,
  expiresAt: number,
]

/** How long a feed can be opened with a URL. */
export const FEED_URL_TTL_MS = 5 * 60_000
const KIND = 'f1'

/** Creates the token of a feed: `kind.body.mac`, the body being base64url of a JSON array. */
export function signFeedGrant (keys: KeyRing, grant: FeedGrant): string {
  const { accountId, sessionId, profileId, tokenPinVersion, expiresAt } = grant
  const { kid, key } = keys.current('feed')
  const fields: TokenBody = [kid, accountId, sessionId, profileId, tokenPinVersion, expiresAt]
  const text = `${KIND}.${Buffer.from(JSON.stringify(fields)).toString('base64url')}`
  return `${text}.${computeMac(key, [text]).toString('base64url')}`
}

/** Reads a token. @returns null if it is invalid or expired */
export function readFeedGrant (keys: KeyRing, token: string, now: Date): FeedGrant | null {
  const [kind, text, mac, ...rest] = token.split('.')
  if (kind !== KIND || text === undefined || mac === undefined || rest.length > 0) return null
  const body = parseBody(text)
  if (body === null) return null
  const [kid, accountId, sessionId, profileId, tokenPinVersion, expiresAt] = body
  if (!isValidMac(keys.find('feed', kid), [`${kind}.${text}`], decodeBase64Url(mac))) return null
  return expiresAt > now.getTime() ? { accountId, sessionId, profileId, tokenPinVersion, expiresAt } : null
}

function parseBody (text: string): TokenBody | null {
  try {
    const body: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(body) && body.length === 6 && typeof body[0] === 'string' ? body as unknown as TokenBody : null
  } catch {
    return null
  }
}
