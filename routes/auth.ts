// Sign-up, log-in, refresh and email tokens.
import fastifyCookie from '@fastify/cookie'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { StoredAccount } from '../models/account.js'
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
  findSessionAccount,
  openSession,
  refreshSession,
  type OpenedSession,
} from '../src/accounts/sessions.js'
import { createAccount } from '../src/accounts/sign-up.js'
import { fail, unauthorized, validationFailed } from '../src/errors.js'
import { forbidCaching } from '../src/http/etags.js'
import { createSessionCookie } from '../src/http/session-cookie.js'
import { addAuditNote } from '../src/plugins/audit.js'
import { AUTH_RATE_LIMIT } from '../src/plugins/security.js'
import { createTokenIssuer } from '../src/plugins/session-tokens.js'
import {
  Accepted,
  Device,
  Email,
  LogInEmail,
  NewPassword,
  Password,
  SessionHeaders,
  Tokens,
} from '../src/schemas/account.js'
import { NoContent, optionalBody, ref, responses, strict } from '../src/schemas/common.js'
import { PlanName } from '../src/schemas/plans.js'
import { ProfileName } from '../src/schemas/profiles.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { issueDeviceToken } from '../src/security/device-tokens.js'
import { ipAddressKey } from '../src/security/ip-address.js'
import { toAccount } from '../src/views/accounts.js'

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
const RefreshBody = optionalBody(strict({
  refreshToken: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'Refresh token; valid once. Omitted: the one in the cookie, with `X-NormFlix-Session: cookie`',
    }),
  ),
}))

export type AuthRouteOptions = AccountDeps

const auth: FastifyPluginAsyncTypebox<AuthRouteOptions> = async (app, deps) => {
  app.addHook('onSend', forbidCaching)
  // In this scope only, and without the hook that parses every request.
  await app.register(fastifyCookie, { hook: false })
  const cookie = createSessionCookie(deps.config)

  const issueTokens = createTokenIssuer(app, cookie, deps.now)
  const sendTokens = (
    request: FastifyRequest,
    reply: FastifyReply,
    account: StoredAccount,
    opened: OpenedSession,
  ): Tokens => ({ account: toAccount(account), ...issueTokens(request, reply, account, opened) })

  app.post('/auth/signup', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['Authentication'],
      summary: 'Sign up: create an account with its first profile, and log in',
      description: 'Creates the account on the named plan, or on the smallest one, with one profile, and opens a ' +
        'session. Sends an email to verify the address. The password is checked against common passwords.',
      operationId: 'signUp',
      headers: SessionHeaders,
      body: SignUpBody,
      response: responses({ 201: withHeaders(ref(Tokens), 'Set-Cookie') }),
    },
  }, async (request, reply) => {
    const { email, password, plan = deps.config.plans.smallest.id, profileName, device } = request.body
    const transport = cookie.isRequested(request) ? 'cookie' : 'body'
    const account = await createAccount(deps, { email, password, plan, profileName: profileName ?? 'Me' })
    const accountId = account._id.toString()
    addAuditNote(request, { account: accountId })
    requestEmailVerification(deps, account)
    const opened = await openSession(deps, account, device ?? null, transport)
    const tokens = sendTokens(request, reply, opened.account, opened)
    return await reply.code(201).send({ ...tokens, deviceToken: issueDeviceToken(deps.keys, accountId) })
  })

  app.post('/auth/login', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['Authentication'],
      summary: 'Log in',
      description:
        'Opens a session of this device. After ten consecutive wrong passwords, each attempt has to wait; a ' +
        '`deviceToken` of an earlier log-in is counted on its own. A closed account reopens within its ' +
        'grace period.',
      operationId: 'logIn',
      headers: SessionHeaders,
      body: LogInBody,
      response: responses({ 200: withHeaders(ref(Tokens), 'Set-Cookie') }),
    },
  }, async (request, reply) => {
    const { email, password, device, deviceToken = null } = request.body
    const transport = cookie.isRequested(request) ? 'cookie' : 'body'
    const ipAddress = ipAddressKey(request.ip)
    const account = await verifyCredentials(deps, { email, password, ipAddress, deviceToken })
    const accountId = account._id.toString()
    const isReopened = await reopenAccount(deps, account)
    const opened = await openSession(deps, account, device ?? null, transport)
    const reason = isReopened ? 'account-reopened' : null
    addAuditNote(request, { account: accountId, session: opened.session._id.toString(), reason })
    const tokens = sendTokens(request, reply, opened.account, opened)
    return { ...tokens, deviceToken: issueDeviceToken(deps.keys, accountId) }
  })

  app.post('/auth/refresh', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT },
    preValidation: async (request) => {
      request.body ??= {}
    },
    schema: {
      tags: ['Authentication'],
      summary: 'Exchange a refresh token for new tokens',
      description:
        'The token is in the body, or in the cookie of a session that was opened with `X-NormFlix-Session: cookie`. ' +
        'The previous token still works for 10 s, the previous cookie for 60 s; an older one ends the session.',
      operationId: 'refresh',
      security: [{ refreshCookie: [] }, {}],
      headers: SessionHeaders,
      body: RefreshBody,
      response: responses({ 200: withHeaders(ref(Tokens), 'Set-Cookie') }),
    },
  }, async (request, reply) => {
    const { refreshToken } = request.body
    const opened = refreshToken === undefined
      ? await refreshSession(deps, requireCookie(request), 'cookie')
      : await refreshSession(deps, refreshToken)
    return sendTokens(request, reply, await findSessionAccount(deps, opened.session), opened)
  })

  /** @throws DomainError 400 without the header, 401 without the cookie, 403 `cross-origin-request` */
  function requireCookie (request: FastifyRequest): string {
    if (!cookie.isRequested(request)) {
      const message = 'is required, or the header X-NormFlix-Session with the cookie'
      throw validationFailed([{ pointer: '/refreshToken', code: 'required', message }])
    }
    return cookie.read(request) ?? fail(unauthorized('There is no session in this browser. Log in.'))
  }

  app.post('/auth/password/forgot', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, audit: true },
    schema: {
      tags: ['Authentication'],
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
      tags: ['Authentication'],
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
      tags: ['Authentication'],
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
}

export default auth
