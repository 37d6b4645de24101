// Writes an audit entry for each administrator write, and for other routes with `config: { audit: true }`.
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { StoredAudit } from '../../models/audit.js'
import type { AuditLog } from '../audit/audit-log.js'
import { auditNoteOf, type AuditNote } from '../audit/audit-notes.js'
import { truncateIpAddress } from '../security/ip-address.js'
import { isAdministration } from './auth.js'
import { toDomainError } from './problems.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Writes an audit entry named after the operation. Administrator writes have one without this flag. */
    audit?: boolean
  }
  interface FastifyRequest {
    /** Context for the audit entry; without an action, none is written. */
    auditNote: AuditNote
  }
}

const NO_NOTE: AuditNote = {}
const READ_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** The request had no effect and no identified caller, so an entry would only be noise. */
const UNAUDITED_PROBLEMS = new Set(['validation-failed', 'malformed-request', 'unauthorized', 'rate-limited'])

/** Adds context that only the handler knows to the audit entry of a request. */
export function addAuditNote (request: FastifyRequest, note: AuditNote): void {
  request.auditNote = { ...request.auditNote, ...note }
}

export default fp<{ audit: AuditLog }>(async function audit (app, { audit }) {
  app.decorateRequest('auditNote', null as never)
  app.addHook('onRequest', (request, _reply, done) => {
    const { config, method } = request.routeOptions
    const isAudited = config.audit === true || (isAdministration(config.access) && !READ_METHODS.has(String(method)))
    request.auditNote = isAudited ? { action: actionOf(request) } : NO_NOTE
    done()
  })
  app.addHook('onError', async (request, _reply, error) => {
    const { code } = toDomainError(error)
    addAuditNote(request, { reason: code, ...auditNoteOf(error) })
    if (UNAUDITED_PROBLEMS.has(code) && auditNoteOf(error).action === undefined) request.auditNote = {}
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.auditNote?.action !== undefined) recordEntry(request, reply, request.auditNote.action)
    done(null, payload)
  })

  function recordEntry (request: FastifyRequest, reply: FastifyReply, action: string): void {
    const { reason, account, session, subject } = request.auditNote
    const caller = request.caller
    audit.record({
      action,
      result: resultOf(reply.statusCode),
      reason: reason ?? null,
      requestId: request.id,
      actor: caller?.accountId ?? (reply.statusCode < 400 ? account : null) ?? null,
      session: caller?.sessionId ?? session ?? null,
      account: account ?? affectedAccountOf(request),
      subject: subject ?? subjectOf(request, reply),
      ipAddress: truncateIpAddress(request.ip),
    })
  }
}, { name: 'audit' })

function resultOf (status: number): StoredAudit['result'] {
  if (status < 400) return 'ok'
  if (status === 429) return 'throttled'
  return status < 500 ? 'refused' : 'failed'
}

/** The operation ID in kebab case: `logOutEverywhere` becomes `log-out-everywhere`. */
function actionOf (request: FastifyRequest): string {
  const { operationId } = request.routeOptions.schema as { operationId?: string } | undefined ?? {}
  const name = operationId ?? `${String(request.routeOptions.method)} ${request.routeOptions.url ?? ''}`
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).slice(0, 60)
}

/** Administrator routes name the account in the path, if any; other routes affect the account of the caller. */
function affectedAccountOf (request: FastifyRequest): string | null {
  if (!isAdministration(request.routeOptions.config.access)) return request.caller?.accountId ?? null
  return (request.params as { accountId?: string }).accountId ?? null
}

/** The first resource in the path, or else the resource that was created. */
function subjectOf (request: FastifyRequest, reply: FastifyReply): StoredAudit['subject'] {
  const params = Object.entries(request.params as Record<string, string> ?? {})
  const [name, id] = params.find(([name]) => /^(?!account).+Id$/.test(name)) ?? []
  if (name !== undefined && id !== undefined) return { kind: name.slice(0, -2), id: String(id).slice(0, 60) }
  const location = String(reply.getHeader('location') ?? '')
  const [, kind, createdId] = /\/(\w+?)s\/([0-9a-f]{24})$/.exec(location) ?? []
  return kind === undefined || createdId === undefined ? null : { kind, id: createdId }
}
