// Log-in of devices without a keyboard (RFC 8628): the device shows a code, and a logged-in account approves it.
import { randomBytes, randomInt } from 'node:crypto'
import { Types } from 'mongoose'
import { findAccount } from '../../models/account.js'
import {
  DeviceLogin,
  deviceLoginId,
  type DeviceLoginDecision,
  type StoredDeviceLogin,
} from '../../models/device-login.js'
import { findSession, isSessionLive, type TokenTransport } from '../../models/session.js'
import { isDuplicateKey, updateWithPipeline } from '../../models/upsert.js'
import { createUserCode, parseUserCode } from '../domain/user-codes.js'
import { DomainError, fail, unauthorized } from '../errors.js'
import { computeMac } from '../security/signed-tokens.js'
import { countAttempt, throttleKey, type ThrottlePolicy } from '../security/throttle.js'
import type { AccountDeps } from './deps.js'
import { accessDenied, authorizationPending, expiredToken, invalidGrant, slowDown } from './oauth-errors.js'
import { endSession, openSession, repeatSession, type OpenedAccountSession } from './sessions.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DEVICE_CODE_TTL_MS = 10 * MINUTE_MS
export const POLL_INTERVAL_MS = 5_000
/** Added to the interval by each poll that is too early (RFC 8628 §3.5). */
const SLOW_DOWN_MS = 5_000
/** A device that polls in time may arrive earlier by the jitter of its network. */
const POLL_TOLERANCE_MS = 1_000
/** A device that lost the response with its tokens receives the tokens of the same session again. */
const REPETITION_MS = 30_000
const MAX_TRIES = 5

/** Uses of user codes by one account; the right ones count too, so that they cannot restart the count. */
const ACCOUNT_POLICY: ThrottlePolicy = {
  freeAttempts: 20,
  firstWaitMs: MINUTE_MS,
  maxWaitMs: 15 * MINUTE_MS,
  resetAfterMs: HOUR_MS,
}
/** Uses of user codes by all accounts at one IP address. */
const IP_ADDRESS_POLICY: ThrottlePolicy = { ...ACCOUNT_POLICY, freeAttempts: 60 }
/** Requested codes by IP address. */
const REQUEST_POLICY: ThrottlePolicy = { ...ACCOUNT_POLICY, freeAttempts: 60 }

export interface DeviceCodes {
  readonly deviceCode: string
  /** Without a hyphen. */
  readonly userCode: string
}

export interface DeviceLoginRequest {
  readonly clientId: string
  readonly device: string | null
  /** See `ipAddressKey`. */
  readonly ipAddress: string
}

/** Who uses a user code, and from where. */
export interface UserCodeOrigin {
  readonly accountId: string
  readonly sessionId: string
  /** See `ipAddressKey`. */
  readonly ipAddress: string
}

/** Creates the two codes of a device. @throws DomainError 429 `too-many-attempts` */
export async function requestDeviceLogin (deps: AccountDeps, request: DeviceLoginRequest): Promise<DeviceCodes> {
  const { config, keys, now } = deps
  if (config.rateLimits) await countOrReject(deps, throttleKey(keys, 'device', request.ipAddress), REQUEST_POLICY)
  for (let tries = 1;; tries++) {
    const deviceCode = randomBytes(32).toString('base64url')
    const userCode = createUserCode(randomInt)
    const createdAt = now()
    try {
      await DeviceLogin.create({
        ...request,
        _id: deviceLoginId(deviceCode),
        userCode: hashUserCode(deps, userCode),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + DEVICE_CODE_TTL_MS),
        intervalMs: POLL_INTERVAL_MS,
        nextPollAt: createdAt,
      })
      return { deviceCode, userCode }
    } catch (error) {
      // Another device has the same user code.
      if (!isDuplicateKey(error) || tries === MAX_TRIES) throw error
    }
  }
}

/**
 * Finds the device that shows a code and waits for a decision.
 * @throws DomainError 404 `unknown-user-code`, 429 `too-many-attempts`
 */
export async function findDeviceLogin (
  deps: AccountDeps,
  origin: UserCodeOrigin,
  userCode: string,
): Promise<StoredDeviceLogin> {
  const found = await findByUserCode(deps, origin, userCode)
  return found.decision === null ? found : fail(unknownUserCode())
}

/**
 * Approves or rejects the log-in of a device. The first decision counts; its account may repeat it. A session that ends
 * at the same time leaves no approval.
 * @throws DomainError 401, 404 `unknown-user-code`, 429 `too-many-attempts`
 */
export async function decideDeviceLogin (
  deps: AccountDeps,
  origin: UserCodeOrigin,
  userCode: string,
  decision: DeviceLoginDecision,
): Promise<void> {
  const found = await findByUserCode(deps, origin, userCode)
  const account = await findAccount(origin.accountId) ?? fail(unknownUserCode())
  const { _id, credentialsVersion } = account
  const isDecided = await updateIf(found, [{ $eq: ['$decision', null] }], {
    decision,
    account: _id,
    credentialsVersion,
  })
  if (isDecided) {
    const session = await findSession(origin.sessionId)
    if (session !== null && isSessionLive(session, deps.now())) return
    await DeviceLogin.updateOne({ _id: found._id }, { $set: { decision: 'rejected' } })
    throw unauthorized()
  }
  const current = await DeviceLogin.findById(found._id).lean<StoredDeviceLogin>()
  const isRepeated = current?.decision === decision && current.account?.equals(_id) === true
  if (!isRepeated) throw unknownUserCode()
}

/**
 * Exchanges a device code for a session after the approval. Each code opens one session.
 * @param clientId name of the app, as at the request of the codes
 * @throws DomainError 400 `authorization-pending`, `slow-down`, `expired-token`, `access-denied`, `invalid-grant`
 */
