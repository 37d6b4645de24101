// Access tokens of the service for sessions that were inserted into its database, signed as the service signs them.
import Fastify from 'fastify'
import { createAccountAccess } from '../../src/accounts/access.js'
import { parseSigningKeys } from '../../src/config/rules.js'
import auth from '../../src/plugins/auth.js'
import { createKeyRing } from '../../src/security/key-ring.js'
import { SIGNING_KEYS } from './targets.js'
import type { Household } from './test-data.js'

/** Tokens are only signed here. */
const UNWATCHED = { isCurrent: () => false, onChange: () => undefined }
/** Access tokens are valid for 15 minutes. */
const RENEWAL_INTERVAL_MS = 10 * 60_000

type TokenOwner = Pick<Household, 'id' | 'session'>

export interface ServiceTokens {
  /** Returns a token of the account. */
  ofAccount(household: TokenOwner): string
  /** Returns a token that is bound to a profile of the account. */
  ofProfile(household: TokenOwner, profileId: string): string
}

export async function createServiceTokens (): Promise<ServiceTokens> {
  const app = Fastify()
  const keys = createKeyRing(parseSigningKeys(SIGNING_KEYS))
  const access = createAccountAccess({ watch: UNWATCHED, now: () => new Date() })
  // Peers know no API tokens.
  await app.register(auth, { keys, access, tokens: { findCaller: async () => null } })
  await app.ready()
  const tokens = new Map<string, { readonly token: string, readonly signedAt: number }>()
  function sign ({ id, session }: TokenOwner, profileId: string | null): string {
    const key = `${id} ${profileId ?? ''}`
    const known = tokens.get(key)
    if (known !== undefined && performance.now() - known.signedAt < RENEWAL_INTERVAL_MS) return known.token
    const claims = { sub: id, sid: session, role: 'member' } as const
    const bound = profileId === null ? claims : { ...claims, pid: profileId, pin: 0 }
    const token = app.signAccessToken(bound, new Date())
    tokens.set(key, { token, signedAt: performance.now() })
    return token
  }
  return {
    ofAccount: (household) => sign(household, null),
    ofProfile: sign,
  }
}
