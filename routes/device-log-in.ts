// Log-in of devices without a keyboard (RFC 8628): codes and tokens for the device.
import fastifyCookie from '@fastify/cookie'
import fastifyFormbody from '@fastify/formbody'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { TokenTransport } from '../models/session.js'
import type { AccountDeps } from '../src/accounts/deps.js'
import {
  DEVICE_CODE_TTL_MS,
  exchangeDeviceCode,
  POLL_INTERVAL_MS,
  requestDeviceLogin,
} from '../src/accounts/device-log-in.js'
import { invalidGrant } from '../src/accounts/oauth-errors.js'
import { findSessionAccount, refreshSession, type OpenedAccountSession } from '../src/accounts/sessions.js'
import { auditNoteOf, withAuditNote } from '../src/audit/audit-notes.js'
import { formatUserCode } from '../src/domain/user-codes.js'
import { badRequest, DomainError, validationFailed } from '../src/errors.js'
import { forbidCaching } from '../src/http/etags.js'
import { dropUnknownParameters, OAUTH_BODIES } from '../src/http/oauth-body.js'
import { createSessionCookie } from '../src/http/session-cookie.js'
import { addAuditNote } from '../src/plugins/audit.js'
import { AUTH_RATE_LIMIT } from '../src/plugins/security.js'
import { createTokenIssuer } from '../src/plugins/session-tokens.js'
import { SessionHeaders } from '../src/schemas/account.js'
import { ref, responses } from '../src/schemas/common.js'
import {
  DEVICE_CODE_GRANT,
  DeviceAuthorization,
  DeviceAuthorizationBody,
  OAuthTokens,
  REFRESH_TOKEN_GRANT,
  TokenBody,
} from '../src/schemas/device-log-in.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { ipAddressKey } from '../src/security/ip-address.js'

/** Problems of a refresh token that OAuth 2.0 has one error for. */
const REJECTED_REFRESH = ['unauthorized', 'account-disabled']

const deviceLogIn: FastifyPluginAsyncTypebox<AccountDeps> = async (app, deps) => {
  app.addHook('onSend', forbidCaching)
  await app.register(fastifyCookie, { hook: false })
  await app.register(fastifyFormbody)
  const cookie = createSessionCookie(deps.config)
  const issueTokens = createTokenIssuer(app, cookie, deps.now)

  app.post('/auth/device', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, oauthErrors: true },
    preValidation: dropUnknownParameters(DeviceAuthorizationBody),
    schema: {
      tags: ['Device log-in'],
      summary: 'Get the codes of a device that logs in',
      description:
        'The device authorization endpoint of RFC 8628, for TVs and other devices without a keyboard. Show the user ' +
        'code and a QR code of `verification_uri_complete`, and poll `requestToken`. The codes are valid for ten ' +
        'minutes. Takes JSON, or the form of OAuth 2.0; `device` is the name in lists of sessions.',
      operationId: 'authorizeDevice',
      consumes: OAUTH_BODIES,
      body: DeviceAuthorizationBody,
      response: responses({ 200: ref(DeviceAuthorization) }),
    },
  }, async (request) => {
    const { client_id: clientId, device = null } = request.body
    const ipAddress = ipAddressKey(request.ip)
    const { deviceCode, userCode } = await requestDeviceLogin(deps, { clientId, device, ipAddress })
    const url = `${deps.config.publicUrl}/link`
    const shownCode = formatUserCode(userCode)
    return {
      device_code: deviceCode,
      user_code: shownCode,
      verification_uri: url,
      verification_uri_complete: `${url}?code=${shownCode}`,
      expires_in: DEVICE_CODE_TTL_MS / 1_000,
      interval: POLL_INTERVAL_MS / 1_000,
    }
  })

  app.post('/auth/token', {
    config: { access: 'public', rateLimit: AUTH_RATE_LIMIT, oauthErrors: true },
    preValidation: dropUnknownParameters(TokenBody),
    schema: {
      tags: ['Device log-in'],
      summary: 'Exchange a device code or a refresh token for tokens',
      description:
        'The token endpoint of OAuth 2.0. With a `device_code`, poll it once per interval: `authorization_pending` ' +
        'means not decided yet, and each `slow_down` adds 5 s to the interval. A code opens one session; a device ' +
        'that lost the response gets the same tokens again for 30 s. With a `refresh_token`, it does the same as ' +
        '`refresh`. Errors have the field `error` of OAuth 2.0. The response to a form is `application/json`.',
      operationId: 'requestToken',
      consumes: OAUTH_BODIES,
      headers: SessionHeaders,
      body: TokenBody,
      response: responses({ 200: withHeaders(ref(OAuthTokens), 'Set-Cookie') }),
    },
  }, async (request, reply) => {
    const transport = cookie.isRequested(request) ? 'cookie' : 'body'
    const opened = await openByGrant(request, request.body, transport)
    const { accessToken, refreshToken, expiresIn } = issueTokens(request, reply, opened.account, opened)
    return {
      access_token: accessToken,
      token_type: 'Bearer' as const,
      expires_in: expiresIn,
      ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    }
  })

  async function openByGrant (
    request: FastifyRequest,
    body: Type.Static<typeof TokenBody>,
    transport: TokenTransport,
  ): Promise<OpenedAccountSession> {
    const { grant_type: grant } = body
    if (grant === REFRESH_TOKEN_GRANT) return await refreshByGrant(requireParameter(body, 'refresh_token'))
    if (grant !== DEVICE_CODE_GRANT) {
      throw badRequest('unsupported-grant-type', `Use the grant type ${DEVICE_CODE_GRANT} or ${REFRESH_TOKEN_GRANT}.`)
    }
    const deviceCode = requireParameter(body, 'device_code')
    const opened = await exchangeDeviceCode(deps, deviceCode, requireParameter(body, 'client_id'), transport)
    const account = opened.account._id.toString()
    addAuditNote(request, { action: 'log-in-device', account, session: opened.session._id.toString() })
    return opened
  }

  async function refreshByGrant (refreshToken: string): Promise<OpenedAccountSession> {
    try {
      const opened = await refreshSession(deps, refreshToken)
      return { ...opened, account: await findSessionAccount(deps, opened.session) }
    } catch (error) {
      const isRejected = error instanceof DomainError && REJECTED_REFRESH.includes(error.code)
      throw isRejected ? withAuditNote(invalidGrant(), auditNoteOf(error)) : error
    }
  }
}

type TokenParameter = 'device_code' | 'client_id' | 'refresh_token'

/** @throws DomainError 400 `validation-failed` */
function requireParameter (body: Readonly<Partial<Record<TokenParameter, string>>>, name: TokenParameter): string {
  const value = body[name]
  if (value === undefined) throw validationFailed([{ pointer: `/${name}`, code: 'required', message: 'is required' }])
  return value
}

export default deviceLogIn
