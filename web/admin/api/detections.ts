// The detections of intros and credits, one for each season.
import { infiniteQueryOptions } from '@tanstack/react-query'
import { accountClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { detectionsKey } from './keys.js'

export type MarkerDetection = Schemas['MarkerDetection']
export type DetectionState = Schemas['DetectionState']

const PAGE_SIZE = 20
const BUSY_REFRESH_MS = 2_000
const IDLE_REFRESH_MS = 15_000

/** Detections, newest first; undefined: in any state. */
export const detectionsQuery = (state: DetectionState | undefined) =>
  infiniteQueryOptions({
    queryKey: detectionsKey(state),
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_SIZE,
        ...state === undefined ? {} : { state },
        ...pageParam === null ? {} : { cursor: pageParam },
      }
      return await unwrap(accountClient.GET('/v1/admin/marker-detections', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ items }) => items.some(isBusy)) === true ? BUSY_REFRESH_MS : IDLE_REFRESH_MS,
  })

const isBusy = ({ state }: MarkerDetection): boolean => state === 'waiting' || state === 'running'

/** Queues the detection of a season; a running one is not changed. */
export async function requestDetection (showId: string, season: number): Promise<MarkerDetection> {
  const params = { path: { showId, season } }
  return await unwrap(
    accountClient.POST('/v1/admin/shows/{showId}/seasons/{season}/marker-detection', { params }),
  )
}
