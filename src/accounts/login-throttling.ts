// Guessing passwords is slowed before anything is hashed: for each address that asks, and for each account that is asked for,
// whether it exists or not. A device that signed in before has a count of its own, so that strangers never lock it out.
import { createHmac } from 'node:crypto'
import type { StoredAccount } from '../../models/account.js'
import { DomainError } from '../errors.js'
import { readDeviceToken } from '../security/device-tokens.js'
import { countAttempt, resetAttempts, withdrawAttempt, type ThrottlePolicy } from '../security/throttle.js'
import type { AccountDeps } from './deps.js'
import { withAuditNote } from '../audit/audit-log.js'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** 10 in a row are free, then waits double to a quarter of an hour; a hundred in a row are all there are in a day. */
const PER_ACCOUNT: ThrottlePolicy = {
  freeAttempts: 10,
  firstWaitMs: 1_000,
  maxWaitMs: 15 * MINUTE_MS,
  resetAfterMs: DAY_MS,
  maxConsecutive: 100,
}
/** 20 wrong ones from one address, then a pause; right ones are not counted. */
const PER_ADDRESS: ThrottlePolicy = {
  freeAttempts: 20,
  firstWaitMs: 5 * MINUTE_MS,
  maxWaitMs: 5 * MINUTE_MS,
  resetAfterMs: 6 * MINUTE_MS,
}

type GuessServices = Pick<AccountDeps, 'keys' | 'now' | 'config'>

export interface LoginAttempt {
  /** The password was right: nothing of it counts. */
  succeed(): Promise<void>
}

/** Names a count so that the collection tells nobody's address. */
function keyOf ({ keys }: GuessServices, what: string): string {
  return `password ${createHmac('sha256', keys.current('throttle').key).update(what).digest('base64url')}`
}

/**
 * Counts an attempt to log in.
 * @param email normalised
 * @param address the network address that asks, a subscriber's whole block as one
 * @throws DomainError 429 `too-many-attempts`
 */
export async function countLoginAttempt (
  services: GuessServices,
  email: string,
  account: Pick<StoredAccount, '_id'> | null,
  address: string,
  deviceToken: string | null,
): Promise<LoginAttempt> {
  const device = account === null || deviceToken === null
    ? null
    : readDeviceToken(services.keys, account._id.toString(), deviceToken)
  const accountKey = keyOf(services, device === null ? `account ${email}` : `device ${device}`)
  const addressKey = keyOf(services, `address ${address}`)
  // A known device is not held up by what others in its network do.
  const isAddressCounted = services.config.rateLimits && device === null
  const accountId = account?._id.toString() ?? null
  if (isAddressCounted) await count(services, addressKey, PER_ADDRESS, accountId)
  await count(services, accountKey, PER_ACCOUNT, accountId)
  return {
    async succeed () {
      await resetAttempts(accountKey)
      if (isAddressCounted) await withdrawAttempt(addressKey)
    },
  }
}

/** Begins an account's count again, for a password that was set by whoever runs the service. */
export async function resetLoginAttempts (services: GuessServices, email: string): Promise<void> {
  await resetAttempts(keyOf(services, `account ${email}`))
}

/** Counts an attempt of somebody signed in to give the account's password. @throws DomainError 429 `too-many-attempts` */
export async function countPasswordConfirmation (services: GuessServices, accountId: string): Promise<LoginAttempt> {
  const key = keyOf(services, `own ${accountId}`)
  await count(services, key, PER_ACCOUNT, accountId)
  return {
    succeed: async () => {
      await resetAttempts(key)
    },
  }
}

async function count (
  { now }: GuessServices,
  key: string,
  policy: ThrottlePolicy,
  account: string | null,
): Promise<void> {
  const waitMs = await countAttempt(key, policy, now())
  if (waitMs === 0) return
  const retryAfterSeconds = Math.ceil(waitMs / 1_000)
  throw withAuditNote(
    new DomainError(
      429,
      'too-many-attempts',
      'Too many attempts',
      'Wait as long as Retry-After says, use a device that signed in before, or ask for a new password.',
      { retryAfterSeconds },
      { 'retry-after': String(retryAfterSeconds) },
    ),
    { account },
  )
}
