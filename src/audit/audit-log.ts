// Writes the audit log in batches after the response, so that no request waits for it or fails with it. Entries that
// cannot be written go to the process log as a whole; they contain no personal data.
import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Types } from 'mongoose'
import { anonymiseAudit, Audit, type StoredAudit } from '../../models/audit.js'
import { limitEntries } from '../domain/cache-limits.js'

/** An event; missing fields are stored as null. */
export interface AuditEntry extends Pick<StoredAudit, 'action' | 'result'> {
  readonly reason?: string | null
  readonly requestId?: string | null
  readonly actor?: string | null
  readonly session?: string | null
  readonly account?: string | null
  readonly subject?: StoredAudit['subject']
  /** Truncated, see `truncateIpAddress`. */
  readonly ipAddress?: string | null
}

export interface AuditLog {
  /** Queues an entry. */
  record(entry: AuditEntry): void
  /** Resolves when all queued entries are written. */
  onIdle(): Promise<void>
  /** Removes an erased account from stored entries and from those of requests that are still in flight. */
  anonymiseAccount(accountId: string): Promise<void>
}

interface AuditLogDeps {
  readonly log: Pick<FastifyBaseLogger, 'error'>
  readonly background: { runInBackground(what: string, work: () => Promise<void>): void }
  readonly retentionDays: number
  now(): Date
}

const DAY_MS = 86_400_000
const WRITE_BATCH_SIZE = 200
/** Limits the memory while the database does not respond. Further entries go to the process log. */
const MAX_PENDING = 5_000
/** A caller that keeps retrying while throttled causes one entry in this time. */
const THROTTLED_ENTRY_TTL_MS = 60_000
/** Requests that were in flight when their account was erased have ended after this time. */
const ERASED_ACCOUNT_TTL_MS = 600_000
const CACHE_MAX_ENTRIES = 10_000

export function createAuditLog ({ log, background, retentionDays, now }: AuditLogDeps): AuditLog {
  let pending: StoredAudit[] = []
  let writing: Promise<void> | null = null
  const throttledEntries = new LRUCache<string, true>({
    ...limitEntries(CACHE_MAX_ENTRIES),
    ttl: THROTTLED_ENTRY_TTL_MS,
  })
  const erasedAccounts = new LRUCache<string, true>({ ...limitEntries(CACHE_MAX_ENTRIES), ttl: ERASED_ACCOUNT_TTL_MS })

  async function writePending (): Promise<void> {
    while (pending.length > 0) {
      const batch = pending.slice(0, WRITE_BATCH_SIZE)
      pending = pending.slice(WRITE_BATCH_SIZE)
      await Audit.insertMany(batch, { ordered: false }).catch((error: unknown) => {
        logWriteFailure(batch, error)
      })
    }
  }

  function logWriteFailure (entries: readonly StoredAudit[], error: unknown): void {
    log.error({ err: error, audit: entries }, 'audit entries were not written')
  }

  function isRepeated ({ action, result, reason, account, ipAddress }: AuditEntry): boolean {
    if (result !== 'throttled') return false
    const key = [action, reason, account, ipAddress].join(' ')
    if (throttledEntries.has(key)) return true
    throttledEntries.set(key, true)
    return false
  }

  function toStored (entry: AuditEntry): StoredAudit {
    const at = now()
    const isErased = (id: string | null | undefined): boolean => id != null && erasedAccounts.has(id)
    return {
      _id: new Types.ObjectId(),
      at,
      action: entry.action,
      result: entry.result,
      reason: entry.reason ?? null,
      requestId: entry.requestId ?? null,
      actor: isErased(entry.actor) ? null : toObjectId(entry.actor),
      session: isErased(entry.actor ?? entry.account) ? null : toObjectId(entry.session),
      account: isErased(entry.account) ? null : toObjectId(entry.account),
      // The subject belongs to the account.
      subject: isErased(entry.account) ? null : entry.subject ?? null,
      ipAddress: entry.ipAddress ?? null,
      expiresAt: new Date(at.getTime() + retentionDays * DAY_MS),
    }
  }

  const audit: AuditLog = {
    record (entry) {
      if (isRepeated(entry)) return
      const stored = toStored(entry)
      if (pending.length >= MAX_PENDING) {
        logWriteFailure([stored], new Error('too many audit entries are pending'))
        return
      }
      pending.push(stored)
      if (writing !== null) return
      writing = new Promise<void>((resolve) => {
        background.runInBackground('writing the audit log', async () => {
          await writePending()
          writing = null
          resolve()
        })
      })
    },
    async onIdle () {
      const current = writing
      if (current === null) return
      await current
      await audit.onIdle()
    },
    async anonymiseAccount (accountId) {
      erasedAccounts.set(accountId, true)
      await audit.onIdle()
      await anonymiseAudit(accountId)
    },
  }
  return audit
}

/** Null for text in a path that is not an ID. */
function toObjectId (id: string | null | undefined): Types.ObjectId | null {
  return id != null && /^[0-9a-f]{24}$/.test(id) ? new Types.ObjectId(id) : null
}
