// The key ring: from each configured secret one key per purpose (HKDF, RFC 5869), so that nothing signed for one purpose
// passes for another. The first secret signs, all verify.
import { hkdfSync } from 'node:crypto'
import type { SigningKey } from '../config/rules.js'

export type KeyPurpose = 'access' | 'refresh' | 'media' | 'cursor' | 'device' | 'email-link' | 'throttle'

export interface NamedKey {
  readonly kid: string
  readonly key: Buffer
}

export interface KeyRing {
  /** The key that signs. */
  current(purpose: KeyPurpose): NamedKey
  /** The key of a name; null when it is not in the ring (any more). */
  find(purpose: KeyPurpose, kid: string): Buffer | null
}

const KEY_BYTES = 32

/** @throws Error without a signing key */
export function createKeyRing (signingKeys: readonly SigningKey[]): KeyRing {
  const [first] = signingKeys
  if (first === undefined) throw new Error('the key ring needs at least one signing key')
  const derived = new Map<string, Buffer>()
  function derive ({ kid, secret }: SigningKey, purpose: KeyPurpose): Buffer {
    const name = `${purpose}\n${kid}`
    const key = derived.get(name) ?? Buffer.from(hkdfSync('sha256', secret, 'normflix', purpose, KEY_BYTES))
    derived.set(name, key)
    return key
  }
  return {
    current: (purpose) => ({ kid: first.kid, key: derive(first, purpose) }),
    find (purpose, kid) {
      const found = signingKeys.find((one) => one.kid === kid)
      return found === undefined ? null : derive(found, purpose)
    },
  }
}
