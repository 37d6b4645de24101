// Checks whether the stream that a media URL was signed for is live, and whether its profile may still see the title.
// Caches the leases and the maturity limits of an account for a few seconds.
import type { FastifyReply } from 'fastify'
import { LRUCache } from 'lru-cache'
import { findAccount } from '../../../models/account.js'
import { findStreamLeases, isLeaseLive, type StreamLease } from '../../../models/account-streams.js'
import { findVisibleTitle } from '../../catalogue/queries/find-visible.js'
import type { Catalogue } from '../../catalogue/store/catalogue.js'
import { toIdString } from '../../domain/id-strings.js'
import type { MaturityScope } from '../../domain/maturity.js'
import { DomainError } from '../../errors.js'
import { isPreviewGrant, type LeaseGrant } from './media-urls.js'
import { limitEntries } from '../../domain/cache-limits.js'

/** With RECHECK_INTERVAL_MS, every process stops the delivery within 5 s after a stream ends. */
const LEASES_TTL_MS = 4_000
const CACHE_MAX_ENTRIES = 50_000
/** How often a response in progress checks its lease. */
const RECHECK_INTERVAL_MS = 1_000

/** The error for any invalid token; it does not reveal the reason. */
export const mediaAccessDenied = (): DomainError =>
  new DomainError(
    403,
    'media-refused',
    'Media access denied',
    'The URL is not signed for this file, or its stream has ended. Start playback again.',
  )

export interface LeaseCheck {
  isLive(grant: LeaseGrant): Promise<boolean>
  /** Discards the cached leases of an account whose streams this process ended: its URLs stop working immediately. */
  invalidate(accountId: string): void
}

type Lease = Pick<StreamLease, 'expiresAt'> & {
  readonly id: string,
  readonly profile: string,
  readonly title: string,
}

interface AccountLeases {
  /** When the read started, ms since the epoch. */
  readonly readAt: number
  readonly leases: readonly Lease[]
  /** By profile ID. */
  readonly scopes: ReadonlyMap<string, MaturityScope>
}

export interface LeaseCheckDeps {
  readonly catalogue: Pick<Catalogue, 'findTitle'>
  /** The clock by which leases expire. */
  now(): Date
  /** Whether the session is live and its account may edit titles. */
  canPreview(accountId: string, sessionId: string): Promise<boolean>
}

/** Creates a lease check with a cache. */
export function createLeaseCheck ({ catalogue, now, canPreview }: LeaseCheckDeps): LeaseCheck {
  // Concurrent range requests of a player share one read. A read that fails is not cached.
  const cache = new LRUCache<string, AccountLeases>({
    ...limitEntries(CACHE_MAX_ENTRIES),
    // Requests that wait for a read get its result even if the entry is invalidated or evicted before it completes.
    ignoreFetchAbort: true,
    fetchMethod: async (accountId) => {
      const readAt = now().getTime()
      const [leases, account] = await Promise.all([findStreamLeases(accountId), findAccount(accountId)])
      const scopes = new Map(
        account?.profiles.map(({ _id, kids, maxMaturityAge }) => [toIdString(_id), { kids, maxMaturityAge }]),
      )
      return { readAt, leases: leases.map(toLease), scopes }
    },
  })

  function hasLiveLease ({ leases, scopes }: AccountLeases, grant: LeaseGrant): boolean {
    const lease = leases.find(({ id, profile }) => id === grant.lease && profile === grant.profile)
    const scope = scopes.get(grant.profile)
    return lease !== undefined && scope !== undefined && isLeaseLive(lease, now()) &&
      findVisibleTitle(catalogue, scope, lease.title, now()) !== null
  }

  return {
    async isLive (grant) {
      if (isPreviewGrant(grant)) return await canPreview(grant.account, grant.lease)
      const oldestReadAt = now().getTime() - LEASES_TTL_MS
      const status: LRUCache.Status<string, AccountLeases> = {}
      const found = await cache.forceFetch(grant.account, { status })
      const isOwnRead = status.fetch === 'miss'
      const isLive = (isOwnRead || found.readAt > oldestReadAt) && hasLiveLease(found, grant)
      if (isLive || isOwnRead) return isLive
      // Only a positive result is trusted from the cache: the stream may have started or been renewed since the read.
      return hasLiveLease(await cache.forceFetch(grant.account, { forceRefresh: true }), grant)
    },
    invalidate: (accountId) => {
      cache.delete(accountId)
    },
  }
}

function toLease ({ _id, profile, title, expiresAt }: StreamLease): Lease {
  return { id: toIdString(_id), profile: toIdString(profile), title: toIdString(title), expiresAt }
}

/**
 * Creates a function that closes the connection if the stream of a response has ended.
 * @returns the function to call for each chunk of the response
 */
export function abortWhenLeaseEnds (
  { leases, now }: { readonly leases: LeaseCheck, now(): Date },
  reply: FastifyReply,
  grant: LeaseGrant,
): () => void {
  let checkedAt = now().getTime()
  return () => {
    const time = now().getTime()
    if (time - checkedAt < RECHECK_INTERVAL_MS) return
    checkedAt = time
    // If the database is unavailable, delivery continues until the next check.
    leases.isLive(grant).then((isLive) => {
      if (!isLive) reply.raw.destroy()
    }, () => {})
  }
}
