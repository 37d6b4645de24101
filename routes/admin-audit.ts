// The audit log, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listAuditEntries, type AuditCursor } from '../src/audit/audit-log.js'
import { AuditAction, AuditResultName, AuditView, toAuditView } from '../src/schemas/audit.js'
import { responses, Cursor, Id, Limit, pageSchema, ref, strict, Timestamp } from '../src/schemas/common.js'
import type { AuditLog } from '../src/audit/audit-log.js'
import type { CursorCodec } from '../src/security/cursors.js'

const AuditQuery = strict({
  account: Type.Optional(Id),
  actor: Type.Optional(Id),
  action: Type.Optional(AuditAction),
  result: Type.Optional(AuditResultName),
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
})

export interface AdminAuditRouteOptions {
  readonly audit: AuditLog
  readonly cursors: CursorCodec
}

const adminAudit: FastifyPluginAsyncTypebox<AdminAuditRouteOptions> = async (app, { audit, cursors }) => {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  app.get('/admin/audit', {
    config: { access: 'admin' },
    schema: {
      tags: ['admin'],
      summary: 'Who did what, newest first',
      description:
        "By the account it is about, by who did it, by action and result, and by time: `from` is in the span, `to` is not. Entries are written behind the answers: another process's last ones may take a moment.",
      operationId: 'listAudit',
      querystring: AuditQuery,
      response: responses({ 200: pageSchema(ref(AuditView)) }),
    },
  }, async (request) => {
    const { limit = 20, cursor, from, to, ...filters } = request.query
    const scope = ['audit', filters, from ?? null, to ?? null]
    const after = cursors.decode<AuditCursor>(cursor, scope)
    await audit.onIdle()
    const span = {
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    }
    const { entries, next } = await listAuditEntries({ ...filters, ...span, after, limit })
    return { items: entries.map(toAuditView), nextCursor: next === null ? null : cursors.encode(next, scope) }
  })
}

export default adminAudit
