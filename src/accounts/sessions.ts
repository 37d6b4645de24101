// Sessions: one family of refresh tokens a signed-in device, rotated by compare-and-set; an old token ends its family.
import { randomBytes } from 'node:crypto'
import mongoose, { Types } from 'mongoose'
import { findAccount, type StoredAccount } from '../../models/account.js'
import { findSession, isSessionLive, Session, type StoredSession } from '../../models/session.js'
import { DomainError, unauthorized } from '../errors.js'
import { formatRefreshToken, isGenuineRefreshToken, parseRefreshToken } from '../security/refresh-tokens.js'
import type { AccountDeps } from './deps.js'
import { endStreamsOfSession } from '../watching/streams/stream-leases.js'
import { withAuditNote } from '../audit/audit-log.js'

const DAY_MS = 86_400_000
const IDLE_MS = 14 * DAY_MS
const ABSOLUTE_MS = 30 * DAY_MS
const MAX_SESSIONS = 20
/** A reply that was lost, or a second tab: within this the token before the last gets the current one once more. */
const GRACE_MS = 10_000

export interface OpenedSession {
  readonly session: StoredSession
  readonly refreshToken: string
}

/** Opens a session; over the bound of an account the least recently used ones end. */
export async function openSession (
  services: AccountDeps,
  accountId: string,
  device: string | null,
): Promise<OpenedSession> {
  const now = services.now()
  const session: StoredSession = {
    _id: new Types.ObjectId(),
    account: new Types.ObjectId(accountId),
    seed: randomBytes(32).toString('base64url'),
    kid: services.keys.current('refresh').kid,
    generation: 0,
    rotatedAt: now,
    device,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + IDLE_MS),
    absoluteExpiresAt: new Date(now.getTime() + ABSOLUTE_MS),
    revokedAt: null,
    revocationReason: null,
  }
  await Session.create(session)
  const live = await listSessions(accountId, now)
  for (const old of live.slice(MAX_SESSIONS)) await endSession(services, old, 'too-many-sessions')
  return { session, refreshToken: tokenOf(services, session) }
}

function tokenOf ({ keys }: AccountDeps, session: StoredSession): string {
  return formatRefreshToken(keys, {
    sessionId: session._id.toString(),
    generation: session.generation,
    seed: session.seed,
    kid: session.kid,
  })
}

const refused = (): Error => unauthorized('The refresh token is not valid (any more). Log in again.')

/**
 * Exchanges a refresh token for the next one.
 * The token before the current one, within the grace after the rotation, gets the current one again; any older one ends
 * the session (RFC 9700 §4.14.2).
 * @throws DomainError 401
 */
export async function refreshSession (services: AccountDeps, token: string): Promise<OpenedSession> {
  const parsed = parseRefreshToken(token)
  if (parsed === null) throw refused()
  const session = await findSession(parsed.sessionId)
  if (session === null || !isGenuineRefreshToken(services.keys, parsed, session)) throw refused()
  const now = services.now()
  if (!isSessionLive(session, now)) throw refused()
  if (parsed.generation === session.generation) {
    const rotated = await rotate(session, now)
    // Somebody else rotated it first: this request is the parallel tab.
    return rotated === null
      ? await refreshSession(services, token)
      : { session: rotated, refreshToken: tokenOf(services, rotated) }
  }
  const isGrace = parsed.generation === session.generation - 1 &&
    now.getTime() - session.rotatedAt.getTime() <= GRACE_MS
  if (isGrace) return { session, refreshToken: tokenOf(services, session) }
  await endSession(services, session, 'refresh-token-reused')
  services.log.warn({ sessionId: session._id.toString() }, 'a used refresh token came again: its session was ended')
  throw withAuditNote(refused(), {
    action: 'refresh-token-reused',
    account: session.account.toString(),
    session: session._id.toString(),
  })
}

/** Only one of several refreshes with the same generation gets through. */
async function rotate (session: StoredSession, now: Date): Promise<StoredSession | null> {
  const changes = {
    generation: session.generation + 1,
    rotatedAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + IDLE_MS),
  }
  const result = await Session.updateOne({ _id: session._id, generation: session.generation, revokedAt: null }, {
    $set: changes,
  })
  return result.modifiedCount > 0 ? { ...session, ...changes } : null
}

/**
 * The account that a session which was just opened or renewed is for, as it is now: what an administrator did to it while its
 * password was being checked counts, and the session ends again.
 * @throws DomainError 401 when it is gone, 403 `account-disabled`
 */
export async function findSessionAccount (services: AccountDeps, session: StoredSession): Promise<StoredAccount> {
  const account = await findAccount(session.account)
  if (account !== null && !isDisabled(account)) return account
  await endSession(services, session, 'account-disabled')
  throw account === null ? unauthorized() : accountDisabled(account)
}

export function isDisabled ({ disabledAt }: Pick<StoredAccount, 'disabledAt'>): boolean {
  return (disabledAt ?? null) !== null
}

/** Told only to whoever knows the password. */
export function accountDisabled ({ _id }: Pick<StoredAccount, '_id'>): DomainError {
  return withAuditNote(
    new DomainError(
      403,
      'account-disabled',
      'Account disabled',
      'This account was disabled. Write to whoever runs the service.',
    ),
    { account: _id.toString() },
  )
}

/** Live sessions, the most recently used first. */
export async function listSessions (accountId: string, now: Date): Promise<StoredSession[]> {
  const sessions = await Session.find({ account: accountId, revokedAt: null }).sort({ lastUsedAt: -1 }).lean<
    StoredSession[]
  >()
  return sessions.filter((session) => isSessionLive(session, now))
}

/** Ends a session at once in this process, within the cache's few seconds elsewhere; its streams end with it. */
export async function endSession (
  services: Pick<AccountDeps, 'access' | 'leases' | 'now'>,
  session: Pick<StoredSession, '_id' | 'account'>,
  because: string,
): Promise<void> {
  const now = services.now()
  await Session.updateOne({ _id: session._id, revokedAt: null }, { $set: { revokedAt: now, revocationReason: because } })
  services.access.invalidateSession(session._id.toString())
  await endStreamsOfSession(session.account.toString(), session._id.toString(), now)
  services.leases.forget(session.account.toString())
}

/** Ends every session of an account, or all but one. */
export async function endAllSessions (
  services: Pick<AccountDeps, 'access' | 'leases' | 'now'>,
  accountId: string,
  except: string | null,
  because: string,
): Promise<void> {
  const filter = {
    account: accountId,
    revokedAt: null,
    ...(except === null ? {} : { _id: mongoose.trusted({ $ne: new Types.ObjectId(except) }) }),
  }
  for (const session of await Session.find(filter).lean<StoredSession[]>()) await endSession(services, session, because)
}
