// The session of the browser: the account, the selected profile and their tokens. The refresh token is in an HttpOnly
// cookie that scripts cannot read; all tabs share it. Access tokens and the PIN are only in memory.
// See docs/decisions/0053-web-apps.md.
import createClient from 'openapi-fetch'
import type { components, paths } from '../../../packages/client/src/generated/api.js'
import { deviceName } from './device-name.js'
import { ApiProblem, unwrap } from './problem.js'

type Account = components['schemas']['Account']
type Profile = components['schemas']['Profile']
type Tokens = components['schemas']['Tokens']
export type SignUpBody = paths['/v1/auth/signup']['post']['requestBody']['content']['application/json']

/** An account token opens the account routes, a profile token the routes of the selected profile and the catalogue. */
export type TokenScope = 'account' | 'profile'

export interface SessionState {
  /** `unknown` until `resumeSession` has read the cookie. */
  readonly status: 'unknown' | 'logged-out' | 'logged-in'
  readonly account: Account | null
  readonly profileId: string | null
  /** How the last session of this page ended: by the user, or by the service. */
  readonly end: SessionEnd | null
}
export type SessionEnd = 'logged-out' | 'expired'

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
type TabMessage =
  | { readonly kind: 'tokens', readonly account: Account, readonly token: Token }
  | { readonly kind: 'account', readonly account: Account }
  | { readonly kind: 'logged-out' }

const LOCK = 'normflix.session'
/** The profile of this tab, and of the tab used last: a new tab starts with it. */
const PROFILE_KEY = 'normflix.profile'
const DEVICE_KEY = 'normflix.device-token'
/** Set while the browser has a session: a visitor's page sends no request that must fail. */
const LOGGED_IN_KEY = 'normflix.logged-in'
/** Renewed this long before its expiry, so that the page has a valid token when it closes and sends the position. */
const RENEW_BEFORE_MS = 60_000
const COOKIE_HEADERS = { 'x-normflix-session': 'cookie' } as const

/** Client without a token. */
export const publicClient = createClient<paths>({ baseUrl: location.origin })
const tabs = new BroadcastChannel(LOCK)

let state: SessionState = { status: 'unknown', account: null, profileId: null, end: null }
let accountToken: Token | null = null
let selectedProfile: SelectedProfile | null = null
let renewing: Promise<Token> | null = null
const listeners = new Set<() => void>()

tabs.onmessage = ({ data }: MessageEvent<TabMessage>) => {
  if (data.kind === 'logged-out') clearSession('logged-out')
  else if (data.kind === 'account') {
    if (state.account?.id === data.account.id) showAccount(data.account)
  } else if (state.account === null || state.account.id === data.account.id) storeToken(data.account, data.token)
  else location.reload()
}

function setState (change: Partial<SessionState>): void {
  state = { ...state, ...change }
  for (const listener of listeners) listener()
}

