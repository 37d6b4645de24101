// Page cursors: the position in a list, and a MAC over the position and the scope of the list. Clients can neither make
// a cursor nor use it for another list. Format: `kid.base64url(mac, position as JSON)`.
import { badRequest } from '../errors.js'
import type { KeyRing } from './key-ring.js'
import { computeMac, decodeBase64Url, isValidMac, type SignedMessage } from './signed-tokens.js'

/** 128 bits keep cursors short. */
const MAC_BYTES = 16

export interface CursorCodec {
  /**
   * Encodes a position for clients.
   * @param position any JSON value; signed, not secret
   * @param scope identifies the list: route, filters and order
   */
  encode(position: unknown, scope: unknown): string
  /** Encodes the position after a page; null on the last page. */
  encodeNext(position: unknown, scope: unknown): string | null
  /**
   * Decodes the cursor of a request; null without one, for the first page. The MAC proves that the position was encoded
   * for the same scope, so it has the type that the route encodes.
   * @throws DomainError 400 `invalid-cursor`
   */
  decode<Position>(cursor: string | undefined, scope: unknown): Position | null
}

/** Creates the codec. Cursors name their key, so they survive a change of the signing key. */
export function createCursorCodec (keys: KeyRing): CursorCodec {
  function encode (position: unknown, scope: unknown): string {
    const { kid, key } = keys.current('cursor')
    const body = Buffer.from(JSON.stringify(position))
    const mac = computeMac(key, cursorMessage(scope, body), MAC_BYTES)
    return `${kid}.${Buffer.concat([mac, body]).toString('base64url')}`
  }

  return {
    encode,
    encodeNext: (position, scope) => position === null ? null : encode(position, scope),
    decode<Position> (cursor: string | undefined, scope: unknown): Position | null {
      if (cursor === undefined) return null
      const dot = cursor.indexOf('.')
      const key = keys.find('cursor', cursor.slice(0, Math.max(dot, 0)))
      const bytes = decodeBase64Url(cursor.slice(dot + 1)) ?? Buffer.alloc(0)
      const body = bytes.subarray(MAC_BYTES)
      if (!isValidMac(key, cursorMessage(scope, body), bytes.subarray(0, MAC_BYTES), MAC_BYTES)) {
        throw badRequest(
          'invalid-cursor',
          'The cursor does not belong to this list. Request the first page without a cursor.',
        )
      }
      return JSON.parse(body.toString()) as Position
    },
  }
}

/** JSON text contains no bare line break, so the border between scope and position cannot be shifted. */
function cursorMessage (scope: unknown, body: Buffer): SignedMessage {
  return [JSON.stringify(scope), '\n', body]
}
