// Who is signed in and who watches. Access tokens and a profile's PIN live in memory only; the refresh token lives in
// sessionStorage: a reload goes on, a closed tab is signed out, and no other tab or later visitor of the device has it.
// See docs/decisions/0013-watch-page.md.
import createClient from 'openapi-fetch'
import type { components, paths } from '../../generated/api.js'
import { answerOf, ApiProblem } from './problem.js'

export type Account = components['schemas']['Account']
export type Profile = components['schemas']['Profile']
type Tokens = components['schemas']['Tokens']

/** `account` opens the account; `profile` what the chosen profile may see and do. */
export type Scope = 'account' | 'profile'

interface Token {
  readonly value: string
  readonly expiresAt: number
}
interface Watching {
  readonly profileId: string
  readonly pin: string | null
  readonly token: Token
}

const REFRESH_KEY = 'normflix.refresh-token'
const PROFILE_KEY = 'normflix.profile'
/** A token is replaced this long before it expires, so that leaving the page can always still say where it stopped. */
const RENEW_BEFORE_MS = 60_000

/** No token: signing in, refreshing, and what is public. */
const open = createClient<paths>({ baseUrl: location.origin })
/** A copied tab holds the same refresh token; whoever exchanges it first tells the others. */
const tabs = new BroadcastChannel('normflix.refresh-token')
tabs.onmessage = ({ data }: MessageEvent<{ used: string, next: string }>) => {
  if (sessionStorage.getItem(REFRESH_KEY) === data.used) sessionStorage.setItem(REFRESH_KEY, data.next)
}

let account: Account | null = null
let accountToken: Token | null = null
let watching: Watching | null = null
let renewing: Promise<Token> | null = null
let onSignedOut: () => void = () => undefined

export function whenSignedOut (listener: () => void): void {
  onSignedOut = listener
}

export function currentAccount (): Account | null {
  return account
}

export function currentProfile (): Profile | null {
  return account?.profiles.find(({ id }) => id === watching?.profileId) ?? null
}

/** The chosen profile. @throws when none is chosen: such a view is never shown */
export function profileId (): string {
  if (watching === null) throw new Error('no profile is chosen')
  return watching.profileId
}

/** Sends a link to choose another password, if the address has an account; nobody is told whether. */
export async function askForPassword (email: string): Promise<void> {
  await answerOf(open.POST('/v1/auth/password/forgot', { body: { email } }))
}

/** @param token of a mailed link @throws ApiProblem `mail-link-invalid`, `validation-failed` */
export async function choosePassword (token: string, password: string): Promise<void> {
  await answerOf(open.POST('/v1/auth/password/reset', { body: { token, password } }))
}

/** @param token of a mailed link @throws ApiProblem `mail-link-invalid` */
export async function confirmEmail (token: string): Promise<void> {
  await answerOf(open.POST('/v1/auth/email/verify', { body: { token } }))
}

/** @throws ApiProblem `wrong-credentials` and whatever else slows guessing */
export async function signIn (email: string, password: string, device: string): Promise<Account> {
  const tokens = await answerOf(open.POST('/v1/auth/login', { body: { email, password, device } }))
  sessionStorage.removeItem(PROFILE_KEY)
  takeIn(tokens)
  return tokens.account
}

/** Goes on where a reload interrupted; false when somebody has to sign in, or to choose a profile. */
export async function resumeSession (): Promise<{ signedIn: boolean, hasProfile: boolean }> {
  if (sessionStorage.getItem(REFRESH_KEY) === null) return { signedIn: false, hasProfile: false }
  try {
    await renewAccountToken()
  } catch (error) {
    if (error instanceof ApiProblem) return { signedIn: false, hasProfile: false }
    throw error
  }
  const last = account?.profiles.find(({ id }) => id === sessionStorage.getItem(PROFILE_KEY))
  if (last === undefined || last.hasPin || last.locked) return { signedIn: true, hasProfile: false }
  await chooseProfile(last.id, null)
  return { signedIn: true, hasProfile: true }
}

/** @throws ApiProblem `wrong-pin`, `too-many-pin-guesses`, `profile-locked` */
export async function chooseProfile (id: string, pin: string | null): Promise<void> {
  const { accessToken, expiresIn } = await answerOf(open.POST('/v1/profiles/{profileId}/select', {
    params: { path: { profileId: id } },
    body: pin === null ? {} : { pin },
    headers: { authorization: `Bearer ${await tokenFor('account')}` },
  }))
  watching = { profileId: id, pin, token: tokenOf(accessToken, expiresIn) }
  sessionStorage.setItem(PROFILE_KEY, id)
}

/** Back to the choice of profiles. */
export function leaveProfile (): void {
  watching = null
  sessionStorage.removeItem(PROFILE_KEY)
}

export async function signOut (): Promise<void> {
  const token = accountToken
  forget()
  if (token !== null) {
    await open.POST('/v1/auth/logout', { headers: { authorization: `Bearer ${token.value}` } }).catch(() => undefined)
  }
}

/** A token that is good for the next minute. */
export async function tokenFor (scope: Scope): Promise<string> {
  const token = scope === 'account' ? accountToken : watching?.token ?? null
  if (token !== null && Date.now() < token.expiresAt - RENEW_BEFORE_MS) return token.value
  return await renew(scope)
}

/** The token as it is, for the moment in which a page is closed and nothing can be waited for. */
export function tokenAtHand (): string | null {
  return watching?.token.value ?? null
}

/** Gets a new token. @throws ApiProblem when somebody has to sign in again */
export async function renew (scope: Scope): Promise<string> {
  const token = await renewAccountToken()
  if (scope === 'account') return token.value
  const { profileId: id, pin } = watching ?? { profileId: profileId(), pin: null }
  await chooseProfile(id, pin)
  return watching?.token.value ?? token.value
}

/** One exchange at a time, in all tabs: a refresh token can be used once. */
async function renewAccountToken (): Promise<Token> {
  renewing ??= alone(exchange).finally(() => {
    renewing = null
  })
  return await renewing
}

async function exchange (): Promise<Token> {
  const refreshToken = sessionStorage.getItem(REFRESH_KEY) ?? ''
  try {
    const tokens = await answerOf(open.POST('/v1/auth/refresh', { body: { refreshToken } }))
    tabs.postMessage({ used: refreshToken, next: tokens.refreshToken })
    return takeIn(tokens)
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status < 429) {
      forget()
      onSignedOut()
    }
    throw error
  }
}

/** Locks exist only in secure contexts; on plain HTTP the service forgives a repetition within ten seconds. */
async function alone<T> (work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? await navigator.locks.request(REFRESH_KEY, work) : await work()
}

function takeIn (tokens: Tokens): Token {
  account = tokens.account
  accountToken = tokenOf(tokens.accessToken, tokens.expiresIn)
  sessionStorage.setItem(REFRESH_KEY, tokens.refreshToken)
  return accountToken
}

function tokenOf (value: string, expiresInSeconds: number): Token {
  return { value, expiresAt: Date.now() + expiresInSeconds * 1_000 }
}

function forget (): void {
  account = null
  accountToken = null
  watching = null
  sessionStorage.removeItem(REFRESH_KEY)
  sessionStorage.removeItem(PROFILE_KEY)
}
