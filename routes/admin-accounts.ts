// Accounts as administrators see and change them. Passwords are neither shown nor set here.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import { findAccount, type StoredAccount } from '../models/account.js'
import { findStreamLeases, isLeaseLive } from '../models/account-streams.js'
import { changeRole, disableAccount, enableAccount, searchAccounts } from '../src/accounts/admin.js'
import { changePlan } from '../src/accounts/plan-change.js'
import { endAllSessions, listSessions } from '../src/accounts/sessions.js'
import { fail, notFound } from '../src/errors.js'
import { callerOf } from '../src/plugins/auth.js'
import {
  AccountDetail,
  AccountSummary,
  Email,
  KeptProfiles,
  PlanName,
  RoleName,
  toAccountSummary,
} from '../src/schemas/account.js'
import { responses, Cursor, Id, Limit, NoContent, pageSchema, ref, strict } from '../src/schemas/common.js'
import { describeStream } from '../src/watching/streams/playback.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { WatchingDeps } from '../src/watching/watching.js'
import type { AccountDeps } from '../src/accounts/deps.js'

const AccountParams = Type.Object({ accountId: Id })
const AccountQuery = strict({
  email: Type.Optional(Email),
  plan: Type.Optional(
    Type.String({ minLength: 1, maxLength: 50, description: 'Also one that is not offered any more' }),
  ),
  role: Type.Optional(RoleName),
  disabled: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
})

export interface AdminAccountsRouteOptions extends AccountDeps {
  readonly cursors: CursorCodec
  readonly watching: WatchingDeps
}

const adminAccounts: FastifyPluginAsyncTypebox<AdminAccountsRouteOptions> = async (app, deps) => {
  const admin = { config: { access: 'admin' as const } }
  const tags = ['admin']
  const params = AccountParams
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  async function describe (account: StoredAccount): Promise<Static<typeof AccountDetail>> {
    const accountId = account._id.toString()
    const now = deps.now()
    const [sessions, slots] = await Promise.all([listSessions(accountId, now), findStreamLeases(accountId)])
    return {
      ...toAccountSummary(account),
      limits: account.limits,
      profiles: account.profiles.map(({ _id, name, kids, pinHash, locked }) => ({
        id: _id.toString(),
        name,
        kids,
        hasPin: pinHash !== null,
        locked,
      })),
      sessions: sessions.map(({ _id, device, createdAt, lastUsedAt }) => ({
        id: _id.toString(),
        device,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt.toISOString(),
      })),
      streams: slots.filter((slot) => isLeaseLive(slot, now)).map((slot) =>
        describeStream(deps.watching, account.profiles, slot)
      ),
    }
  }

  app.get('/admin/accounts', {
    ...admin,
    schema: {
      tags,
      summary: 'Find accounts, the newest first',
      operationId: 'listAccounts',
      querystring: AccountQuery,
      response: responses({ 200: pageSchema(ref(AccountSummary)) }),
    },
  }, async (request) => {
    const { limit = 20, cursor, ...filters } = request.query
    const scope = ['accounts', filters]
    const after = deps.cursors.decode<string>(cursor, scope)
    const { accounts, next } = await searchAccounts({ ...filters, after, limit })
    return {
      items: accounts.map(toAccountSummary),
      nextCursor: next === null ? null : deps.cursors.encode(next, scope),
    }
  })

  app.get('/admin/accounts/:accountId', {
    ...admin,
    schema: {
      tags,
      summary: 'One account with its profiles, sessions and streams',
      operationId: 'getAccountDetail',
      params,
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => await describe(await findAccount(request.params.accountId) ?? fail(notFound('account'))))

  app.put('/admin/accounts/:accountId/plan', {
    ...admin,
    schema: {
      tags,
      summary: "Change an account's plan",
      description:
        "By the owner's rules: down with more profiles than fit needs keepProfileIds, and streams over the new limit end.",
      operationId: 'changeAccountPlan',
      params,
      body: strict({ plan: PlanName, keepProfileIds: Type.Optional(KeptProfiles) }),
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => {
    const { plan, keepProfileIds } = request.body
    return await describe(await changePlan(deps, request.params.accountId, plan, keepProfileIds))
  })

  app.put(
    '/admin/accounts/:accountId/disabled',
    {
      ...admin,
      schema: {
        tags,
        summary: 'Disable an account',
        description:
          'Its sessions and streams end, its tokens are refused within 5 s, and whoever signs in with the right password is told 403 `account-disabled`. What it holds stays.',
        operationId: 'disableAccount',
        params,
        response: responses({ 200: ref(AccountDetail) }),
      },
    },
    async (request) =>
      await describe(await disableAccount(deps, callerOf(request).accountId, request.params.accountId)),
  )

  app.delete('/admin/accounts/:accountId/disabled', {
    ...admin,
    schema: {
      tags,
      summary: 'Enable an account again',
      operationId: 'enableAccount',
      params,
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => await describe(await enableAccount(deps, request.params.accountId)))

  app.put('/admin/accounts/:accountId/role', {
    ...admin,
    schema: {
      tags,
      summary: "Make an account an administrator's, or a member's again",
      description:
        "A new administrator's sessions get the role with their next refresh; those of somebody who is none any more end. The last administrator stays one: 409 `last-admin`.",
      operationId: 'changeAccountRole',
      params,
      body: strict({ role: RoleName }),
      response: responses({ 200: ref(AccountDetail) }),
    },
  }, async (request) => await describe(await changeRole(deps, request.params.accountId, request.body.role)))

  app.delete('/admin/accounts/:accountId/sessions', {
    ...admin,
    schema: {
      tags,
      summary: 'End every session of an account, and its streams',
      operationId: 'endAccountSessions',
      params,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { accountId } = request.params
    if (await findAccount(accountId) === null) throw notFound('account')
    await endAllSessions(deps, accountId, null, 'ended-by-admin')
    return await reply.code(204).send(null)
  })
}

export default adminAccounts
