// The plans of the service.
import { queryOptions } from '@tanstack/react-query'
import type { Plan } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { publicClient } from '@shared/api/session.js'

export type PlanName = Plan['id']

export const plansQuery = () =>
  queryOptions({
    queryKey: ['plans'],
    queryFn: async () => (await unwrap(publicClient.GET('/v1/plans'))).items,
    staleTime: Infinity,
  })
