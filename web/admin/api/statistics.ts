// Numbers of the dashboard: plays, titles, plans and the streams of this moment.
import { queryOptions } from '@tanstack/react-query'
import { accountClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { statisticsKey } from './keys.js'

export type PlaysOfDay = Schemas['PlaysOfDay']
export type PlaysOfTitle = Schemas['PlaysOfTitle']
export type AccountsOfPlan = Schemas['AccountsOfPlan']
export type SignUpsOfDay = Schemas['SignUpsOfDay']
export type StorageOfKind = Schemas['StorageOfKind']
export type ErrorsOfHour = Schemas['ErrorsOfHour']
export type AccountStream = Schemas['AccountStream']

/** Dates `YYYY-MM-DD`, both inclusive. */
export interface Period {
  readonly from: string
  readonly to: string
}

const TOP_TITLES = 10
const MAX_STREAM_ACCOUNTS = 100
const STREAMS_REFRESH_MS = 10_000

/** Without `format=csv`, the response is JSON. */
function listItems<Item> (response: string | { readonly items: Item[] }): Item[] {
  return typeof response === 'string' ? [] : response.items
}

export const daysQuery = (period: Period) =>
  queryOptions({
    queryKey: statisticsKey('days', period),
    queryFn: async ({ signal }) =>
      listItems(await unwrap(accountClient.GET('/v1/admin/statistics/days', { params: { query: period }, signal }))),
  })

export const topTitlesQuery = (period: Period) =>
  queryOptions({
    queryKey: statisticsKey('titles', period),
    queryFn: async ({ signal }) => {
      const query = { ...period, limit: TOP_TITLES }
      return listItems(await unwrap(accountClient.GET('/v1/admin/statistics/titles', { params: { query }, signal })))
    },
  })

export const planCountsQuery = (period: Period) =>
  queryOptions({
    queryKey: statisticsKey('plans', period),
    queryFn: async ({ signal }) =>
      listItems(await unwrap(accountClient.GET('/v1/admin/statistics/plans', { params: { query: period }, signal }))),
  })

export const signUpsQuery = (period: Period) =>
  queryOptions({
    queryKey: statisticsKey('sign-ups', period),
    queryFn: async ({ signal }) =>
      listItems(
        await unwrap(accountClient.GET('/v1/admin/statistics/sign-ups', { params: { query: period }, signal })),
      ),
  })

export const storageQuery = () =>
  queryOptions({
    queryKey: statisticsKey('storage'),
    queryFn: async ({ signal }) =>
      listItems(await unwrap(accountClient.GET('/v1/admin/statistics/storage', { signal }))),
  })

export const errorsQuery = (period: Period) =>
  queryOptions({
    queryKey: statisticsKey('errors', period),
    queryFn: async ({ signal }) =>
      listItems(await unwrap(accountClient.GET('/v1/admin/statistics/errors', { params: { query: period }, signal }))),
  })

/** Streams of the first 100 accounts; read again every 10 seconds. */
export const streamsQuery = () =>
  queryOptions({
    queryKey: statisticsKey('streams'),
    queryFn: async ({ signal }) => {
      const query = { limit: MAX_STREAM_ACCOUNTS }
      return (await unwrap(accountClient.GET('/v1/admin/streams', { params: { query }, signal }))).items
    },
    refetchInterval: STREAMS_REFRESH_MS,
    staleTime: 0,
  })

export type StatisticsTable = 'days' | 'titles' | 'plans' | 'sign-ups' | 'storage' | 'errors'

/** Reads a table as CSV. */
export async function readStatisticsCsv (table: StatisticsTable, period: Period): Promise<Blob> {
  const options = { params: { query: { ...period, format: 'csv' as const } }, parseAs: 'blob' as const }
  switch (table) {
    case 'days':
      return await unwrap(accountClient.GET('/v1/admin/statistics/days', options))
    case 'titles':
      return await unwrap(accountClient.GET('/v1/admin/statistics/titles', options))
    case 'sign-ups':
      return await unwrap(accountClient.GET('/v1/admin/statistics/sign-ups', options))
    case 'storage': {
      const query = { format: 'csv' as const }
      return await unwrap(accountClient.GET('/v1/admin/statistics/storage', { ...options, params: { query } }))
    }
    case 'errors':
      return await unwrap(accountClient.GET('/v1/admin/statistics/errors', options))
    case 'plans':
      return await unwrap(accountClient.GET('/v1/admin/statistics/plans', options))
  }
}
