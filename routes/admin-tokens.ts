// API tokens of the staff and of service accounts.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  createServiceAccount,
  createTokenOf,
  deleteServiceAccount,
  listApiTokens,
  listServiceAccounts,
  revokeApiToken,
} from '../src/accounts/api-tokens.js'
import { addAuditNote } from '../src/plugins/audit.js'
import { callerOf } from '../src/plugins/caller.js'
import { ApiToken, ApiTokenBody, NewApiToken, ServiceAccount, ServiceAccountBody } from '../src/schemas/api-tokens.js'
import { Id, listSchema, NoContent, ref, responses } from '../src/schemas/common.js'
import { toApiToken, toServiceAccount } from '../src/views/api-tokens.js'

const DEFAULT_DAYS = 90

const adminTokens: FastifyPluginAsyncTypebox<{ now(): Date }> = async (app, { now }) => {
  app.get('/admin/tokens', {
    config: { access: 'editor' },
    schema: {
      tags: ['Admin: tokens'],
      summary: 'List API tokens, newest first',
      description: 'Those of the account; for an administrator also those of all service accounts. At most 50 of each.',
      operationId: 'listApiTokens',
      response: responses({ 200: listSchema(ref(ApiToken)) }),
    },
  }, async (request) => ({ items: (await listApiTokens(callerOf(request))).map(toApiToken) }))

  app.post('/admin/tokens', {
    config: { access: 'editor', idempotencyKey: true, hasSecretResponse: true },
    schema: {
      tags: ['Admin: tokens'],
      summary: 'Create an API token for scripts',
      description:
        'The response has the text of the token, once: the service stores only its hash. With an `Idempotency-Key`, ' +
        'a retry within 24 hours gets the same token; the response is stored encrypted for that time. The token can ' +
        'do what its scopes allow and the role of its owner allows at the time of the request. Each operation names ' +
        'its scope in `x-required-scope`; those without one accept no API tokens.',
      operationId: 'createApiToken',
      body: ApiTokenBody,
      response: responses({ 201: ref(NewApiToken) }),
    },
  }, async (request, reply) => {
    const { name, scopes, expiresInDays = DEFAULT_DAYS, serviceAccountId = null } = request.body
    const created = await createTokenOf(callerOf(request), { name, scopes, expiresInDays, serviceAccountId }, now())
    addAuditNote(request, { subject: { kind: 'token', id: created.stored._id.toString() } })
    return await reply.code(201).send({ ...toApiToken(created.stored), token: created.token })
  })

  app.delete('/admin/tokens/:tokenId', {
    config: { access: 'editor' },
    schema: {
      tags: ['Admin: tokens'],
      summary: 'Revoke an API token',
      description: 'Every process rejects the token within 5 s. Administrators may revoke tokens of service accounts.',
      operationId: 'revokeApiToken',
      params: Type.Object({ tokenId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await revokeApiToken(callerOf(request), request.params.tokenId)
    return await reply.code(204).send(null)
  })

  app.get('/admin/service-accounts', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: tokens'],
      summary: 'List service accounts by name',
      description: 'At most 50.',
      operationId: 'listServiceAccounts',
      response: responses({ 200: listSchema(ref(ServiceAccount)) }),
    },
  }, async () => ({ items: (await listServiceAccounts()).map(toServiceAccount) }))

  app.post('/admin/service-accounts', {
    config: { access: 'admin', idempotencyKey: true },
    schema: {
      tags: ['Admin: tokens'],
      summary: 'Create a service account',
      description: 'For scripts that do not belong to one person. It has no password and acts by its API tokens only.',
      operationId: 'createServiceAccount',
      body: ServiceAccountBody,
      response: responses({ 201: ref(ServiceAccount) }),
    },
  }, async (request, reply) => {
    const created = await createServiceAccount(callerOf(request), request.body, now())
    addAuditNote(request, { subject: { kind: 'service-account', id: created._id.toString() } })
    return await reply.code(201).send(toServiceAccount(created))
  })

  app.delete('/admin/service-accounts/:serviceAccountId', {
    config: { access: 'admin' },
    schema: {
      tags: ['Admin: tokens'],
      summary: 'Delete a service account and revoke its tokens',
      description: 'Every process rejects its tokens within 5 s. What it changed stays.',
      operationId: 'deleteServiceAccount',
      params: Type.Object({ serviceAccountId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await deleteServiceAccount(request.params.serviceAccountId)
    return await reply.code(204).send(null)
  })
}

export default adminTokens
