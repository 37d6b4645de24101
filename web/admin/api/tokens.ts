// API tokens and service accounts.
import { queryOptions } from '@tanstack/react-query'
import { accountClient, type RequestBody, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { tokensKey } from './keys.js'

export type ApiToken = Schemas['ApiToken']
export type NewApiToken = Schemas['NewApiToken']
export type ApiScope = Schemas['ApiScope']
export type ServiceAccount = Schemas['ServiceAccount']
export type ServiceAccountRole = Schemas['ServiceAccountRole']

export const API_SCOPES: readonly ApiScope[] = ['catalogue:read', 'catalogue:write', 'ingest', 'statistics:read']
export const SERVICE_ACCOUNT_ROLES: readonly ServiceAccountRole[] = ['editor', 'support']

export const tokensQuery = () =>
  queryOptions({
    queryKey: tokensKey('tokens'),
    queryFn: async ({ signal }) => (await unwrap(accountClient.GET('/v1/admin/tokens', { signal }))).items,
    staleTime: 0,
  })

/** For administrators. */
export const serviceAccountsQuery = () =>
  queryOptions({
    queryKey: tokensKey('service-accounts'),
    queryFn: async ({ signal }) => (await unwrap(accountClient.GET('/v1/admin/service-accounts', { signal }))).items,
    staleTime: 0,
  })

/** @throws ApiProblem `token-limit` */
export async function createToken (body: RequestBody<'/v1/admin/tokens', 'post'>): Promise<NewApiToken> {
  return await unwrap(accountClient.POST('/v1/admin/tokens', { body }))
}

export async function revokeToken (tokenId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/admin/tokens/{tokenId}', { params: { path: { tokenId } } }))
}

/** @throws ApiProblem `service-account-exists`, `service-account-limit` */
export async function createServiceAccount (name: string, role: ServiceAccountRole): Promise<ServiceAccount> {
  return await unwrap(accountClient.POST('/v1/admin/service-accounts', { body: { name, role } }))
}

export async function deleteServiceAccount (serviceAccountId: string): Promise<void> {
  const params = { path: { serviceAccountId } }
  await unwrap(accountClient.DELETE('/v1/admin/service-accounts/{serviceAccountId}', { params }))
}
