// The secrets of endpoints: created here, stored encrypted, shown once.
import { randomBytes } from 'node:crypto'
import { Types } from 'mongoose'
import { Webhook } from 'standardwebhooks'
import type { StoredWebhookEndpoint, StoredWebhookSecret } from '../../models/webhook-endpoint.js'
import type { KeyRing } from '../security/key-ring.js'
import { openText, sealText } from '../security/sealed-text.js'

/** The specification asks for 24 to 64 bytes. */
const SECRET_BYTES = 32

export interface NewSecret {
  /** `whsec_` and base64. */
  readonly secret: string
  readonly stored: StoredWebhookSecret
}

/** @param endpointId binds the ciphertext to its endpoint */
export function createSecret (keys: KeyRing, endpointId: Types.ObjectId, now: Date): NewSecret {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
  const stored = {
    _id: new Types.ObjectId(),
    ...sealText(keys, 'webhook', endpointId.toString(), secret),
    createdAt: now,
    expiresAt: null,
  }
  return { secret, stored }
}

/**
 * The secrets that sign at this time, the current one first. Previous ones whose key left the ring are left out.
 * @throws Error when the key of the current secret is no longer in the ring
 */
export function openSecrets (
  keys: KeyRing,
  { _id, secrets }: Pick<StoredWebhookEndpoint, '_id' | 'secrets'>,
  now: Date,
): string[] {
  return secrets
    .filter(({ kid, expiresAt }) => expiresAt === null || (expiresAt > now && keys.find('webhook', kid) !== null))
    .map((secret) => openText(keys, 'webhook', _id.toString(), secret))
}

/**
 * Encrypts secrets with the current key of the ring, so that older keys can leave it.
 * @returns null when no secret needs it
 */
export function resealSecrets (
  keys: KeyRing,
  { _id, secrets }: Pick<StoredWebhookEndpoint, '_id' | 'secrets'>,
): StoredWebhookSecret[] | null {
  const { kid } = keys.current('webhook')
  if (secrets.every((secret) => secret.kid === kid)) return null
  const boundTo = _id.toString()
  return secrets.filter((secret, i) => i === 0 || keys.find('webhook', secret.kid) !== null).map((secret) => ({
    ...secret,
    ...sealText(keys, 'webhook', boundTo, openText(keys, 'webhook', boundTo, secret)),
  }))
}

/** The headers of Standard Webhooks: one signature per secret, separated by spaces. */
export function signatureHeaders (
  secrets: readonly string[],
  eventId: string,
  at: Date,
  payload: string,
): Record<string, string> {
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(eventId, at, payload)).join(' '),
  }
}
