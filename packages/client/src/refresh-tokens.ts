// Where a device has its refresh token: in its own storage, or in a cookie of the browser that scripts cannot read.
import type { AccessToken } from './access-tokens.js'
import type { TokenStorage } from './token-storage.js'
import type { Tokens } from './types.js'

export interface RefreshTokens {
  /** Header of requests that open, refresh and end a session. */
  readonly headers: { readonly 'x-normflix-session'?: 'cookie' }
  /** Whether the device may have a session. */
  hasSession(): Promise<boolean>
  /** Body of the exchange. */
  readBody(): Promise<{ refreshToken?: string }>
  /** The newest access token that this device received, for example in another process; null: unknown. */
  readAccessToken(): Promise<AccessToken | null>
  store(tokens: Tokens, accessToken: AccessToken): Promise<void>
  clear(): Promise<void>
}

/** Set while the browser has a session: a visitor's page sends no request that must fail. */
export const LOGGED_IN_KEY = 'logged-in'
const SESSION_KEY = 'session'

/** The refresh token is in an HttpOnly cookie. Only for pages on the origin of the service. */
export function createCookieTokens (storage: TokenStorage): RefreshTokens {
  return {
    headers: { 'x-normflix-session': 'cookie' },
    hasSession: async () => await storage.get(LOGGED_IN_KEY) !== null,
    readBody: async () => ({}),
    readAccessToken: async () => null,
    store: async () => await storage.set(LOGGED_IN_KEY, 'true'),
    clear: async () => await storage.set(LOGGED_IN_KEY, null),
  }
}

interface StoredSession {
  readonly refreshToken: string
  readonly accessToken: AccessToken
}

/** The storage has both tokens. Clients that share it share the session. */
export function createStoredTokens (storage: TokenStorage): RefreshTokens {
  async function read (): Promise<StoredSession | null> {
    const text = await storage.get(SESSION_KEY)
    return text === null ? null : JSON.parse(text) as StoredSession
  }
  return {
    headers: {},
    hasSession: async () => await read() !== null,
    async readBody () {
      const stored = await read()
      return stored === null ? {} : { refreshToken: stored.refreshToken }
    },
    readAccessToken: async () => (await read())?.accessToken ?? null,
    async store ({ refreshToken }, accessToken) {
      const stored: StoredSession = { refreshToken: refreshToken ?? '', accessToken }
      await storage.set(SESSION_KEY, JSON.stringify(stored))
    },
    clear: async () => await storage.set(SESSION_KEY, null),
  }
}
