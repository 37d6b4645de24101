// The session of the browser, of the client package: the refresh token is in an HttpOnly cookie that scripts cannot
// read; all tabs share it. Access tokens and the PIN are only in memory. See docs/decisions/0053-web-apps.md.
import { createCookieTokens, LOGGED_IN_KEY } from '@normflix/client/refresh-tokens.js'
import { repeatRequests } from '@normflix/client/retry.js'
import { createSession } from '@normflix/client/session.js'
import { createBrowserStorage } from '@normflix/client/token-storage.js'
import { deviceName } from './device-name.js'

/** Limit of the first delay, ms: a service that restarts is back after a few seconds. */
const RETRY_MS = 1_000

const storage = createBrowserStorage()
const sendOnce = async (request: Request): Promise<Response> => await fetch(request)

export type { SessionState } from '@normflix/client/session.js'

export const session = createSession({
  baseUrl: location.origin,
  device: deviceName(),
  sendOnce,
  send: repeatRequests(sendOnce, { baseDelayMs: RETRY_MS }),
  storage,
  refreshTokens: createCookieTokens(storage),
  readLanguage: () => document.documentElement.lang,
  onOtherAccount: () => location.reload(),
})

export const {
  publicClient,
  logIn,
  signUp,
  resumeSession,
  logOut,
  forgetSession,
  selectProfile,
  deselectProfile,
  currentProfile,
  currentProfileId,
  setAccount,
  reloadAccount,
  readSession,
  subscribeToSession,
  validToken,
  renewToken,
} = session

/** After a log-in that only set the cookie: the next page that loads resumes the session. */
export function markLoggedIn (): void {
  void storage.set(LOGGED_IN_KEY, 'true')
}
