// What an API token may do, beside the limits of the role of its owner.

export const API_SCOPES = ['catalogue:read', 'catalogue:write', 'ingest', 'statistics:read'] as const
export type ApiScope = (typeof API_SCOPES)[number]

export const TOKEN_OWNER_KINDS = ['account', 'service-account'] as const
export type TokenOwnerKind = (typeof TOKEN_OWNER_KINDS)[number]

/** Roles that a service account can have: none that manages accounts of the staff. */
export const SERVICE_ACCOUNT_ROLES = ['support', 'editor'] as const
export type ServiceAccountRole = (typeof SERVICE_ACCOUNT_ROLES)[number]

export const MAX_TOKENS_OF_OWNER = 50
export const MAX_SERVICE_ACCOUNTS = 50
export const MAX_TOKEN_DAYS = 365
