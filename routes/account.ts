// The account of the caller: email address, password, plan and streams.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { findAccount, type StoredAccount } from '../models/account.js'
import { findStreamLeases, isLeaseLive } from '../models/account-streams.js'
import type { AccountDeps } from '../src/accounts/deps.js'
import { notifyPasswordChanged, requestEmailChange, requestEmailVerification } from '../src/accounts/email-tokens.js'
import { closeAccount } from '../src/accounts/erase-account.js'
import { exportAccount } from '../src/accounts/export-account.js'
import { changePlan, previewPlanChange } from '../src/accounts/plan-change.js'
import { changeOwnPassword, verifyOwnPassword } from '../src/accounts/passwords.js'
import { fail, notFound } from '../src/errors.js'
import { callerOf } from '../src/plugins/caller.js'
import { AUTH_RATE_LIMIT } from '../src/plugins/security.js'
import { Accepted, Account, Email, NewPassword, Password } from '../src/schemas/account.js'
import { Id, listSchema, NoContent, ref, responses, strict } from '../src/schemas/common.js'
import { KeepProfileIds, PlanName, PlanPreview } from '../src/schemas/plans.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { Stream } from '../src/schemas/streams.js'
import { toAccount, toPlanPreview } from '../src/views/accounts.js'
import type { WatchingDeps } from '../src/watching/deps.js'
import { flushEndedLease } from '../src/watching/streams/flush.js'
import { describeStream } from '../src/watching/streams/describe-stream.js'
import { endStream } from '../src/watching/streams/stream-leases.js'

const PlanChangeBody = strict({ plan: PlanName, keepProfileIds: Type.Optional(KeepProfileIds) })
const AccountExport = Type.Object({
  format: Type.String({ description: 'Name of the format' }),
  version: Type.Integer({ description: 'Version of the format' }),
}, { title: 'AccountExport', description: 'All data of the account', additionalProperties: true })

/** An export reads all data of the account. */
const EXPORT_RATE_LIMIT = { max: 30, timeWindow: 60_000 } as const

export interface AccountRouteOptions extends AccountDeps {
  readonly watching: WatchingDeps
}

