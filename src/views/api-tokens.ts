// Views of API tokens and service accounts.
import type { StoredApiToken } from '../../models/api-token.js'
import type { StoredServiceAccount } from '../../models/service-account.js'
import type { ApiToken, ServiceAccount } from '../schemas/api-tokens.js'

export function toApiToken (stored: StoredApiToken): ApiToken {
  return {
    id: stored._id.toString(),
    name: stored.name,
    scopes: stored.scopes,
    ownerKind: stored.ownerKind,
    ownerId: stored.account.toString(),
    createdAt: stored.createdAt.toISOString(),
    expiresAt: stored.expiresAt.toISOString(),
    lastUsedAt: stored.lastUsedAt?.toISOString() ?? null,
  }
}

export function toServiceAccount ({ _id, name, role, createdAt }: StoredServiceAccount): ServiceAccount {
  return { id: _id.toString(), name, role, createdAt: createdAt.toISOString() }
}
