// Page cursors that cannot be made up or carried over to another list: the place, and a MAC over it and the list's scope.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { badRequest } from '../errors.js'
import type { KeyRing } from './key-ring.js'

const MAC_BYTES = 16

export interface CursorCodec {
  /**
   * @param position anything that JSON can carry; signed, not secret
   * @param scope what list this is: route, filters, order
   */
  encode(position: unknown, scope: unknown): string
  /**
   * Decodes the cursor of a request; null without one, for the first page. The MAC proves that the position was encoded
   * for the same scope, so it has the type that the route encodes.
   * @throws DomainError 400 `invalid-cursor`
   */
  decode<Position>(cursor: string | undefined, scope: unknown): Position | null
}

/** Cursors read `kid.body`, so that exchanging the signing key does not cut off whoever is between two pages. */
export function createCursorCodec (keys: KeyRing): CursorCodec {
  return {
    encode (position, scope) {
      const { kid, key } = keys.current('cursor')
      const body = Buffer.from(JSON.stringify(position))
      return `${kid}.${Buffer.concat([macOf(key, body, scope), body]).toString('base64url')}`
    },
    decode<Position> (cursor: string | undefined, scope: unknown): Position | null {
      if (cursor === undefined) return null
      const dot = cursor.indexOf('.')
      const key = keys.find('cursor', cursor.slice(0, Math.max(dot, 0)))
      const text = cursor.slice(dot + 1)
      const bytes = Buffer.from(text, 'base64url')
      const body = bytes.subarray(MAC_BYTES)
      // Decoding forgives strange characters, so the text itself has to be the one that was given out.
      const isGenuine = key !== null && bytes.length > MAC_BYTES && bytes.toString('base64url') === text &&
        timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(key, body, scope))
      if (!isGenuine) throw badRequest('invalid-cursor', 'The cursor is not one of this list. Start again without it.')
      return JSON.parse(body.toString()) as Position
    },
  }
}

/** JSON holds no bare line break: where the scope ends cannot be shifted. */
function macOf (key: Buffer, body: Buffer, scope: unknown): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(scope)).update('\n').update(body).digest().subarray(
    0,
    MAC_BYTES,
  )
}
