// The cache of API responses. The API clients repeat requests that failed for a moment.
import { QueryClient } from '@tanstack/react-query'

/** The change feed invalidates the cache earlier. */
const FRESH_MS = 60_000

export function createQueryClient (): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: FRESH_MS, retry: false }, mutations: { retry: false } },
  })
}
