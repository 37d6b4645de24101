// Sessions: one family of refresh tokens per device, rotated by compare-and-set. Reusing an old token ends the session.
import { randomBytes } from 'node:crypto'
import { Types } from 'mongoose'
import { findAccount, type StoredAccount } from '../../models/account.js'
import { withdrawApprovals } from '../../models/device-login.js'
import {
  findSession,
  isSessionLive,
  Session,
  type StoredSession,
  type TokenTransport,
} from '../../models/session.js'
import { updateWithPipeline } from '../../models/upsert.js'
import { withAuditNote } from '../audit/audit-notes.js'
import { unauthorized } from '../errors.js'
import { formatRefreshToken, isGenuineRefreshToken, parseRefreshToken } from '../security/refresh-tokens.js'
import { endStreamsOfSession } from '../watching/streams/stream-leases.js'
import { accountDisabled, hasSameCredentials, isDisabled, rejectedLogin } from './credentials.js'
import type { AccountDeps } from './deps.js'

const DAY_MS = 86_400_000
/** A session ends when it is not refreshed for this time. */
const IDLE_TTL_MS = 14 * DAY_MS
const MAX_AGE_MS = 30 * DAY_MS
const MAX_SESSIONS = 20
/**
 * After a lost response, or from a second tab, the previous token still receives the current one within this time. A
 * browser loses the response when its page is closed or reloaded, and scripts cannot read the cookie.
 */
const ROTATION_GRACE_MS: Readonly<Record<TokenTransport, number>> = { body: 10_000, cookie: 60_000 }
/**
 * The tabs of a browser have one cookie. Within this time after a rotation they receive the same token, so that a late
 * response to one tab does not replace a newer cookie by an older one.
 */
const COOKIE_ROTATION_INTERVAL_MS = 10_000

export interface OpenedSession {
  readonly session: StoredSession
  readonly refreshToken: string
}
export interface OpenedAccountSession extends OpenedSession {
  readonly account: StoredAccount
}

/**
 * Opens a session for an account that has proved its password. The account is read again when the session exists: a
 * change of the password, a disabling, closing or erasing before that leaves no session; a later one finds the session
 * and ends it. Above the maximum number of sessions, the least recently used ones end.
 * @param id of the new session
 * @throws DomainError 401 `wrong-credentials`, 403 `account-disabled`, 503 `busy` when the account was changed, but not
 *   its password
 */
export async function openSession (
  deps: AccountDeps,
  verified: StoredAccount,
  device: string | null,
  transport: TokenTransport = 'body',
  id = new Types.ObjectId(),
): Promise<OpenedAccountSession> {
  const accountId = verified._id.toString()
  const now = deps.now()
  const session: StoredSession = {
    _id: id,
    account: verified._id,
    seed: randomBytes(32).toString('base64url'),
    kid: deps.keys.current('refresh').kid,
    generation: 0,
    transport,
    rotatedAt: now,
    device,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + IDLE_TTL_MS),
    absoluteExpiresAt: new Date(now.getTime() + MAX_AGE_MS),
    revokedAt: null,
    revocationReason: null,
  }
  await Session.create(session)
  const [account, liveSessions] = await Promise.all([findAccount(accountId), listSessions(accountId, now)])
  if (!hasSameCredentials(verified, account)) {
    await Session.deleteOne({ _id: session._id })
    throw rejectedLogin(verified, account)
  }
  for (const old of liveSessions.slice(MAX_SESSIONS)) await endSession(deps, old, 'too-many-sessions')
  return { ...withRefreshToken(deps, session), account }
}

function withRefreshToken ({ keys }: AccountDeps, session: StoredSession): OpenedSession {
  const { _id, generation, seed, kid } = session
  return { session, refreshToken: formatRefreshToken(keys, { sessionId: _id.toString(), generation, seed, kid }) }
}

/** The first refresh token of a session again, for a device that lost it. Null when it was used or has ended. */
export function repeatSession (
  deps: AccountDeps,
  session: StoredSession,
  transport: TokenTransport,
): OpenedSession | null {
  const isFirst = session.generation === 0 && session.transport === transport
  return isFirst && isSessionLive(session, deps.now()) ? withRefreshToken(deps, session) : null
}

const invalidRefreshToken = (): Error => unauthorized('The refresh token is invalid or expired. Log in again.')

/**
 * Exchanges a refresh token for the next one. Within the grace time after a rotation, the previous token receives the
 * current one again; any older token ends the session (RFC 9700 §4.14.2). A token is valid in its transport only.
 * @throws DomainError 401
 */
