// The cache of API responses. A request that cannot succeed is not repeated; a failure of the network is.
import { QueryClient } from '@tanstack/react-query'
import { canRetry } from './problem.js'

const MAX_RETRIES = 2
/** The change feed invalidates the cache earlier. */
const FRESH_MS = 60_000

export function createQueryClient (): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: (failures, error) => failures < MAX_RETRIES && canRetry(error) },
      mutations: { retry: false },
    },
  })
}
