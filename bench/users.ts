// Users with accounts that sign up and log in over HTTP.
import { randomUUID } from 'node:crypto'
import { Account } from '../models/account.js'
import { requestJson } from './service.js'

const PASSWORD = 'three blind mice ran'
/** Access tokens are valid for 15 minutes. */
const TOKEN_RENEWAL_INTERVAL_MS = 10 * 60_000

interface Tokens {
  readonly account: { readonly id: string, readonly profiles: ReadonlyArray<{ readonly id: string }> }
  readonly accessToken: string
}

/** A user and the reference to the first profile. */
export interface User {
  /** ID of the account. */
  readonly account: string
  /** ID of the session that signed up. */
  readonly session: string
  /** ID of the profile. */
  readonly profile: string
  /** Returns an account token that is valid for some minutes. */
  token(origin: string): Promise<string>
  /** Returns a profile token, which opens the profile and the catalogue. */
  profileToken(origin: string): Promise<string>
}

export async function signUpUser (origin: string, role: 'member' | 'admin' = 'member'): Promise<User> {
  const email = `${randomUUID().slice(0, 13)}@example.com`
  const { account, accessToken: firstToken } = await requestJson<Tokens>(origin, {
    method: 'POST',
    path: '/v1/auth/signup',
    body: { email, password: PASSWORD, plan: 'premium' },
  })
  if (role === 'admin') await Account.updateOne({ _id: account.id }, { $set: { role } })
  const profile = account.profiles[0]?.id ?? ''
  let accountToken = ''
  let accountTokenAt = -Infinity
  let profileToken = ''
  let profileTokenAt = -Infinity
  const user: User = {
    account: account.id,
    session: sessionOf(firstToken),
    profile,
    async token (currentOrigin) {
      if (performance.now() - accountTokenAt < TOKEN_RENEWAL_INTERVAL_MS) return accountToken
      accountTokenAt = performance.now()
      const { accessToken } = await requestJson<Tokens>(currentOrigin, {
        method: 'POST',
        path: '/v1/auth/login',
        body: { email, password: PASSWORD },
      })
      accountToken = accessToken
      return accountToken
    },
    async profileToken (currentOrigin) {
      if (performance.now() - profileTokenAt < TOKEN_RENEWAL_INTERVAL_MS) return profileToken
      profileTokenAt = performance.now()
      const { accessToken } = await requestJson<{ accessToken: string }>(currentOrigin, {
        method: 'POST',
        path: `/v1/profiles/${profile}/select`,
        token: await user.token(currentOrigin),
        body: {},
      })
      profileToken = accessToken
      return profileToken
    },
  }
  return user
}

/** Reads the ID of the session from a token, without a check of its signature. */
function sessionOf (accessToken: string): string {
  const [, payload = ''] = accessToken.split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly sid: string }).sid
}
