// What never reaches a log: secrets in headers and bodies, tokens in addresses.

/** Paths for pino's `redact`. */
export const REDACTED_PATHS = [
  'req.headers.authorization', 'headers.authorization', '*.password', '*.currentPassword', '*.newPassword', '*.pin',
  '*.refreshToken', '*.accessToken', '*.email', 'password', 'pin', 'refreshToken', 'accessToken', 'email',
]

/** The address without the values of its tokens. */
export function stripUrlTokens (url: string): string {
  return url.replace(/([?&](?:token|cursor)=)[^&#]*/gi, '$1…')
}
