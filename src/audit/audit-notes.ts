// Context for the audit log that an error carries from where it is thrown to the audit plugin.
import type { StoredAudit } from '../../models/audit.js'

/** Context of an audit entry. */
export interface AuditNote {
  readonly action?: string
  readonly reason?: string | null
  readonly account?: string | null
  readonly session?: string | null
  readonly subject?: StoredAudit['subject']
}

// Not a property of the error, so that it cannot appear in a response.
const notes = new WeakMap<object, AuditNote>()

/** Attaches a note to an error. */
export function withAuditNote<E extends object> (error: E, note: AuditNote): E {
  notes.set(error, note)
  return error
}

export function auditNoteOf (error: object): AuditNote {
  return notes.get(error) ?? {}
}