export async function refreshSession (
  deps: AccountDeps,
  token: string,
  transport: TokenTransport = 'body',
): Promise<OpenedSession> {
  const parsed = parseRefreshToken(token)
  if (parsed === null) throw invalidRefreshToken()
  const session = await findSession(parsed.sessionId)
  if (session === null || !isGenuineRefreshToken(deps.keys, parsed, session)) throw invalidRefreshToken()
  const now = deps.now()
  // Processes before the field write sessions without it.
  const { transport: boundTransport = 'body' } = session as Partial<StoredSession>
  if (!isSessionLive(session, now) || boundTransport !== transport) throw invalidRefreshToken()
  const sinceRotationMs = now.getTime() - session.rotatedAt.getTime()
  if (parsed.generation === session.generation) {
    const isJustRotated = session.generation > 0 && sinceRotationMs < COOKIE_ROTATION_INTERVAL_MS
    if (transport === 'cookie' && isJustRotated) return withRefreshToken(deps, session)
    const rotated = await rotateSession(session, now)
    // A concurrent request has rotated the session: this token is now the previous one.
    return rotated === null ? await refreshSession(deps, token, transport) : withRefreshToken(deps, rotated)
  }
  const isWithinGrace = parsed.generation === session.generation - 1 &&
    sinceRotationMs <= ROTATION_GRACE_MS[transport]
  if (isWithinGrace) return withRefreshToken(deps, session)
  await endSession(deps, session, 'refresh-token-reused')
  deps.log.warn({ sessionId: session._id.toString() }, 'a refresh token was reused; its session has ended')
  throw withAuditNote(invalidRefreshToken(), {
    action: 'refresh-token-reused',
    account: session.account.toString(),
    session: session._id.toString(),
  })
}

/** Advances the generation. Of several concurrent rotations, one succeeds; the others return null. */
async function rotateSession (session: StoredSession, now: Date): Promise<StoredSession | null> {
  const changes = {
    generation: session.generation + 1,
    rotatedAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + IDLE_TTL_MS),
  }
  const isCurrent = { $and: [{ $eq: ['$generation', session.generation] }, { $eq: ['$revokedAt', null] }] }
  return await updateSessionIf(session._id, isCurrent, changes) ? { ...session, ...changes } : null
}

/** The condition is in the pipeline: for a filter on more than `_id`, the fallback server scans the collection. */
async function updateSessionIf (
  id: Types.ObjectId,
  condition: object,
  changes: Partial<StoredSession>,
): Promise<boolean> {
  const changed = { $mergeObjects: ['$$ROOT', { $literal: changes }] }
  return await updateWithPipeline(Session, id, [{ $replaceWith: { $cond: [condition, changed, '$$ROOT'] } }])
}

/**
 * Reads the account of a session that was just refreshed. If an administrator disabled the account in the meantime, the
 * session ends.
 * @throws DomainError 401 when the account does not exist, 403 `account-disabled`
 */
export async function findSessionAccount (deps: AccountDeps, session: StoredSession): Promise<StoredAccount> {
  const account = await findAccount(session.account)
  if (account === null || account.erasureStartedAt !== null) {
    await Session.deleteOne({ _id: session._id })
    throw unauthorized()
  }
  if (!isDisabled(account)) return account
  await endSession(deps, session, 'account-disabled')
  throw accountDisabled(account)
}

/** Lists the live sessions of an account, the most recently used first. */
export async function listSessions (accountId: string, now: Date): Promise<StoredSession[]> {
  // Filtered here: with `revokedAt` in the query, the fallback server scans the collection.
  const sessions = await Session.find({ account: accountId }).lean<StoredSession[]>()
  return sessions.filter((session) => isSessionLive(session, now))
    .sort((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime())
}

/** Ends a session and its streams: at once in this process, in others when their cache entry expires. */
export async function endSession (
  deps: Pick<AccountDeps, 'access' | 'leases' | 'now'>,
  session: Pick<StoredSession, '_id' | 'account'>,
  reason: string,
): Promise<void> {
  const now = deps.now()
  const accountId = session.account.toString()
  const isLive = { $eq: ['$revokedAt', null] }
  await updateSessionIf(session._id, isLive, { revokedAt: now, revocationReason: reason })
  deps.access.invalidateSession(session._id.toString())
  await endStreamsOfSession(accountId, session._id.toString(), now)
  deps.leases.invalidate(accountId)
}

/**
 * Ends every session of an account, except one if given, and withdraws its approvals of devices. An approval or a poll
 * that is in progress finds its session ended, or its approval withdrawn.
 */
export async function endAllSessions (
  deps: Pick<AccountDeps, 'access' | 'leases' | 'now'>,
  accountId: string,
  exceptSessionId: string | null,
  reason: string,
): Promise<void> {
  await endSessions(deps, accountId, exceptSessionId, reason)
  // A device may have opened a session in the meantime.
  if (await withdrawApprovals(accountId)) await endSessions(deps, accountId, exceptSessionId, reason)
}

async function endSessions (
  deps: Pick<AccountDeps, 'access' | 'leases' | 'now'>,
  accountId: string,
  exceptSessionId: string | null,
  reason: string,
): Promise<void> {
  const sessions = await Session.find({ account: accountId }).lean<StoredSession[]>()
  for (const session of sessions) {
    if (session.revokedAt === null && session._id.toString() !== exceptSessionId) {
      await endSession(deps, session, reason)
    }
  }
}
