// Authentication by API tokens. Token, owner and role are cached; a change in any process removes the entry.
import { timingSafeEqual } from 'node:crypto'
import { ApiToken, type StoredApiToken } from '../../models/api-token.js'
import { ServiceAccount, type StoredServiceAccount } from '../../models/service-account.js'
import { createCachedReads } from '../database/cached-reads.js'
import type { ChangeWatch } from '../database/change-watch.js'
import type { ApiScope } from '../domain/api-scopes.js'
import type { Role } from '../domain/vocabulary.js'
import { hashApiToken, parseApiToken } from '../security/api-tokens.js'
import type { AccountAccess } from './access.js'
import type { BackgroundRunner } from './deps.js'

const MINUTE_MS = 60_000
const CACHE_MAX_ENTRIES = 10_000
/** Changes invalidate entries; the age only bounds what an unknown defect could cause. */
const CACHE_MAX_AGE_MS = 10 * MINUTE_MS
/** The time of the last use is stored at most this often. */
const LAST_USE_INTERVAL_MS = 10 * MINUTE_MS

/** The owner of a valid token, with its rights at this moment. */
export interface TokenCaller {
  /** ID of the account or service account. */
  readonly accountId: string
  readonly tokenId: string
  readonly role: Role
  readonly scopes: readonly ApiScope[]
  readonly isServiceAccount: boolean
}

export interface TokenAuthentication {
  /** Null when the token is invalid, expired or revoked, or its owner may not log in. */
  findCaller(token: string): Promise<TokenCaller | null>
}

export interface TokenAuthenticationDeps {
  readonly watch: ChangeWatch
  readonly access: AccountAccess
  readonly background: BackgroundRunner
  now(): Date
}

export function createTokenAuthentication (
  { watch, access, background, now }: TokenAuthenticationDeps,
): TokenAuthentication {
  const cache = { watch, maxDocuments: CACHE_MAX_ENTRIES, maxAgeMs: CACHE_MAX_AGE_MS }
  const tokens = createCachedReads({ ...cache, collection: 'apitokens' })
  const serviceAccounts = createCachedReads({ ...cache, collection: 'serviceaccounts' })
  const isUseStored = (token: StoredApiToken, at: Date): boolean =>
    token.lastUsedAt !== null && at.getTime() - token.lastUsedAt.getTime() < LAST_USE_INTERVAL_MS

  async function findRole ({ account, ownerKind }: StoredApiToken): Promise<Role | null> {
    const id = account.toString()
    if (ownerKind === 'account') {
      const owner = await access.findAccount(id)
      return owner?.isActive === true ? owner.role : null
    }
    const owner = await serviceAccounts.read(
      id,
      'service-account',
      async () => await ServiceAccount.findById(id).lean<StoredServiceAccount>(),
    )
    return owner?.role ?? null
  }

  function storeUse (token: StoredApiToken, at: Date): void {
    if (isUseStored(token, at)) return
    // The cached entry, until the write removes it: later requests write nothing.
    token.lastUsedAt = at
    background.runInBackground('storing the last use of an API token', async () => {
      await ApiToken.updateOne({ _id: token._id }, { $max: { lastUsedAt: at } })
    })
  }

  return {
    async findCaller (text) {
      const id = parseApiToken(text)
      if (id === null) return null
      const token = await tokens.read(id, 'token', async () => await ApiToken.findById(id).lean<StoredApiToken>())
      const at = now()
      if (token === null || token.expiresAt <= at) return null
      if (!timingSafeEqual(Buffer.from(token.secretHash, 'hex'), hashApiToken(text))) return null
      const role = await findRole(token)
      if (role === null) return null
      storeUse(token, at)
      return {
        accountId: token.account.toString(),
        tokenId: id,
        role,
        scopes: token.scopes,
        isServiceAccount: token.ownerKind === 'service-account',
      }
    },
  }
}