export async function exchangeDeviceCode (
  deps: AccountDeps,
  deviceCode: string,
  clientId: string,
  transport: TokenTransport,
): Promise<OpenedAccountSession> {
  const polled = await recordPoll(deps, deviceCode, clientId)
  if (polled.decision === null) throw authorizationPending()
  const { account: accountId, session: sessionId, usedAt, device, credentialsVersion } = polled
  if (polled.decision === 'rejected' || accountId === null || sessionId === null) throw accessDenied()
  const account = await findAccount(accountId)
  if (account === null || account.credentialsVersion !== credentialsVersion) throw accessDenied()
  const isLate = usedAt !== null && polled.polledAt.getTime() - usedAt.getTime() > REPETITION_MS
  if (isLate) throw invalidGrant()
  // Exists when the response to an earlier poll was lost.
  const existing = await findSession(sessionId)
  if (existing === null) {
    const opened = await openSession(deps, account, device, transport, sessionId).catch(denyRejectedLogin)
    const current = await DeviceLogin.findById(polled._id).lean<StoredDeviceLogin>()
    if (current?.decision === 'approved') return opened
    await endSession(deps, opened.session, 'approval-withdrawn')
    throw accessDenied()
  }
  return { ...repeatSession(deps, existing, transport) ?? fail(invalidGrant()), account }
}

interface Poll extends StoredDeviceLogin {
  readonly polledAt: Date
}

/**
 * Stores the time of a poll, and after the approval the ID of the session. Of several polls at once, in any process,
 * one is in time.
 */
async function recordPoll (deps: AccountDeps, deviceCode: string, clientId: string): Promise<Poll> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const stored = await DeviceLogin.findById(deviceLoginId(deviceCode)).lean<StoredDeviceLogin>()
    if (stored === null || stored.clientId !== clientId) throw invalidGrant()
    const polledAt = deps.now()
    if (stored.expiresAt <= polledAt && stored.usedAt === null) throw expiredToken()
    const isEarly = polledAt.getTime() < stored.nextPollAt.getTime() - POLL_TOLERANCE_MS
    const intervalMs = stored.intervalMs + (isEarly ? SLOW_DOWN_MS : 0)
    const isUsed = !isEarly && stored.decision === 'approved'
    const changes = {
      intervalMs,
      nextPollAt: new Date(polledAt.getTime() + intervalMs),
      ...(isUsed ? { session: stored.session ?? new Types.ObjectId(), usedAt: stored.usedAt ?? polledAt } : {}),
    }
    const isUnchanged = [{ $eq: ['$nextPollAt', stored.nextPollAt] }, { $eq: ['$decision', stored.decision] }]
    if (!await updateIf(stored, isUnchanged, changes)) continue
    if (isEarly) throw slowDown(intervalMs / 1_000)
    return { ...stored, ...changes, polledAt }
  }
  throw slowDown((POLL_INTERVAL_MS + SLOW_DOWN_MS) / 1_000)
}

/** The condition is in the pipeline: for a filter on more than `_id`, the fallback server scans the collection. */
async function updateIf (
  { _id }: Pick<StoredDeviceLogin, '_id'>,
  conditions: readonly object[],
  changes: Partial<StoredDeviceLogin>,
): Promise<boolean> {
  const changed = { $mergeObjects: ['$$ROOT', { $literal: changes }] }
  const pipeline = [{ $replaceWith: { $cond: [{ $and: [...conditions] }, changed, '$$ROOT'] } }]
  return await updateWithPipeline(DeviceLogin, _id, pipeline)
}

/** Finds a log-in that has not expired, after counting the attempt. Every failure has the same text. */
async function findByUserCode (
  deps: AccountDeps,
  { accountId, ipAddress }: UserCodeOrigin,
  text: string,
): Promise<StoredDeviceLogin> {
  const { config, keys, now } = deps
  if (config.rateLimits) await countOrReject(deps, throttleKey(keys, 'user-code', ipAddress), IP_ADDRESS_POLICY)
  await countOrReject(deps, throttleKey(keys, 'user-code', accountId), ACCOUNT_POLICY)
  const userCode = parseUserCode(text)
  if (userCode === null) throw unknownUserCode()
  const found = await DeviceLogin.findOne({ userCode: hashUserCode(deps, userCode) }).lean<StoredDeviceLogin>()
  return found === null || found.expiresAt <= now() ? fail(unknownUserCode()) : found
}

function hashUserCode ({ keys }: Pick<AccountDeps, 'keys'>, userCode: string): string {
  return computeMac(keys.current('user-code').key, [userCode]).toString('base64url')
}

/** A change of the credentials between the approval and the poll. */
function denyRejectedLogin (error: unknown): never {
  throw error instanceof DomainError && ['wrong-credentials', 'account-disabled', 'busy'].includes(error.code)
    ? accessDenied()
    : error
}

async function countOrReject ({ now }: AccountDeps, key: string, policy: ThrottlePolicy): Promise<void> {
  const waitMs = await countAttempt(key, policy, now())
  if (waitMs === 0) return
  const retryAfterSeconds = Math.ceil(waitMs / 1_000)
  throw new DomainError(
    429,
    'too-many-attempts',
    'Too many attempts',
    'Wait for the time in Retry-After.',
    { retryAfterSeconds },
    { 'retry-after': String(retryAfterSeconds) },
  )
}

const unknownUserCode = (): DomainError =>
  new DomainError(
    404,
    'unknown-user-code',
    'Unknown code',
    'The code is wrong, expired or already used. Enter the code that the device shows now.',
  )
