// View of the audit log.
import type { StoredAudit } from '../../models/audit.js'
import type { AuditEntry } from '../schemas/audit.js'

export function toAuditEntry (entry: StoredAudit): AuditEntry {
  return {
    id: entry._id.toString(),
    at: entry.at.toISOString(),
    action: entry.action,
    result: entry.result,
    reason: entry.reason,
    requestId: entry.requestId,
    actor: entry.actor?.toString() ?? null,
    session: entry.session?.toString() ?? null,
    account: entry.account?.toString() ?? null,
    subject: entry.subject,
    address: entry.ipAddress,
  }
}
