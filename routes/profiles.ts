// Profiles of an account, and the tokens that are bound to a profile.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findAccount, type StoredProfile } from '../models/account.js'
import type { AccountDeps } from '../src/accounts/deps.js'
import { verifyPin } from '../src/accounts/pin.js'
import { addProfile, changeProfile, removeProfile } from '../src/accounts/profiles.js'
import { fail, notFound, profileLocked } from '../src/errors.js'
import { addAuditNote } from '../src/plugins/audit.js'
import { ACCESS_TOKEN_SECONDS } from '../src/plugins/auth.js'
import { callerOf } from '../src/plugins/caller.js'
import { AUTH_RATE_LIMIT } from '../src/plugins/security.js'
import { listSchema, NoContent, optionalBody, ref, responses, strict } from '../src/schemas/common.js'
import { ProfileParams } from '../src/schemas/params.js'
import { NewProfile, Profile, ProfileChanges } from '../src/schemas/profiles.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { toProfile } from '../src/views/profiles.js'

const ProfileToken = Type.Object({
  accessToken: Type.String({ description: 'JWT; send it as `Authorization: Bearer`' }),
  expiresIn: Type.Integer({ description: 'Lifetime of the access token, s' }),
}, { title: 'ProfileToken', description: 'Access token of a profile' })

export type ProfilesRouteOptions = AccountDeps

const profiles: FastifyPluginAsyncTypebox<ProfilesRouteOptions> = async (app, deps) => {
  app.get('/profiles', {
    config: { access: 'account' },
    schema: {
      tags: ['Profiles'],
      summary: 'List the profiles of the account',
      description: 'In the order of their creation. Profiles beyond the limit of the plan have `locked: true`.',
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
      tags: ['Profiles'],
      summary: 'Add a profile',
      description: 'Over the profile limit of the plan it is a 409 `plan-profile-limit`.',
      operationId: 'addProfile',
      body: NewProfile,
      response: responses({ 201: withHeaders(ref(Profile), 'Location') }),
    },
  }, async (request, reply) => {
    if (request.body.pin != null) addAuditNote(request, { action: 'change-pin' })
    const profile = await addProfile(deps, callerOf(request).accountId, request.body)
    return await reply.code(201).header('location', `/v1/profiles/${profile._id.toString()}`).send(toProfile(profile))
  })

  app.get('/profiles/:profileId', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['Profiles'],
      summary: 'Get a profile',
      description: 'A profile token gets its own profile, an account token each profile of the account.',
      operationId: 'getProfile',
      params: ProfileParams,
      response: responses({ 200: ref(Profile) }),
    },
  }, async (request) => {
    const { accountId, boundProfileId } = callerOf(request)
    const { profileId } = request.params
    if (boundProfileId !== null && boundProfileId !== profileId) throw notFound('profile')
    return toProfile(await requireProfile(accountId, profileId))
  })

  app.patch('/profiles/:profileId', {
    config: { access: 'account' },
    schema: {
      tags: ['Profiles'],
      summary: 'Change fields of a profile',
      description:
        'Only the fields of the body change. `pin: null` removes the PIN. A profile that has a PIN gets another, or ' +
        'none, only with `currentPin`, or with `currentPassword` of the account. Tokens of the profile that were ' +
        'issued before a change of the PIN stop working.',
      operationId: 'changeProfile',
      params: ProfileParams,
      body: ProfileChanges,
      response: responses({ 200: ref(Profile) }),
    },
  }, async (request) => {
    if (request.body.pin !== undefined) addAuditNote(request, { action: 'change-pin' })
    const { currentPin, currentPassword, ...fields } = request.body
    const confirmation = {
      ...(currentPin === undefined ? {} : { currentPin }),
      ...(currentPassword === undefined ? {} : { currentPassword }),
    }
    const { accountId } = callerOf(request)
    return toProfile(await changeProfile(deps, accountId, request.params.profileId, fields, confirmation))
  })

  app.delete('/profiles/:profileId', {
    config: { access: 'account' },
    schema: {
      tags: ['Profiles'],
      summary: 'Delete a profile with its history, wishlist and ratings',
      description:
        'Deletes history, wishlist and ratings with it, and ends its streams. An account keeps at least one ' +
        'usable profile.',
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
    // The body may be omitted for a profile without a PIN.
    preValidation: async (request) => {
      request.body ??= {}
    },
    schema: {
      tags: ['Profiles'],
      summary: 'Get an access token that is bound to the profile',
      description:
        'The token gives access to this profile, and to the catalogue that it can see. After five wrong PINs, each ' +
        'further one is followed by a delay that doubles from 30 s to 15 minutes: 429 `too-many-pin-guesses`. A new ' +
        'or changed PIN invalidates the tokens of the profile.',
      operationId: 'selectProfile',
      params: ProfileParams,
      body: optionalBody(
        strict({ pin: Type.Optional(Type.String({ maxLength: 8, description: 'PIN of the profile' })) }),
      ),
      response: responses({ 200: ProfileToken }),
    },
  }, async (request) => {
    const { accountId, sessionId, role } = callerOf(request)
    const { profileId } = request.params
    const profile = await requireProfile(accountId, profileId)
    if (profile.locked) throw profileLocked()
    await verifyPin(deps, profile, request.body.pin)
    const claims = { sub: accountId, sid: sessionId, role, pid: profileId, pin: profile.pinVersion }
    const accessToken = app.signAccessToken(claims, deps.now())
    return { accessToken, expiresIn: ACCESS_TOKEN_SECONDS }
  })
}

async function requireProfile (accountId: string, profileId: string): Promise<StoredProfile> {
  const account = await findAccount(accountId)
  return account?.profiles.find((profile) => profile._id.toString() === profileId) ?? fail(notFound('profile'))
}

export default profiles
