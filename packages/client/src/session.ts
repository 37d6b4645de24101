// The session of a device: the account, the selected profile and their tokens. One request at a time exchanges the
// refresh token, also when several tabs of a browser share it. Access tokens and the PIN are only in memory.
import { createSingleFlight, isFresh, toToken, type AccessToken } from './access-tokens.js'
import { createApiClients, type ApiClientOptions, type TokenScope } from './api-clients.js'
import { openTabChannel, withLock } from './environment.js'
import { ApiProblem, unwrap } from './problems.js'
import type { RefreshTokens } from './refresh-tokens.js'
import type { TokenStorage } from './token-storage.js'
import type { Account, Profile, SignUpBody, Tokens } from './types.js'

export interface SessionState {
  /** `unknown` until `resumeSession` has looked for a stored session. */
  readonly status: 'unknown' | 'logged-out' | 'logged-in'
  readonly account: Account | null
  readonly profileId: string | null
  /** How the last session ended: by the user, or by the service. */
  readonly end: SessionEnd | null
}
export type SessionEnd = 'logged-out' | 'expired'

export interface SessionOptions extends Omit<ApiClientOptions, 'validToken' | 'renewToken'> {
  readonly refreshTokens: RefreshTokens
  /** Has the ID of the selected profile, and the token that makes log-ins from this device known. */
  readonly storage: TokenStorage
  /** Name of the device in lists of sessions and streams, at most 100 characters. */
  readonly device: string
  /** Runs when another account logged in, in another tab of the browser. */
  readonly onOtherAccount?: () => void
}

interface SelectedProfile {
  readonly profileId: string
  readonly pin: string | null
  readonly token: AccessToken
}
type TabMessage =
  | { readonly kind: 'tokens', readonly account: Account, readonly token: AccessToken }
  | { readonly kind: 'account', readonly account: Account }
  | { readonly kind: 'logged-out' }

const LOCK = 'normflix.session'
const PROFILE_KEY = 'profile'
const DEVICE_KEY = 'device-token'

export type Session = ReturnType<typeof createSession>

