// Page cursors that cannot be made up or carried over to another list: the place, and a MAC over it and the list's scope.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { badRequest } from '../errors.js'
import type { KeyRing } from './key-ring.js'

const MAC_BYTES = 16

export interface CursorCodec {
  /** @param scope what list this is: route, filters, order */
  encode (position: unknown, scope: unknown): string
  /** @throws DomainError 400 `invalid-cursor` */
  decode (cursor: string, scope: unknown): unknown
}

export function createCursorCodec (keys: KeyRing): CursorCodec {
  function macOf (body: Buffer, scope: unknown): Buffer {
    return createHmac('sha256', keys.current('cursor').key).update(JSON.stringify(scope)).update('\n').update(body).digest().subarray(0, MAC_BYTES)
  }
  return {
    encode (position, scope) {
      const body = Buffer.from(JSON.stringify(position))
      return Buffer.concat([macOf(body, scope), body]).toString('base64url')
    },
    decode (cursor, scope) {
      const bytes = Buffer.from(cursor, 'base64url')
      const body = bytes.subarray(MAC_BYTES)
      // Decoding forgives strange characters, so the text itself has to be the one that was given out.
      const isGenuine = bytes.length > MAC_BYTES && bytes.toString('base64url') === cursor && timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(body, scope))
      if (!isGenuine) throw badRequest('invalid-cursor', 'The cursor is not one of this list. Start again without it.')
      return JSON.parse(body.toString()) as unknown
    },
  }
}
