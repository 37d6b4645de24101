// The account: plan, password, who is watching.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findAccount, type StoredAccount } from '../models/account.js'
import { findSlots, isLive } from '../models/account-streams.js'
import { changePlan, previewPlan } from '../src/accounts/plan-change.js'
import { endAllSessions } from '../src/accounts/sessions.js'
import { assertPassword, setPasswordHash } from '../src/accounts/sign-in.js'
import { DomainError, fail, notFound } from '../src/errors.js'
import { callerOf } from '../src/plugins/auth.js'
import { AccountView, Password, PlanName, PlanPreview, toAccount } from '../src/schemas/account.js'
import { answers, Id, listOf, NoContent, nullable, ref, strict, Timestamp } from '../src/schemas/common.js'
import { flushEnded } from '../src/watching/flush.js'
import { describeSlot } from '../src/watching/playback.js'
import { endStream } from '../src/watching/slots.js'

const PlanChangeBody = strict({
  plan: PlanName,
  keepProfileIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 10, uniqueItems: true, description: 'The profiles that stay usable; the others are locked' })),
})
const StreamView = Type.Object({
  id: Id,
  profile: Type.Object({ id: Id, name: Type.String() }),
  device: nullable(Type.String()),
  title: Type.Object({ id: Id, title: Type.String() }),
  season: nullable(Type.Integer()),
  episode: nullable(Type.Integer()),
  state: Type.Enum(['playing', 'paused'], { description: 'As the last heartbeat said' }),
  positionMs: Type.Integer({ minimum: 0, description: 'Where it is, ms from the start' }),
  durationMs: nullable(Type.Integer({ minimum: 0 }), 'Null when the length is not known'),
  private: Type.Boolean({ description: 'Plays without a trace in the history' }),
  since: Timestamp,
  expiresAt: Timestamp,
})

const account: FastifyPluginAsyncTypebox = async (app) => {
  const { services } = app
  app.addHook('onSend', async (_request, reply) => { reply.header('cache-control', 'no-store') })
  const own = async (id: string): Promise<StoredAccount> => await findAccount(id) ?? fail(notFound('account'))

  app.get('/account', {
    config: { access: 'account' },
    schema: { tags: ['account'], summary: 'The account with its profiles', operationId: 'getAccount', response: answers({ 200: ref(AccountView) }) },
  }, async (request) => toAccount(await own(callerOf(request).accountId)))

  app.put('/account/password', {
    config: { access: 'account' },
    schema: {
      tags: ['account'],
      summary: 'Change the password; every other session ends',
      operationId: 'changePassword',
      body: strict({ currentPassword: Password, newPassword: Password }),
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { accountId, sessionId } = callerOf(request)
    const { currentPassword, newPassword } = request.body
    const { email, passwordHash } = await own(accountId)
    if (!await services.hasher.verify(currentPassword, passwordHash)) throw new DomainError(403, 'wrong-password', 'Wrong password', 'currentPassword is not the password of this account.')
    assertPassword(services, newPassword, email, '/newPassword')
    await setPasswordHash(accountId, await services.hasher.hash(newPassword))
    await endAllSessions(services, accountId, sessionId, 'password-changed')
    return await reply.code(204).send(null)
  })

  app.get('/account/plan/preview', {
    config: { access: 'account' },
    schema: {
      tags: ['account'],
      summary: 'What a change of plan would lock, cap or end',
      operationId: 'previewPlan',
      querystring: strict({ to: PlanName }),
      response: answers({ 200: ref(PlanPreview) }),
    },
  }, async (request) => {
    const { profiles, limits, lock, unlock, ...preview } = await previewPlan(services, callerOf(request).accountId, request.query.to)
    const named = (ids: readonly string[]): Array<{ id: string, name: string }> =>
      profiles.filter((profile) => ids.includes(profile.id)).map(({ id, name }) => ({ id, name }))
    return { ...preview, ...limits, lock: named(lock), unlock: named(unlock) }
  })

  app.put('/account/plan', {
    config: { access: 'account' },
    schema: {
      tags: ['account'],
      summary: 'Change the plan',
      description: 'Up is immediate. Down with more profiles than fit needs keepProfileIds: the others are locked, and a later upgrade unlocks them. Streams over the new limit end, the newest first.',
      operationId: 'changePlan',
      body: PlanChangeBody,
      response: answers({ 200: ref(AccountView) }),
    },
  }, async (request) => {
    const { plan, keepProfileIds } = request.body
    return toAccount(await changePlan(services, callerOf(request).accountId, plan, keepProfileIds))
  })

  app.get('/account/streams', {
    config: { access: 'account' },
    schema: { tags: ['account'], summary: 'Who is watching', operationId: 'listStreams', response: answers({ 200: listOf(StreamView) }) },
  }, async (request) => {
    const { accountId } = callerOf(request)
    const [{ profiles }, slots] = await Promise.all([own(accountId), findSlots(accountId)])
    return { items: slots.filter((slot) => isLive(slot, services.now())).map((slot) => describeSlot(services.watching, profiles, slot)) }
  })

  app.delete('/account/streams/:streamId', {
    config: { access: 'account' },
    schema: {
      tags: ['account'],
      summary: 'End a stream and take its slot back',
      operationId: 'endStream',
      params: Type.Object({ streamId: Id }),
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { accountId } = callerOf(request)
    const slot = (await findSlots(accountId)).find((one) => one._id.toString() === request.params.streamId && isLive(one, services.now())) ?? fail(notFound('stream'))
    await endStream(accountId, slot._id.toString(), services.now())
    services.leases.forget(accountId)
    await flushEnded(services.watching, { account: accountId, profile: slot.profile.toString() }, slot)
    return await reply.code(204).send(null)
  })
}

export default account
