// Accounts, for administrators. Passwords are neither shown nor set here.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findAccount, type StoredAccount } from '../models/account.js'
import { findStreamLeases, isLeaseLive } from '../models/account-streams.js'
import { assertMayChange, changeRole, disableAccount, enableAccount, searchAccounts } from '../src/accounts/admin.js'
import type { AccountDeps } from '../src/accounts/deps.js'
import { requestEmailVerification, requestPasswordReset } from '../src/accounts/email-tokens.js'
import { changePlan } from '../src/accounts/plan-change.js'
import { endAllSessions, endSession, listSessions } from '../src/accounts/sessions.js'
import { conflict, fail, notFound } from '../src/errors.js'
import { callerOf } from '../src/plugins/caller.js'
import { Accepted, AccountDetail, AccountSummary, Email, Role } from '../src/schemas/account.js'
import { Cursor, describe, Id, Limit, NoContent, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { KeepProfileIds, PlanName } from '../src/schemas/plans.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toAccountDetail, toAccountSummary } from '../src/views/accounts.js'
import type { WatchingDeps } from '../src/watching/deps.js'
import { describeStream } from '../src/watching/streams/describe-stream.js'

const AccountParams = Type.Object({ accountId: Id })
const AccountQuery = strict({
  email: Type.Optional(describe(Email, 'Has this email address; case and surrounding spaces are ignored')),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 320,
      description: 'Part of the email address, without distinction of case; sorts by email',
      examples: ['kim@'],
    }),
  ),
  plan: Type.Optional(
    Type.String({ minLength: 1, maxLength: 50, description: 'Has this plan; also a plan that is no longer offered' }),
  ),
  role: Type.Optional(Role),
  disabled: Type.Optional(Type.Boolean({ description: 'Whether an administrator disabled the account' })),
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
})

export interface AdminAccountsRouteOptions extends AccountDeps {
  readonly cursors: CursorCodec
  readonly watching: WatchingDeps
}

const adminAccounts: FastifyPluginAsyncTypebox<AdminAccountsRouteOptions> = async (app, deps) => {
  async function loadDetail (account: StoredAccount) {
    const accountId = account._id.toString()
    const now = deps.now()
    const [sessions, leases] = await Promise.all([listSessions(accountId, now), findStreamLeases(accountId)])
    const liveLeases = leases.filter((lease) => isLeaseLive(lease, now))
    const streams = liveLeases.map((lease) => describeStream(deps.watching, account.profiles, lease))
    return toAccountDetail(account, sessions, streams)
  }

  app.get('/admin/accounts', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'List accounts, newest first, or by a part of the email',
      description: 'For staff. Profiles and history of the accounts are not part of it.',
      operationId: 'listAccounts',
      querystring: AccountQuery,
      response: responses({ 200: pageSchema(ref(AccountSummary)) }),
    },
  }, async (request) => {
    const { limit = 20, cursor, ...filters } = request.query
    const scope = ['accounts', filters]
    const after = deps.cursors.decode<string>(cursor, scope)
    const { rows, next } = await searchAccounts({ ...filters, after, limit })
    return { items: rows.map(toAccountSummary), nextCursor: deps.cursors.encodeNext(next, scope) }
  })

  app.get('/admin/accounts/:accountId', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'Get an account with its profiles, sessions and streams',
      description:
        'For staff who help the owner: sessions with device and last use, and live streams. The history is ' +
        'not part of it.',
      operationId: 'getAccountDetail',
      params: AccountParams,
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => await loadDetail(await findAccount(request.params.accountId) ?? fail(notFound('account'))))

  app.put('/admin/accounts/:accountId/plan', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'Change the plan of an account',
      description:
        'Follows the rules for owners: a downgrade with more profiles than the new plan allows needs keepProfileIds, ' +
        'and streams over the new limit end.',
      operationId: 'changeAccountPlan',
      params: AccountParams,
      body: strict({ plan: PlanName, keepProfileIds: Type.Optional(KeepProfileIds) }),
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => {
    await assertMayChange(callerOf(request).role, request.params.accountId)
    const { plan, keepProfileIds } = request.body
    return await loadDetail(await changePlan(deps, request.params.accountId, plan, keepProfileIds))
  })

  app.put('/admin/accounts/:accountId/disabled', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'Disable an account',
      description:
        'Ends its sessions and streams. Its tokens are rejected within 5 s. Logging in with the correct password ' +
        'returns 403 `account-disabled`. All data is preserved.',
      operationId: 'disableAccount',
      params: AccountParams,
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => {
    await assertMayChange(callerOf(request).role, request.params.accountId)
    return await loadDetail(await disableAccount(deps, callerOf(request).accountId, request.params.accountId))
  })

  app.delete('/admin/accounts/:accountId/disabled', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'Enable a disabled account',
      description: 'The owner can log in again. Sessions that ended stay ended.',
      operationId: 'enableAccount',
      params: AccountParams,
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => {
    await assertMayChange(callerOf(request).role, request.params.accountId)
    return await loadDetail(await enableAccount(deps, request.params.accountId))
  })

  app.put('/admin/accounts/:accountId/role', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'Change the role of an account',
      description:
        'The sessions of a member get the role at their next token refresh. The sessions of an account that had ' +
        'another role end. The last administrator keeps the role: 409 `last-admin`.',
      operationId: 'changeAccountRole',
      params: AccountParams,
      body: strict({ role: Role }),
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => await loadDetail(await changeRole(deps, request.params.accountId, request.body.role)))

  app.post('/admin/accounts/:accountId/emails', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'Send the verification email or the email to reset the password again',
      description: 'An account that received too many emails of these kinds gets no further one for ' +
        'up to an hour. An email address that is verified already is a 409 `email-already-verified`.',
      operationId: 'sendAccountEmail',
      params: AccountParams,
      body: strict({
        kind: Type.Enum(['verify-email', 'reset-password'], {
          title: 'AccountEmailKind',
          description: 'Purpose of the link in the email',
        }),
      }),
      response: responses({ 202: Accepted }),
    },
  }, async (request, reply) => {
    const { accountId } = request.params
    await assertMayChange(callerOf(request).role, accountId)
    const account = await findAccount(accountId) ?? fail(notFound('account'))
    if (request.body.kind === 'reset-password') requestPasswordReset(deps, account.email)
    else if (account.emailVerifiedAt === null) requestEmailVerification(deps, account)
    else throw conflict('email-already-verified', 'Email verified', 'The owner has verified the email address already.')
    return await reply.code(202).send({ status: 'accepted' })
  })

  app.delete('/admin/accounts/:accountId/sessions/:sessionId', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'End a session of an account and its streams',
      description: 'The owner has to log in again on that device. Positions of its streams are saved.',
      operationId: 'endAccountSession',
      params: Type.Object({ accountId: Id, sessionId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { accountId, sessionId } = request.params
    await assertMayChange(callerOf(request).role, accountId)
    const sessions = await listSessions(accountId, deps.now())
    const session = sessions.find(({ _id }) => _id.toString() === sessionId) ?? fail(notFound('session'))
    await endSession(deps, session, 'ended-by-admin')
    return await reply.code(204).send(null)
  })

  app.delete('/admin/accounts/:accountId/sessions', {
    config: { access: 'support' },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'End all sessions and streams of an account',
      description: 'The owner has to log in again on each device. Positions of the streams are saved.',
      operationId: 'endAccountSessions',
      params: AccountParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { accountId } = request.params
    await assertMayChange(callerOf(request).role, accountId)
    await endAllSessions(deps, accountId, null, 'ended-by-admin')
    return await reply.code(204).send(null)
  })
}

export default adminAccounts
