// Accounts, and the audit log.
import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query'
import { accountClient, type RequestBody, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { publicClient } from '@shared/api/session.js'
import type { Role } from '../access.js'
import type { AccountSearch, AuditSearch } from '../searches.js'
import { accountsKey, auditKey } from './keys.js'

export type AccountSummary = Schemas['AccountSummary']
export type AccountDetail = Schemas['AccountDetail']
export type AuditEntry = Schemas['AuditEntry']
export type PlanChange = RequestBody<'/v1/admin/accounts/{accountId}/plan', 'put'>
export type AccountEmailKind = Schemas['AccountEmailKind']

const PAGE_SIZE = 50

export const accountListQuery = (search: AccountSearch) =>
  infiniteQueryOptions({
    queryKey: accountsKey('list', search),
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...search, limit: PAGE_SIZE, ...pageParam === null ? {} : { cursor: pageParam } }
      return await unwrap(accountClient.GET('/v1/admin/accounts', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const accountQuery = (accountId: string) =>
  queryOptions({
    queryKey: accountsKey('one', accountId),
    queryFn: async ({ signal }) =>
      await unwrap(accountClient.GET('/v1/admin/accounts/{accountId}', { params: { path: { accountId } }, signal })),
    staleTime: 0,
  })

/** The home page as a profile sees it. */
export const profileHomeQuery = (accountId: string, profileId: string) =>
  queryOptions({
    queryKey: accountsKey('home', accountId, profileId),
    queryFn: async ({ signal }) => {
      const params = { path: { accountId, profileId } }
      return await unwrap(
        accountClient.GET('/v1/admin/accounts/{accountId}/profiles/{profileId}/home', { params, signal }),
      )
    },
    staleTime: 0,
  })

export const plansQuery = () =>
  queryOptions({
    queryKey: ['plans'],
    queryFn: async () => (await unwrap(publicClient.GET('/v1/plans'))).items,
    staleTime: Infinity,
  })

/** Returns a function that finds the name of a plan; the ID of a plan that the service no longer has. */
export function usePlanName (): (planId: string) => string {
  const { data: plans = [] } = useQuery(plansQuery())
  return (planId) => plans.find(({ id }) => id === planId)?.name ?? planId
}

/** @param planId ID of a plan of this service: its plans can differ from those of the API description */
export async function changePlan (accountId: string, planId: string): Promise<AccountDetail> {
  const body: PlanChange = { plan: planId as PlanChange['plan'] }
  return await unwrap(
    accountClient.PUT('/v1/admin/accounts/{accountId}/plan', { params: { path: { accountId } }, body }),
  )
}

/** @throws ApiProblem `last-admin` */
export async function changeRole (accountId: string, role: Role): Promise<AccountDetail> {
  return await unwrap(
    accountClient.PUT('/v1/admin/accounts/{accountId}/role', { params: { path: { accountId } }, body: { role } }),
  )
}

/** Disables an account: no log-in, and its sessions and streams end; or enables it again. */
export async function setDisabled (accountId: string, isDisabled: boolean): Promise<AccountDetail> {
  const options = { params: { path: { accountId } } }
  return await unwrap(
    isDisabled
      ? accountClient.PUT('/v1/admin/accounts/{accountId}/disabled', options)
      : accountClient.DELETE('/v1/admin/accounts/{accountId}/disabled', options),
  )
}

export async function endSessions (accountId: string): Promise<void> {
  await unwrap(
    accountClient.DELETE('/v1/admin/accounts/{accountId}/sessions', { params: { path: { accountId } } }),
  )
}

export async function endSession (accountId: string, sessionId: string): Promise<void> {
  await unwrap(
    accountClient.DELETE('/v1/admin/accounts/{accountId}/sessions/{sessionId}', {
      params: { path: { accountId, sessionId } },
    }),
  )
}

/** Sends the email to verify the address, or to reset the password, again. */
export async function sendEmail (accountId: string, kind: AccountEmailKind): Promise<void> {
  await unwrap(
    accountClient.POST('/v1/admin/accounts/{accountId}/emails', { params: { path: { accountId } }, body: { kind } }),
  )
}

export const auditQuery = (search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: auditKey(search),
    queryFn: async ({ pageParam, signal }) => {
      const { from, to, ...filters } = search
      const query = {
        ...filters,
        limit: PAGE_SIZE,
        ...from === undefined ? {} : { from: `${from}T00:00:00Z` },
        ...to === undefined ? {} : { to: nextDay(to) },
        ...pageParam === null ? {} : { cursor: pageParam },
      }
      return await unwrap(accountClient.GET('/v1/admin/audit', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })

/** What concerns an account; support may read it for members. */
export const accountAuditQuery = (accountId: string) =>
  infiniteQueryOptions({
    queryKey: auditKey('account', accountId),
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE_SIZE, ...pageParam === null ? {} : { cursor: pageParam } }
      const params = { path: { accountId }, query }
      return await unwrap(accountClient.GET('/v1/admin/accounts/{accountId}/audit', { params, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })

const DAY_MS = 86_400_000

/** The API excludes the end of the period. */
function nextDay (date: string): string {
  return new Date(Date.parse(date) + DAY_MS).toISOString()
}
