// The audit log for administrators, and the audit trail of an account for support.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { assertMayChange } from '../src/accounts/admin.js'
import type { AuditLog } from '../src/audit/audit-log.js'
import { listAuditEntries, type AuditCursor } from '../src/audit/list-audit-entries.js'
import { callerOf } from '../src/plugins/caller.js'
import { AuditAction, AuditEntry, AuditResult } from '../src/schemas/audit.js'
import {
  Cursor,
  describe,
  Id,
  Limit,
  pageSchema,
  ref,
  responses,
  strict,
  Timestamp,
} from '../src/schemas/common.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toAuditEntry } from '../src/views/audit.js'

const AuditQuery = strict({
  account: Type.Optional(describe(Id, 'ID of the account that the action concerns')),
  actor: Type.Optional(describe(Id, 'ID of the account that acted')),
  action: Type.Optional(AuditAction),
  result: Type.Optional(AuditResult),
  from: Type.Optional(describe(Timestamp, 'Start of the period, inclusive')),
  to: Type.Optional(describe(Timestamp, 'End of the period, exclusive')),
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
})

export interface AdminAuditRouteOptions {
  readonly audit: AuditLog
  readonly cursors: CursorCodec
}

const adminAudit: FastifyPluginAsyncTypebox<AdminAuditRouteOptions> = async (app, { audit, cursors }) => {
  app.get('/admin/audit', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'List audit entries, newest first',
      description:
        'Entries are written in the background: the newest ones of other processes can be missing for a moment.',
      operationId: 'listAudit',
      querystring: AuditQuery,
      response: responses({ 200: pageSchema(ref(AuditEntry)) }),
    },
  }, async (request) => {
    const { limit = 20, cursor, from, to, ...filters } = request.query
    const scope = ['audit', filters, from ?? null, to ?? null]
    const after = cursors.decode<AuditCursor>(cursor, scope)
    await audit.onIdle()
    const period = {
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    }
    const { rows, next } = await listAuditEntries({ ...filters, ...period, after, limit })
    return { items: rows.map(toAuditEntry), nextCursor: cursors.encodeNext(next, scope) }
  })

  app.get('/admin/accounts/:accountId/audit', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'List the audit entries of an account, newest first',
      description: 'What concerns the account, by any actor. Support sees the entries of members only.',
      operationId: 'listAccountAudit',
      params: Type.Object({ accountId: Id }),
      querystring: strict({ limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: pageSchema(ref(AuditEntry)) }),
    },
  }, async (request) => {
    const { params: { accountId }, query: { limit, cursor } } = request
    await assertMayChange(callerOf(request).role, accountId)
    const scope = ['account audit', accountId]
    const after = cursors.decode<AuditCursor>(cursor, scope)
    await audit.onIdle()
    const { rows, next } = await listAuditEntries({ account: accountId, after, limit })
    return { items: rows.map(toAuditEntry), nextCursor: cursors.encodeNext(next, scope) }
  })
}

export default adminAudit
