// Throttles password attempts before anything is hashed: per IP address, and per account whether it exists or not. A
// device that has logged in before has its own count, so that attempts from elsewhere never lock it out.
import type { StoredAccount } from '../../models/account.js'
import { withAuditNote } from '../audit/audit-notes.js'
import { DomainError } from '../errors.js'
import { readDeviceToken } from '../security/device-tokens.js'
import {
  areAttemptsPermitted,
  countAttempt,
  endAttempt,
  permitAttempts,
  resetAttempts,
  throttleKey,
  type ThrottlePolicy,
} from '../security/throttle.js'
import type { AccountDeps } from './deps.js'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** 10 attempts are free, then waits double up to 15 minutes; at most 100 consecutive attempts per day. */
const ACCOUNT_POLICY: ThrottlePolicy = {
  freeAttempts: 10,
  firstWaitMs: 1_000,
  maxWaitMs: 15 * MINUTE_MS,
  resetAfterMs: DAY_MS,
  maxConsecutive: 100,
}
/** 20 failed attempts, then a wait of 5 minutes. */
const IP_ADDRESS_POLICY: ThrottlePolicy = {
  freeAttempts: 20,
  firstWaitMs: 5 * MINUTE_MS,
  maxWaitMs: 5 * MINUTE_MS,
  resetAfterMs: 6 * MINUTE_MS,
}

/** After a password reset: the time to log in with the new password. */
const RESET_PERMIT_MS = 30 * MINUTE_MS

type ThrottlingDeps = Pick<AccountDeps, 'keys' | 'now' | 'config'>

export interface LoginAttempt {
  /** Removes the attempt from all counts, because the password was right. */
  succeed(): Promise<void>
}

export interface LoginOrigin {
  /** Key of the IP address, see `ipAddressKey`. */
  readonly ipAddress: string
  /** Token from an earlier log-in on the device. */
  readonly deviceToken: string | null
}

/**
 * Counts an attempt to log in.
 * @param email normalised
 * @param account null when no account has the email
 * @throws DomainError 429 `too-many-attempts`
 */
export async function countLoginAttempt (
  deps: ThrottlingDeps,
  email: string,
  account: Pick<StoredAccount, '_id'> | null,
  { ipAddress, deviceToken }: LoginOrigin,
): Promise<LoginAttempt> {
  const accountId = account?._id.toString() ?? null
  const device = accountId === null || deviceToken === null ? null : readDeviceToken(deps.keys, accountId, deviceToken)
  const accountKey = passwordKey(deps, device === null ? `account ${email}` : `device ${device}`)
  const ipAddressKey = passwordKey(deps, `address ${ipAddress}`)
  // Attempts from the same network do not slow down a known device.
  // Only a rejected attempt needs the permit.
  const isPermitted = async (): Promise<boolean> =>
    await areAttemptsPermitted(resetPermitKey(deps, email, ipAddress), deps.now())
  const isIpAddressCounted = deps.config.rateLimits && device === null &&
    await countOrReject(deps, ipAddressKey, IP_ADDRESS_POLICY, accountId, isPermitted)
  await countOrReject(deps, accountKey, ACCOUNT_POLICY, accountId)
  return {
    async succeed () {
      await endAttempt(accountKey, isIpAddressCounted ? ipAddressKey : null)
    },
  }
}

/**
 * Restarts the counts of an account whose password was reset: failed attempts were made at the old one.
 * @param ipAddress where the owner reset it by email: log-ins to this account from there are not subject to the limit
 * of the IP address. Guesses at other accounts remain so, and the account has its own limit. Null for other resets.
 */
export async function resetLoginAttempts (
  deps: ThrottlingDeps,
  { _id, email }: Pick<StoredAccount, '_id' | 'email'>,
  ipAddress: string | null,
): Promise<void> {
  if (ipAddress !== null) {
    await permitAttempts(resetPermitKey(deps, email, ipAddress), new Date(deps.now().getTime() + RESET_PERMIT_MS))
  }
  await resetAttempts(passwordKey(deps, `account ${email}`))
  await resetAttempts(passwordKey(deps, `own ${_id.toString()}`))
}

/** Counts an attempt of a signed-in caller to confirm the password. @throws DomainError 429 `too-many-attempts` */
export async function countPasswordConfirmation (deps: ThrottlingDeps, accountId: string): Promise<LoginAttempt> {
  const key = passwordKey(deps, `own ${accountId}`)
  await countOrReject(deps, key, ACCOUNT_POLICY, accountId)
  return {
    async succeed () {
      await resetAttempts(key)
    },
  }
}

function resetPermitKey (deps: ThrottlingDeps, email: string, ipAddress: string): string {
  return passwordKey(deps, `reset ${email} ${ipAddress}`)
}

function passwordKey ({ keys }: ThrottlingDeps, subject: string): string {
  return throttleKey(keys, 'password', subject)
}

/** @returns false when the attempt is not counted, but permitted nevertheless */
async function countOrReject (
  { now }: ThrottlingDeps,
  key: string,
  policy: ThrottlePolicy,
  account: string | null,
  isPermitted = async (): Promise<boolean> => false,
): Promise<boolean> {
  const waitMs = await countAttempt(key, policy, now())
  if (waitMs === 0) return true
  if (await isPermitted()) return false
  const retryAfterSeconds = Math.ceil(waitMs / 1_000)
  throw withAuditNote(
    new DomainError(
      429,
      'too-many-attempts',
      'Too many attempts',
      'Wait for the time in Retry-After, log in on a device that you have used before, or reset the password.',
      { retryAfterSeconds },
      { 'retry-after': String(retryAfterSeconds) },
    ),
    { account },
  )
}
