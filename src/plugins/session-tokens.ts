// Tokens of an opened session: an access token, and the refresh token in the body or in the cookie.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { StoredAccount } from '../../models/account.js'
import type { OpenedSession } from '../accounts/sessions.js'
import type { SessionCookie } from '../http/session-cookie.js'
import { ACCESS_TOKEN_SECONDS } from './auth.js'

export interface SessionTokens {
  readonly accessToken: string
  /** Null when it is in the cookie. */
  readonly refreshToken: string | null
  /** Lifetime of the access token, s. */
  readonly expiresIn: number
}

export type IssueTokens = (
  request: FastifyRequest,
  reply: FastifyReply,
  account: StoredAccount,
  opened: OpenedSession,
) => SessionTokens

/** Creates the function that signs the access token and writes the cookie. */
export function createTokenIssuer (app: FastifyInstance, cookie: SessionCookie, now: () => Date): IssueTokens {
  return (request, reply, account, { session, refreshToken }) => {
    const { expiresAt, absoluteExpiresAt, transport } = session
    if (transport === 'cookie') {
      cookie.write(request, reply, refreshToken, expiresAt < absoluteExpiresAt ? expiresAt : absoluteExpiresAt)
    }
    const claims = { sub: account._id.toString(), sid: session._id.toString(), role: account.role }
    return {
      accessToken: app.signAccessToken(claims, now()),
      refreshToken: transport === 'cookie' ? null : refreshToken,
      expiresIn: ACCESS_TOKEN_SECONDS,
    }
  }
}