const account: FastifyPluginAsyncTypebox<AccountRouteOptions> = async (app, deps) => {
  app.get('/account', {
    config: { access: 'account' },
    schema: {
      tags: ['Account'],
      summary: 'Get the account with its profiles',
      description: 'Includes the profiles that the plan locks.',
      operationId: 'getAccount',
      response: responses({ 200: ref(Account) }),
    },
  }, async (request) => toAccount(await requireOwnAccount(request)))

  app.delete('/account', {
    config: { access: 'account', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['Account'],
      summary: 'Close the account',
      description:
        'Ends all sessions and streams immediately. All data is erased after a grace period. Logging in before its ' +
        'end reopens the account unchanged.',
      operationId: 'deleteAccount',
      body: strict({ password: Password }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const account = await requireOwnAccount(request)
    await verifyOwnPassword(deps, account, request.body.password, 'password')
    await closeAccount(deps, account)
    return await reply.code(204).send(null)
  })

  app.get('/account/export', {
    config: { access: 'account', rateLimit: EXPORT_RATE_LIMIT, audit: true },
    schema: {
      tags: ['Account'],
      summary: 'Export all data of the account as JSON',
      description:
        'Profiles, plays, wishlists, ratings and sessions, as a file. Passwords and tokens are not part of ' +
        'it.',
      operationId: 'exportAccount',
      response: responses({
        200: withHeaders({
          description: 'The document, as an attachment',
          content: { 'application/json': { schema: AccountExport } },
        }, 'Content-Disposition'),
      }),
    },
  }, async (request, reply) => {
    const file = await exportAccount(deps, callerOf(request).accountId)
    return await reply
      .header('content-disposition', 'attachment; filename="normflix-account.json"')
      .type('application/json; charset=utf-8')
      .send(file as never)
  })

  app.put('/account/password', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['Account'],
      summary: 'Change the password',
      description: 'Ends all other sessions. Links in emails of the account become invalid.',
      operationId: 'changePassword',
      body: strict({ currentPassword: Password, newPassword: NewPassword }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { sessionId } = callerOf(request)
    const { currentPassword, newPassword } = request.body
    const account = await requireOwnAccount(request)
    await verifyOwnPassword(deps, account, currentPassword, 'currentPassword')
    await changeOwnPassword(deps, account, newPassword, sessionId)
    notifyPasswordChanged(deps, account)
    return await reply.code(204).send(null)
  })

  app.put('/account/email', {
    config: { access: 'account', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['Account'],
      summary: 'Change the email address',
      description:
        'Takes effect when the link in the email to the new address is opened. The old address gets a notification.',
      operationId: 'changeEmail',
      body: strict({ email: Email, password: Password }),
      response: responses({ 202: Accepted }),
    },
  }, async (request, reply) => {
    const account = await requireOwnAccount(request)
    await verifyOwnPassword(deps, account, request.body.password, 'password')
    await requestEmailChange(deps, account, request.body.email)
    return await reply.code(202).send({ status: 'accepted' })
  })

  app.post('/account/email/verification', {
    config: { access: 'account', rateLimit: AUTH_RATE_LIMIT },
    schema: {
      tags: ['Account'],
      summary: 'Send the verification email again',
      description: 'Does nothing if the email address is already verified.',
      operationId: 'sendVerification',
      response: responses({ 202: Accepted }),
    },
  }, async (request, reply) => {
    const account = await requireOwnAccount(request)
    if (account.emailVerifiedAt === null) requestEmailVerification(deps, account)
    return await reply.code(202).send({ status: 'accepted' })
  })

  app.get('/account/plan/preview', {
    config: { access: 'account' },
    schema: {
      tags: ['Account'],
      summary: 'Preview a plan change',
      description:
        'Lists the profiles that would be locked or unlocked, the new limits and the streams that would end.',
      operationId: 'previewPlan',
      querystring: strict({ to: PlanName }),
      response: responses({ 200: ref(PlanPreview) }),
    },
  }, async (request) => toPlanPreview(await previewPlanChange(deps, callerOf(request).accountId, request.query.to)))

  app.put('/account/plan', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['Account'],
      summary: 'Change the plan',
      description:
        'An upgrade takes effect immediately. A downgrade with more profiles than the new plan allows needs ' +
        'keepProfileIds: the other profiles are locked until a later upgrade. Streams over the new limit end, newest ' +
        'first.',
      operationId: 'changePlan',
      body: PlanChangeBody,
      response: responses({ 200: ref(Account) }),
    },
  }, async (request) => {
    const { plan, keepProfileIds } = request.body
    return toAccount(await changePlan(deps, callerOf(request).accountId, plan, keepProfileIds))
  })

  app.get('/account/streams', {
    config: { access: 'account' },
    schema: {
      tags: ['Account'],
      summary: 'List the live streams',
      description:
        'All streams of the account, with device and live position in ms. A stream is live until 60 s pass ' +
        'without a heartbeat and without a read of its media.',
      operationId: 'listStreams',
      response: responses({ 200: listSchema(Stream) }),
    },
  }, async (request) => {
    const { accountId } = callerOf(request)
    const [{ profiles }, leases] = await Promise.all([requireOwnAccount(request), findStreamLeases(accountId)])
    const liveLeases = leases.filter((lease) => isLeaseLive(lease, deps.now()))
    return { items: liveLeases.map((lease) => describeStream(deps.watching, profiles, lease)) }
  })

  app.delete('/account/streams/:streamId', {
    config: { access: 'account' },
    schema: {
      tags: ['Account'],
      summary: 'End a stream',
      description: 'Another stream can start immediately. Progress is preserved.',
      operationId: 'endStream',
      params: Type.Object({ streamId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { params: { streamId } } = request
    const { accountId } = callerOf(request)
    const leases = await findStreamLeases(accountId)
    const lease = leases.find(({ _id }) => _id.toString() === streamId)
    if (lease === undefined || !isLeaseLive(lease, deps.now())) throw notFound('stream')
    await endStream(accountId, streamId, deps.now())
    deps.leases.invalidate(accountId)
    await flushEndedLease(deps.watching, { account: accountId, profile: lease.profile.toString() }, lease)
    return await reply.code(204).send(null)
  })
}

async function requireOwnAccount (request: FastifyRequest): Promise<StoredAccount> {
  return await findAccount(callerOf(request).accountId) ?? fail(notFound('account'))
}

export default account
