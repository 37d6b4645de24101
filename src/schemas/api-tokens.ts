// API tokens and service accounts.
import { Type, type Static } from 'typebox'
import { API_SCOPES, MAX_TOKEN_DAYS, SERVICE_ACCOUNT_ROLES, TOKEN_OWNER_KINDS } from '../domain/api-scopes.js'
import { describe, Id, nullable, strict, Timestamp } from './common.js'

export const ApiScope = Type.Enum([...API_SCOPES], {
  title: 'ApiScope',
  description:
    '`catalogue:read` reads titles and collections, `catalogue:write` changes them, `ingest` uploads and packages ' +
    'media files and subtitles, `statistics:read` reads numbers',
})
const Scopes = Type.Array(ApiScope, {
  minItems: 1,
  maxItems: API_SCOPES.length,
  uniqueItems: true,
  description: 'What the token may do, if the role of its owner may do it at the time of the request',
  examples: [['catalogue:read']],
})
const Name = (description: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description, examples: [example] })
const TokenName = Name('What the token is for', 'Nightly import')
const ServiceAccountName = Name('Name of the service account; unique', 'importer')

export const ApiTokenBody = strict({
  name: TokenName,
  scopes: Scopes,
  expiresInDays: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_TOKEN_DAYS, default: 90, description: 'Lifetime, days' }),
  ),
  serviceAccountId: Type.Optional(
    describe(Id, 'Service account that owns the token, for administrators; omitted: the account of the request'),
  ),
})

export const ApiToken = Type.Object({
  id: Id,
  name: TokenName,
  scopes: Scopes,
  ownerKind: Type.Enum([...TOKEN_OWNER_KINDS], { title: 'TokenOwnerKind', description: 'Whose rights the token has' }),
  ownerId: describe(Id, 'ID of the account or service account'),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  lastUsedAt: nullable(Timestamp, 'Last use, within ten minutes; null: never used'),
}, { $id: 'ApiToken', description: 'A token for scripts, without its text' })
export type ApiToken = Static<typeof ApiToken>

export const NewApiToken = Type.Object({
  ...ApiToken.properties,
  token: Type.String({
    description: 'Text of the token, in this response only; send it as `Authorization: Bearer`',
    examples: ['nfx_665f1c2e9b1e8a0012ab34cd…'],
  }),
}, { $id: 'NewApiToken', description: 'A new token with its text' })

export const ServiceAccountBody = strict({
  name: ServiceAccountName,
  role: Type.Enum([...SERVICE_ACCOUNT_ROLES], {
    title: 'ServiceAccountRole',
    description: 'Limits what its tokens may do: `support` reads, `editor` also changes',
  }),
})

export const ServiceAccount = Type.Object({
  id: Id,
  ...ServiceAccountBody.properties,
  createdAt: Timestamp,
}, { $id: 'ServiceAccount', description: 'An account of a script: without email, password and profiles' })
export type ServiceAccount = Static<typeof ServiceAccount>
