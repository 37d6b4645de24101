// The audit log on the wire.
import { Type, type Static } from 'typebox'
import type { StoredAudit } from '../../models/audit.js'
import { AUDIT_RESULTS } from '../domain/vocabulary.js'
import { Id, nullable, Timestamp } from './common.js'

export const AuditAction = Type.String({
  pattern: '^[a-z]+(-[a-z]+)*$',
  maxLength: 60,
  description: 'The operation of the API in small letters, or what was found while it ran',
  examples: ['log-in'],
})
export const AuditResultName = Type.Enum([...AUDIT_RESULTS], {
  description: 'ok, refused (4xx), throttled (429) or failed (5xx)',
})

export const AuditView = Type.Object({
  id: Id,
  at: Timestamp,
  action: AuditAction,
  result: AuditResultName,
  reason: nullable(Type.String(), 'The code of the problem that was answered, or what else there is to say'),
  requestId: nullable(Type.String(), 'null: done by the service itself or from the command line'),
  actor: nullable(Id, 'The account that did it; null: not signed in, or erased since'),
  session: nullable(Id),
  account: nullable(Id, 'The account it is about; null: none, or erased since'),
  subject: nullable(Type.Object({ kind: Type.String({ examples: ['movie'] }), id: Type.String() }), 'What it is about'),
  address: nullable(Type.String({ examples: ['203.0.113.0/24'] }), 'Where it came from, cut to /24 or /48'),
}, { $id: 'AuditEntry' })

export function toAuditView (entry: StoredAudit): Static<typeof AuditView> {
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
