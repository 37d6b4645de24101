// Opening a profile with its PIN. Four digits are soon guessed, so guessing is slowed, whoever guesses and from wherever.
import type { StoredProfile } from '../../models/account.js'
import { DomainError } from '../errors.js'
import { countAttempt, resetAttempts, type ThrottlePolicy } from '../security/throttle.js'
import type { AccountDeps } from './deps.js'
import { withAuditNote, type AuditNote } from '../audit/audit-log.js'

/** With these waits, trying all of 10,000 PINs takes more than a hundred days. */
const PIN_GUESSES: ThrottlePolicy = {
  freeAttempts: 5,
  firstWaitMs: 30_000,
  maxWaitMs: 15 * 60_000,
  resetAfterMs: 24 * 3_600_000,
}

const keyOf = (profileId: string): string => `pin ${profileId}`

/**
 * Checks the PIN of a profile that has one. A guess is counted before it is looked at; none at all is no guess.
 * @throws DomainError 403 `wrong-pin`, 429 `too-many-pin-guesses`
 */
export async function verifyPin (
  { hasher, now }: Pick<AccountDeps, 'hasher' | 'now'>,
  profile: Pick<StoredProfile, '_id' | 'pinHash'>,
  pin: string | undefined,
): Promise<void> {
  if (profile.pinHash === null) return
  if (pin === undefined || pin === '') throw wrongPin()
  const key = keyOf(profile._id.toString())
  const waitMs = await countAttempt(key, PIN_GUESSES, now())
  const note: AuditNote = { action: 'guess-pin', subject: { kind: 'profile', id: profile._id.toString() } }
  if (waitMs > 0) throw withAuditNote(tooManyGuesses(waitMs), note)
  if (!await hasher.verify(pin, profile.pinHash)) throw withAuditNote(wrongPin(), note)
  await resetAttempts(key)
}

/** Begins the count again, for a PIN that was changed or taken away. */
export async function resetPinAttempts (profileId: string): Promise<void> {
  await resetAttempts(keyOf(profileId))
}

const wrongPin = (): DomainError =>
  new DomainError(403, 'wrong-pin', 'Wrong PIN', 'This profile opens with its PIN only.')

function tooManyGuesses (waitMs: number): DomainError {
  const retryAfterSeconds = Math.ceil(waitMs / 1_000)
  return new DomainError(
    429,
    'too-many-pin-guesses',
    'Too many wrong PINs',
    "Wait as long as Retry-After says, or change the PIN with the account's own token.",
    { retryAfterSeconds },
    { 'retry-after': String(retryAfterSeconds) },
  )
}
