// Searches for titles.
import { profileClient, type Card } from './client.js'
import { unwrap } from './problem.js'

const MAX_RESULTS = 48

/** Returns the best matches first. */
export async function searchTitles (query: string, signal: AbortSignal): Promise<readonly Card[]> {
  const { items } = await unwrap(
    profileClient.GET('/v1/search', { params: { query: { q: query, limit: MAX_RESULTS } }, signal }),
  )
  return items
}
