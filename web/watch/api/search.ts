// Finding titles by what somebody types.
import { asProfile, type Card } from './client.js'
import { answerOf } from './problem.js'

const FOUND = 48

/** The best first. */
export async function searchTitles (query: string, signal: AbortSignal): Promise<readonly Card[]> {
  const { items } = await answerOf(
    asProfile.GET('/v1/search', { params: { query: { q: query, limit: FOUND } }, signal }),
  )
  return items
}
