// Caches what every request needs to know about an account: whether the session is live, and the limits of the account
// and its profiles. A change in any process removes its entry.
import { findAccount, type StoredAccount } from '../../models/account.js'
import { findSession, isSessionLive, type StoredSession } from '../../models/session.js'
import { createCachedReads } from '../database/cached-reads.js'
import type { ChangeWatch } from '../database/change-watch.js'
import type { MaturityScope } from '../domain/maturity.js'
import type { PlanLimits } from '../domain/plans.js'
import type { Role } from '../domain/vocabulary.js'
import { fingerprintAccount } from './account-fingerprint.js'

const CACHE_MAX_ENTRIES = 50_000
/** Changes invalidate entries; the age only bounds what an unknown defect could cause. */
const CACHE_MAX_AGE_MS = 10 * 60_000

export interface ProfileAccess extends MaturityScope {
  readonly id: string
  readonly locked: boolean
  readonly hasPin: boolean
  /** Profile tokens with another number are invalid. */
  readonly pinVersion: number
}

export interface CachedAccount {
  readonly id: string
  readonly role: Role
  /** False when it is disabled or closed. */
  readonly isActive: boolean
  readonly limits: PlanLimits
  readonly profiles: readonly ProfileAccess[]
  /** Changes with everything that account pages show: plan, role, email, and settings of profiles. */
  readonly fingerprint: string
}

/** @param account null for one that does not exist */
export function canEditTitles (account: Pick<CachedAccount, 'role'> | null): boolean {
  return account?.role === 'editor' || account?.role === 'admin'
}

export interface AccountAccess {
  isSessionLive(sessionId: string, accountId: string): Promise<boolean>
  /** Null when the account does not exist. */
  findAccount(accountId: string): Promise<CachedAccount | null>
  /** Null when the account has no such profile. Finds a profile that another process has just added. */
  findProfile(accountId: string, profileId: string): Promise<ProfileAccess | null>
  invalidateAccount(accountId: string): void
  invalidateSession(sessionId: string): void
}

export interface AccountAccessDeps {
  readonly watch: ChangeWatch
  now(): Date
  findAccount?(accountId: string): Promise<StoredAccount | null>
  findSession?(sessionId: string): Promise<StoredSession | null>
}

export function createAccountAccess (deps: AccountAccessDeps): AccountAccess {
  const readAccount = deps.findAccount ?? findAccount
  const readSession = deps.findSession ?? findSession
  const cache = { watch: deps.watch, maxDocuments: CACHE_MAX_ENTRIES, maxAgeMs: CACHE_MAX_AGE_MS }
  const accounts = createCachedReads({ ...cache, collection: 'accounts' })
  const sessions = createCachedReads({ ...cache, collection: 'sessions' })

  const find = async (accountId: string): Promise<CachedAccount | null> =>
    accounts.peek<CachedAccount | null>(accountId, 'account') ?? await accounts.read(accountId, 'account', async () => {
      const account = await readAccount(accountId)
      return account === null ? null : toCachedAccount(account)
    })

  const findCachedSession = async (sessionId: string): Promise<CachedSession | null> =>
    sessions.peek<CachedSession | null>(sessionId, 'session') ?? await sessions.read(sessionId, 'session', async () => {
      const stored = await readSession(sessionId)
      return stored === null ? null : toCachedSession(stored)
    })

  return {
    async isSessionLive (sessionId, accountId) {
      const session = await findCachedSession(sessionId)
      return session !== null && session.account === accountId && isSessionLive(session, deps.now())
    },
    findAccount: find,
    async findProfile (accountId, profileId) {
      const findIn = (account: CachedAccount | null): ProfileAccess | null =>
        account?.profiles.find((profile) => profile.id === profileId) ?? null
      const profile = findIn(await find(accountId))
      if (profile !== null) return profile
      accounts.invalidate(accountId)
      return findIn(await find(accountId))
    },
    invalidateAccount: accounts.invalidate,
    invalidateSession: sessions.invalidate,
  }
}

type CachedSession = Pick<StoredSession, 'revokedAt' | 'expiresAt' | 'absoluteExpiresAt'> & { readonly account: string }

function toCachedSession ({ account, revokedAt, expiresAt, absoluteExpiresAt }: StoredSession): CachedSession {
  return { account: account.toString(), revokedAt, expiresAt, absoluteExpiresAt }
}

function toCachedAccount (account: StoredAccount): CachedAccount {
  return {
    id: account._id.toString(),
    role: account.role,
    // Old accounts lack the fields.
    isActive: (account.disabledAt ?? null) === null && (account.eraseAt ?? null) === null,
    limits: account.limits,
    profiles: account.profiles.map((profile) => ({
      id: profile._id.toString(),
      kids: profile.kids,
      maxMaturityAge: profile.maxMaturityAge,
      locked: profile.locked,
      hasPin: profile.pinHash !== null,
      pinVersion: profile.pinVersion,
    })),
    fingerprint: fingerprintAccount(account),
  }
}
