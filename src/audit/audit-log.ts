// Writing the audit log, behind the answers: entries are collected and written together, so that no request waits for the log
// or fails with it. What cannot be written goes to the process's own log, whole: there is nothing personal in it.
import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import mongoose, { Types } from 'mongoose'
import { anonymiseAudit, Audit, type StoredAudit } from '../../models/audit.js'

/** What is known of something that happened; what is left out is null. */
export interface AuditEntry extends Pick<StoredAudit, 'action' | 'result'> {
  readonly reason?: string | null
  readonly requestId?: string | null
  readonly actor?: string | null
  readonly session?: string | null
  readonly account?: string | null
  readonly subject?: StoredAudit['subject']
  /** Already cut. */
  readonly ipAddress?: string | null
}

export interface AuditLog {
  /** Returns at once. */
  record(entry: AuditEntry): void
  /** Resolves when everything recorded so far is written. */
  onIdle(): Promise<void>
  /** Takes an account that is being erased out of what was written and of what is still to come. */
  anonymiseAccount(accountId: string): Promise<void>
}

interface AuditLogDeps {
  readonly log: Pick<FastifyBaseLogger, 'error'>
  readonly background: { runInBackground(what: string, work: () => Promise<void>): void }
  readonly retentionDays: number
  now(): Date
}

const DAY_MS = 86_400_000
const WRITTEN_AT_ONCE = 200
/** With a database that hangs, memory holds no more than this; what comes then goes to the process's log. */
const MOST_WAITING = 5_000
/** Somebody who is held off and goes on asking makes one entry in this time. */
const SAME_AGAIN_MS = 60_000
/** Requests that were under way when their account was erased have ended by then. */
const FORGOTTEN_MS = 600_000

export function createAuditLog ({ log, background, retentionDays: keepDays, now }: AuditLogDeps): AuditLog {
  let waiting: StoredAudit[] = []
  let writing: Promise<void> | null = null
  const heldOff = new LRUCache<string, true>({ max: 10_000, ttl: SAME_AGAIN_MS })
  const forgotten = new LRUCache<string, true>({ max: 10_000, ttl: FORGOTTEN_MS })

  async function write (): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, WRITTEN_AT_ONCE)
      waiting = waiting.slice(WRITTEN_AT_ONCE)
      await Audit.insertMany(batch, { ordered: false }).catch((error: unknown) => {
        complain(batch, error)
      })
    }
  }

  function complain (entries: readonly StoredAudit[], error: unknown): void {
    log.error({ err: error, audit: entries }, 'audit entries could not be written')
  }

  function isRepeated ({ action, result, reason, account, ipAddress: address }: AuditEntry): boolean {
    if (result !== 'throttled') return false
    const key = [action, reason, account, address].join(' ')
    if (heldOff.has(key)) return true
    heldOff.set(key, true)
    return false
  }

  function store (entry: AuditEntry): StoredAudit {
    const at = now()
    const isForgotten = (id: string | null | undefined): boolean => id != null && forgotten.has(id)
    return {
      _id: new Types.ObjectId(),
      at,
      action: entry.action,
      result: entry.result,
      reason: entry.reason ?? null,
      requestId: entry.requestId ?? null,
      actor: isForgotten(entry.actor) ? null : idOf(entry.actor ?? null),
      session: isForgotten(entry.actor ?? entry.account) ? null : idOf(entry.session ?? null),
      account: isForgotten(entry.account) ? null : idOf(entry.account ?? null),
      // What belongs to an account goes with it.
      subject: isForgotten(entry.account) ? null : entry.subject ?? null,
      ipAddress: entry.ipAddress ?? null,
      expiresAt: new Date(at.getTime() + keepDays * DAY_MS),
    }
  }

  const audit: AuditLog = {
    record (entry) {
      if (isRepeated(entry)) return
      const stored = store(entry)
      if (waiting.length >= MOST_WAITING) {
        complain([stored], new Error('too many are waiting'))
        return
      }
      waiting.push(stored)
      if (writing !== null) return
      writing = new Promise<void>((resolve) => {
        background.runInBackground('the audit log', async () => {
          await write()
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
      forgotten.set(accountId, true)
      await audit.onIdle()
      await anonymiseAudit(accountId)
    },
  }
  return audit
}

/** An address may hold anything where an id belongs: that is nobody's. */
function idOf (id: string | null): Types.ObjectId | null {
  return id !== null && /^[0-9a-f]{24}$/.test(id) ? new Types.ObjectId(id) : null
}

/** What an error tells the log beyond what it tells the client. */
export interface AuditNote {
  readonly action?: string
  readonly reason?: string | null
  readonly account?: string | null
  readonly session?: string | null
  readonly subject?: StoredAudit['subject']
}

// Beside the errors and not in them: nothing of it can reach an answer.
const notes = new WeakMap<object, AuditNote>()

/** Gives an error something to tell the audit log. */
export function withAuditNote<E extends object> (error: E, note: AuditNote): E {
  notes.set(error, note)
  return error
}

export function auditNoteOf (error: object): AuditNote {
  return notes.get(error) ?? {}
}

/** The place of an entry in the log: its moment (ms since the epoch) and id. */
export type AuditCursor = readonly [at: number, id: string]

export interface AuditFilter {
  readonly account?: string
  readonly actor?: string
  readonly action?: string
  readonly result?: string
  readonly from?: Date
  readonly to?: Date
  readonly after: AuditCursor | null
  readonly limit: number
}

/** One page of the log, newest first; `to` itself is not in it. */
export async function listAuditEntries (
  { account, actor, action, result, from, to, after, limit }: AuditFilter,
): Promise<{ entries: StoredAudit[], next: AuditCursor | null }> {
  const span = mongoose.trusted({ $gte: from ?? new Date(0), ...(to === undefined ? {} : { $lt: to }) })
  const filter = {
    at: span,
    ...(account === undefined ? {} : { account }),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(result === undefined ? {} : { result }),
    ...(after === null ? {} : { $or: laterThan(after) }),
  }
  const entries = await Audit.find(filter as never).sort({ at: -1, _id: -1 }).limit(limit + 1).lean<StoredAudit[]>()
  const page = entries.slice(0, limit)
  const last = page.at(-1)
  return {
    entries: page,
    next: entries.length > limit && last !== undefined ? [last.at.getTime(), last._id.toString()] : null,
  }
}

/** What follows a place, newest first. */
function laterThan ([at, id]: AuditCursor): object[] {
  const moment = new Date(at)
  return [{ at: mongoose.trusted({ $lt: moment }) }, {
    at: moment,
    _id: mongoose.trusted({ $lt: new Types.ObjectId(id) }),
  }]
}
