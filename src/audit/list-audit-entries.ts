// Reads pages of the audit log.
import mongoose, { Types } from 'mongoose'
import { Audit, type StoredAudit } from '../../models/audit.js'
import { pageOf, type Page } from '../domain/pages.js'

/** Sort key of an entry. */
export type AuditCursor = readonly [atMs: number, id: string]

export interface AuditFilter {
  readonly account?: string
  readonly actor?: string
  readonly action?: string
  readonly result?: string
  readonly from?: Date
  /** Exclusive. */
  readonly to?: Date
  readonly after: AuditCursor | null
  readonly limit: number
}

/** Lists one page of entries, newest first. */
export async function listAuditEntries (
  { account, actor, action, result, from, to, after, limit }: AuditFilter,
): Promise<Page<StoredAudit, AuditCursor>> {
  const filter = {
    at: mongoose.trusted({ $gte: from ?? new Date(0), ...(to === undefined ? {} : { $lt: to }) }),
    ...(account === undefined ? {} : { account }),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(result === undefined ? {} : { result }),
    ...(after === null ? {} : { $or: olderThan(after) }),
  }
  const entries = await Audit.find(filter as never).sort({ at: -1, _id: -1 }).limit(limit + 1).lean<StoredAudit[]>()
  return pageOf(entries, limit, ({ at, _id }) => [at.getTime(), _id.toString()])
}

function olderThan ([atMs, id]: AuditCursor): object[] {
  const at = new Date(atMs)
  return [
    { at: mongoose.trusted({ $lt: at }) },
    { at, _id: mongoose.trusted({ $lt: new Types.ObjectId(id) }) },
  ]
}
