// The audit log.
import { Type, type Static } from 'typebox'
import { AUDIT_RESULTS } from '../domain/vocabulary.js'
import { describe, Id, nullable, Timestamp } from './common.js'

export const AuditAction = Type.String({
  pattern: '^[a-z]+(-[a-z]+)*$',
  maxLength: 60,
  description: 'operationId in kebab case, or an event that the operation detected',
  examples: ['log-in'],
})
export const AuditResult = Type.Enum([...AUDIT_RESULTS], {
  title: 'AuditResult',
  description: 'ok, refused (4xx), throttled (429) or failed (5xx)',
})

export const AuditEntry = Type.Object({
  id: Id,
  at: Timestamp,
  action: AuditAction,
  result: AuditResult,
  reason: nullable(Type.String(), 'Problem code or other detail; null: none'),
  requestId: nullable(Type.String(), 'ID of the request; null: the service itself or the command line'),
  actor: nullable(Id, 'Account that acted; null: not logged in, or erased since'),
  session: nullable(Id, 'Session of the actor; null: none'),
  account: nullable(Id, 'Account that the action concerns; null: none, or erased since'),
  subject: nullable(
    Type.Object({
      kind: Type.String({ description: 'Type of the resource', examples: ['movie'] }),
      id: describe(Type.String(), 'ID of the resource'),
    }, { title: 'AuditSubject', description: 'Resource that an action concerns' }),
    'Resource that the action concerns; null: none',
  ),
  address: nullable(
    Type.String({ examples: ['203.0.113.0/24'] }),
    'Network of the client, truncated to /24 (IPv4) or /48 (IPv6); null: no request',
  ),
}, { $id: 'AuditEntry', description: 'An entry of the audit log' })
export type AuditEntry = Static<typeof AuditEntry>