/** Calls the listener after each change. @returns a function that removes it */
export function subscribeToSession (listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function readSession (): SessionState {
  return state
}

export function currentProfile (): Profile | null {
  return state.account?.profiles.find(({ id }) => id === state.profileId) ?? null
}

/** The ID of the selected profile. @throws Error if none is selected; views that need a profile are not shown then */
export function currentProfileId (): string {
  if (state.profileId === null) throw new Error('no profile is selected')
  return state.profileId
}

/** @throws ApiProblem `wrong-credentials`, or a 429 after too many attempts */
export async function logIn (email: string, password: string): Promise<Account> {
  const deviceToken = localStorage.getItem(DEVICE_KEY)
  return openSession(
    await unwrap(publicClient.POST('/v1/auth/login', {
      params: { header: COOKIE_HEADERS },
      body: { email, password, device: deviceName(), ...deviceToken === null ? {} : { deviceToken } },
    })),
  )
}

/** @throws ApiProblem `email-taken`, `validation-failed`, `weak-password` */
export async function signUp (body: Omit<SignUpBody, 'device'>): Promise<Account> {
  return openSession(
    await unwrap(publicClient.POST('/v1/auth/signup', {
      params: { header: COOKIE_HEADERS },
      body: { ...body, device: deviceName() },
    })),
  )
}

/** Continues the session of the cookie, with the profile of this browser unless it has a PIN. */
export async function resumeSession (): Promise<SessionState> {
  if (state.status !== 'unknown') return state
  if (localStorage.getItem(LOGGED_IN_KEY) === null) {
    clearSession(null)
    return state
  }
  try {
    await renewAccountToken()
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    clearSession('expired')
    return state
  }
  const lastId = sessionStorage.getItem(PROFILE_KEY) ?? localStorage.getItem(PROFILE_KEY)
  const last = state.account?.profiles.find(({ id }) => id === lastId)
  if (last !== undefined && !last.hasPin && !last.locked) await selectProfile(last.id, null).catch(() => undefined)
  return state
}

/** @throws ApiProblem `wrong-pin`, `too-many-pin-guesses`, `profile-locked` */
export async function selectProfile (id: string, pin: string | null): Promise<void> {
  const { accessToken, expiresIn } = await unwrap(publicClient.POST('/v1/profiles/{profileId}/select', {
    params: { path: { profileId: id } },
    body: pin === null ? {} : { pin },
    headers: { authorization: `Bearer ${await validToken('account')}` },
  }))
  selectedProfile = { profileId: id, pin, token: toToken(accessToken, expiresIn) }
  for (const storage of [sessionStorage, localStorage]) storage.setItem(PROFILE_KEY, id)
  if (state.profileId !== id) setState({ profileId: id })
}

export function deselectProfile (): void {
  selectedProfile = null
  for (const storage of [sessionStorage, localStorage]) storage.removeItem(PROFILE_KEY)
  setState({ profileId: null })
}

/** Shows a change of the account, such as of its plan or profiles, in all tabs. */
export function setAccount (account: Account): void {
  showAccount(account)
  tabs.postMessage({ kind: 'account', account } satisfies TabMessage)
}

function showAccount (account: Account, change: Partial<SessionState> = {}): void {
  const isUsable = account.profiles.some(({ id, locked }) => id === state.profileId && !locked)
  if (state.profileId !== null && !isUsable) deselectProfile()
  setState({ ...change, account })
}

/** Reads the account again, after a change of its profiles. */
export async function reloadAccount (): Promise<void> {
  const headers = { authorization: `Bearer ${await validToken('account')}` }
  setAccount(await unwrap(publicClient.GET('/v1/account', { headers })))
}

/** Ends the session in all tabs of the browser. */
export async function logOut (): Promise<void> {
  const token = accountToken
  clearSession('logged-out')
  tabs.postMessage({ kind: 'logged-out' } satisfies TabMessage)
  if (token === null) return
  await publicClient.POST('/v1/auth/logout', {
    headers: { authorization: `Bearer ${token.value}`, ...COOKIE_HEADERS },
  }).catch(() => undefined)
}

/** Forgets the session after the account ended it, for example by closing the account. */
export function forgetSession (): void {
  clearSession('logged-out')
  tabs.postMessage({ kind: 'logged-out' } satisfies TabMessage)
}

/** After a log-in that only set the cookie: the next page that loads resumes the session. */
export function markLoggedIn (): void {
  localStorage.setItem(LOGGED_IN_KEY, 'true')
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

export async function renewToken (scope: TokenScope): Promise<string> {
  const token = await renewAccountToken()
  if (scope === 'account') return token.value
  const { profileId: id, pin } = selectedProfile ?? { profileId: currentProfileId(), pin: null }
  try {
    await selectProfile(id, pin)
  } catch (error) {
    // Its PIN changed, or it was deleted or locked.
    if (error instanceof ApiProblem && [403, 404, 409].includes(error.problem.status)) deselectProfile()
    throw error
  }
  return selectedProfile?.token.value ?? token.value
}

async function renewAccountToken (): Promise<Token> {
  renewing ??= renewOnce(accountToken).finally(() => {
    renewing = null
  })
  return await renewing
}

/** Runs one exchange at a time in all tabs. A tab that waited takes the token that the other one received. */
async function renewOnce (old: Token | null): Promise<Token> {
  return await withLock(async () => {
    if (accountToken !== null && accountToken !== old) return accountToken
    try {
      const tokens = await unwrap(
        publicClient.POST('/v1/auth/refresh', { params: { header: COOKIE_HEADERS }, body: {} }),
      )
      const token = toToken(tokens.accessToken, tokens.expiresIn)
      storeToken(tokens.account, token)
      tabs.postMessage({ kind: 'tokens', account: tokens.account, token } satisfies TabMessage)
      return token
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.status < 429) {
        clearSession(state.status === 'logged-in' ? 'expired' : state.end)
      }
      throw error
    }
  })
}

/** Locks exist only in secure contexts. Over plain HTTP, the service accepts exchanges that several tabs repeat. */
async function withLock<T> (work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? await navigator.locks.request(LOCK, work) : await work()
}

function openSession (tokens: Tokens): Account {
  if (tokens.deviceToken !== undefined) localStorage.setItem(DEVICE_KEY, tokens.deviceToken)
  selectedProfile = null
  setState({ profileId: null })
  const token = toToken(tokens.accessToken, tokens.expiresIn)
  storeToken(tokens.account, token)
  tabs.postMessage({ kind: 'tokens', account: tokens.account, token } satisfies TabMessage)
  return tokens.account
}

function storeToken (account: Account, token: Token): void {
  accountToken = token
  markLoggedIn()
  showAccount(account, { status: 'logged-in', end: null })
}

function toToken (value: string, expiresInSeconds: number): Token {
  return { value, expiresAt: Date.now() + expiresInSeconds * 1_000 }
}

function clearSession (end: SessionEnd | null): void {
  accountToken = null
  selectedProfile = null
  localStorage.removeItem(LOGGED_IN_KEY)
  for (const storage of [sessionStorage, localStorage]) storage.removeItem(PROFILE_KEY)
  setState({ status: 'logged-out', account: null, profileId: null, end })
}
