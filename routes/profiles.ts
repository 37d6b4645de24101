// The profiles of an account, and the tokens that are bound to one.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findAccount, type StoredProfile } from '../models/account.js'
import { verifyPin } from '../src/accounts/pin.js'
import { addProfile, changeProfile, removeProfile } from '../src/accounts/profiles.js'
import { fail, notFound, profileLocked } from '../src/errors.js'
import { addAuditNote } from '../src/plugins/audit.js'
import { ACCESS_TOKEN_SECONDS, callerOf } from '../src/plugins/auth.js'
import { AUTH_RATE_LIMIT } from '../src/plugins/security.js'
import { NewProfile, Profile, ProfileChanges, toProfile } from '../src/schemas/account.js'
import { responses, listSchema, NoContent, ProfileParams, ref, strict } from '../src/schemas/common.js'
import type { AccountDeps } from '../src/accounts/deps.js'

const BoundToken = Type.Object({ accessToken: Type.String(), expiresIn: Type.Integer({ description: 'Seconds' }) })

export type ProfilesRouteOptions = AccountDeps

const profiles: FastifyPluginAsyncTypebox<ProfilesRouteOptions> = async (app, deps) => {
  async function findProfile (accountId: string, profileId: string): Promise<StoredProfile> {
    const account = await findAccount(accountId)
    return account?.profiles.find((profile) => profile._id.toString() === profileId) ?? fail(notFound('profile'))
  }

  app.get('/profiles', {
    config: { access: 'account' },
    schema: {
      tags: ['profiles'],
      summary: 'The profiles of the account',
      operationId: 'listProfiles',
      response: responses({ 200: listSchema(ref(Profile)) }),
    },
  }, async (request) => {
    const account = await findAccount(callerOf(request).accountId) ?? fail(notFound('account'))
    return { items: account.profiles.map(toProfile) }
  })

  app.post('/profiles', {
    config: { access: 'account', idempotencyKey: true },
    schema: {
      tags: ['profiles'],
      summary: 'Add a profile',
      description: 'The plan decides how many there may be: one more is a 409 `plan-profile-limit`.',
      operationId: 'addProfile',
      body: NewProfile,
      response: responses({ 201: ref(Profile) }),
    },
  }, async (request, reply) => {
    if (request.body.pin != null) addAuditNote(request, { action: 'change-pin' })
    const profile = await addProfile(deps, callerOf(request).accountId, request.body)
    return await reply.code(201).header('location', `/v1/profiles/${profile._id.toString()}`).send(toProfile(profile))
  })

  app.get('/profiles/:profileId', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['profiles'],
      summary: 'One profile',
      operationId: 'getProfile',
      params: ProfileParams,
      response: responses({ 200: ref(Profile) }),
    },
  }, async (request) => {
    const { accountId, boundProfileId } = callerOf(request)
    const { profileId } = request.params
    if (boundProfileId !== null && boundProfileId !== profileId) throw notFound('profile')
    return toProfile(await findProfile(accountId, profileId))
  })

  app.patch('/profiles/:profileId', {
    config: { access: 'account' },
    schema: {
      tags: ['profiles'],
      summary: 'Change a profile',
      operationId: 'changeProfile',
      params: ProfileParams,
      body: ProfileChanges,
      response: responses({ 200: ref(Profile) }),
    },
  }, async (request) => {
    if (request.body.pin !== undefined) addAuditNote(request, { action: 'change-pin' })
    return toProfile(await changeProfile(deps, callerOf(request).accountId, request.params.profileId, request.body))
  })

  app.delete('/profiles/:profileId', {
    config: { access: 'account' },
    schema: {
      tags: ['profiles'],
      summary: 'Delete a profile with all it holds',
      operationId: 'deleteProfile',
      params: ProfileParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeProfile(deps, callerOf(request).accountId, request.params.profileId)
    return await reply.code(204).send(null)
  })

  app.post('/profiles/:profileId/select', {
    config: { access: 'account', rateLimit: AUTH_RATE_LIMIT },
    // A profile without a PIN needs no body.
    preValidation: async (request) => {
      request.body ??= {}
    },
    schema: {
      tags: ['profiles'],
      summary: 'Get a token bound to this profile',
      description:
        'It opens this profile and the catalogue as the profile may see it, and nothing else. Five wrong PINs are free; after that each is followed by a wait, a 429 `too-many-pin-guesses`, that doubles from 30 seconds to 15 minutes.',
      operationId: 'selectProfile',
      params: ProfileParams,
      body: strict({ pin: Type.Optional(Type.String({ maxLength: 8 })) }),
      response: responses({ 200: BoundToken }),
    },
  }, async (request, reply) => {
    const { accountId, sessionId, role } = callerOf(request)
    const profile = await findProfile(accountId, request.params.profileId)
    if (profile.locked) throw profileLocked()
    await verifyPin(deps, profile, request.body.pin)
    reply.header('cache-control', 'no-store')
    return {
      accessToken: app.signAccessToken(
        { sub: accountId, sid: sessionId, role, pid: request.params.profileId },
        deps.now(),
      ),
      expiresIn: ACCESS_TOKEN_SECONDS,
    }
  })
}

export default profiles
