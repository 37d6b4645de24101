// What every request asks of an account: is the session live, what may the account and its profiles do. Cached for a few
// seconds, dropped at once in the process that changes something.
import { LRUCache } from 'lru-cache'
import { findAccount, type Role, type StoredAccount } from '../../models/account.js'
import { findSession, isSessionLive } from '../../models/session.js'
import type { MaturityScope } from '../domain/maturity.js'
import type { PlanLimits } from '../domain/plans.js'

/** An ended session or a changed plan is seen everywhere within this. */
const CACHE_MS = 5_000
const CACHE_SIZE = 50_000

export interface ProfileAccess extends MaturityScope {
  readonly id: string
  readonly locked: boolean
  readonly hasPin: boolean
}

export interface CachedAccount {
  readonly id: string
  readonly role: Role
  readonly limits: PlanLimits
  readonly profiles: readonly ProfileAccess[]
}

export interface AccountAccess {
  isSessionLive(sessionId: string, accountId: string): Promise<boolean>
  /** Null when the account is gone. */
  findAccount(accountId: string): Promise<CachedAccount | null>
  /** Null when the account has no such profile, also when it was made a moment ago elsewhere. */
  findProfile(accountId: string, profileId: string): Promise<ProfileAccess | null>
  invalidateAccount(accountId: string): void
  invalidateSession(sessionId: string): void
}

/** @param now the clock, for sessions that run out */
export function createAccountAccess (now: () => Date): AccountAccess {
  // Promises are kept, so that requests which come together share one read.
  const accounts = new LRUCache<string, Promise<CachedAccount | null>>({ max: CACHE_SIZE, ttl: CACHE_MS })
  const sessions = new LRUCache<string, Promise<string | null>>({ max: CACHE_SIZE, ttl: CACHE_MS })

  async function readAccount (accountId: string): Promise<CachedAccount | null> {
    const reading = findAccount(accountId).then((account) => account === null ? null : toAccess(account))
    accounts.set(accountId, reading)
    reading.catch(() => accounts.delete(accountId))
    return await reading
  }

  async function readSession (sessionId: string): Promise<string | null> {
    const reading = findSession(sessionId).then((session) =>
      session !== null && isSessionLive(session, now()) ? session.account.toString() : null
    )
    sessions.set(sessionId, reading)
    reading.catch(() => sessions.delete(sessionId))
    return await reading
  }

  async function cachedAccount (accountId: string): Promise<CachedAccount | null> {
    return await (accounts.get(accountId) ?? readAccount(accountId))
  }

  return {
    async isSessionLive (sessionId, accountId) {
      return await (sessions.get(sessionId) ?? readSession(sessionId)) === accountId
    },
    findAccount: cachedAccount,
    async findProfile (accountId, profileId) {
      const find = (account: CachedAccount | null): ProfileAccess | null =>
        account?.profiles.find((profile) => profile.id === profileId) ?? null
      return find(await cachedAccount(accountId)) ?? find(await readAccount(accountId))
    },
    invalidateAccount: (accountId) => {
      accounts.delete(accountId)
    },
    invalidateSession: (sessionId) => {
      sessions.delete(sessionId)
    },
  }
}

function toAccess (account: StoredAccount): CachedAccount {
  return {
    id: account._id.toString(),
    role: account.role,
    limits: account.limits,
    profiles: account.profiles.map((profile) => ({
      id: profile._id.toString(),
      kids: profile.kids,
      maxMaturityAge: profile.maxMaturityAge,
      locked: profile.locked,
      hasPin: profile.pinHash !== null,
    })),
  }
}
