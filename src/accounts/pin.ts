// Profile PINs. Attempts are throttled per profile, because a four-digit PIN is quickly guessed.
import type { StoredAccount, StoredProfile } from '../../models/account.js'
import { withAuditNote, type AuditNote } from '../audit/audit-notes.js'
import { DomainError } from '../errors.js'
import { countAttempt, resetAttempts, type ThrottlePolicy } from '../security/throttle.js'
import type { AccountDeps } from './deps.js'
import { verifyOwnPassword } from './passwords.js'

/** Trying all 10,000 PINs takes more than 100 days. */
const PIN_POLICY: ThrottlePolicy = {
  freeAttempts: 5,
  firstWaitMs: 30_000,
  maxWaitMs: 15 * 60_000,
  resetAfterMs: 24 * 3_600_000,
}

const throttleKeyOf = (profileId: string): string => `pin ${profileId}`

/**
 * Verifies the PIN of a profile that has one. A request without a PIN does not count as an attempt.
 * @throws DomainError 403 `wrong-pin`, 429 `too-many-pin-guesses`, 503 `busy`, which counts as no attempt
 */
export async function verifyPin (
  { hasher, now }: Pick<AccountDeps, 'hasher' | 'now'>,
  profile: Pick<StoredProfile, '_id' | 'pinHash'>,
  pin: string | undefined,
): Promise<void> {
  const { _id, pinHash } = profile
  if (pinHash === null) return
  if (pin === undefined || pin === '') throw wrongPin()
  await hasher.withPlace(async (place) => {
    const key = throttleKeyOf(_id.toString())
    const waitMs = await countAttempt(key, PIN_POLICY, now())
    const note: AuditNote = { action: 'guess-pin', subject: { kind: 'profile', id: _id.toString() } }
    if (waitMs > 0) throw withAuditNote(tooManyAttempts(waitMs), note)
    if (!await hasher.verify(pin, pinHash, place)) throw withAuditNote(wrongPin(), note)
    await resetAttempts(key)
  })
}

/** What proves that a caller may change or remove a PIN: one of both. */
export interface PinConfirmation {
  readonly currentPin?: string
  readonly currentPassword?: string
}

/**
 * Verifies the current PIN of a profile, or the password of its account. A profile without a PIN needs neither.
 * @throws DomainError 403 `wrong-pin` or `wrong-password`, 429 `too-many-pin-guesses` or `too-many-attempts`
 */
export async function confirmPinChange (
  deps: Pick<AccountDeps, 'hasher' | 'keys' | 'now' | 'config'>,
  account: StoredAccount,
  profile: Pick<StoredProfile, '_id' | 'pinHash'>,
  { currentPin, currentPassword }: PinConfirmation,
): Promise<void> {
  if (profile.pinHash === null) return
  if (currentPassword === undefined) await verifyPin(deps, profile, currentPin)
  else await verifyOwnPassword(deps, account, currentPassword, 'currentPassword')
}

/** Restarts the count after the PIN was changed or removed. */
export async function resetPinAttempts (profileId: string): Promise<void> {
  await resetAttempts(throttleKeyOf(profileId))
}

export const wrongPin = (): DomainError =>
  new DomainError(403, 'wrong-pin', 'Wrong PIN', 'This profile requires its PIN.')

function tooManyAttempts (waitMs: number): DomainError {
  const retryAfterSeconds = Math.ceil(waitMs / 1_000)
  return new DomainError(
    429,
    'too-many-pin-guesses',
    'Too many wrong PINs',
    'Wait for the time in Retry-After, or change the PIN with the password of the account.',
    { retryAfterSeconds },
    { 'retry-after': String(retryAfterSeconds) },
  )
}
