// Finding titles by what somebody types.
import { asProfile, type Card } from './client.js'
import { answerOf } from './problem.js'

const PAGE = 100
const FOUND = 40

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** The best first. */
export async function searchTitles (query: string, signal: AbortSignal): Promise<readonly Card[]> {
  const { items } = await answerOf(asProfile.GET('/v1/titles', { params: { query: { sort: 'popularity', limit: PAGE } }, signal }))
  return items.filter(({ title }) => fold(title).includes(fold(query))).slice(0, FOUND)
}
