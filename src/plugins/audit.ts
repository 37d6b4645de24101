// Who did what reaches the audit log from here: every write of an administrator by itself, other routes that say so.
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { StoredAudit } from '../../models/audit.js'
import type { AuditResult } from '../domain/vocabulary.js'
import { auditNoteOf, type AuditLog, type AuditNote } from '../audit/audit-log.js'
import { truncateIpAddress } from '../security/ip-address.js'
import { toDomainError } from './problems.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What is done here is written down under the operation's name. Administrators' writes always are. */
    audit?: boolean
  }
  interface FastifyRequest {
    /** What is known so far; handlers add what only they know. */
    auditNote: AuditNote
  }
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Nobody has tried anything yet: the request only could not be read, was nobody's, or came too fast for any route. */
const NOT_WORTH_IT = new Set(['validation-failed', 'malformed-request', 'unauthorized', 'rate-limited'])

/** Tells the audit log what a handler has found out. */
export function addAuditNote (request: FastifyRequest, note: AuditNote): void {
  request.auditNote = { ...request.auditNote, ...note }
}

export default fp<{ audit: AuditLog }>(async function audit (app, { audit }) {
  app.decorateRequest('audited', null as never)
  app.addHook('onRequest', async (request) => {
    const { config, method } = request.routeOptions
    const isAudited = config.audit === true || (config.access === 'admin' && !READS.has(String(method)))
    request.auditNote = isAudited ? { action: actionOf(request) } : {}
  })
  app.addHook('onError', async (request, _reply, error) => {
    const { code } = toDomainError(error)
    addAuditNote(request, { reason: code, ...auditNoteOf(error) })
    if (NOT_WORTH_IT.has(code) && auditNoteOf(error).action === undefined) request.auditNote = {}
  })
  app.addHook('onSend', async (request, reply) => {
    const { action, reason, account, session, subject } = request.auditNote ?? {}
    if (action === undefined) return
    const caller = request.caller
    audit.record({
      action,
      result: resultOf(reply.statusCode),
      reason: reason ?? null,
      requestId: request.id,
      actor: caller?.accountId ?? (reply.statusCode < 400 ? account : null) ?? null,
      session: caller?.sessionId ?? session ?? null,
      account: account ?? accountOf(request),
      subject: subject ?? subjectOf(request, reply),
      ipAddress: truncateIpAddress(request.ip),
    })
  })
}, { name: 'audit' })

function resultOf (status: number): AuditResult {
  if (status < 400) return 'ok'
  if (status === 429) return 'throttled'
  return status < 500 ? 'refused' : 'failed'
}

/** `logOutEverywhere` is `log-out-everywhere`. */
function actionOf (request: FastifyRequest): string {
  const { operationId } = request.routeOptions.schema as { operationId?: string } | undefined ?? {}
  return (operationId ?? `${String(request.routeOptions.method)} ${request.routeOptions.url ?? ''}`).replace(
    /[A-Z]/g,
    (letter) => `-${letter.toLowerCase()}`,
  ).slice(0, 60)
}

/** Administrators' routes name the account, if it is about one; all others are about the caller's. */
function accountOf (request: FastifyRequest): string | null {
  if (request.routeOptions.config.access !== 'admin') return request.caller?.accountId ?? null
  return (request.params as { accountId?: string }).accountId ?? null
}

/** What the path names first, or what was made. */
function subjectOf (request: FastifyRequest, reply: FastifyReply): StoredAudit['subject'] {
  const params = Object.entries(request.params as Record<string, string> ?? {})
  const [name, id] = params.find(([name]) => /^(?!account).+Id$/.test(name)) ?? []
  if (name !== undefined && id !== undefined) return { kind: name.slice(0, -2), id: String(id).slice(0, 60) }
  const [, kind, made] = /\/(\w+?)s\/([0-9a-f]{24})$/.exec(String(reply.getHeader('location') ?? '')) ?? []
  return kind === undefined || made === undefined ? null : { kind, id: made }
}
