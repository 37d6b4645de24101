// Form bodies and error fields of OAuth 2.0. A request with a form receives its errors as `application/json` with the
// field `error` (RFC 6749 §5.2); one with JSON receives a problem document with the same fields.
import type { FastifyRequest, preValidationHookHandler } from 'fastify'

export const FORM_MEDIA_TYPE = 'application/x-www-form-urlencoded'
export const OAUTH_BODIES = ['application/json', FORM_MEDIA_TYPE]

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Adds the error fields of OAuth 2.0 to problems. */
    oauthErrors?: boolean
  }
}

const ERRORS: Readonly<Record<string, string>> = {
  'authorization-pending': 'authorization_pending',
  'slow-down': 'slow_down',
  'expired-token': 'expired_token',
  'access-denied': 'access_denied',
  'invalid-grant': 'invalid_grant',
  'unsupported-grant-type': 'unsupported_grant_type',
}

/** Error code of OAuth 2.0 for a problem. @param status HTTP status code of the problem */
export function toOAuthError (code: string, status: number): string {
  if (status === 429) return 'slow_down'
  if (status >= 500) return 'temporarily_unavailable'
  return ERRORS[code] ?? 'invalid_request'
}

/** Whether a client of OAuth 2.0 sent the request. */
export function hasFormBody ({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.toLowerCase().startsWith(FORM_MEDIA_TYPE) === true
}

/** Removes parameters that an operation does not know, such as `scope`, from a form (RFC 6749 §3.2). */
export function dropUnknownParameters ({ properties }: { readonly properties: object }): preValidationHookHandler {
  return (request, _reply, done) => {
    if (hasFormBody(request)) {
      const parameters = Object.entries(request.body as object).filter(([name]) => Object.hasOwn(properties, name))
      request.body = Object.fromEntries(parameters)
    }
    done()
  }
}
