// Encrypts stored emails (AES-256-GCM): a copy of the database alone reveals no email token.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { KeyRing } from '../security/key-ring.js'
import type { EmailMessage } from './mailer.js'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

export interface SealedMessage {
  readonly kid: string
  /** IV, authentication tag and ciphertext. */
  readonly sealed: Buffer
}

/** @param emailId binds the ciphertext to its document */
export function sealMessage (keys: KeyRing, emailId: string, message: EmailMessage): SealedMessage {
  const { kid, key } = keys.current('outbox')
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(emailId))
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(message), 'utf8'), cipher.final()])
  return { kid, sealed: Buffer.concat([iv, cipher.getAuthTag(), ciphertext]) }
}

/** @throws Error when the key is no longer in the ring, or the stored bytes were changed */
export function openMessage (keys: KeyRing, emailId: string, { kid, sealed }: SealedMessage): EmailMessage {
  const key = keys.find('outbox', kid)
  if (key === null) throw new Error('the key of a stored email is not in the ring')
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES)).setAAD(Buffer.from(emailId))
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  const text = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
  return JSON.parse(text.toString('utf8')) as EmailMessage
}
