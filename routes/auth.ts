// Signing up, in and out; sessions.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { StoredAccount } from '../models/account.js'
import { findSession } from '../models/session.js'
import { reopenAccount } from '../src/accounts/erase-account.js'
import { confirmEmail, requestPasswordReset, requestEmailVerification, resetPassword } from '../src/accounts/email-tokens.js'
import {
  findSessionAccount,
  endAllSessions,
  endSession,
  listSessions,
  openSession,
  refreshSession,
  type OpenedSession,
} from '../src/accounts/sessions.js'
import { createAccount, verifyCredentials } from '../src/accounts/sign-in.js'
import { smallestPlan } from '../src/domain/plans.js'
import { notFound } from '../src/errors.js'
import { addAuditNote } from '../src/plugins/audit.js'
import { ACCESS_TOKEN_SECONDS, callerOf } from '../src/plugins/auth.js'
import { AUTH_RATE_LIMIT } from '../src/plugins/security.js'
import { issueDeviceToken } from '../src/security/device-tokens.js'
import { ipAddressKey } from '../src/security/ip-address.js'
import {
  Accepted,
  Device,
  Email,
  Password,
  PlanName,
  ProfileName,
  SessionView,
  toAccount,
  Tokens,
} from '../src/schemas/account.js'
import { responses, Id, listSchema, NoContent, ref, strict } from '../src/schemas/common.js'
import type { AccountDeps } from '../src/accounts/deps.js'

const SignUp = strict({
  email: Email,
  password: Password,
  plan: Type.Optional(PlanName),
  profileName: Type.Optional(ProfileName),
  device: Type.Optional(Device),
})
const LogIn = strict({
  email: Type.String({ minLength: 1, maxLength: 254 }),
  password: Password,
  device: Type.Optional(Device),
  deviceToken: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'What an earlier sign-in on this device answered: guesses of others then do not hold it up',
    }),
  ),
})
const LinkToken = Type.String({ minLength: 1, maxLength: 200, description: 'What follows `token=` in the link' })
const Refresh = strict({ refreshToken: Type.String({ minLength: 1, maxLength: 500 }) })

function tokensFor (
  app: FastifyInstance,
  account: StoredAccount,
  { session, refreshToken }: OpenedSession,
  now: Date,
): Static<typeof Tokens> {
  const claims = { sub: account._id.toString(), sid: session._id.toString(), role: account.role }
  return {
    account: toAccount(account),
    accessToken: app.signAccessToken(claims, now),
    refreshToken,
    expiresIn: ACCESS_TOKEN_SECONDS,
  }
}

export type AuthRouteOptions = AccountDeps

const auth: FastifyPluginAsyncTypebox<AuthRouteOptions> = async (app, deps) => {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  app.post('/auth/signup', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Make an account with its first profile, and sign in',
      operationId: 'signUp',
      body: SignUp,
      response: responses({ 201: ref(Tokens) }),
    },
  }, async (request, reply) => {
    const { email, password, plan = smallestPlan().id, profileName, device } = request.body
    const account = await createAccount(deps, { email, password, plan, profileName: profileName ?? 'Me' })
    addAuditNote(request, { account: account._id.toString() })
    requestEmailVerification(deps, account)
    const opened = await openSession(deps, account._id.toString(), device ?? null)
    return await reply.code(201).send({
      ...tokensFor(app, account, opened, deps.now()),
      deviceToken: issueDeviceToken(deps.keys, account._id.toString()),
    })
  })

  app.post('/auth/login', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Sign in',
      operationId: 'logIn',
      body: LogIn,
      response: responses({ 200: ref(Tokens) }),
    },
  }, async (request) => {
    const { email, password, device, deviceToken = null } = request.body
    const account = await verifyCredentials(deps, { email, password, ipAddress: ipAddressKey(request.ip), deviceToken })
    const opened = await openSession(deps, account._id.toString(), device ?? null)
    const allowed = await findSessionAccount(deps, opened.session)
    const isReopened = await reopenAccount(deps, account)
    addAuditNote(request, {
      account: account._id.toString(),
      session: opened.session._id.toString(),
      reason: isReopened ? 'account-reopened' : null,
    })
    return {
      ...tokensFor(app, allowed, opened, deps.now()),
      deviceToken: issueDeviceToken(deps.keys, account._id.toString()),
    }
  })

  app.post('/auth/refresh', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT },
    schema: {
      tags: ['auth'],
      summary: 'Exchange a refresh token for new tokens',
      operationId: 'refresh',
      body: Refresh,
      response: responses({ 200: ref(Tokens) }),
    },
  }, async (request) => {
    const opened = await refreshSession(deps, request.body.refreshToken)
    return tokensFor(app, await findSessionAccount(deps, opened.session), opened, deps.now())
  })

  app.post('/auth/password/forgot', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Ask for a link to choose a new password',
      description:
        'The same answer whether the address has an account or not. The link works for 30 minutes, once; asking changes nothing.',
      operationId: 'forgotPassword',
      body: strict({ email: Email }),
      response: responses({ 202: Accepted }),
    },
  }, async (request, reply) => {
    requestPasswordReset(deps, request.body.email)
    return await reply.code(202).send({ status: 'accepted' })
  })

  app.post('/auth/password/reset', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Choose a new password with the token of a mailed link; every session ends',
      operationId: 'resetPassword',
      body: strict({ token: LinkToken, password: Password }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    addAuditNote(request, { account: await resetPassword(deps, request.body.token, request.body.password) })
    return await reply.code(204).send(null)
  })

  app.post('/auth/email/verify', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Confirm an address with the token of a mailed link',
      description: 'The address of a new account, or one that an account wants to move to.',
      operationId: 'verifyEmail',
      body: strict({ token: LinkToken }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    addAuditNote(request, await confirmEmail(deps, request.body.token))
    return await reply.code(204).send(null)
  })

  app.post('/auth/logout', {
    config: { access: 'catalogue', audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Log out: the session ends',
      operationId: 'logOut',
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const session = await findSession(callerOf(request).sessionId)
    if (session !== null) await endSession(deps, session, 'logged-out')
    return await reply.code(204).send(null)
  })

  app.post('/auth/logout-everywhere', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['auth'],
      summary: 'End every session of the account',
      operationId: 'logOutEverywhere',
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await endAllSessions(deps, callerOf(request).accountId, null, 'logged-out-everywhere')
    return await reply.code(204).send(null)
  })

  app.get('/auth/sessions', {
    config: { access: 'account' },
    schema: {
      tags: ['auth'],
      summary: 'Where the account is signed in',
      operationId: 'listSessions',
      response: responses({ 200: listSchema(ref(SessionView)) }),
    },
  }, async (request) => {
    const { accountId, sessionId } = callerOf(request)
    const sessions = await listSessions(accountId, deps.now())
    return {
      items: sessions.map((session) => ({
        id: session._id.toString(),
        device: session.device,
        createdAt: session.createdAt.toISOString(),
        lastUsedAt: session.lastUsedAt.toISOString(),
        current: session._id.toString() === sessionId,
      })),
    }
  })

  app.delete('/auth/sessions/:sessionId', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['auth'],
      summary: 'End one session',
      operationId: 'endSession',
      params: Type.Object({ sessionId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const session = await findSession(request.params.sessionId)
    if (session === null || session.account.toString() !== callerOf(request).accountId) throw notFound('session')
    await endSession(deps, session, 'ended-by-owner')
    return await reply.code(204).send(null)
  })
}

export default auth
