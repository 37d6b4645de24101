// Caches what every request needs to know about an account: whether the session is live, and the limits of the account
// and its profiles. The process that changes an account invalidates its entry at once.
import { LRUCache } from 'lru-cache'
import { findAccount, type Role, type StoredAccount } from '../../models/account.js'
import { findSession, isSessionLive, type StoredSession } from '../../models/session.js'
import type { MaturityScope } from '../domain/maturity.js'
import type { PlanLimits } from '../domain/plans.js'

/** Other processes see an ended session or a changed plan within this time. */
const CACHE_TTL_MS = 5_000
const CACHE_MAX_ENTRIES = 50_000

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
  readonly limits: PlanLimits
  readonly profiles: readonly ProfileAccess[]
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
  now(): Date
  findAccount?(accountId: string): Promise<StoredAccount | null>
  findSession?(sessionId: string): Promise<StoredSession | null>
}

export function createAccountAccess (deps: AccountAccessDeps): AccountAccess {
  const readAccount = deps.findAccount ?? findAccount
  const readSession = deps.findSession ?? findSession
  const accounts = createReadCache(async (accountId) => {
    const account = await readAccount(accountId)
    return account === null ? null : toCachedAccount(account)
  })
  const sessionAccounts = createReadCache(async (sessionId) => {
    const session = await readSession(sessionId)
    return session !== null && isSessionLive(session, deps.now()) ? session.account.toString() : null
  })

  return {
    isSessionLive: async (sessionId, accountId) => await sessionAccounts.read(sessionId) === accountId,
    findAccount: accounts.read,
    async findProfile (accountId, profileId) {
      const find = (account: CachedAccount | null): ProfileAccess | null =>
        account?.profiles.find((profile) => profile.id === profileId) ?? null
      const profile = find(await accounts.read(accountId))
      if (profile !== null) return profile
      accounts.invalidate(accountId)
      return find(await accounts.read(accountId))
    },
    invalidateAccount: accounts.invalidate,
    invalidateSession: sessionAccounts.invalidate,
  }
}

interface ReadCache<T> {
  /** Concurrent reads of a key share one read of the database. Failures are not cached. */
  read(key: string): Promise<T | null>
  /** A read in progress still returns to its callers, but is not cached. */
  invalidate(key: string): void
}

function createReadCache<T> (read: (key: string) => Promise<T | null>): ReadCache<T> {
  // The cache does not accept null as a value.
  const cache = new LRUCache<string, { readonly value: T | null }>({
    max: CACHE_MAX_ENTRIES,
    ttl: CACHE_TTL_MS,
    ignoreFetchAbort: true,
    async fetchMethod (key, _stale, { options }) {
      const startedAt = performance.now()
      const value = await read(key)
      // The lifetime starts with the read, so that a slow one does not extend it.
      options.ttl = Math.max(1, CACHE_TTL_MS - (performance.now() - startedAt))
      return { value }
    },
  })
  return {
    read: async (key) => (await cache.fetch(key))?.value ?? null,
    invalidate (key) {
      cache.delete(key)
    },
  }
}

function toCachedAccount (account: StoredAccount): CachedAccount {
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
      pinVersion: profile.pinVersion,
    })),
  }
}
