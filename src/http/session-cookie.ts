// The cookie of browser sessions: HttpOnly, SameSite=Strict and limited to the paths that read it. Browsers send
// cookies on their own, so each request that reads or writes the cookie needs a header and the origin of the service.
import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../errors.js'

export const REFRESH_COOKIE = 'normflix_refresh'
const COOKIE_PATH = '/v1/auth'
/** Browsers send a header of their own name to another origin only after a preflight request. */
const SESSION_HEADER = 'x-normflix-session'

export interface SessionCookie {
  /**
   * Whether the request asks for the cookie.
   * @throws DomainError 403 `cross-origin-request` when it does so from another origin
   */
  isRequested(request: FastifyRequest): boolean
  /** The refresh token in the cookie; null without one. */
  read(request: FastifyRequest): string | null
  write(request: FastifyRequest, reply: FastifyReply, refreshToken: string, expiresAt: Date): void
  clear(request: FastifyRequest, reply: FastifyReply): void
}

/** @param publicUrl origin of the app; with https, the cookie is Secure behind every proxy */
export function createSessionCookie ({ publicUrl }: { readonly publicUrl: string }): SessionCookie {
  const attributes = (request: FastifyRequest) => ({
    path: COOKIE_PATH,
    httpOnly: true,
    sameSite: 'strict' as const,
    secure: request.protocol === 'https' || publicUrl.startsWith('https:'),
  })
  return {
    isRequested (request) {
      if (request.headers[SESSION_HEADER] !== 'cookie') return false
      if (!isSameOrigin(request, publicUrl)) throw crossOriginRequest()
      return true
    },
    read (request) {
      const { cookie } = request.headers
      return cookie === undefined ? null : request.server.parseCookie(cookie)[REFRESH_COOKIE] ?? null
    },
    write (request, reply, refreshToken, expiresAt) {
      reply.setCookie(REFRESH_COOKIE, refreshToken, { ...attributes(request), expires: expiresAt })
    },
    clear (request, reply) {
      reply.clearCookie(REFRESH_COOKIE, attributes(request))
    },
  }
}

/**
 * Browsers state in Sec-Fetch-Site where a request comes from, and older ones, or those over plain HTTP, in Origin.
 * Neither can be set by scripts. A client that sends neither is not a browser and has no cookies of others.
 */
function isSameOrigin ({ headers, host }: FastifyRequest, publicUrl: string): boolean {
  const { 'sec-fetch-site': site, origin } = headers
  if (site !== undefined) return site === 'same-origin'
  if (origin === undefined || origin === publicUrl) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

const crossOriginRequest = (): DomainError =>
  new DomainError(
    403,
    'cross-origin-request',
    'Cross-origin request',
    'Sessions with a cookie are for pages of the same origin. Use the refresh token of the body instead.',
  )
