// Masters and the jobs that encode them.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { accountClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import type { EncodingSearch } from '../searches.js'
import { encodingKey } from './keys.js'

export type EncodingJob = Schemas['EncodingJob']
export type EncodingStep = Schemas['EncodingStep']

const PAGE_SIZE = 20
const BUSY_REFRESH_MS = 2_000
const IDLE_REFRESH_MS = 15_000

const isBusy = ({ state }: Pick<EncodingJob, 'state'>): boolean => state === 'waiting' || state === 'running'
const hasBusyStep = ({ steps }: EncodingJob): boolean => steps.some(isBusy)

/** Whether the service can encode. */
export const encoderQuery = () =>
  queryOptions({
    queryKey: encodingKey('encoder'),
    queryFn: async ({ signal }) => await unwrap(accountClient.GET('/v1/admin/encoder', { signal })),
  })

/** Jobs, newest first. */
export const encodingJobsQuery = (filter: EncodingSearch) =>
  infiniteQueryOptions({
    queryKey: encodingKey('jobs', filter),
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_SIZE,
        ...filter,
        ...pageParam === null ? {} : { cursor: pageParam },
      }
      return await unwrap(accountClient.GET('/v1/admin/encoding-jobs', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ items }) => items.some((job) => isBusy(job) || hasBusyStep(job))) === true
        ? BUSY_REFRESH_MS
        : IDLE_REFRESH_MS,
  })

/** One job; read again until it ends. */
export const encodingJobQuery = (encodingJobId: string) =>
  queryOptions({
    queryKey: encodingKey('job', encodingJobId),
    queryFn: async ({ signal }) => {
      const params = { path: { encodingJobId } }
      return await unwrap(accountClient.GET('/v1/admin/encoding-jobs/{encodingJobId}', { params, signal }))
    },
    refetchInterval: ({ state: { data } }) => data === undefined || isBusy(data) ? BUSY_REFRESH_MS : false,
  })

export async function cancelEncodingJob (encodingJobId: string): Promise<EncodingJob> {
  const params = { path: { encodingJobId } }
  return await unwrap(accountClient.POST('/v1/admin/encoding-jobs/{encodingJobId}/cancel', { params }))
}

export async function retryEncodingJob (encodingJobId: string): Promise<EncodingJob> {
  const params = { path: { encodingJobId } }
  return await unwrap(accountClient.POST('/v1/admin/encoding-jobs/{encodingJobId}/retry', { params }))
}

export async function retryEncodingStep (encodingJobId: string, stepKind: EncodingStep['kind']): Promise<EncodingJob> {
  const params = { path: { encodingJobId, stepKind } }
  return await unwrap(accountClient.POST('/v1/admin/encoding-jobs/{encodingJobId}/steps/{stepKind}/retry', { params }))
}
