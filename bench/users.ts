// Who watches: real accounts, made and signed in over HTTP.
import { randomUUID } from 'node:crypto'
import { Account } from '../models/account.js'
import { ask } from './service.js'

const PASSWORD = 'three blind mice ran'
/** Access tokens last 15 minutes. */
const SIGN_IN_EVERY_MS = 10 * 60_000

interface Tokens {
  readonly account: { readonly id: string, readonly profiles: ReadonlyArray<{ readonly id: string }> }
  readonly accessToken: string
}

export interface Viewer {
  readonly account: string
  readonly profile: string
  /** A token that is good for some minutes; signs in again when it has to. */
  token(origin: string): Promise<string>
  /** The token of the profile, which opens it and the catalogue only. */
  profileToken(origin: string): Promise<string>
}

export async function signUp (origin: string, role: 'member' | 'admin' = 'member'): Promise<Viewer> {
  const email = `${randomUUID().slice(0, 13)}@example.com`
  const made = await ask<Tokens>(origin, {
    method: 'POST',
    path: '/v1/auth/signup',
    body: { email, password: PASSWORD, plan: 'premium' },
  })
  if (role === 'admin') await Account.updateOne({ _id: made.account.id }, { $set: { role } })
  let token = ''
  let signedInAt = -Infinity
  let profileToken = ''
  let selectedAt = -Infinity
  const profile = made.account.profiles[0]?.id ?? ''
  const viewer: Viewer = {
    account: made.account.id,
    profile,
    async token (at) {
      if (performance.now() - signedInAt < SIGN_IN_EVERY_MS) return token
      signedInAt = performance.now()
      token = (await ask<Tokens>(at, { method: 'POST', path: '/v1/auth/login', body: { email, password: PASSWORD } }))
        .accessToken
      return token
    },
    async profileToken (at) {
      if (performance.now() - selectedAt < SIGN_IN_EVERY_MS) return profileToken
      selectedAt = performance.now()
      profileToken = (await ask<{ accessToken: string }>(at, {
        method: 'POST',
        path: `/v1/profiles/${profile}/select`,
        token: await viewer.token(at),
        body: {},
      })).accessToken
      return profileToken
    },
  }
  return viewer
}