export function createSession ({
  refreshTokens,
  storage,
  device,
  onOtherAccount,
  ...clientOptions
}: SessionOptions) {
  const tabs = openTabChannel(LOCK)
  const listeners = new Set<() => void>()
  let state: SessionState = { status: 'unknown', account: null, profileId: null, end: null }
  let accountToken: AccessToken | null = null
  let selectedProfile: SelectedProfile | null = null

  const clients = createApiClients({ ...clientOptions, validToken, renewToken })
  const { publicClient, accountClient } = clients

  if (tabs !== null) {
    tabs.onmessage = ({ data }) => {
      const message = data as TabMessage
      if (message.kind === 'logged-out') endSession('logged-out')
      else if (message.kind === 'account') {
        if (state.account?.id === message.account.id) showAccount(message.account)
      } else if (state.account === null || state.account.id === message.account.id) {
        useToken(message.account, message.token)
      } else onOtherAccount?.()
    }
  }

  function tellTabs (message: TabMessage): void {
    tabs?.postMessage(message)
  }

  function setState (change: Partial<SessionState>): void {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }

  function showAccount (account: Account, change: Partial<SessionState> = {}): void {
    const isUsable = account.profiles.some(({ id, locked }) => id === state.profileId && !locked)
    if (state.profileId !== null && !isUsable) deselectProfile()
    setState({ ...change, account })
  }

  function useToken (account: Account, token: AccessToken): void {
    accountToken = token
    showAccount(account, { status: 'logged-in', end: null })
  }

  async function storeTokens (tokens: Tokens): Promise<AccessToken> {
    const token = toToken(tokens)
    await refreshTokens.store(tokens, token)
    useToken(tokens.account, token)
    tellTabs({ kind: 'tokens', account: tokens.account, token })
    return token
  }

  async function openSession (tokens: Tokens): Promise<Account> {
    if (tokens.deviceToken !== undefined) await storage.set(DEVICE_KEY, tokens.deviceToken)
    selectedProfile = null
    setState({ profileId: null })
    await storeTokens(tokens)
    return tokens.account
  }

  function endSession (end: SessionEnd | null): void {
    accountToken = null
    selectedProfile = null
    void storage.set(PROFILE_KEY, null)
    setState({ status: 'logged-out', account: null, profileId: null, end })
  }

  async function forgetTokens (end: SessionEnd | null): Promise<void> {
    endSession(end)
    await refreshTokens.clear()
  }

  /** Runs one exchange at a time in all tabs. A client that waited takes the token that the other one received. */
  const renewAccountToken = createSingleFlight<AccessToken>(async (old) =>
    await withLock(LOCK, async () => {
      if (accountToken !== null && accountToken !== old) return accountToken
      const shared = old === null ? null : await refreshTokens.readAccessToken()
      if (shared !== null && shared.value !== old?.value && isFresh(shared)) {
        accountToken = shared
        return shared
      }
      try {
        return await storeTokens(
          await unwrap(publicClient.POST('/v1/auth/refresh', {
            params: { header: refreshTokens.headers },
            body: await refreshTokens.readBody(),
          })),
        )
      } catch (error) {
        if (error instanceof ApiProblem && error.problem.status < 429) {
          await forgetTokens(state.status === 'logged-in' ? 'expired' : state.end)
        }
        throw error
      }
    })
  )

  const renewProfileToken = createSingleFlight<AccessToken>(async () => {
    const { profileId, pin } = selectedProfile ?? { profileId: currentProfileId(), pin: null }
    try {
      return await selectProfile(profileId, pin)
    } catch (error) {
      // Its PIN changed, or it was deleted or locked.
      if (error instanceof ApiProblem && [403, 404, 409].includes(error.problem.status)) deselectProfile()
      throw error
    }
  })

  const tokenOf = (scope: TokenScope): AccessToken | null =>
    scope === 'account' ? accountToken : selectedProfile?.token ?? null

  /** Returns a token that is valid for at least one minute. @throws ApiProblem 401 when the session has ended */
  async function validToken (scope: TokenScope): Promise<string> {
    const token = tokenOf(scope)
    return token !== null && isFresh(token) ? token.value : await renewToken(scope)
  }

  /** @param rejected the token that the service rejected; another one that arrived since then is returned at once */
  async function renewToken (scope: TokenScope, rejected?: string): Promise<string> {
    const token = tokenOf(scope)
    if (rejected !== undefined && token !== null && token.value !== rejected) return token.value
    return (await (scope === 'account' ? renewAccountToken(token) : renewProfileToken(token))).value
  }

  /** @throws ApiProblem `wrong-credentials`, or a 429 after too many attempts */
  async function logIn (email: string, password: string): Promise<Account> {
    const deviceToken = await storage.get(DEVICE_KEY)
    return await openSession(
      await unwrap(publicClient.POST('/v1/auth/login', {
        params: { header: refreshTokens.headers },
        body: { email, password, device, ...deviceToken === null ? {} : { deviceToken } },
      })),
    )
  }

  /** @throws ApiProblem `email-taken`, `validation-failed`, `weak-password` */
  async function signUp (body: Omit<SignUpBody, 'device'>): Promise<Account> {
    return await openSession(
      await unwrap(publicClient.POST('/v1/auth/signup', {
        params: { header: refreshTokens.headers },
        body: { ...body, device },
      })),
    )
  }

  /** Continues the stored session, with the profile of this device unless it has a PIN. */
  async function resumeSession (): Promise<SessionState> {
    if (state.status !== 'unknown') return state
    try {
      if (!await refreshTokens.hasSession()) endSession(null)
      else await renewAccountToken(null)
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.problem.status >= 429) throw error
      endSession('expired')
    }
    const lastId = await storage.get(PROFILE_KEY)
    const last = state.account?.profiles.find(({ id }) => id === lastId)
    if (last !== undefined && !last.hasPin && !last.locked) await selectProfile(last.id).catch(() => undefined)
    return state
  }

  /** Ends the session, in all tabs of the browser. */
  async function logOut (): Promise<void> {
    const token = accountToken
    await forgetSession()
    if (token === null) return
    const headers = { authorization: `Bearer ${token.value}`, ...refreshTokens.headers }
    await publicClient.POST('/v1/auth/logout', { headers }).catch(() => undefined)
  }

  /** Forgets the session after the account ended it, for example by closing the account. */
  async function forgetSession (): Promise<void> {
    const forgotten = forgetTokens('logged-out')
    tellTabs({ kind: 'logged-out' })
    await forgotten
  }

  /** @throws ApiProblem `wrong-pin`, `too-many-pin-guesses`, `profile-locked` */
  async function selectProfile (profileId: string, pin: string | null = null): Promise<AccessToken> {
    const token = toToken(
      await unwrap(accountClient.POST('/v1/profiles/{profileId}/select', {
        params: { path: { profileId } },
        body: pin === null ? {} : { pin },
      })),
    )
    selectedProfile = { profileId, pin, token }
    await storage.set(PROFILE_KEY, profileId)
    if (state.profileId !== profileId) setState({ profileId })
    return token
  }

  function deselectProfile (): void {
    selectedProfile = null
    void storage.set(PROFILE_KEY, null)
    setState({ profileId: null })
  }

  /** The ID of the selected profile. @throws Error if none is selected; views that need a profile are not shown then */
  function currentProfileId (): string {
    if (state.profileId === null) throw new Error('no profile is selected')
    return state.profileId
  }

  function currentProfile (): Profile | null {
    return state.account?.profiles.find(({ id }) => id === state.profileId) ?? null
  }

  /** Shows a change of the account, such as of its plan or profiles, in all tabs. */
  function setAccount (account: Account): void {
    showAccount(account)
    tellTabs({ kind: 'account', account })
  }

  return {
    ...clients,
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
    validToken,
    renewToken,
    readSession: (): SessionState => state,
    /** Calls the listener after each change. @returns a function that removes it */
    subscribeToSession (listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Reads the account again, after a change of its profiles. */
    async reloadAccount (): Promise<void> {
      setAccount(await unwrap(accountClient.GET('/v1/account')))
    },
    /** Returns the profile token without renewing it: a closing page cannot wait. */
    currentToken: (): string | null => selectedProfile?.token.value ?? null,
    /** Closes the channel to other tabs. */
    closeTabs: (): void => tabs?.close(),
  }
}
