// Sign-up, log-in, log-out, email tokens and sessions.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { StoredAccount } from '../models/account.js'
import { findSession } from '../models/session.js'
import type { AccountDeps } from '../src/accounts/deps.js'
import {
  confirmEmail,
  requestEmailVerification,
  requestPasswordReset,
  resetPassword,
} from '../src/accounts/email-tokens.js'
import { reopenAccount } from '../src/accounts/erase-account.js'
import { verifyCredentials } from '../src/accounts/log-in.js'
import {
  endAllSessions,
  endSession,
  findSessionAccount,
  listSessions,
  openSession,
  refreshSession,
  type OpenedSession,
} from '../src/accounts/sessions.js'
import { createAccount } from '../src/accounts/sign-up.js'
import { notFound } from '../src/errors.js'
import { forbidCaching } from '../src/http/etags.js'
import { addAuditNote } from '../src/plugins/audit.js'
import { ACCESS_TOKEN_SECONDS, callerOf } from '../src/plugins/auth.js'
import { AUTH_RATE_LIMIT } from '../src/plugins/security.js'
import { Accepted, Device, Email, LogInEmail, NewPassword, Password, Session, Tokens } from '../src/schemas/account.js'
import { Id, listSchema, NoContent, ref, responses, strict } from '../src/schemas/common.js'
import { PlanName } from '../src/schemas/plans.js'
import { ProfileName } from '../src/schemas/profiles.js'
import { issueDeviceToken } from '../src/security/device-tokens.js'
import { ipAddressKey } from '../src/security/ip-address.js'
import { toAccount, toSession } from '../src/views/accounts.js'

const SignUpBody = strict({
  email: Email,
  password: NewPassword,
  plan: Type.Optional(PlanName),
  profileName: Type.Optional(ProfileName),
  device: Type.Optional(Device),
})
const LogInBody = strict({
  email: LogInEmail,
  password: Password,
  device: Type.Optional(Device),
  deviceToken: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'deviceToken of an earlier log-in on this device: failed attempts of others do not delay it',
    }),
  ),
})
const EmailTokenText = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'Token from the link in the email, after `token=`',
})
const RefreshBody = strict({
  refreshToken: Type.String({ minLength: 1, maxLength: 500, description: 'Refresh token; valid once' }),
})

export type AuthRouteOptions = AccountDeps

const auth: FastifyPluginAsyncTypebox<AuthRouteOptions> = async (app, deps) => {
  app.addHook('onSend', forbidCaching)

  app.post('/auth/signup', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Sign up: create an account with its first profile, and log in',
      operationId: 'signUp',
      body: SignUpBody,
      response: responses({ 201: ref(Tokens) }),
    },
  }, async (request, reply) => {
    const { email, password, plan = deps.config.plans.smallest.id, profileName, device } = request.body
    const account = await createAccount(deps, { email, password, plan, profileName: profileName ?? 'Me' })
    const accountId = account._id.toString()
    addAuditNote(request, { account: accountId })
    requestEmailVerification(deps, account)
    const opened = await openSession(deps, account, device ?? null)
    const tokens = createTokens(app, opened.account, opened, deps.now())
    return await reply.code(201).send({ ...tokens, deviceToken: issueDeviceToken(deps.keys, accountId) })
  })

  app.post('/auth/login', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Log in',
      operationId: 'logIn',
      body: LogInBody,
      response: responses({ 200: ref(Tokens) }),
    },
  }, async (request) => {
    const { email, password, device, deviceToken = null } = request.body
    const ipAddress = ipAddressKey(request.ip)
    const account = await verifyCredentials(deps, { email, password, ipAddress, deviceToken })
    const accountId = account._id.toString()
    const isReopened = await reopenAccount(deps, account)
    const opened = await openSession(deps, account, device ?? null)
    const reason = isReopened ? 'account-reopened' : null
    addAuditNote(request, { account: accountId, session: opened.session._id.toString(), reason })
    const tokens = createTokens(app, opened.account, opened, deps.now())
    return { ...tokens, deviceToken: issueDeviceToken(deps.keys, accountId) }
  })

  app.post('/auth/refresh', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT },
    schema: {
      tags: ['auth'],
      summary: 'Exchange a refresh token for new tokens',
      operationId: 'refresh',
      body: RefreshBody,
      response: responses({ 200: ref(Tokens) }),
    },
  }, async (request) => {
    const opened = await refreshSession(deps, request.body.refreshToken)
    return createTokens(app, await findSessionAccount(deps, opened.session), opened, deps.now())
  })

  app.post('/auth/password/forgot', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Request an email to reset the password',
      description:
        'The response is the same whether the account exists or not. The link in the email is valid once, for 30 ' +
        'minutes. The current password stays valid.',
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
      summary: 'Set a new password with the token of the email',
      description:
        'Ends all sessions, invalidates the other links in emails of the account, and lifts the delay after failed ' +
        'log-ins, also of the IP address of the request for log-ins to this account.',
      operationId: 'resetPassword',
      body: strict({ token: EmailTokenText, password: NewPassword }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { token, password } = request.body
    addAuditNote(request, { account: await resetPassword(deps, token, password, ipAddressKey(request.ip)) })
    return await reply.code(204).send(null)
  })

  app.post('/auth/email/verify', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['auth'],
      summary: 'Verify an email address with the token of the email',
      description: 'Verifies the address of a new account, or completes a change of the address.',
      operationId: 'verifyEmail',
      body: strict({ token: EmailTokenText }),
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
      summary: 'Log out: end the current session',
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
      summary: 'End all sessions of the account',
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
      summary: 'List the live sessions of the account',
      operationId: 'listSessions',
      response: responses({ 200: listSchema(ref(Session)) }),
    },
  }, async (request) => {
    const { accountId, sessionId } = callerOf(request)
    const sessions = await listSessions(accountId, deps.now())
    return { items: sessions.map((session) => toSession(session, sessionId)) }
  })

  app.delete('/auth/sessions/:sessionId', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['auth'],
      summary: 'End a session',
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

function createTokens (
  app: FastifyInstance,
  account: StoredAccount,
  { session, refreshToken }: OpenedSession,
  now: Date,
): Tokens {
  const claims = { sub: account._id.toString(), sid: session._id.toString(), role: account.role }
  return {
    account: toAccount(account),
    accessToken: app.signAccessToken(claims, now),
    refreshToken,
    expiresIn: ACCESS_TOKEN_SECONDS,
  }
}

export default auth
