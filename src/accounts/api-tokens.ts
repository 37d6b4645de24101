// API tokens for scripts: staff create them for themselves, administrators also for service accounts.
import { Types } from 'mongoose'
import { ApiToken, type StoredApiToken } from '../../models/api-token.js'
import { ServiceAccount, type StoredServiceAccount } from '../../models/service-account.js'
import { insertIntoSlot } from '../../models/slots.js'
import {
  MAX_SERVICE_ACCOUNTS,
  MAX_TOKENS_OF_OWNER,
  type ApiScope,
  type ServiceAccountRole,
} from '../domain/api-scopes.js'
import type { Role } from '../domain/vocabulary.js'
import { conflict, forbidden, notFound, type DomainError } from '../errors.js'
import { createApiToken, hashApiToken } from '../security/api-tokens.js'

const DAY_MS = 86_400_000

/** The account that manages tokens. */
export interface TokenManager {
  readonly accountId: string
  readonly role: Role
}

export interface NewApiToken {
  readonly name: string
  readonly scopes: readonly ApiScope[]
  readonly expiresInDays: number
  /** Null: for the account itself. */
  readonly serviceAccountId: string | null
}

export interface CreatedApiToken {
  readonly stored: StoredApiToken
  /** The only copy of the text. */
  readonly token: string
}

/** Lists the tokens of an account, for an administrator also those of all service accounts, newest first. */
export async function listApiTokens ({ accountId, role }: TokenManager): Promise<StoredApiToken[]> {
  const [own, ofServices] = await Promise.all([
    ApiToken.find({ account: accountId }).lean<StoredApiToken[]>(),
    role === 'admin' ? ApiToken.find({ ownerKind: 'service-account' }).lean<StoredApiToken[]>() : [],
  ])
  return [...own, ...ofServices].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
}

/**
 * Creates a token, in a free slot of its owner.
 * @throws DomainError 403 `forbidden` for a service account by another role than admin, 404, 409 `token-limit`
 */
export async function createTokenOf (
  manager: TokenManager,
  { name, scopes, expiresInDays, serviceAccountId }: NewApiToken,
  now: Date,
): Promise<CreatedApiToken> {
  if (serviceAccountId !== null) {
    if (manager.role !== 'admin') throw forbidden('Only administrators may create tokens of service accounts.')
    if (await ServiceAccount.exists({ _id: serviceAccountId }) === null) throw notFound('service account')
  }
  const _id = new Types.ObjectId()
  const token = createApiToken(_id.toString())
  const account = new Types.ObjectId(serviceAccountId ?? manager.accountId)
  const fields = {
    _id,
    account,
    ownerKind: serviceAccountId === null ? 'account' : 'service-account',
    name,
    scopes: [...new Set(scopes)],
    secretHash: hashApiToken(token).toString('hex'),
    createdBy: new Types.ObjectId(manager.accountId),
    createdAt: now,
    expiresAt: new Date(now.getTime() + expiresInDays * DAY_MS),
    lastUsedAt: null,
  } satisfies Omit<StoredApiToken, 'slot'>
  const stored = await insertIntoSlot(
    MAX_TOKENS_OF_OWNER,
    async () => (await ApiToken.find({ account }).lean<StoredApiToken[]>()).map(({ slot }) => slot),
    async (slot) => {
      const token: StoredApiToken = { ...fields, slot }
      await ApiToken.create(token)
      return token
    },
  )
  if (stored === null) {
    throw conflict('token-limit', 'Too many tokens', 'Revoke a token first.', { maxTokens: MAX_TOKENS_OF_OWNER })
  }
  return { stored, token }
}

/**
 * Revokes a token: its next request is rejected, in other processes within 5 s.
 * @throws DomainError 404 for a token of another account
 */
export async function revokeApiToken ({ accountId, role }: TokenManager, tokenId: string): Promise<void> {
  const token = await ApiToken.findById(tokenId).lean<StoredApiToken>()
  const isManaged = token !== null &&
    (token.account.toString() === accountId || (role === 'admin' && token.ownerKind === 'service-account'))
  if (!isManaged) throw notFound('token')
  await ApiToken.deleteOne({ _id: tokenId })
}

/** Lists all service accounts by name. */
export async function listServiceAccounts (): Promise<StoredServiceAccount[]> {
  const accounts = await ServiceAccount.find().lean<StoredServiceAccount[]>()
  return accounts.sort((a, b) => a.name.localeCompare(b.name, 'en'))
}

/** @throws DomainError 409 `service-account-exists`, `service-account-limit` */
export async function createServiceAccount (
  { accountId }: TokenManager,
  { name, role }: { readonly name: string, readonly role: ServiceAccountRole },
  now: Date,
): Promise<StoredServiceAccount> {
  const fields = { _id: new Types.ObjectId(), name, role, createdBy: new Types.ObjectId(accountId), createdAt: now }
  const stored = await insertIntoSlot(
    MAX_SERVICE_ACCOUNTS,
    async () => {
      const accounts = await listServiceAccounts()
      if (accounts.some((account) => account.name === name)) throw serviceAccountExists()
      return accounts.map(({ slot }) => slot)
    },
    async (slot) => {
      const account: StoredServiceAccount = { ...fields, slot }
      await ServiceAccount.create(account)
      return account
    },
  )
  if (stored === null) {
    throw conflict('service-account-limit', 'Too many service accounts', 'Delete a service account first.', {
      maxServiceAccounts: MAX_SERVICE_ACCOUNTS,
    })
  }
  return stored
}

function serviceAccountExists (): DomainError {
  return conflict('service-account-exists', 'Name taken', 'Another service account has this name.')
}

/** Deletes a service account and its tokens. @throws DomainError 404 */
export async function deleteServiceAccount (serviceAccountId: string): Promise<void> {
  const { deletedCount } = await ServiceAccount.deleteOne({ _id: serviceAccountId })
  await ApiToken.deleteMany({ account: serviceAccountId })
  if (deletedCount === 0) throw notFound('service account')
}
