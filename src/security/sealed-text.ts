// Encrypts stored texts (AES-256-GCM) with the keys of the service: a copy of the database alone reveals none.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { KeyPurpose, KeyRing } from './key-ring.js'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

export interface SealedText {
  /** ID of the key. */
  readonly kid: string
  /** IV, authentication tag and ciphertext. */
  readonly sealed: Buffer
}

/** @param boundTo what the ciphertext belongs to, such as the ID of its document: it is useless elsewhere */
export function sealText (keys: KeyRing, purpose: KeyPurpose, boundTo: string, text: string): SealedText {
  const { kid, key } = keys.current(purpose)
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(boundTo))
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return { kid, sealed: Buffer.concat([iv, cipher.getAuthTag(), ciphertext]) }
}

/** @throws Error when the key is no longer in the ring, or the stored bytes were changed */
export function openText (keys: KeyRing, purpose: KeyPurpose, boundTo: string, { kid, sealed }: SealedText): string {
  const key = keys.find(purpose, kid)
  if (key === null) throw new Error('the key of a stored text is not in the ring')
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES)).setAAD(Buffer.from(boundTo))
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
}
