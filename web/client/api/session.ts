// The session: the account, the selected profile and their tokens. Access tokens and the PIN are only in memory. The
// refresh token is in sessionStorage: it survives a reload, but not the tab, and other tabs cannot read it.
// See docs/decisions/0013-watch-page.md.
import createClient from 'openapi-fetch'
import type { components, paths } from '../../generated/api.js'
import { unwrap, ApiProblem } from './problem.js'

export type Account = components['schemas']['Account']
export type Profile = components['schemas']['Profile']
type Tokens = components['schemas']['Tokens']

/** An account token opens the account routes, a profile token the routes of the selected profile and the catalogue. */
export type TokenScope = 'account' | 'profile'

interface Token {
  readonly value: string
  /** Unix time, ms. */
  readonly expiresAt: number
}
interface SelectedProfile {
  readonly profileId: string
  readonly pin: string | null
  readonly token: Token
}

const REFRESH_KEY = 'normflix.refresh-token'
const PROFILE_KEY = 'normflix.profile'
/** Renewed this long before its expiry, so that the page has a valid token when it closes and sends the position. */
const RENEW_BEFORE_MS = 60_000

/** Client without a token. */
const publicClient = createClient<paths>({ baseUrl: location.origin })
/** A duplicated tab has the same refresh token. The tab that exchanges it sends the next one to the others. */
const refreshChannel = new BroadcastChannel('normflix.refresh-token')
refreshChannel.onmessage = ({ data }: MessageEvent<{ used: string, next: string }>) => {
  if (sessionStorage.getItem(REFRESH_KEY) === data.used) sessionStorage.setItem(REFRESH_KEY, data.next)
}

let account: Account | null = null
let accountToken: Token | null = null
let selectedProfile: SelectedProfile | null = null
let renewing: Promise<Token> | null = null
let logOutListener: () => void = () => undefined

export function onLogOut (listener: () => void): void {
  logOutListener = listener
}

export function currentAccount (): Account | null {
  return account
}

export function currentProfile (): Profile | null {
  return account?.profiles.find(({ id }) => id === selectedProfile?.profileId) ?? null
}

/** The ID of the selected profile. @throws Error if none is selected; views that need a profile are not shown then */
export function currentProfileId (): string {
  if (selectedProfile === null) throw new Error('no profile is selected')
  return selectedProfile.profileId
}

/** Sends a link to reset the password if the email belongs to an account. The response does not reveal it. */
export async function requestPasswordReset (email: string): Promise<void> {
  await unwrap(publicClient.POST('/v1/auth/password/forgot', { body: { email } }))
}

/** @param token of the link in the email @throws ApiProblem `mail-link-invalid`, `validation-failed` */
export async function resetPassword (token: string, password: string): Promise<void> {
  await unwrap(publicClient.POST('/v1/auth/password/reset', { body: { token, password } }))
}

/** @param token of the link in the email @throws ApiProblem `mail-link-invalid` */
export async function confirmEmail (token: string): Promise<void> {
  await unwrap(publicClient.POST('/v1/auth/email/verify', { body: { token } }))
}

/** @throws ApiProblem `wrong-credentials`, or a 429 after too many attempts */
export async function logIn (email: string, password: string, device: string): Promise<Account> {
  const tokens = await unwrap(publicClient.POST('/v1/auth/login', { body: { email, password, device } }))
  sessionStorage.removeItem(PROFILE_KEY)
  storeTokens(tokens)
  return tokens.account
}

/** Restores the session after a reload. */
export async function resumeSession (): Promise<{ isLoggedIn: boolean, hasProfile: boolean }> {
  if (sessionStorage.getItem(REFRESH_KEY) === null) return { isLoggedIn: false, hasProfile: false }
  try {
    await renewAccountToken()
  } catch (error) {
    if (error instanceof ApiProblem) return { isLoggedIn: false, hasProfile: false }
    throw error
  }
  const last = account?.profiles.find(({ id }) => id === sessionStorage.getItem(PROFILE_KEY))
  if (last === undefined || last.hasPin || last.locked) return { isLoggedIn: true, hasProfile: false }
  await selectProfile(last.id, null)
  return { isLoggedIn: true, hasProfile: true }
}

/** @throws ApiProblem `wrong-pin`, `too-many-pin-guesses`, `profile-locked` */
export async function selectProfile (id: string, pin: string | null): Promise<void> {
  const { accessToken, expiresIn } = await unwrap(publicClient.POST('/v1/profiles/{profileId}/select', {
    params: { path: { profileId: id } },
    body: pin === null ? {} : { pin },
    headers: { authorization: `Bearer ${await validToken('account')}` },
  }))
  selectedProfile = { profileId: id, pin, token: toToken(accessToken, expiresIn) }
  sessionStorage.setItem(PROFILE_KEY, id)
}

export function deselectProfile (): void {
  selectedProfile = null
  sessionStorage.removeItem(PROFILE_KEY)
}

export async function logOut (): Promise<void> {
  const token = accountToken
  clearSession()
  if (token !== null) {
    await publicClient.POST('/v1/auth/logout', { headers: { authorization: `Bearer ${token.value}` } }).catch(() =>
      undefined
    )
  }
}

/** Returns a token that is valid for at least one minute. */
export async function validToken (scope: TokenScope): Promise<string> {
  const token = scope === 'account' ? accountToken : selectedProfile?.token ?? null
  if (token !== null && Date.now() < token.expiresAt - RENEW_BEFORE_MS) return token.value
  return await renewToken(scope)
}

/** Returns the profile token without renewing it: a closing page cannot wait. */
export function currentToken (): string | null {
  return selectedProfile?.token.value ?? null
}

/** Requests a new token. @throws ApiProblem when the user must log in again */
export async function renewToken (scope: TokenScope): Promise<string> {
  const token = await renewAccountToken()
  if (scope === 'account') return token.value
  const { profileId: id, pin } = selectedProfile ?? { profileId: currentProfileId(), pin: null }
  await selectProfile(id, pin)
  return selectedProfile?.token.value ?? token.value
}

/** Runs one exchange at a time in all tabs: a refresh token can be used once. */
async function renewAccountToken (): Promise<Token> {
  renewing ??= withLock(exchangeRefreshToken).finally(() => {
    renewing = null
  })
  return await renewing
}

async function exchangeRefreshToken (): Promise<Token> {
  const refreshToken = sessionStorage.getItem(REFRESH_KEY) ?? ''
  try {
    const tokens = await unwrap(publicClient.POST('/v1/auth/refresh', { body: { refreshToken } }))
    refreshChannel.postMessage({ used: refreshToken, next: tokens.refreshToken ?? '' })
    return storeTokens(tokens)
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status < 429) {
      clearSession()
      logOutListener()
    }
    throw error
  }
}

/** Locks exist only in secure contexts. Over plain HTTP, the service accepts a repeated exchange within ten seconds. */
async function withLock<T> (work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? await navigator.locks.request(REFRESH_KEY, work) : await work()
}

function storeTokens (tokens: Tokens): Token {
  account = tokens.account
  accountToken = toToken(tokens.accessToken, tokens.expiresIn)
  sessionStorage.setItem(REFRESH_KEY, tokens.refreshToken ?? '')
  return accountToken
}

function toToken (value: string, expiresInSeconds: number): Token {
  return { value, expiresAt: Date.now() + expiresInSeconds * 1_000 }
}

function clearSession (): void {
  account = null
  accountToken = null
  selectedProfile = null
  sessionStorage.removeItem(REFRESH_KEY)
  sessionStorage.removeItem(PROFILE_KEY)
}
