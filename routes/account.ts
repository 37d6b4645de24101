// The account: plan, password, who is watching.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findAccount, type StoredAccount } from '../models/account.js'
import { findStreamLeases, isLeaseLive } from '../models/account-streams.js'
import { closeAccount } from '../src/accounts/erase-account.js'
import { exportAccount } from '../src/accounts/export-account.js'
import { notifyPasswordChanged, requestEmailChange, requestEmailVerification } from '../src/accounts/email-tokens.js'
import { changePlan, previewPlanChange } from '../src/accounts/plan-change.js'
import { endAllSessions } from '../src/accounts/sessions.js'
import { assertPassword, setPasswordHash, verifyOwnPassword } from '../src/accounts/sign-in.js'
import { fail, notFound } from '../src/errors.js'
import { callerOf } from '../src/plugins/auth.js'
import { AUTH_RATE_LIMIT } from '../src/plugins/security.js'
import {
  Accepted,
  AccountView,
  Email,
  KeptProfiles,
  Password,
  PlanName,
  PlanPreview,
  StreamView,
  toAccount,
} from '../src/schemas/account.js'
import { responses, Id, listSchema, NoContent, ref, strict } from '../src/schemas/common.js'
import { flushEnded } from '../src/watching/streams/flush.js'
import { describeStream } from '../src/watching/streams/playback.js'
import { endStream } from '../src/watching/streams/stream-leases.js'
import type { WatchingDeps } from '../src/watching/watching.js'
import type { AccountDeps } from '../src/accounts/deps.js'

const PlanChangeBody = strict({
  plan: PlanName,
  keepProfileIds: Type.Optional(KeptProfiles),
})

/** An export reads everything there is. */
const EXPORT_RATE = { max: 30, timeWindow: 60_000 } as const

export interface AccountRouteOptions extends AccountDeps {
  readonly watching: WatchingDeps
}

