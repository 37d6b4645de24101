// Derives one key per purpose from each configured secret (HKDF, RFC 5869), so that a token of one purpose is invalid
// for every other. The first secret signs; all secrets verify.
import { hkdfSync } from 'node:crypto'
import type { SigningKey } from '../config/rules.js'

export type KeyPurpose =
  | 'access'
  | 'refresh'
  | 'media'
  | 'feed'
  | 'cursor'
  | 'device'
  | 'user-code'
  | 'throttle'
  | 'outbox'
  | 'webhook'
  | 'idempotency'

export interface NamedKey {
  readonly kid: string
  readonly key: Buffer
}

export interface KeyRing {
  /** Returns the key that signs. */
  current(purpose: KeyPurpose): NamedKey
  /** Returns the key with this ID; null when it is not in the ring. */
  find(purpose: KeyPurpose, kid: string): Buffer | null
}

const KEY_BYTES = 32

/** @throws Error without a signing key */
export function createKeyRing (signingKeys: readonly SigningKey[]): KeyRing {
  const [first] = signingKeys
  if (first === undefined) throw new Error('the key ring needs at least one signing key')
  const derived = new Map<string, Buffer>()
  function deriveKey ({ kid, secret }: SigningKey, purpose: KeyPurpose): Buffer {
    const name = `${purpose}\n${kid}`
    const key = derived.get(name) ?? Buffer.from(hkdfSync('sha256', secret, 'normflix', purpose, KEY_BYTES))
    derived.set(name, key)
    return key
  }
  return {
    current: (purpose) => ({ kid: first.kid, key: deriveKey(first, purpose) }),
    find (purpose, kid) {
      const signingKey = signingKeys.find((one) => one.kid === kid)
      return signingKey === undefined ? null : deriveKey(signingKey, purpose)
    },
  }
}