const account: FastifyPluginAsyncTypebox<AccountRouteOptions> = async (app, deps) => {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  const own = async (id: string): Promise<StoredAccount> => await findAccount(id) ?? fail(notFound('account'))

  app.get('/account', {
    config: { access: 'account' },
    schema: {
      tags: ['account'],
      summary: 'The account with its profiles',
      operationId: 'getAccount',
      response: responses({ 200: ref(AccountView) }),
    },
  }, async (request) => toAccount(await own(callerOf(request).accountId)))

  app.delete('/account', {
    config: { access: 'account', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['account'],
      summary: 'Close the account; everything in it is erased after a period of grace',
      description:
        'Every session and stream ends at once. Signing in before the period is over brings the account back as it was; afterwards nothing of it is left.',
      operationId: 'deleteAccount',
      body: strict({ password: Password }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const account = await own(callerOf(request).accountId)
    await verifyOwnPassword(deps, account, request.body.password, 'password')
    await closeAccount(deps, account)
    return await reply.code(204).send(null)
  })

  app.get('/account/export', {
    config: { access: 'account', rateLimit: EXPORT_RATE, audit: true },
    exposeHeadRoute: false,
    schema: {
      tags: ['account'],
      summary: 'Everything the account owns, as one JSON document',
      operationId: 'exportAccount',
      response: responses({
        200: {
          description: 'The document, as an attachment',
          content: {
            'application/json': {
              schema: Type.Object({ format: Type.String(), version: Type.Integer() }, { additionalProperties: true }),
            },
          },
        },
      }),
    },
  }, async (request, reply) => {
    const file = await exportAccount(deps, callerOf(request).accountId)
    return await reply.header('content-disposition', 'attachment; filename="normflix-account.json"').type(
      'application/json; charset=utf-8',
    ).send(file as never)
  })

  app.put('/account/password', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['account'],
      summary: 'Change the password; every other session ends',
      operationId: 'changePassword',
      body: strict({ currentPassword: Password, newPassword: Password }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { accountId, sessionId } = callerOf(request)
    const { currentPassword, newPassword } = request.body
    const account = await own(accountId)
    await verifyOwnPassword(deps, account, currentPassword, 'currentPassword')
    assertPassword(deps, newPassword, account.email, '/newPassword')
    await setPasswordHash(accountId, await deps.hasher.hash(newPassword))
    await endAllSessions(deps, accountId, sessionId, 'password-changed')
    notifyPasswordChanged(deps, account)
    return await reply.code(204).send(null)
  })

  app.put('/account/email', {
    config: { access: 'account', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['account'],
      summary: 'Move to another address, once its mailed link was opened',
      description: 'Nothing changes before that. The old address is told.',
      operationId: 'changeEmail',
      body: strict({ email: Email, password: Password }),
      response: responses({ 202: Accepted }),
    },
  }, async (request, reply) => {
    const account = await own(callerOf(request).accountId)
    await verifyOwnPassword(deps, account, request.body.password, 'password')
    await requestEmailChange(deps, account, request.body.email)
    return await reply.code(202).send({ status: 'accepted' })
  })

  app.post('/account/email/verification', {
    config: { access: 'account', rateLimit: AUTH_RATE_LIMIT },
    schema: {
      tags: ['account'],
      summary: 'Send the link that confirms the address again',
      operationId: 'sendVerification',
      response: responses({ 202: Accepted }),
    },
  }, async (request, reply) => {
    const account = await own(callerOf(request).accountId)
    if ((account.emailVerifiedAt ?? null) === null) requestEmailVerification(deps, account)
    return await reply.code(202).send({ status: 'accepted' })
  })

  app.get('/account/plan/preview', {
    config: { access: 'account' },
    schema: {
      tags: ['account'],
      summary: 'What a change of plan would lock, cap or end',
      operationId: 'previewPlan',
      querystring: strict({ to: PlanName }),
      response: responses({ 200: ref(PlanPreview) }),
    },
  }, async (request) => {
    const { profiles, limits, lock, unlock, ...preview } = await previewPlanChange(
      deps,
      callerOf(request).accountId,
      request.query.to,
    )
    const named = (ids: readonly string[]): Array<{ id: string, name: string }> =>
      profiles.filter((profile) => ids.includes(profile.id)).map(({ id, name }) => ({ id, name }))
    return { ...preview, ...limits, lock: named(lock), unlock: named(unlock) }
  })

  app.put('/account/plan', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['account'],
      summary: 'Change the plan',
      description:
        'Up is immediate. Down with more profiles than fit needs keepProfileIds: the others are locked, and a later upgrade unlocks them. Streams over the new limit end, the newest first.',
      operationId: 'changePlan',
      body: PlanChangeBody,
      response: responses({ 200: ref(AccountView) }),
    },
  }, async (request) => {
    const { plan, keepProfileIds } = request.body
    return toAccount(await changePlan(deps, callerOf(request).accountId, plan, keepProfileIds))
  })

  app.get('/account/streams', {
    config: { access: 'account' },
    schema: {
      tags: ['account'],
      summary: 'Who is watching',
      operationId: 'listStreams',
      response: responses({ 200: listSchema(StreamView) }),
    },
  }, async (request) => {
    const { accountId } = callerOf(request)
    const [{ profiles }, slots] = await Promise.all([own(accountId), findStreamLeases(accountId)])
    return {
      items: slots.filter((slot) => isLeaseLive(slot, deps.now())).map((slot) =>
        describeStream(deps.watching, profiles, slot)
      ),
    }
  })

  app.delete('/account/streams/:streamId', {
    config: { access: 'account' },
    schema: {
      tags: ['account'],
      summary: 'End a stream and take its slot back',
      operationId: 'endStream',
      params: Type.Object({ streamId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { accountId } = callerOf(request)
    const slot = (await findStreamLeases(accountId)).find((one) =>
      one._id.toString() === request.params.streamId && isLeaseLive(one, deps.now())
    ) ?? fail(notFound('stream'))
    await endStream(accountId, slot._id.toString(), deps.now())
    deps.leases.forget(accountId)
    await flushEnded(deps.watching, { account: accountId, profile: slot.profile.toString() }, slot)
    return await reply.code(204).send(null)
  })
}

export default account
